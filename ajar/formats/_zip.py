"""A blob as a seekable file, so that the standard library's zipfile can read a directory by range."""

from __future__ import annotations

import io
import zipfile

from ajar.errors import MalformedError
from ajar.interfaces import Blob


class BlobIO(io.RawIOBase):
    """Read-only, seekable view of a blob."""

    def __init__(self, blob: Blob) -> None:
        super().__init__()
        self._blob = blob
        self._at = 0

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

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._blob.read_at(self._at, len(buffer)) if self._at < self._blob.size else b""
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def open_zip(blob: Blob) -> zipfile.ZipFile:
    """The archive's directory. Raises `MalformedError` when there is none that can be read."""
    try:
        return zipfile.ZipFile(io.BufferedReader(BlobIO(blob), 65536))
    except (
        zipfile.BadZipFile,
        OSError,
        ValueError,
        OverflowError,
        UnicodeDecodeError,
        NotImplementedError,
    ) as error:
        raise MalformedError(f"the zip directory cannot be read: {error}") from error
