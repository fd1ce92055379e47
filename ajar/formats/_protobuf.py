"""A walk over protobuf's wire format that steps over payloads it is not asked for.

Spec: https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ajar.errors import MalformedError
from ajar.interfaces import Blob

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_FIELD_NUMBERS = (1 << 29) - 1
# After a jump a little is read; what goes on in sequence is read in ever larger windows.
_FIRST_BYTES, _WINDOW_BYTES = 512, 65536


@dataclass(frozen=True, slots=True)
class Entry:
    """One field: its number, wire type, and value (varint) or span (everything else)."""

    number: int
    wire: int
    value: int
    start: int
    end: int


class Wire:
    """Reads fields of a message that stands in a span of a blob."""

    __slots__ = ("_blob", "_next_bytes", "_start", "_window")

    def __init__(self, blob: Blob) -> None:
        self._blob = blob
        self._window = b""
        self._start = 0
        self._next_bytes = _FIRST_BYTES

    def fields(self, start: int, end: int) -> Iterator[Entry]:
        """Fields between two offsets. Raises `MalformedError` where the encoding breaks."""
        at = start
        while at < end:
            key, at = self.varint(at, end)
            number, wire = key >> 3, key & 7
            if not 0 < number <= _FIELD_NUMBERS:
                raise MalformedError(f"protobuf field {number}", offset=at)
            if wire == VARINT:
                value, after = self.varint(at, end)
                yield Entry(number, wire, value, at, after)
            else:
                if wire == BYTES:
                    size, at = self.varint(at, end)
                elif wire in {FIXED64, FIXED32}:
                    size = 8 if wire == FIXED64 else 4
                else:
                    raise MalformedError(f"protobuf wire type {wire}", offset=at)
                after = at + size
                if after > end:
                    raise MalformedError(f"a field of {size} bytes goes on past its message", offset=at)
                yield Entry(number, wire, 0, at, after)
            at = after

    def varint(self, at: int, end: int) -> tuple[int, int]:
        """`(value, offset after it)`; the value is below 2**64."""
        value = 0
        for shift in range(0, 70, 7):
            if at >= end:
                raise MalformedError("a number without end", offset=at)
            offset = at - self._start
            byte = self._window[offset] if 0 <= offset < len(self._window) else self.byte(at)
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if value >> 64:
                    raise MalformedError("a number of more than 64 bits", offset=at)
                return value, at
        raise MalformedError("a number of more than ten bytes", offset=at)

    def byte(self, at: int) -> int:
        """The byte at an offset of the blob."""
        offset = at - self._start
        if not 0 <= offset < len(self._window):
            self._fill(at)
            offset = 0
        return self._window[offset]

    def text(self, entry: Entry, limit: int = 4096) -> str:
        """A field's bytes as text, at most `limit` of them."""
        length = min(entry.end - entry.start, limit)
        if length <= 0:
            return ""
        offset = entry.start - self._start
        if not 0 <= offset <= len(self._window) - length:
            if length > _FIRST_BYTES:
                return self._blob.read_at(entry.start, length).decode("utf-8", "replace")
            self._fill(entry.start)
            offset = 0
        return self._window[offset : offset + length].decode("utf-8", "replace")

    def _fill(self, at: int) -> None:
        onward = self._start < at <= self._start + len(self._window)
        self._next_bytes = min(self._next_bytes * 2, _WINDOW_BYTES) if onward else _FIRST_BYTES
        self._window = self._blob.read_at(at, self._next_bytes)
        self._start = at
        if not self._window:
            raise MalformedError("the message ends early", offset=at)
