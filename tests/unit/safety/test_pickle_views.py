"""Two readers, two streams: what one loader takes for data, another runs. Each view is followed."""

from __future__ import annotations

import io
import pickle

import pytest

from tests.build.pickles import (
    BUILD,
    EMPTY_DICT,
    EMPTY_TUPLE,
    MARK,
    NEWOBJ,
    POP,
    SETITEMS,
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

# An attack that begins with no protocol, as a stream behind another may.
BARE = call(name("os", "system"), text("echo canary")) + POP
NONE, TRUE, FALSE = b"N", b"\x88", b"\x89"
FLOAT = call(name("numpy", "dtype"), text("f8"), FALSE, TRUE)


def wrapper(shape: bytes, dtype: bytes = FLOAT, aligned: bytes = b"", state: bytes = b"") -> bytes:
    """Joblib's stand-in for an array whose bytes follow in the stream."""
    items = (
        text("subclass") + name("numpy", "ndarray") + text("shape") + shape + text("order") + text("C")
        + text("dtype") + dtype + text("allow_mmap") + TRUE
    )  # fmt: skip
    if aligned:
        items += text("numpy_array_alignment_bytes") + aligned
    kept = EMPTY_DICT + MARK + items + SETITEMS
    return (
        b"\x80\x04"
        + name("joblib.numpy_pickle", "NumpyArrayWrapper")
        + EMPTY_TUPLE
        + NEWOBJ
        + (row(kept, state) if state else kept)
        + BUILD
    )


def test_an_honest_array_is_passed(look):
    body = wrapper(row(number(2)), aligned=number(16)) + b"\x03\0\0\0" + bytes(16) + STOP
    assert look(body, "m.joblib").level == "clean"


def test_what_pickle_load_would_take_an_array_for(look):
    inside = (BARE + NONE * 160)[:160]
    found = look(wrapper(row(number(20))) + inside + STOP, "m.joblib")
    assert found.level == "dangerous"


SIZED = row(number(3), text("|"), NONE, NONE, NONE, number(8), number(1), number(0))
LIES = {
    "the type's state sets another size": wrapper(
        row(number(1)), dtype=call(name("numpy", "dtype"), text("V200"), FALSE, TRUE) + SIZED + BUILD
    ),
    "the state is a pair": wrapper(row(number(1)), state=NONE),
    "the shape is negative": wrapper(row(b"J\xff\xff\xff\xff")),
    "the alignment is a text": wrapper(row(number(1)), aligned=text("x")),
    "the type is unknown": wrapper(row(number(1)), dtype=NONE),
}


@pytest.mark.parametrize("how", LIES)
def test_an_array_of_two_sizes_hides_nothing(look, how):
    body = LIES[how] + bytes(8) + BARE + NONE + STOP + bytes(192) + NONE + STOP
    assert look(body, "m.joblib").level == "dangerous"


@pytest.mark.parametrize(
    "first", [stream(NONE), NONE + STOP, b"\x80\x04]" + MARK + number(1) * 200 + b"e" + STOP]
)
def test_a_stream_without_a_protocol_behind_another(look, first):
    assert look(first + BARE + NONE + STOP).level == "dangerous"
    assert look(first + NONE + BARE + NONE + STOP).level == "dangerous"


def test_honest_streams_in_a_row_are_clean(look):
    out = io.BytesIO()
    for value in ({"a": 1}, [1.5] * 40, "last"):
        pickle.dump(value, out, 4)
    assert look(out.getvalue()).level == "clean"
    assert look(out.getvalue() + b"\0" * 64).level == "clean"


@pytest.mark.parametrize(
    "function",
    [name("torch.storage", "_load_from_bytes"), name("builtins", "getattr"), name("operator", "attrgetter")],
)
def test_a_function_that_is_harmless_by_its_arguments_is_handed_to_nobody(look, function):
    rebuilt = call(
        name("torch._tensor", "_rebuild_from_type_v2"),
        function,
        name("torch", "Tensor"),
        row(literal(command())),
        NONE,
    )
    assert look(stream(rebuilt)).level == "dangerous"


# What begins a file of another format, and is a pickle's first opcodes as well.
TWO_FACED = {
    "a GGUF": ("model.gguf", b"GGUF\x03\0\0\0\0" + POP),
    "a bitmap": ("image.bmp", b"BM\0\0\0" + bytes(0x4D) + POP),
    "R data": ("model.rds", b"X\n\0\0\0" + b"\0\0\0\x02\0\x04\x03\0\0\x02" + POP),
    "a card": ("README.md", b""),
    "a licence": ("LICENSE", b"I1\n0"),
}


@pytest.mark.parametrize("what", TWO_FACED)
def test_a_pickle_that_looks_like_something_else(look, what):
    path, start = TWO_FACED[what]
    body = b"cos\nsystem\n(S'echo canary'\ntR." if what in {"a card", "a licence"} else BARE + NONE + STOP
    assert look(start + body, path).level == "dangerous"


def test_a_tar_whose_first_name_is_a_pickle(look):
    import tarfile

    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("cos\nsystem\n(S'echo canary'\ntR."))
        archive.addfile(tarfile.TarInfo("b"))
    assert look(out.getvalue(), "model.tar").level == "dangerous"
