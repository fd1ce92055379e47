"""Decompressors as forward pulls: bounded, never further than somebody reads, exact about where they ended."""

from __future__ import annotations

import bz2
import lzma
import re
import struct
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from ajar.errors import AjarError, BudgetExceeded
from ajar.interfaces import Blob
from ajar.model.evidence import GapReason

Pull = Callable[[int], bytes]
"""Up to n more bytes; b"" at the end, and where a stream breaks."""

MEMORY_BYTES = 64 << 20  # xz -9 needs 65 MiB to decode; what it states is checked before it is taken
_INPUT_BYTES = 65536
_NOT_ZERO = re.compile(rb"[^\0]")
_FIRST_INPUT_BYTES = 1024  # a stream of a few bytes leaves little over, so that many in a row stay cheap
# Beyond this window a zstd frame is refused, as every decoder does unless it is told otherwise
# (ZSTD_WINDOWLOG_LIMIT_DEFAULT). RFC 8878, 3.1.1.1.2 allows 3.75 TiB.
_WINDOW_LOG = 27
_BROKEN = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, MemoryError)

ZSTD = b"(\xb5/\xfd"
GZIP, BZIP2, XZ, LZIP = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"LZIP"
# Kinds whose first bytes say too little: text may begin with them.
FAINT = frozenset({"zlib", "lzma"})


class Engine(Protocol):
    """A decompressor of one stream, as the standard library has them."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class Deflate:
    """zlib's object with the interface of the others: input that was not used is kept inside."""

    def __init__(self, window_bits: int) -> None:
        self._inner = zlib.decompressobj(window_bits)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


class Passing:
    """Steps over `length` bytes: a skippable frame of zstd or LZ4, a trailer."""

    def __init__(self, length: int) -> None:
        self._left = length
        self.unused_data = b""

    @property
    def eof(self) -> bool:
        return self._left <= 0

    needs_input = True

    def decompress(self, data: bytes, max_length: int, /) -> bytes:  # noqa: ARG002  as the others
        self.unused_data = data[self._left :]
        self._left -= len(data)
        return b""


class RefusedError(AjarError):
    """A stream that says of itself that it cannot be read here."""

    def __init__(self, message: str, reason: GapReason) -> None:
        super().__init__(message)
        self.reason = reason


Make = Callable[[], Engine]
Next = Callable[[bytes], Make | None]
"""From the first 32 bytes of what follows a stream: how to read on, or `None` when nothing known follows."""


@dataclass(slots=True)
class Inflater:
    """Streams in a row out of a source of bytes, read as one.

    `end` is how many bytes of the source they took. `broken` says why they ended before their own end.
    """

    source: Pull
    following: Next
    padded: bool = False
    tick: Callable[[], None] = lambda: None
    streams: int = 0
    end: int = 0
    broken: str = ""
    reason: GapReason = GapReason.MALFORMED
    done: bool = False
    _engine: Engine | None = None
    _left: bytes = field(default=b"", repr=False)  # read and, from `_at` on, not yet given to an engine
    _at: int = 0
    _step: int = _FIRST_INPUT_BYTES

    def pull(self, length: int) -> bytes:
        idle = 0
        while not self.done:
            engine = self._engine or self._open()
            if engine is None:
                break
            data = self._input() if engine.needs_input else b""
            try:
                out = engine.decompress(data, length)
            except _BROKEN as error:
                if "Memory usage limit" in str(error):
                    self.reason = GapReason.OVER_BUDGET
                    return self._stop(f"asks for more than {MEMORY_BYTES} bytes of memory")
                return self._stop(str(error) or type(error).__name__)
            if engine.eof:
                # What it did not use is the end of what it was given last: step back, copy nothing.
                self._at -= len(engine.unused_data)
                self.end -= len(engine.unused_data)
                self._engine = None
            idle = 0 if data or out or engine.eof else idle + 1
            if out:
                return out
            if idle > 1:
                return self._stop("it ends before its own end")
        return b""

    def _stop(self, why: str) -> bytes:
        self.broken, self.done = why, True
        return b""

    def _open(self) -> Engine | None:
        """The engine of the next stream. What follows the last one is left alone."""
        self.tick()
        if self.padded and self.streams:
            self._pass_zeros()
        head = self._peek(32)
        try:
            make = self.following(head) if head else None
            engine = make() if make else None
        except RefusedError as error:
            self.reason = error.reason
            self._stop(error.message)
            return None
        except BudgetExceeded as error:
            self.reason = GapReason.OVER_BUDGET
            self._stop(error.message)
            return None
        if engine is None:
            self.done = True
            return None
        self.streams += 1
        self._engine, self._step = engine, _FIRST_INPUT_BYTES
        return engine

    def _pass_zeros(self) -> None:
        """Zeros between and behind streams are padding: xz by its specification, gzip by custom."""
        while self._fill():
            found = _NOT_ZERO.search(self._left, self._at)
            end = found.start() if found else len(self._left)
            self.end += end - self._at
            self._at = end
            if found:
                return

    def _fill(self) -> bool:
        """Whether there is a byte left."""
        if self._at >= len(self._left):
            self._left, self._at = self.source(_INPUT_BYTES), 0
        return bool(self._left)

    def _peek(self, length: int) -> bytes:
        while len(self._left) - self._at < length:
            more = self.source(_INPUT_BYTES)
            if not more:
                break
            self._left, self._at = self._left[self._at :] + more, 0
        return self._left[self._at : self._at + length]

    def _input(self) -> bytes:
        if not self._fill():
            return b""
        data = self._left[self._at : self._at + self._step]
        self._step = min(self._step * 2, _INPUT_BYTES)
        self._at += len(data)
        self.end += len(data)
        return data


def reading(blob: Blob, start: int = 0) -> Pull:
    """A blob from `start` on, as a pull."""
    at = start

    def pull(length: int) -> bytes:
        nonlocal at
        data = blob.read_at(at, length)
        at += len(data)
        return data

    return pull


def once(make: Make) -> Next:
    """One stream, whatever its first bytes, and none behind it."""
    waiting = [make]
    return lambda _: waiting.pop() if waiting else None


def raw_lzma(filters: list[dict[str, int]]) -> Make:
    """A stream without a header of its own."""
    return lambda: lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)


def lzma1(properties: bytes, whole_bytes: int) -> Make:
    """LZMA by its five bytes of properties; the dictionary is no larger than what there is to decode.

    Spec: lzma-specification.txt of the LZMA SDK. Raises `RefusedError` for what liblzma cannot decode.
    """
    if len(properties) < 5 or properties[0] >= 9 * 5 * 5:
        raise RefusedError("LZMA properties that are none", GapReason.MALFORMED)
    code, size = properties[0], int.from_bytes(properties[1:5], "little")
    row = {
        "id": lzma.FILTER_LZMA1,
        "lc": code % 9,
        "lp": code // 9 % 5,
        "pb": code // 45,
        "dict_size": dictionary(size, whole_bytes),
    }
    if row["lc"] + row["lp"] > 4:
        raise RefusedError("LZMA with more than four bits of context", GapReason.UNSUPPORTED)
    return raw_lzma([row])


def dictionary(stated: int, whole_bytes: int) -> int:
    """The dictionary to allocate, in bytes: matches never reach further back than what was decoded."""
    return max(min(stated, whole_bytes, MEMORY_BYTES), 4096)


def zstd(head: bytes) -> Engine:
    """The engine of a zstd frame. Raises `RefusedError` for a dictionary or a window past the limit."""
    dictionary_id, window = zstd_header(head)
    if dictionary_id:
        raise RefusedError(f"needs the dictionary {dictionary_id}", GapReason.UNSUPPORTED)
    if window > 1 << _WINDOW_LOG:
        raise RefusedError(f"asks for a window of {window} bytes", GapReason.OVER_BUDGET)
    if sys.version_info >= (3, 14):
        from compression import zstd as module
    else:
        from backports import zstd as module
    limits: dict[int, int] = {module.DecompressionParameter.window_log_max: _WINDOW_LOG}
    return _Zstd(module.ZstdDecompressor(options=limits), module.ZstdError)


class _Zstd:
    """One frame. Its error is told as zlib's is, whose module is always there."""

    def __init__(self, inner: Engine, error: type[Exception]) -> None:
        self._inner, self._error = inner, error

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return self._inner.needs_input

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        try:
            return self._inner.decompress(data, max_length)
        except self._error as error:
            raise zlib.error(str(error)) from error


def zstd_header(head: bytes) -> tuple[int, int]:
    """`(id of the dictionary or 0, window in bytes)` of a frame. Spec: RFC 8878, 3.1.1.1."""
    if len(head) < 6:
        return 0, 0
    flags, at = head[4], 5
    single = bool(flags & 0x20)
    window = 0
    if not single:
        exponent, mantissa = head[at] >> 3, head[at] & 7
        window = (1 << (10 + exponent)) * (8 + mantissa) // 8
        at += 1
    width = (0, 1, 2, 4)[flags & 3]
    identity = int.from_bytes(head[at : at + width], "little")
    at += width
    size_width = (1 if single else 0, 2, 4, 8)[flags >> 6]
    if single:
        window = int.from_bytes(head[at : at + size_width], "little") + (256 if size_width == 2 else 0)
    return identity, window


def _skippable(head: bytes) -> Make | None:
    """RFC 8878, 3.1.2; LZ4 frames have the same."""
    if len(head) >= 8 and head[1:4] == b"*M\x18" and 0x50 <= head[0] <= 0x5F:
        length = 8 + struct.unpack_from("<I", head, 4)[0]
        return lambda: Passing(length)
    return None


def _lzip() -> Next:
    """Header of six bytes, LZMA stream with its end marker, trailer of 20. Spec: lzip manual, "File format"."""
    waiting: list[Make] = []

    def following(head: bytes) -> Make | None:
        if waiting:
            return waiting.pop()
        if not _is_lzip(head):
            return None
        size = 1 << (head[5] & 31)
        size = dictionary(size - size // 16 * (head[5] >> 5), MEMORY_BYTES)
        row = {"id": lzma.FILTER_LZMA1, "lc": 3, "lp": 0, "pb": 2, "dict_size": size}
        waiting[:] = [lambda: Passing(20), raw_lzma([row])]
        return lambda: Passing(6)

    return following


def _is_lzip(head: bytes) -> bool:
    return head[:4] == LZIP and head[4:5] == b"\1" and len(head) > 5


def engine_of(head: bytes) -> tuple[str, Make] | None:
    """The compressor that made a stream, by its first bytes, and how to read it."""
    if head[:2] == GZIP:
        return "gzip", lambda: Deflate(zlib.MAX_WBITS | 16)
    if head[:3] == BZIP2:
        return "bzip2", bz2.BZ2Decompressor
    if head[:6] == XZ:
        return "xz", lambda: lzma.LZMADecompressor(memlimit=MEMORY_BYTES + (2 << 20))
    if head[:4] == ZSTD:
        return "zstd", lambda: zstd(head)
    if _is_lzip(head):
        return "lzip", lambda: Passing(0)
    passing = _skippable(head)
    if passing:
        return "zstd", passing
    if (head[:1] == b"]" and head[5:13] == b"\xff" * 8) or head[:3] == b"]\x00\x00":
        return "lzma", lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=MEMORY_BYTES + (2 << 20))
    if head[:1] == b"x" and len(head) > 2 and int.from_bytes(head[:2], "big") % 31 == 0:
        return "zlib", lambda: Deflate(zlib.MAX_WBITS)
    return None


def streams_of(kind: str) -> Next:
    """Streams of one kind in a row."""
    if kind == "lzip":
        return _lzip()

    def following(head: bytes) -> Make | None:
        found = engine_of(head)
        if found is None or found[0] != kind:
            return None
        return found[1]

    return following
