"""Flatbuffers read in place: tables, vectors and strings, each offset checked against the file.

Spec: https://flatbuffers.dev/internals/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ajar.errors import MalformedError
from ajar.formats._pages import Pages
from ajar.interfaces import Blob

_TEXT_BYTES = 4096  # of one name; more is cut


@dataclass(frozen=True, slots=True)
class Table:
    """One table, by where it stands. A field is named by its index in the schema, unions counting twice."""

    pages: Pages
    at: int

    def field(self, index: int) -> int:
        """Offset of a field's value; 0 when it is not set."""
        back = int.from_bytes(self.pages.take(self.at, 4, "a table"), "little", signed=True)
        vtable = self.at - back
        size = self.pages.number(vtable, 2, "a vtable")
        slot = 4 + 2 * index
        if slot + 2 > size:
            return 0
        offset = self.pages.number(vtable + slot, 2, "a vtable's slot")
        return self.at + offset if offset else 0

    def number(self, index: int, width: int, default: int = 0) -> int:
        """An unsigned number of `width` bytes."""
        at = self.field(index)
        return self.pages.number(at, width, "a field") if at else default

    def table(self, index: int) -> Table | None:
        at = self.field(index)
        return Table(self.pages, at + self.pages.number(at, 4, "an offset")) if at else None

    def vector(self, index: int, width: int = 4) -> tuple[int, int]:
        """`(offset of the first element, how many)` of a vector whose elements take `width` bytes."""
        at = self.field(index)
        if not at:
            return 0, 0
        start = at + self.pages.number(at, 4, "an offset")
        count = self.pages.number(start, 4, "a vector's length")
        if start + 4 + width * count > self.pages.blob.size:
            raise MalformedError(f"a vector of {count} goes on past the end", offset=start)
        return start + 4, count

    def tables(self, index: int) -> Iterator[Table]:
        start, count = self.vector(index)
        for number in range(count):
            at = start + 4 * number
            yield Table(self.pages, at + self.pages.number(at, 4, "an offset"))

    def bytes(self, index: int, limit: int) -> bytes:
        """A vector of bytes, at most `limit` of them."""
        start, count = self.vector(index, 1)
        return self.pages.take(start, min(count, limit), "bytes") if count else b""

    def text(self, index: int) -> str:
        return self.bytes(index, _TEXT_BYTES).decode("utf-8", "replace")


def root(blob: Blob) -> Table:
    """The root table. Raises `MalformedError` where its offset leads out of the file."""
    pages = Pages(blob)
    return Table(pages, pages.number(0, 4, "the root"))
