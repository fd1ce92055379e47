"""The abstract machine against CPython's own, and against any bytes at all."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ajar.blobs import BytesBlob
from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.safety import scan
from ajar.safety.pickle_bytes import Bytes, passes_inertly
from ajar.safety.pickle_steps import machine
from ajar.safety.pickle_values import Name
from ajar.safety.unpickling import Act
from tests.build import pickles as made

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=300) | st.binary(max_size=300),
    lambda inner: st.lists(inner, max_size=5)
    | st.tuples(inner, inner)
    | st.dictionaries(st.text(max_size=5), inner, max_size=5)
    | st.frozensets(st.integers(), max_size=5),
    max_leaves=20,
)  # fmt: skip
STREAM = settings(max_examples=150, deadline=None, derandomize=True)


@given(PLAIN, st.sampled_from([1, 2, 3, 4, 5]))
@STREAM
def test_plain_data_is_passed_to_its_very_end(value: object, protocol: int) -> None:
    data = pickle.dumps(value, protocol)
    followed = machine(Bytes(BytesBlob(data))).run()
    assert followed.data.at == len(data)
    imports = [event for event in followed.events if event.act is Act.IMPORT]
    assert passes_inertly(BytesBlob(data), 0) == (None if imports else len(data))
    assert scan("x.pkl", BytesBlob(data), Limits()).level == "clean"


@pytest.fixture(scope="module")
def recorder() -> Iterator[subprocess.Popen[str]]:
    script = Path(__file__).with_name("recording_unpickler.py")
    process = subprocess.Popen(
        [sys.executable, "-I", str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield process
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()


NAMES = st.sampled_from([("os", "system"), ("json", "loads"), ("a.b", "C"), ("collections", "OrderedDict")])
OLD = NAMES.map(lambda pair: made.name(*pair, old=True))
PIECES = st.sampled_from([
    made.MARK, made.POP, made.DUP, made.EMPTY_TUPLE, made.EMPTY_DICT, made.EMPTY_LIST, made.TUPLE, made.REDUCE, made.BUILD,
    made.NEWOBJ, made.OBJ, made.MEMOIZE, made.APPENDS, made.SETITEMS, made.STACK_GLOBAL, b"N", b"K\x01", b"q\x00", b"h\x00", b"h\x01",
    b"\x85", b"\x86", b"a", b"s", b"1", b"Q", made.text("os"), made.text("system"), made.text("x"), b"\x8f", b"\x90", b"\x91",
    b"S'os'\n", b"Vsystem\n", b"I01\n", b"p3\n", b"g3\n", b"l", b"d", b"ios\nsystem\n", b"\x95\x03\0\0\0\0\0\0\0",
])  # fmt: skip
HOSTILE = st.lists(PIECES | OLD, min_size=1, max_size=24).map(b"".join)


@given(HOSTILE, st.sampled_from([0, 2, 4]), st.booleans())
@settings(max_examples=600, deadline=None, derandomize=True)
def test_every_import_that_cpython_makes_is_reported(
    recorder: subprocess.Popen[str], body: bytes, protocol: int, stop: bool
) -> None:
    data = (b"\x80" + bytes([protocol]) if protocol else b"") + body + (made.STOP if stop else b"")
    assert recorder.stdin is not None
    assert recorder.stdout is not None
    recorder.stdin.write(data.hex() + "\n")
    recorder.stdin.flush()
    ended, seen = json.loads(recorder.stdout.readline())
    followed = machine(Bytes(BytesBlob(data)))
    try:
        followed.run()
        broke = False
    except (MalformedError, BudgetExceeded):
        broke = True
    reported = {(e.target.module, e.target.name) for e in followed.events if isinstance(e.target, Name)}
    if any(event.act is Act.DIFFERENT for event in followed.events):
        assert scan("x.pkl", BytesBlob(data), Limits()).level == "dangerous"
        return
    assert {tuple(pair) for pair in seen} <= reported
    assert not (ended and broke), "CPython reads it to the end"
    if any(pair in (["os", "system"], ["a.b", "C"]) for pair in seen):
        assert scan("x.pkl", BytesBlob(data), Limits()).level in {"caution", "dangerous"}


@given(st.binary(max_size=400))
@settings(max_examples=400, deadline=None, derandomize=True)
def test_any_bytes_end_in_events_or_in_the_two_errors(data: bytes) -> None:
    for body in (data, b"\x80\x04" + data, b"\x80\x02" + data + b"."):
        followed = machine(Bytes(BytesBlob(body)))
        try:
            followed.run()
        except (MalformedError, BudgetExceeded):
            assert followed.data.at <= len(body) + 1


@pytest.mark.parametrize(
    "unit",
    [
        b"h\x00",
        b"K\x01",
        made.text("abc"),
        b"](",
        b"\x85",
        made.DUP + b"\x86",
        made.name("json", "loads", old=True) + b"0",
    ],
    ids=["gets", "numbers", "texts", "marks", "tuples", "doubling", "imports"],
)
def test_work_grows_with_the_stream_and_no_faster(unit: bytes) -> None:
    """Steps are counted, not seconds: each opcode is looked at once."""
    steps = []
    for times in (2000, 4000, 8000):
        body = b"\x80\x04" + made.EMPTY_LIST + b"q\x00" + unit * times
        followed = machine(Bytes(BytesBlob(body)))
        count = [0]
        followed.steps = tuple(step and _counted(step, count) for step in followed.steps)
        with pytest.raises((MalformedError, BudgetExceeded)):
            followed.run()
        steps.append(count[0])
    assert steps[2] - steps[1] == 2 * (steps[1] - steps[0])


def _counted(step, count):
    def counted(followed):
        count[0] += 1
        step(followed)

    return counted
