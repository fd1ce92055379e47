"""Ways to see bytes: memory, an open file, a slice, a counted view, an inflating stream."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field

from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import Blob


@dataclass(slots=True)
class Meter:
    """Counts what an audit reads, and stops it at a limit in bytes."""

    limit_bytes: int
    bytes_read: int = 0
    requests: int = 0

    def charge(self, length: int) -> None:
        self.charge_bytes(length)

    def charge_bytes(self, length: int) -> None:
        self.bytes_read += length
        if self.bytes_read > self.limit_bytes:
            raise BudgetExceeded(f"more than {self.limit_bytes} bytes read in this audit")


@dataclass(frozen=True, slots=True)
class BytesBlob:
    """Bytes already in memory."""

    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def read_at(self, offset: int, length: int) -> bytes:
        if offset < 0 or length < 0:
            raise ValueError("negative offset or length")
        return self.data[offset : offset + length]


@dataclass(frozen=True, slots=True)
class FileBlob:
    """An open file descriptor. Whoever opened it closes it."""

    fd: int
    size: int

    def read_at(self, offset: int, length: int) -> bytes:
        if offset < 0 or length < 0:
            raise ValueError("negative offset or length")
        return os.pread(self.fd, min(length, max(self.size - offset, 0)), offset)


@dataclass(frozen=True, slots=True)
class MeteredBlob:
    """A blob whose reads are charged to a meter."""

    inner: Blob
    meter: Meter

    @property
    def size(self) -> int:
        return self.inner.size

    def read_at(self, offset: int, length: int) -> bytes:
        data = self.inner.read_at(offset, length)
        self.meter.charge(len(data))
        return data


@dataclass(frozen=True, slots=True)
class HeadedBlob:
    """A blob whose first bytes were read already and are not read again."""

    inner: Blob
    head: bytes

    @property
    def size(self) -> int:
        return self.inner.size

    def read_at(self, offset: int, length: int) -> bytes:
        known = self.head[offset : offset + length] if offset >= 0 else b""
        if len(known) == length or offset + len(known) >= self.size:
            return known
        return known + self.inner.read_at(offset + len(known), length - len(known))


@dataclass(frozen=True, slots=True)
class SliceBlob:
    """A span of another blob."""

    inner: Blob
    start: int
    size: int

    def read_at(self, offset: int, length: int) -> bytes:
        if offset < 0 or length < 0:
            raise ValueError("negative offset or length")
        return self.inner.read_at(self.start + offset, min(length, max(self.size - offset, 0)))


@dataclass(slots=True)
class StreamBlob:
    """A forward-only stream (an inflating archive member) seen as random access.

    What was inflated is kept, so a second look costs nothing; `limit_bytes` bounds what is kept.
    `pull(n)` gives up to n more bytes, and b"" at the end.
    """

    pull: Callable[[int], bytes]
    size: int
    limit_bytes: int
    _seen: bytearray = field(default_factory=bytearray, repr=False)
    _ended: bool = False

    def read_at(self, offset: int, length: int) -> bytes:
        if offset < 0 or length < 0:
            raise ValueError("negative offset or length")
        end = min(offset + length, self.size)
        if end > self.limit_bytes:
            raise BudgetExceeded(
                f"reading to byte {end} of a compressed member needs more than "
                f"{self.limit_bytes} bytes inflated"
            )
        while len(self._seen) < end and not self._ended:
            chunk = self.pull(max(end - len(self._seen), 65536))
            self._seen += chunk
            self._ended = not chunk
        if len(self._seen) < end:
            raise MalformedError(
                f"member ends at byte {len(self._seen)} of {self.size}", offset=len(self._seen)
            )
        return bytes(self._seen[offset:end])

    def to_end(self) -> BytesBlob:
        """Everything that is left, up to `limit_bytes`, as bytes in memory."""
        while len(self._seen) < self.limit_bytes and not self._ended:
            chunk = self.pull(min(self.limit_bytes - len(self._seen), 1 << 20))
            self._seen += chunk
            self._ended = not chunk
        return BytesBlob(bytes(self._seen))


def read_exactly(blob: Blob, offset: int, length: int, what: str) -> bytes:
    """`length` bytes from `offset`, or `MalformedError` naming what is cut short.

    The length is checked against the blob before anything is allocated.
    """
    if offset < 0 or length < 0 or offset + length > blob.size:
        raise MalformedError(
            f"{what} needs {length} bytes at {offset}, the file has {blob.size}", offset=offset
        )
    data = blob.read_at(offset, length)
    if len(data) != length:
        raise MalformedError(f"{what}: {len(data)} of {length} bytes could be read", offset=offset)
    return data
