"""Protobuf messages built by hand."""

from __future__ import annotations


def varint(value: int) -> bytes:
    """An unsigned number below 2**64."""
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(number: int, data: bytes | str) -> bytes:
    """A field with a length."""
    body = data.encode() if isinstance(data, str) else data
    return varint(number << 3 | 2) + varint(len(body)) + body


def number(index: int, value: int) -> bytes:
    """A field that is a number; negative ones take ten bytes."""
    return varint(index << 3) + varint(value % (1 << 64))
