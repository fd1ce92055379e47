"""A blob's bytes by address, in small pages that are kept: for readers that jump about in a file."""

from __future__ import annotations

from dataclasses import dataclass, field

from ajar.errors import MalformedError
from ajar.interfaces import Blob

_PAGE_BYTES = 4096
_PAGES = 512  # kept in memory: two megabytes


@dataclass(slots=True)
class Pages:
    """Random reads, each checked against the blob's size before anything is allocated."""

    blob: Blob
    base: int = 0  # added to every address
    _kept: dict[int, bytes] = field(default_factory=dict)

    def take(self, at: int, length: int, what: str) -> bytes:
        """Exactly `length` bytes at an address. Raises `MalformedError` past the end."""
        start = at + self.base
        if at < 0 or length < 0 or start + length > self.blob.size:
            raise MalformedError(f"{what} at {at} stands past the end of the file", offset=at)
        if length > _PAGE_BYTES:
            found = self.blob.read_at(start, length)
        else:
            first, last = start // _PAGE_BYTES, (start + max(length, 1) - 1) // _PAGE_BYTES
            data = b"".join(self._page(number) for number in range(first, last + 1))
            found = data[start - first * _PAGE_BYTES :][:length]
        if len(found) != length:
            raise MalformedError(f"{what} at {at} is cut short", offset=at)
        return found

    def number(self, at: int, width: int, what: str = "a number") -> int:
        """An unsigned little-endian number of `width` bytes."""
        return int.from_bytes(self.take(at, width, what), "little")

    def _page(self, number: int) -> bytes:
        page = self._kept.get(number)
        if page is None:
            if len(self._kept) >= _PAGES:
                self._kept.clear()
            start = number * _PAGE_BYTES
            page = self._kept[number] = self.blob.read_at(
                start, min(_PAGE_BYTES, max(self.blob.size - start, 0))
            )
        return page
