"""A blob as a seekable file, so that the standard library's zipfile can read a directory by range."""

from __future__ import annotations

import io
import struct
import zipfile

from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import Blob

# The directory's end, its 64-bit twin and, for most archives, all of the directory: one read.
_TAIL_BYTES = 65536
_WINDOW_BYTES = 4096
# zipfile holds the whole directory in memory, some ten times its size; this is room for 150,000 members.
_DIRECTORY_BYTES = 16 * 2**20


class BlobIO(io.RawIOBase):
    """Read-only, seekable view of a blob that keeps its last small read.

    While `ceiling` is set, one read of more bytes raises `BudgetExceeded` before anything is allocated.
    """

    def __init__(self, blob: Blob) -> None:
        super().__init__()
        self.ceiling: int | None = None
        self._blob = blob
        self._at = 0
        self._window = b""
        self._start = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._blob.size}[whence]
        if base + offset < 0:
            raise OSError("a seek before the start")
        self._at = base + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        rest = max(self._blob.size - self._at, 0)
        length = rest if size is None or size < 0 else min(size, rest)
        if self.ceiling is not None and length > self.ceiling:
            raise BudgetExceeded(f"an archive directory of {length} bytes; {self.ceiling} is the limit")
        data = self._look(length)
        self._at += len(data)
        return data

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def prefetch(self, start: int) -> None:
        """Read from `start` to the end now, for the reads that will follow."""
        self._start = max(start, 0)
        self._window = self._blob.read_at(self._start, self._blob.size - self._start)

    def _look(self, length: int) -> bytes:
        offset = self._at - self._start
        if 0 <= offset <= len(self._window) - length:
            return self._window[offset : offset + length]
        if length >= _WINDOW_BYTES:
            return self._blob.read_at(self._at, length)
        self._start, self._window = self._at, self._blob.read_at(self._at, _WINDOW_BYTES)
        return self._window[:length]


def open_zip(blob: Blob) -> zipfile.ZipFile:
    """The archive's directory.

    Raises `MalformedError` when there is none that can be read, `BudgetExceeded` when it is too long.
    """
    stream = BlobIO(blob)
    stream.prefetch(blob.size - _TAIL_BYTES)
    stream.ceiling = _DIRECTORY_BYTES
    try:
        archive = zipfile.ZipFile(stream)
    except (
        zipfile.BadZipFile,
        OSError,
        ValueError,  # UnicodeDecodeError too
        OverflowError,
        NotImplementedError,
        struct.error,
    ) as error:
        raise MalformedError(f"the zip directory cannot be read: {error}") from error
    stream.ceiling = None
    return archive
