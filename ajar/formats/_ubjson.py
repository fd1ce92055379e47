"""UBJSON, as XGBoost writes it: values read in order, arrays of numbers only measured.

Counts are checked against what is left of the file before anything is made, and depth is bounded.
Spec: https://ubjson.org/ (draft 12).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ajar.errors import BudgetExceeded, MalformedError

_DEPTH = 64  # XGBoost's models nest eight deep
_VALUES = 20_000_000
_NUMBERS = {"i": "b", "U": "B", "I": "h", "l": "i", "L": "q", "d": "f", "D": "d"}
_WHOLE = "iUIlL"
_PLAIN = {"Z": None, "N": None, "T": True, "F": False}


@dataclass(frozen=True, slots=True)
class Numbers:
    """An array of numbers of one type, left in the bytes."""

    data: bytes
    kind: str
    start: int
    count: int

    def __len__(self) -> int:
        return self.count

    def values(self) -> tuple[Any, ...]:
        return struct.unpack_from(f">{self.count}{_NUMBERS[self.kind]}", self.data, self.start)


@dataclass(slots=True)
class Reader:
    """Reads one value out of bytes in memory."""

    data: bytes
    at: int = 0
    tick: Callable[[], None] = field(default=lambda: None)
    _seen: int = 0

    def value(self, depth: int = 0) -> Any:
        """The next value. Raises `MalformedError` where it breaks, `BudgetExceeded` where it is too much."""
        return self._of(self._letter(), depth)

    def _of(self, kind: str, depth: int) -> Any:
        self._seen += 1
        if not self._seen % 65536:
            self.tick()
        if self._seen > _VALUES or depth > _DEPTH:
            raise BudgetExceeded(f"UBJSON of more than {_VALUES} values, or deeper than {_DEPTH}")
        if kind in _NUMBERS:
            return self._number(kind)
        if kind in _PLAIN:
            return _PLAIN[kind]
        if kind == "C":
            return self._take(1).decode("latin-1")
        if kind in {"S", "H"}:
            return self._text()
        if kind == "[":
            return self._array(depth)
        if kind == "{":
            return self._object(depth)
        raise MalformedError(f"the UBJSON type {kind!r}", offset=self.at)

    def _take(self, length: int) -> bytes:
        if length < 0 or self.at + length > len(self.data):
            raise MalformedError(f"{length} bytes go on past the end", offset=self.at)
        self.at += length
        return self.data[self.at - length : self.at]

    def _letter(self) -> str:
        letter = "N"
        while letter == "N":  # a no-op may stand anywhere
            letter = self._take(1).decode("latin-1")
        return letter

    def _number(self, kind: str) -> Any:
        code = _NUMBERS[kind]
        return struct.unpack(f">{code}", self._take(struct.calcsize(code)))[0]

    def _length(self) -> int:
        kind = self._letter()
        if kind not in _WHOLE:
            raise MalformedError(f"a length of type {kind!r}", offset=self.at)
        length: int = self._number(kind)
        if not 0 <= length <= len(self.data):
            raise MalformedError(f"a length of {length}", offset=self.at)
        return length

    def _text(self) -> str:
        return self._take(self._length()).decode("utf-8", "replace")

    def _shape(self) -> tuple[str, int | None]:
        """`(type, count)` of a container, where it states them."""
        kind = ""
        if self.data[self.at : self.at + 1] == b"$":
            self.at += 1
            kind = self._letter()
        if self.data[self.at : self.at + 1] == b"#":
            self.at += 1
            return kind, self._length()
        if kind:
            raise MalformedError("a typed container without a count", offset=self.at)
        return kind, None

    def _array(self, depth: int) -> Any:
        kind, count = self._shape()
        if kind in _NUMBERS and count is not None:
            start = self.at
            self._take(count * struct.calcsize(_NUMBERS[kind]))
            return Numbers(self.data, kind, start, count)
        if count is not None:
            if kind in _PLAIN:
                raise MalformedError("an array of values that take no bytes", offset=self.at)
            return [self._of(kind or self._letter(), depth + 1) for _ in range(count)]
        items = []
        while (letter := self._letter()) != "]":
            items.append(self._of(letter, depth + 1))
        return items

    def _object(self, depth: int) -> dict[str, Any]:
        kind, count = self._shape()
        row: dict[str, Any] = {}
        left = count
        while left != 0:
            if count is None and self.data[self.at : self.at + 1] == b"}":
                self.at += 1
                break
            name = self._text()
            row[name] = self._of(kind or self._letter(), depth + 1)
            left = None if left is None else left - 1
        return row
