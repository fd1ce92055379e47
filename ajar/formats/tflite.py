"""TensorFlow Lite: the flatbuffer's root table: version, subgraphs, tensors, operator codes.

Spec: tensorflow/lite/schema/schema.fbs; flatbuffers internals.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from ajar.blobs import read_exactly
from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence, Location, Scalar

ID = "tflite"
_SUBGRAPHS = 10_000


def _matches(head: bytes, path: str) -> bool:  # noqa: ARG001  bytes decide
    return head[4:8] == b"TFL3"


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:  # noqa: ARG001  a few small reads
    root = _u32(blob, 0)
    version_at = _field(blob, root, 0)
    yield _fact("weights.version", _u32(blob, version_at) if version_at else 0, path)
    codes = _vector(blob, root, 1)
    yield _fact("weights.operator-count", codes[1], path)
    start, count = _vector(blob, root, 2)
    if count > _SUBGRAPHS:
        raise MalformedError(f"{count} subgraphs", offset=start)
    tensors = 0
    for number in range(count):
        at = start + 4 * number
        tensors += _vector(blob, at + _u32(blob, at), 0)[1]
    yield _fact("weights.tensor-count", tensors, path)
    described = _field(blob, root, 3)
    if described:
        at = described + _u32(blob, described)
        length = min(_u32(blob, at), 200)
        words = read_exactly(blob, at + 4, length, "the description").decode("utf-8", "replace")
        yield _fact("weights.metadata", words, path)


def _u32(blob: Blob, at: int) -> int:
    value: int = struct.unpack("<I", read_exactly(blob, at, 4, "an offset"))[0]
    return value


def _field(blob: Blob, table: int, index: int) -> int:
    """Offset of a field's value in a table; 0 when it is not set."""
    (back,) = struct.unpack("<i", read_exactly(blob, table, 4, "a table"))
    vtable = table - back
    (size,) = struct.unpack("<H", read_exactly(blob, vtable, 2, "a vtable"))
    slot = 4 + 2 * index
    if slot + 2 > size:
        return 0
    (offset,) = struct.unpack("<H", read_exactly(blob, vtable + slot, 2, "a vtable slot"))
    return table + offset if offset else 0


def _vector(blob: Blob, table: int, index: int) -> tuple[int, int]:
    """`(offset of the first element, length)` of a vector field."""
    at = _field(blob, table, index)
    if not at:
        return 0, 0
    start = at + _u32(blob, at)
    count = _u32(blob, start)
    if start + 4 + 4 * count > blob.size:
        raise MalformedError(f"a vector of {count} goes on past the end", offset=start)
    return start + 4, count


def _fact(key: str, value: Scalar, path: str) -> Evidence:
    return Evidence(key=key, value=value, location=Location(path=path), inspector=ID)


FORMAT = Format(
    id=ID,
    title="TensorFlow Lite model",
    family="weights",
    suffixes=(".tflite",),
    matches=_matches,
    inspect=_inspect,
    keys={
        "weights.version": "schema version",
        "weights.operator-count": "operator codes",
        "weights.tensor-count": "tensors in all subgraphs",
        "weights.metadata": "the description",
    },
    spec="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/lite/schema/schema.fbs",
)
