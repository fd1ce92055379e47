"""A walk over protobuf's wire format that steps over payloads it is not asked for.

Spec: https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ajar.errors import MalformedError
from ajar.interfaces import Blob

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_WINDOW_BYTES = 65536


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

    def __init__(self, blob: Blob) -> None:
        self._blob = blob
        self._window = b""
        self._start = 0

    def fields(self, start: int, end: int) -> Iterator[Entry]:
        """Fields between two offsets. Raises `MalformedError` where the encoding breaks."""
        at = start
        while at < end:
            key, at = self.varint(at, end)
            number, wire = key >> 3, key & 7
            if not number or number > 536_870_911:
                raise MalformedError(f"protobuf field {number}", offset=at)
            if wire == VARINT:
                value, after = self.varint(at, end)
                yield Entry(number, wire, value, at, after)
            else:
                size = {FIXED64: 8, FIXED32: 4}.get(wire)
                if wire == BYTES:
                    size, at = self.varint(at, end)
                if size is None:
                    raise MalformedError(f"protobuf wire type {wire}", offset=at)
                after = at + size
                if after > end:
                    raise MalformedError(f"a field of {size} bytes goes on past its message", offset=at)
                yield Entry(number, wire, 0, at, after)
            at = after

    def varint(self, at: int, end: int) -> tuple[int, int]:
        """`(value, offset after it)`."""
        value = 0
        for shift in range(0, 70, 7):
            if at >= end:
                raise MalformedError("a number without end", offset=at)
            byte = self.byte(at)
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value, at
        raise MalformedError("a number of more than ten bytes", offset=at)

    def byte(self, at: int) -> int:
        offset = at - self._start
        if not 0 <= offset < len(self._window):
            self._window = self._blob.read_at(at, _WINDOW_BYTES)
            self._start, offset = at, 0
            if not self._window:
                raise MalformedError("the message ends early", offset=at)
        return self._window[offset]

    def text(self, entry: Entry, limit: int = 4096) -> str:
        """A field's bytes as text, at most `limit` of them."""
        data = self._blob.read_at(entry.start, min(entry.end - entry.start, limit))
        return data.decode("utf-8", "replace")
