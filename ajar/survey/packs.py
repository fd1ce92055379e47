"""JSON reports of many releases in few files: a pack is zstd frames one after the other, each a report.

A report is named by the SHA-256 of its JSON and found by pack, offset and length, which the store's rows carry.
A pack begins with eight bytes that say what it is; a reader checks the digest of what it takes out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from ajar.errors import MalformedError

MAGIC = b"ajarpk1\n"
LEVEL = 6  # a report of 50 kB becomes 6 kB within half a millisecond; higher levels gain little
REPORT_BYTES = 64 << 20  # one report, inflated: far above the largest seen (9 MB)


def pack_path(folder: Path, number: int) -> Path:
    """A thousand packs a folder, so that no folder of millions of releases grows past what tools can list."""
    return folder / "reports" / f"{number // 1000:04d}" / f"{number:07d}.pack"


def compress(text: bytes) -> tuple[str, bytes]:
    """Digest and frame of one report."""
    return sha256(text).hexdigest(), bytes(_zstd().compress(text, LEVEL))


def write(handle: BinaryIO, frames: Iterable[bytes]) -> list[tuple[int, int]]:
    """Write a pack; returns offset and length of each frame, in order."""
    handle.write(MAGIC)
    at, places = len(MAGIC), []
    for frame in frames:
        handle.write(frame)
        places.append((at, len(frame)))
        at += len(frame)
    return places


def read(path: Path, offset: int, length: int, digest: str) -> bytes:
    """One report's JSON. Raises `MalformedError` when the pack does not hold what its row says."""
    if offset < len(MAGIC) or not 0 < length <= REPORT_BYTES:
        raise MalformedError(f"{path.name}: no report at {offset}", offset=offset)
    with path.open("rb") as handle:
        if handle.read(len(MAGIC)) != MAGIC:
            raise MalformedError(f"{path.name}: not a pack of reports", offset=0)
        handle.seek(offset)
        frame = handle.read(length)
    text = _inflated(frame)
    if text is None or sha256(text).hexdigest() != digest:
        raise MalformedError(f"{path.name}: the report at {offset} is not the one named", offset=offset)
    return text


def _inflated(frame: bytes) -> bytes | None:
    zstd = _zstd()
    worker = zstd.ZstdDecompressor()
    try:
        text = bytes(worker.decompress(frame, REPORT_BYTES))
    except zstd.ZstdError:
        return None
    return text if worker.eof else None


def _zstd() -> Any:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd
