"""Pickle streams put together opcode by opcode. Nothing here is ever unpickled by the tests' own process."""

from __future__ import annotations

import struct

STOP, MARK, REDUCE, BUILD, MEMOIZE, POP, DUP = b".", b"(", b"R", b"b", b"\x94", b"0", b"2"
NEWOBJ, NEWOBJ_EX, OBJ, STACK_GLOBAL = b"\x81", b"\x92", b"o", b"\x93"
EMPTY_TUPLE, EMPTY_DICT, EMPTY_LIST, SETITEMS, APPENDS, TUPLE = b")", b"}", b"]", b"u", b"e", b"t"


def text(value: str) -> bytes:
    data = value.encode("utf-8", "surrogatepass")
    return (
        b"\x8c" + bytes([len(data)]) + data if len(data) < 256 else b"X" + struct.pack("<I", len(data)) + data
    )


def number(value: int) -> bytes:
    return b"K" + bytes([value]) if 0 <= value < 256 else b"J" + struct.pack("<i", value)


def literal(data: bytes) -> bytes:
    return b"C" + bytes([len(data)]) + data if len(data) < 256 else b"B" + struct.pack("<I", len(data)) + data


def row(*items: bytes) -> bytes:
    """A tuple."""
    return (
        b"".join(items) + {0: b")", 1: b"\x85", 2: b"\x86", 3: b"\x87"}[len(items)]
        if len(items) < 4
        else (MARK + b"".join(items) + TUPLE)
    )


def name(module: str, attribute: str, *, old: bool = False) -> bytes:
    """An import: GLOBAL when `old`, else two texts and STACK_GLOBAL."""
    if old:
        return f"c{module}\n{attribute}\n".encode()
    return text(module) + text(attribute) + STACK_GLOBAL


def call(target: bytes, *arguments: bytes) -> bytes:
    return target + row(*arguments) + REDUCE


def stream(body: bytes, protocol: int = 4, *, framed: bool = False) -> bytes:
    head = b"\x80" + bytes([protocol]) if protocol >= 2 else b""
    inside = body + STOP
    return head + (b"\x95" + struct.pack("<Q", len(inside)) if framed else b"") + inside


def command(protocol: int = 4) -> bytes:
    """The plainest attack."""
    return stream(call(name("os", "system", old=protocol < 4), text("echo canary")), protocol)
