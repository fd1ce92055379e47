"""A pickle's bytes: opcodes by the shape of their argument, runs of inert ones passed at C speed.

Source: the comments of the standard library's `pickletools`, PEP 307, PEP 3154 and PEP 574.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

from ajar.errors import MalformedError
from ajar.interfaces import Blob

# A window begins small, because a file may hold many short streams, and grows while one is read on.
_FIRST_BYTES, _WINDOW_BYTES = 1 << 16, 4 << 20
_LINE_BYTES = 4 << 20
# Refill the window when fewer bytes are left than the longest opcode that a run may hold.
_MARGIN = 600


def _counted(code: bytes, zeros: bytes, highest: int) -> bytes:
    """Every length from 0 to `highest` of an opcode with a length before its bytes."""
    rows = [
        re.escape(bytes([length])) + zeros + (b".{%d}" % length if length else b"")
        for length in range(highest + 1)
    ]
    return re.escape(code) + b"(?:" + b"|".join(rows) + b")"


# One alternative an opcode, the frequent first. None of these imports, calls, or changes an object that was
# built by a call; text arguments end with their line.
_RUN = re.compile(
    b"(?:"
    + b"|".join(
        [
            rb"[N()\]}aestuld012\x85\x86\x87\x88\x89\x8f\x90\x91\x94\x97\x98]",
            rb"[Kqh].",
            _counted(b"\x8c", b"", 96),
            rb"M..|[Jrj].{4}|G.{8}",
            _counted(b"X", rb"\x00\x00\x00", 64),
            _counted(b"C", b"", 32),
            _counted(b"\x8a", b"", 16),
            _counted(b"U", b"", 32),
            rb"\x80[\x00-\x05]",
            rb"[IFLpg][^\n]{0,200}+\n|[SV][^\n]{0,500}+\n",
        ]
    )
    + b")*+",
    re.DOTALL,
)  # fmt: skip

FRAME, _LONG4 = 0x95, 0x8B
_BIG = {0x58: "<I", 0x42: "<I", 0x54: "<i", 0x8D: "<Q", 0x8E: "<Q", 0x96: "<Q", 0x8B: "<i"}
_SMALL = {0x55: "<B", 0x43: "<B", 0x8C: "<B", 0x8A: "<B"}
_LINES = frozenset(b"IFLSVpg")


@dataclass(slots=True)
class Bytes:
    """A forward reader over a blob that keeps one window of it."""

    blob: Blob
    at: int = 0
    size: int = 0
    _window: bytes = field(default=b"", repr=False)
    _start: int = 0
    _next: int = _FIRST_BYTES

    def __post_init__(self) -> None:
        self.size = self.blob.size

    def again(self, at: int) -> Bytes:
        """Another reader of the same blob, which begins with what this one has read."""
        return Bytes(self.blob, at, 0, self._window, self._start)

    def window(self, need: int) -> tuple[bytes, int]:
        """The window and the position in it, with `need` bytes after that where the blob has them."""
        offset = self.at - self._start
        if not 0 <= offset <= len(self._window) - need:
            self._start = self.at
            self._window = self.blob.read_at(self.at, min(max(need, self._next), max(self.size - self.at, 0)))
            self._next = min(self._next * 4, _WINDOW_BYTES)
            offset = 0
        return self._window, offset

    def take(self, length: int) -> bytes:
        """Exactly `length` bytes. Raises `MalformedError` where the blob ends before."""
        if length < 0 or self.at + length > self.size:
            raise MalformedError("the pickle ends before its STOP", offset=self.at)
        window, offset = self.window(length)
        data = window[offset : offset + length]
        if len(data) != length:
            raise MalformedError("the pickle ends before its STOP", offset=self.at)
        self.at += length
        return data

    def skip(self, length: int) -> None:
        if length < 0 or self.at + length > self.size:
            raise MalformedError("the pickle ends before its STOP", offset=self.at)
        self.at += length

    def line(self) -> bytes:
        """A line without its end."""
        need = 256  # most are short: a window that holds one is not read again for its sake
        while True:
            window, offset = self.window(need)
            end = window.find(b"\n", offset, offset + _LINE_BYTES)
            if end >= 0:
                self.at += end + 1 - offset
                return window[offset:end]
            if need >= _LINE_BYTES or len(window) - offset < need:
                raise MalformedError("a line of an argument has no end", offset=self.at)
            need = min(max(need, len(window) - offset) * 4, _LINE_BYTES)

    def counted(self, code: int) -> int:
        """The length that stands before an argument of a counted opcode."""
        form = _BIG.get(code) or _SMALL[code]
        length: int = struct.unpack(form, self.take(struct.calcsize(form)))[0]
        if length < 0:
            raise MalformedError("a negative length", offset=self.at)
        return length


def passes_inertly(blob: Blob, start: int, known: Bytes | None = None) -> int | None:
    """The offset after STOP of a stream that imports, calls and persists nothing; `None` for any other.

    Exact: an argument that crosses the end of its frame, or a stream that ends early, is not inert.
    """
    data = known.again(start) if known else Bytes(blob, at=start)
    frame_end = 0
    while True:
        window, offset = data.window(_MARGIN)
        limit = len(window)
        if frame_end > data.at:
            limit = min(limit, offset + frame_end - data.at)
        run = _RUN.match(window, offset, limit)
        data.at += run.end() - offset if run else 0
        if data.at >= data.size:
            return None
        if frame_end and data.at >= frame_end:
            frame_end = 0
        window, offset = data.window(1)
        if offset >= len(window):
            return None  # shorter than it was
        code = window[offset]
        if code == 0x2E:
            return data.at + 1
        try:
            frame_end = _one(data, code, frame_end)
        except (MalformedError, _NotInert):
            return None


class _NotInert(Exception):
    pass


def _one(data: Bytes, code: int, frame_end: int) -> int:
    """Pass one opcode that a run cannot hold: a frame, a long argument, one at the window's end."""
    before = data.at
    data.skip(1)
    if code == FRAME:
        length = struct.unpack("<Q", data.take(8))[0]
        if (frame_end and data.at < frame_end) or data.at + length > data.size:
            raise _NotInert
        return int(data.at + length)
    if code == _LONG4:
        raise _NotInert  # a number of up to 2 GB is worth a look
    if code in _BIG or code in _SMALL:
        data.skip(data.counted(code))
    elif code in _LINES:
        data.line()
    elif not _pass_short(data, before):
        raise _NotInert
    # Long arguments of protocol 4 stand outside frames; any other may not leave its own.
    if frame_end and data.at > frame_end:
        raise _NotInert
    return frame_end if frame_end > data.at else 0


def _pass_short(data: Bytes, before: int) -> bool:
    """One inert opcode that the window or the frame cut off from its run."""
    data.at = before
    window, offset = data.window(min(_MARGIN, data.size - before))
    run = _RUN.match(window, offset, min(offset + 16, len(window)))
    if run is None or run.end() == offset:
        return False
    data.at = before + run.end() - offset
    return True
