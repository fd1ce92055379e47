"""LZ4 frames, block by block: only the last 64 KiB are kept to copy from.

Spec: lz4_Frame_format.md v1.6.1 and lz4_Block_format.md of the LZ4 project.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from ajar.errors import MalformedError
from ajar.interfaces import Blob

MAGIC, _LEGACY = b"\x04\x22\x4d\x18", b"\x02\x21\x4c\x18"
_WINDOW_BYTES = 65536
_BLOCK_BYTES = 8 << 20  # of the legacy format, the largest of all


def is_lz4(head: bytes) -> bool:
    """Whether bytes begin a frame, of the present or the legacy kind."""
    return head[:4] in {MAGIC, _LEGACY}


_HEADER_BYTES = 7  # the shortest


def blocks(blob: Blob) -> Iterator[bytes]:
    """What frames in a row hold, a block at a time. Raises `MalformedError` where they break."""
    at = 0
    if blob.size < _HEADER_BYTES:
        raise MalformedError("an LZ4 frame is cut short", offset=blob.size)
    while at + _HEADER_BYTES <= blob.size:
        head = blob.read_at(at, 8)
        if head[:4] == MAGIC:
            frame = _Frame(blob, at)
        elif head[:4] == _LEGACY:
            frame = _Frame(blob, at, legacy=True)
        elif head[1:4] == b"*M\x18" and 0x50 <= head[0] <= 0x5F and len(head) == 8:
            at += 8 + int(struct.unpack_from("<I", head, 4)[0])
            continue
        else:
            return
        yield from frame.blocks()
        at = frame.at


class _Frame:
    def __init__(self, blob: Blob, at: int, *, legacy: bool = False) -> None:
        flags = 0 if legacy else blob.read_at(at + 4, 1)[0]
        self.blob, self.legacy, self.flags = blob, legacy, flags
        self.at = at + (4 if legacy else 7 + (8 if flags & 8 else 0) + (4 if flags & 1 else 0))

    def blocks(self) -> Iterator[bytes]:
        window = b""
        while True:
            head = self.blob.read_at(self.at, 4)
            size = int.from_bytes(head, "little")
            if len(head) < 4 or (self.legacy and (size > _BLOCK_BYTES * 2 or not size)):
                if not self.legacy:
                    raise MalformedError("an LZ4 frame is cut short", offset=self.at)
                return  # a legacy frame ends where no block follows
            self.at += 4
            if size == 0:
                self.at += 4 if self.flags & 4 else 0
                return
            block = self._block(size, window)
            if not self.flags & 0x20:
                window = (window + block)[-_WINDOW_BYTES:]
            if block:
                yield block

    def _block(self, size: int, window: bytes) -> bytes:
        stored, size = not self.legacy and bool(size >> 31), size & 0x7FFFFFFF
        if size > _BLOCK_BYTES * 2 or self.at + size > self.blob.size:
            raise MalformedError("an LZ4 block goes on past the end", offset=self.at)
        data = self.blob.read_at(self.at, size)
        self.at += size + (4 if self.flags & 16 else 0)
        return data if stored else decoded(data, window)


def decoded(data: bytes, window: bytes) -> bytes:
    """One block; `window` is what matches may reach back into."""
    out, at = bytearray(window), 0
    while at < len(data):
        token = data[at]
        length, at = _length(data, at + 1, token >> 4)
        out += data[at : at + length]
        at += length
        if at + 2 > len(data):
            break
        distance = data[at] | data[at + 1] << 8
        length, at = _length(data, at + 2, token & 15)
        length += 4
        if not 0 < distance <= len(out) or len(out) + length > len(window) + _BLOCK_BYTES:
            raise MalformedError("an LZ4 match points before the start, or past its block")
        start = len(out) - distance
        piece = bytes(out[start : start + min(length, distance)])
        out += (piece * (length // len(piece) + 1))[:length]
    return bytes(out[len(window) :])


def _length(data: bytes, at: int, length: int) -> tuple[int, int]:
    if length == 15:
        while at < len(data):
            more = data[at]
            at += 1
            length += more
            if more != 255:
                break
    return length, at


def pulling(parts: Iterator[bytes], tick: Callable[[], None]) -> Callable[[int], bytes]:
    """A pull over pieces of any length; the error of a broken one is raised after all before it were given."""
    rest = memoryview(b"")

    def pull(length: int) -> bytes:
        nonlocal rest
        if not rest:
            tick()
            rest = memoryview(next(parts, b""))
        data, rest = bytes(rest[:length]), rest[length:]
        return data

    return pull
