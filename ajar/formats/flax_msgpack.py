"""Flax checkpoints in MessagePack: maps of arrays, whose bodies are stepped over.

Spec: https://github.com/msgpack/msgpack/blob/master/spec.md; flax.serialization stores an array as
extension type 1 holding (shape, dtype, bytes).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from ajar.blobs import read_exactly
from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence, Location

ID = "flax-msgpack"
_ITEMS = 5_000_000
_ARRAY_EXTENSION = 1
_HEAD_BYTES = 512
# Leading byte -> (bytes of a length field, fixed payload)
_SIZED = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}
_PLAIN = {
    0xC0: 0,
    0xC2: 0,
    0xC3: 0,
    0xCA: 4,
    0xCB: 8,
    0xCC: 1,
    0xCD: 2,
    0xCE: 4,
    0xCF: 8,
    0xD0: 1,
    0xD1: 2,
    0xD2: 4,
    0xD3: 8,
}
_EXTENSIONS = {0xC7: 1, 0xC8: 2, 0xC9: 4}
_FIXED_EXTENSIONS = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}
_CONTAINERS = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}


def _matches(head: bytes, path: str) -> bool:
    return (
        bool(head)
        and path.lower().endswith(".msgpack")
        and (head[0] & 0xF0 == 0x80 or head[0] in {0xDE, 0xDF})
    )


@dataclass(slots=True)
class _Walk:
    blob: Blob
    at: int = 0
    tensors: Counter[str] = field(default_factory=Counter)
    elements: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        """Items still to come are counted, not stacked, so that nesting costs nothing."""
        left, seen = 1, 0
        while left:
            left += self._item() - 1
            seen += 1
            if seen > _ITEMS:
                raise BudgetExceeded(f"more than {_ITEMS} items")

    def _item(self) -> int:
        """Step over one item; gives how many items it holds."""
        lead = self._number(1)
        if lead < 0x80 or lead >= 0xE0:
            return 0
        if lead < 0x90:
            return 2 * (lead & 0x0F)
        if lead < 0xA0:
            return lead & 0x0F
        if lead < 0xC0:
            self._skip(lead & 0x1F)
        elif lead in _PLAIN:
            self._skip(_PLAIN[lead])
        elif lead in _SIZED:
            self._skip(self._number(_SIZED[lead]))
        elif lead in _CONTAINERS:
            size, each = _CONTAINERS[lead]
            count = self._number(size) * each
            if count > self.blob.size - self.at:
                raise MalformedError(f"a container of {count} items", offset=self.at)
            return count
        elif lead in _EXTENSIONS or lead in _FIXED_EXTENSIONS:
            length = self._number(_EXTENSIONS[lead]) if lead in _EXTENSIONS else _FIXED_EXTENSIONS[lead]
            self._extension(self._number(1), length)
        else:
            raise MalformedError(f"no MessagePack type {lead:#x}", offset=self.at - 1)
        return 0

    def _number(self, size: int) -> int:
        value = int.from_bytes(read_exactly(self.blob, self.at, size, "a MessagePack item"), "big")
        self.at += size
        return value

    def _skip(self, length: int) -> None:
        if self.at + length > self.blob.size:
            raise MalformedError(f"an item of {length} bytes goes on past the end", offset=self.at)
        self.at += length

    def _extension(self, kind: int, length: int) -> None:
        start = self.at
        self._skip(length)
        if kind == _ARRAY_EXTENSION:
            head = self.blob.read_at(start, min(length, _HEAD_BYTES))
            shape, dtype = _array_head(head)
            self.tensors[dtype] += 1
            self.elements[dtype] += math.prod(shape)


def _array_head(head: bytes) -> tuple[tuple[int, ...], str]:
    """Shape and dtype of an array's extension payload, decoded from its first bytes."""
    import msgspec

    # fixarray(3), then the shape as an array and the dtype as a string: cut before the bytes.
    if not head or head[0] != 0x93:
        return (), "unknown"
    for end in range(2, len(head)):
        try:
            shape, dtype = msgspec.msgpack.decode(b"\x92" + head[1:end])
        except (msgspec.DecodeError, ValueError, TypeError):
            continue
        if (
            isinstance(shape, list)
            and isinstance(dtype, str)
            and all(type(n) is int and n >= 0 for n in shape)
        ):
            return tuple(shape), dtype
    return (), "unknown"


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:  # noqa: ARG001  a walk is bounded
    walk = _Walk(blob)
    walk.run()
    where = Location(path=path, start=0, end=walk.at)
    yield Evidence(key="weights.tensor-count", value=walk.tensors.total(), location=where, inspector=ID)
    yield Evidence(key="weights.parameter-count", value=walk.elements.total(), location=where, inspector=ID)
    for dtype, count in walk.tensors.most_common():
        quote = f"{count} tensors, {walk.elements[dtype]:,} parameters"
        yield Evidence(key="weights.dtype", value=dtype, location=where, inspector=ID, quote=quote)


FORMAT = Format(
    id=ID,
    title="Flax checkpoint (MessagePack)",
    family="weights",
    suffixes=(".msgpack",),
    matches=_matches,
    inspect=_inspect,
    keys={
        "weights.tensor-count": "arrays in the file",
        "weights.parameter-count": "elements in all arrays",
        "weights.dtype": "one element type, with its share",
    },
    spec="https://flax.readthedocs.io/en/latest/api_reference/flax.serialization.html",
)
