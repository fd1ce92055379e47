"""gzip, bzip2 and xz: one member behind a compressor, inflated only as far as somebody reads."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

from ajar.blobs import StreamBlob
from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.interfaces import Blob, Format, Member, Observation
from ajar.model.evidence import Gap, GapReason, Location

ID = "gzip"

_INPUT_BYTES = 65536
_LZMA_MEMORY_BYTES = 64 * 2**20
_MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz"}
_SUFFIXES = {".tgz": ".tar", ".tbz2": ".tar", ".txz": ".tar", ".gz": "", ".bz2": "", ".xz": ""}


class _Engine(Protocol):
    @property
    def eof(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def _kind(head: bytes) -> str:
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), "")


def _matches(head: bytes, path: str) -> bool:  # noqa: ARG001  bytes decide
    return bool(_kind(head))


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    # The inflated size stands nowhere: inflate to the end, or to the budget.
    kind = _kind(blob.read_at(0, 8))
    engine = _engine(kind)
    stream = StreamBlob(_inflating(blob, kind, engine), limits.inflate_bytes, limits.inflate_bytes)
    content = stream.to_end()
    if content.size == limits.inflate_bytes:
        detail = f"only the first {limits.inflate_bytes} bytes of the inflated stream were looked at"
        yield Gap(location=Location(path=path), reason=GapReason.OVER_BUDGET, detail=detail, inspector=ID)
    elif not engine.eof:
        detail = f"cut short: the stream ends after {content.size} bytes, before its own end"
        yield Gap(location=Location(path=path), reason=GapReason.MALFORMED, detail=detail, inspector=ID)
    name = path.rpartition("/")[2]
    for suffix, instead in _SUFFIXES.items():
        if name.lower().endswith(suffix):
            name = name[: -len(suffix)] + instead
            break
    yield Member(path=f"{path}!/{name or 'content'}", blob=content)


def _engine(kind: str) -> _Engine:
    if kind == "bzip2":
        return bz2.BZ2Decompressor()
    if kind == "xz":
        return lzma.LZMADecompressor(memlimit=_LZMA_MEMORY_BYTES)
    return _Gzip()


class _Gzip:
    """zlib's object with the interface of the other two: input that was not used is kept inside."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(zlib.MAX_WBITS | 16)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


def _inflating(blob: Blob, kind: str, engine: _Engine) -> Callable[[int], bytes]:
    position = 0

    def pull(length: int) -> bytes:
        nonlocal position
        idle = False
        while not engine.eof:
            try:
                out = engine.decompress(b"", length)
                if not out:
                    data = blob.read_at(position, _INPUT_BYTES)
                    position += len(data)
                    if idle and not data:
                        break
                    idle = not data
                    out = engine.decompress(data, length)
            except (zlib.error, lzma.LZMAError, OSError, EOFError) as error:
                raise MalformedError(f"the {kind} stream cannot be inflated: {error}") from error
            if out:
                return out
        return b""

    return pull


FORMAT = Format(
    id=ID,
    title="gzip, bzip2 or xz stream",
    family="container",
    suffixes=(".gz", ".tgz", ".bz2", ".xz"),
    matches=_matches,
    inspect=_inspect,
    keys={},
    spec="https://www.rfc-editor.org/rfc/rfc1952",
)
