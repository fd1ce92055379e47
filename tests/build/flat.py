"""Flatbuffers built by hand: a table is a dict from field index to value."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Number:
    """A scalar of `width` bytes."""

    value: int
    width: int = 4


class Words(bytes):
    """A vector of 32-bit numbers for `flat`: its length itemss the numbers, not the bytes."""

    items: int

    def __new__(cls, numbers: tuple[int, ...]) -> Self:
        made = super().__new__(cls, struct.pack(f"<{len(numbers)}I", *numbers))
        made.items = len(numbers)
        return made


def flat(table: dict[int, Any], identifier: bytes = b"TFL3", gap: bytes = b"") -> bytes:
    """The file of a root table. Values: Number, bytes, str, a list of tables, a table. `gap` follows the id.

    `Words` are a vector of numbers.
    """
    data = bytearray(4) + identifier + gap
    data += bytes(-len(data) % 8)
    root = _table(data, table)
    struct.pack_into("<I", data, 0, root)
    return bytes(data)


def _table(data: bytearray, table: dict[int, Any]) -> int:
    """Appends vtable, table and what it points to. Gives the table's offset."""
    slots = max(table, default=-1) + 1
    offsets, body = [0] * slots, bytearray(4)
    for index, value in sorted(table.items()):
        width = value.width if isinstance(value, Number) else 4
        body += bytes(-len(body) % width)
        offsets[index] = len(body)
        body += value.value.to_bytes(width, "little") if isinstance(value, Number) else bytes(4)
    data += bytes(-len(data) % 8)
    data += struct.pack("<HH", 4 + 2 * slots, len(body)) + b"".join(struct.pack("<H", at) for at in offsets)
    back = 4 + 2 * slots
    if len(data) % 8:
        pad = -len(data) % 8
        data += bytes(pad)
        back += pad
    start = len(data)
    struct.pack_into("<i", body, 0, back)
    data += body
    for index, value in sorted(table.items()):
        if not isinstance(value, Number):
            target = _value(data, value)
            struct.pack_into("<I", data, start + offsets[index], target - start - offsets[index])
    return start


def _value(data: bytearray, value: Any) -> int:
    data += bytes(-len(data) % 8)
    if isinstance(value, dict):
        return _table(data, value)
    if isinstance(value, list):
        start = len(data)
        data += struct.pack("<I", len(value)) + bytes(4 * len(value))
        for number, item in enumerate(value):
            at = start + 4 + 4 * number
            target = _value(data, item)
            struct.pack_into("<I", data, at, target - at)
        return start
    raw = value.encode() + b"\0" if isinstance(value, str) else value
    start = len(data)
    data += (
        struct.pack("<I", value.items if isinstance(value, Words) else len(raw) - isinstance(value, str))
        + raw
    )
    return start


def tflite(*codes: str | int, options: bytes = b"", buffer: dict[int, Any] | None = None) -> bytes:
    """A model with one operator for each code: a number is a builtin, a name a custom one."""
    rows = [
        {0: Number(32, 1), 1: code}
        if isinstance(code, str)
        else {0: Number(min(code, 127), 1), 3: Number(code)}
        for code in codes
    ]
    operators: list[dict[int, Any]] = [{0: Number(index), 5: options} for index in range(len(codes))]
    return flat({0: Number(3), 1: rows, 2: [{3: operators, 4: "main"}], 3: "words", 4: [{}, buffer or {}]})


def pte(*operators: str, delegates: tuple[str, ...] = (), segment: tuple[int, int] | None = None) -> bytes:
    """An ExecuTorch program with one plan."""
    plan = {
        0: "forward",
        6: [{0: name, 1: "out"} for name in operators],
        7: [{0: name} for name in delegates],
    }
    table: dict[int, Any] = {0: Number(0), 1: [plan]}
    if segment:
        table[4] = [{0: Number(segment[0], 8), 1: Number(segment[1], 8)}]
    body = flat(table, b"ET12", bytes(24))
    base = len(body)
    header = b"eh00" + struct.pack("<IQQ", 24, base, base)
    return body[:8] + header + body[8 + len(header) :] + bytes(64)
