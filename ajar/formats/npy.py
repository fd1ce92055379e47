"""NumPy arrays: the header names type and shape. An array of objects is a pickle.

Spec: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

from __future__ import annotations

import ast
import math
import struct
from collections.abc import Iterator

from ajar.blobs import read_exactly
from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence, Gap, GapReason, Location, Scalar

ID = "npy"
_HEADER_BYTES = 1 << 20


def _matches(head: bytes, path: str) -> bool:  # noqa: ARG001  bytes decide
    return head[:6] == b"\x93NUMPY"


def pickled_at(blob: Blob) -> int | None:
    """Where the pickle of an array of objects begins, in bytes; `None` when the array holds plain numbers."""
    descr, _, start = _read(blob)
    return start if _holds_objects(descr) else None


def _read(blob: Blob) -> tuple[object, tuple[int, ...], int]:
    """`(element type, shape, where the array begins)`."""
    major = read_exactly(blob, 6, 2, "the version")[0]
    if major not in {1, 2, 3}:
        raise MalformedError(f"npy version {major}", offset=6)
    size = 2 if major == 1 else 4
    (length,) = struct.unpack("<H" if major == 1 else "<I", read_exactly(blob, 8, size, "the header length"))
    if length > _HEADER_BYTES:
        raise MalformedError(f"a header of {length} bytes", offset=8)
    start = 8 + size
    descr, shape = _header(read_exactly(blob, start, length, "the header"))
    return descr, shape, start + length


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:  # noqa: ARG001  the header is small
    descr, shape, end = _read(blob)
    dtype = str(descr)[:200]
    where = Location(path=path, start=10, end=end)
    count = math.prod(shape)
    yield _fact("weights.tensor-count", 1, where)
    yield _fact("weights.parameter-count", count, where)
    yield _fact("weights.dtype", dtype, where, f"shape {shape}")
    if _holds_objects(descr):
        yield _fact("weights.pickled", True, where, "an array of objects: loading it runs a pickle")
        return
    digits = "".join(char for char in dtype if char.isdigit())
    body = blob.size - end
    if digits and dtype[:1] in "<>|=" and count * int(digits[:6]) > body and dtype[1:2] != "U":
        detail = f"cut short: {count * int(digits[:6]) - body} bytes of the array are missing"
        yield Gap(location=where, reason=GapReason.MALFORMED, detail=detail, inspector=ID)


def _holds_objects(descr: object) -> bool:
    """Whether an element type is `O`, or a structure with such a field: `(name, type)` or `(name, type, shape)`."""
    if isinstance(descr, list):
        return any(_holds_objects(row[1]) for row in descr if isinstance(row, tuple) and len(row) > 1)
    return isinstance(descr, str) and "O" in descr


def _header(data: bytes) -> tuple[object, tuple[int, ...]]:
    try:
        header = ast.literal_eval(data.decode("latin-1").strip())
        dtype, shape = header["descr"], header["shape"]
    except (ValueError, SyntaxError, KeyError, TypeError, RecursionError, MemoryError) as error:
        raise MalformedError("the header is no dictionary of descr and shape", offset=8) from error
    if not isinstance(shape, tuple) or not all(type(n) is int and n >= 0 for n in shape):
        raise MalformedError("the shape is no tuple of counts", offset=8)
    return dtype, shape


def _fact(key: str, value: Scalar, where: Location, quote: str = "") -> Evidence:
    return Evidence(key=key, value=value, location=where, inspector=ID, quote=quote)


FORMAT = Format(
    id=ID,
    title="NumPy array",
    family="weights",
    suffixes=(".npy",),
    matches=_matches,
    inspect=_inspect,
    keys={
        "weights.tensor-count": "1",
        "weights.parameter-count": "elements of the array",
        "weights.dtype": "NumPy type string, with the shape",
        "weights.pickled": "an array of objects, whose loading runs a pickle",
    },
    spec="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html",
)
