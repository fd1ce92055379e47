"""Bytes that no honest program wrote: random ones, and well-formed ones with a few places spoilt."""

from __future__ import annotations

import math
from contextlib import suppress

from hypothesis import strategies as st

from ajar.blobs import BytesBlob
from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import HEAD_BYTES, Format, Member
from ajar.model.evidence import Evidence, Gap, Text

# Small, so that an input of a few kilobytes can reach every limit.
LIMITS = Limits(
    header_bytes=1 << 16,
    text_bytes=1 << 15,
    inflate_bytes=1 << 17,
    archive_members=64,
    files=1000,
)
OBSERVATIONS_LIMIT = 20_000

# Numbers at which lengths, counts and signs go wrong.
EDGES = tuple(
    number.to_bytes(width, order)
    for width in (1, 2, 4, 8)
    for number in (0, 1, 2 ** (8 * width - 1) - 1, 2 ** (8 * width - 1), 2 ** (8 * width) - 1)
    for order in ("little", "big")
)


@st.composite
def spoilt(draw: st.DrawFn, data: bytes) -> bytes:
    """`data` with up to six places overwritten, removed, repeated or inserted, and perhaps cut."""
    out = bytearray(data)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(out)))
        piece = draw(st.sampled_from(EDGES) | st.binary(max_size=8))
        match draw(st.sampled_from(("overwrite", "insert", "remove", "repeat", "cut"))):
            case "overwrite":
                out[at : at + len(piece)] = piece
            case "insert":
                out[at:at] = piece
            case "remove":
                del out[at : at + draw(st.integers(1, 16))]
            case "repeat":
                out[at:at] = out[max(at - 16, 0) : at] * draw(st.integers(1, 8))
            case _:
                del out[at:]
    return bytes(out[: 1 << 16])


def behaves(form: Format, path: str, data: bytes) -> int:
    """Inspect any bytes as this format. Gives the number of observations.

    Facts, gaps, texts and members come out, or one of two errors; anything else is a fault, and so is
    a fact under an undeclared key, a value no output can carry, or more observations than make sense.
    """
    assert isinstance(form.matches(data[:HEAD_BYTES], path), bool)
    count = 0
    try:
        for item in form.inspect(path, BytesBlob(data), LIMITS):
            count += 1
            assert count <= OBSERVATIONS_LIMIT, f"{form.id}: observations without end"
            _check(form, item)
    except (MalformedError, BudgetExceeded):
        return count
    return count


def _check(form: Format, item: object) -> None:
    match item:
        case Evidence():
            assert item.key in form.keys, f"{form.id} yields {item.key}, which it does not declare"
            assert item.value is None or isinstance(item.value, str | int | float | bool)
            assert not isinstance(item.value, float) or math.isfinite(item.value), item
            str(item.value).encode()
            str(item.location).encode()
            item.quote.encode()
        case Gap():
            item.detail.encode()
        case Text():
            assert len(item.text.encode()) <= 4 * LIMITS.text_bytes
        case Member():
            item.path.encode()
            with suppress(MalformedError, BudgetExceeded):
                item.blob.read_at(0, min(HEAD_BYTES, item.blob.size))
        case _:
            raise AssertionError(f"{form.id} yields a {type(item).__name__}")
