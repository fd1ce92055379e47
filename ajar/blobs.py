"""Ways to see bytes: memory, an open file, a slice, a counted view, an inflating stream."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Protocol, runtime_checkable

from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import Blob

_KEPT_CHUNKS = 64  # of a sliding stream: room for the longest header of an archive
CHUNK_BYTES = 1 << 16  # inflated at once: a head costs little, and a bomb's pieces are alike
_LEAP_BYTES = 1 << 12  # read ahead after a jump; four times as much with each step from there


@runtime_checkable
class Foreseeing(Protocol):
    """A blob far away, which gets bytes cheaper when it is told of them beforehand."""

    def will_read(self, spans: Iterable[tuple[int, int]]) -> None: ...


def will_read(blob: Blob, spans: Iterable[tuple[int, int]]) -> None:
    """Tell a blob which `(offset, length)` spans will be read. Changes what reading costs, never what it gives."""
    if isinstance(blob, Foreseeing):
        blob.will_read(spans)


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

    def will_read(self, spans: Iterable[tuple[int, int]]) -> None:
        will_read(self.inner, spans)

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

    def will_read(self, spans: Iterable[tuple[int, int]]) -> None:
        will_read(self.inner, spans)

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

    def will_read(self, spans: Iterable[tuple[int, int]]) -> None:
        """Only what is inside."""
        own = (
            (offset, min(length, self.size - offset)) for offset, length in spans if 0 <= offset < self.size
        )
        will_read(self.inner, ((self.start + offset, length) for offset, length in own))

    def read_at(self, offset: int, length: int) -> bytes:
        if offset < 0 or length < 0:
            raise ValueError("negative offset or length")
        return self.inner.read_at(self.start + offset, min(length, max(self.size - offset, 0)))


@dataclass(slots=True)
class WindowBlob:
    """A blob whose last read is kept, so that small steps forward read each byte once; a leap reads little ahead."""

    inner: Blob
    window_bytes: int = 1 << 18
    _at: int = 0
    _data: bytes = field(default=b"", repr=False)
    _ahead: int = _LEAP_BYTES

    @property
    def size(self) -> int:
        return self.inner.size

    def will_read(self, spans: Iterable[tuple[int, int]]) -> None:
        will_read(self.inner, spans)

    def read_at(self, offset: int, length: int) -> bytes:
        start = offset - self._at
        wanted = min(length, max(self.inner.size - offset, 0))
        if 0 <= start <= len(self._data) - wanted:
            return self._data[start : start + wanted]
        if length >= self.window_bytes:
            return self.inner.read_at(offset, length)
        is_step = 0 <= start <= 2 * len(self._data)
        self._ahead = min(self._ahead * 4, self.window_bytes) if is_step else _LEAP_BYTES
        self._at, self._data = offset, self.inner.read_at(offset, max(self._ahead, length))
        return self._data[:length]


@dataclass(frozen=True, slots=True)
class PiecesBlob:
    """A sparse file: runs of another blob's bytes in a row, zeros between them.

    `pieces` are `(where a run belongs, its length)`, in order and apart from each other.
    """

    inner: Blob
    pieces: tuple[tuple[int, int], ...]
    size: int
    _starts: list[int] = field(init=False, repr=False)  # where each run stands in `inner`

    def __post_init__(self) -> None:
        starts = accumulate((length for _, length in self.pieces), initial=0)
        object.__setattr__(self, "_starts", list(starts))

    def read_at(self, offset: int, length: int) -> bytes:
        if offset < 0 or length < 0:
            raise ValueError("negative offset or length")
        end = min(offset + length, self.size)
        out = bytearray(max(end - offset, 0))
        number = max(bisect_right(self.pieces, (offset, self.size)) - 1, 0)
        for index in range(number, len(self.pieces)):
            (start, run), at = self.pieces[index], self._starts[index]
            if start >= end:
                break
            low, high = max(start, offset), min(start + run, end)
            if low < high:
                data = self.inner.read_at(at + low - start, high - low)
                out[low - offset : low - offset + len(data)] = data
        return bytes(out)


@dataclass(slots=True)
class ChunksBlob:
    """Bytes in memory in pieces, so that they are never copied whole.

    A piece that equals the one before it is kept once: what a bomb inflates to takes no room.
    """

    size: int = 0
    held_bytes: int = 0  # memory that the pieces take
    _chunks: list[bytes] = field(default_factory=list, repr=False)
    _starts: list[int] = field(default_factory=list, repr=False)

    def add(self, chunk: bytes) -> None:
        """Append a piece that is not empty."""
        if self._chunks and chunk == self._chunks[-1]:
            chunk = self._chunks[-1]
        else:
            self.held_bytes += len(chunk)
        self._starts.append(self.size)
        self._chunks.append(chunk)
        self.size += len(chunk)

    def read_at(self, offset: int, length: int) -> bytes:
        if offset < 0 or length < 0:
            raise ValueError("negative offset or length")
        end = min(offset + length, self.size)
        if offset >= end:
            return b""
        first, last = bisect_right(self._starts, offset) - 1, bisect_right(self._starts, end - 1) - 1
        if first == last:
            return self._chunks[first][offset - self._starts[first] : end - self._starts[first]]
        parts = [self._chunks[first][offset - self._starts[first] :], *self._chunks[first + 1 : last]]
        return b"".join([*parts, self._chunks[last][: end - self._starts[last]]])


@dataclass(slots=True)
class StreamBlob:
    """A forward-only stream (an inflating archive member) seen as random access.

    What was inflated is kept, so a second look costs nothing; `limit_bytes` bounds what is kept.
    `pull(n)` gives up to n more bytes, and b"" at the end.
    """

    pull: Callable[[int], bytes]
    size: int
    limit_bytes: int
    seen: ChunksBlob = field(default_factory=ChunksBlob, repr=False)
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
        while self.seen.size < end and not self._ended:
            self._more()
        if self.seen.size < end:
            raise MalformedError(
                f"member ends at byte {self.seen.size} of {self.size}", offset=self.seen.size
            )
        return self.seen.read_at(offset, max(end - offset, 0))

    def to_end(self) -> ChunksBlob:
        """Everything that is left, up to `limit_bytes`, as bytes in memory."""
        while self.seen.size < self.limit_bytes and not self._ended:
            self._more()
        return self.seen

    def _more(self) -> None:
        """One more piece, of the same length each time, so that equal ones are kept once."""
        missing = min(CHUNK_BYTES, self.limit_bytes - self.seen.size)
        parts = []
        try:
            while missing > 0 and not self._ended:
                part = self.pull(missing)
                missing -= len(part)
                parts.append(part)
                self._ended = not part
        finally:  # what came before a break stands
            if any(parts):
                self.seen.add(b"".join(parts))


@dataclass(slots=True)
class SlidingBlob:
    """A stream of any length, read forward: the last bytes are kept, those before are gone.

    `size` is beyond reach until the end was seen. Raises `BudgetExceeded` for what is no longer kept.
    """

    pull: Callable[[int], bytes]
    size: int = 1 << 62
    _chunks: dict[int, bytes] = field(default_factory=dict, repr=False)
    _end: int = 0

    def read_at(self, offset: int, length: int) -> bytes:
        first, last = offset // CHUNK_BYTES, (offset + length - 1) // CHUNK_BYTES
        if offset < 0 or last - first >= _KEPT_CHUNKS or (offset < self._end and first not in self._chunks):
            raise BudgetExceeded(f"bytes {offset} to {offset + length} of a stream that is read forward only")
        while self._end < offset + length and self._end < self.size:
            self._more()
        data = b"".join(self._chunks.get(number, b"") for number in range(first, last + 1))
        start = offset - first * CHUNK_BYTES
        return data[start : start + length]

    def _more(self) -> None:
        parts, missing = [], CHUNK_BYTES
        while missing:
            part = self.pull(missing)
            if not part:
                self.size = self._end + CHUNK_BYTES - missing
                break
            missing -= len(part)
            parts.append(part)
        number = self._end // CHUNK_BYTES
        self._chunks[number] = b"".join(parts)
        self._chunks.pop(number - _KEPT_CHUNKS, None)
        self._end += CHUNK_BYTES - missing


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
