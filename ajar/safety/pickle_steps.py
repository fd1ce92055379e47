"""The opcodes of pickle, each a small step of the machine.

Source: the comments of `pickletools`, PEP 307, PEP 3154, PEP 574.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any

from ajar.errors import MalformedError
from ajar.safety.pickle_bytes import Bytes
from ajar.safety.pickle_values import (
    HEAD_BYTES,
    MARK,
    TEXT_CHARS,
    TUPLE_ITEMS,
    UNKNOWN,
    Box,
    Literal,
    Row,
    Value,
)
from ajar.safety.unpickling import MARKS, Act, Machine


def _text(data: bytes) -> Value:
    return data.decode("utf-8", "surrogatepass") if len(data) <= TEXT_CHARS else None


def _decoded(data: bytes) -> Value:
    try:
        return _text(data)
    except UnicodeDecodeError:
        return None


def _mark(m: Machine) -> None:
    m.marks.append(len(m.stack))
    m.stack.append(MARK)
    if len(m.marks) > MARKS:
        m.event(Act.HEAVY, note=f"opens more than {MARKS} marks at once")


def _stop(m: Machine) -> None:
    m.top = m.pop()
    m.ended = True


def _pop(m: Machine) -> None:
    if m.stack and m.stack[-1] is MARK:
        m.marks.pop()
        m.stack.pop()
    else:
        m.pop()


def _pop_mark(m: Machine) -> None:
    m.pop_mark()


def _nothing(m: Machine) -> None:
    m.peek()


def _float(m: Machine) -> None:
    m.data.skip(8)
    m.push(None)


def _float_line(m: Machine) -> None:
    m.data.line()
    m.push(None)


def _proto(m: Machine) -> None:
    number = m.data.take(1)[0]
    if number > 5:
        m.event(Act.DIFFERENT, note=f"names protocol {number}, which some readers refuse and others ignore")
    m.protocol = max(m.protocol, number)


def _frame(m: Machine) -> None:
    length = struct.unpack("<Q", m.data.take(8))[0]
    if m.frame_end > m.data.at:
        m.event(Act.DIFFERENT, note="a frame begins inside another")
    if m.data.at + length > m.data.size:
        m.event(Act.DIFFERENT, note="a frame is longer than the file")
    m.frame_end = m.data.at + length


def _literal(m: Machine, code: int) -> None:
    length = m.data.counted(code)
    at = m.data.at
    head = m.data.take(length) if length <= HEAD_BYTES else b""
    m.data.skip(length - len(head))
    m.push(Literal(at, length, head))


def _string(m: Machine, code: int) -> None:
    length = m.data.counted(code)
    if length <= TEXT_CHARS:
        m.push(_decoded(m.data.take(length)))
    else:
        m.push(Literal(m.data.at, length, is_text=True))
        m.data.skip(length)


def _long(m: Machine, code: int) -> None:
    length = m.data.counted(code)
    if length > 64:
        m.data.skip(length)
        m.push(None)
        if length > 1 << 20:
            m.event(Act.HEAVY, note=f"holds a number of {length} bytes")
    else:
        m.push(int.from_bytes(m.data.take(length), "little", signed=True))


def _int_line(m: Machine) -> None:
    line = m.data.line()
    try:
        m.push(int(line.rstrip(b"L")) if len(line) < 64 else None)
    except ValueError as error:
        raise MalformedError("a line that is no number", offset=m.opcode_at) from error


def _string_line(m: Machine) -> None:
    line = m.data.line().strip()
    if len(line) < 2 or line[:1] not in b"'\"" or line[-1:] != line[:1]:
        raise MalformedError("a string without its quotes", offset=m.opcode_at)
    m.push(_escaped(line[1:-1], "unicode_escape"))


def _unicode_line(m: Machine) -> None:
    m.push(_escaped(m.data.line(), "raw_unicode_escape"))


def _escaped(line: bytes, codec: str) -> Value:
    if len(line) > TEXT_CHARS:
        return None
    try:
        return line.decode(codec)
    except UnicodeDecodeError:
        return None


def _line_number(m: Machine) -> int:
    line = m.data.line()
    if not line.isdigit() or len(line) > 18:
        raise MalformedError("a line that is no index", offset=m.opcode_at)
    return int(line)


def _name_line(m: Machine) -> Value:
    try:
        return m.data.line().decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError("a name that is not UTF-8", offset=m.opcode_at) from error


def _global(m: Machine) -> None:
    module = _name_line(m)
    m.push(m.import_name(module, _name_line(m)))


def _stack_global(m: Machine) -> None:
    name = m.pop()
    m.push(m.import_name(m.pop(), name))


def _inst(m: Machine) -> None:
    module = _name_line(m)
    target = m.import_name(module, _name_line(m))
    m.push(m.call(target, tuple(m.pop_mark()[:TUPLE_ITEMS])))


def _obj(m: Machine) -> None:
    items = m.pop_mark()
    if not items:
        raise MalformedError("OBJ without a class", offset=m.opcode_at)
    m.push(m.call(items[0], tuple(items[1:TUPLE_ITEMS])))


def _reduce(m: Machine) -> None:
    arguments = m.pop()
    m.push(m.call(m.pop(), arguments))


def _newobj(m: Machine) -> None:
    arguments = m.pop()
    m.push(m.call(m.pop(), arguments, creates=True))


def _newobj_ex(m: Machine) -> None:
    keywords = m.pop()
    arguments = m.pop()
    m.push(m.call(m.pop(), arguments, keywords, creates=True))


def _build(m: Machine) -> None:
    state = m.pop()
    m.build(m.peek(), state)


def _persid(m: Machine) -> None:
    m.data.line()
    m.event(Act.PERSISTENT, note="by a line of text")
    m.push(None)


def _binpersid(m: Machine) -> None:
    pid = m.pop()
    m.event(Act.PERSISTENT, pid, note="" if _is_torch_id(pid) else "of an unknown kind")
    # torch gives back the class for a module's id, and numbers for a storage's.
    is_class = isinstance(pid, tuple) and len(pid) > 1 and pid[0] == "module"
    m.push(pid[1] if isinstance(pid, tuple) and is_class else None)


def _is_torch_id(pid: Value) -> bool:
    """`('storage', type, key, device, count)` and `('module', …)`, as torch stores them."""
    return isinstance(pid, tuple) and bool(pid) and pid[0] in {"storage", "module"}


def _extension(m: Machine, width: int) -> None:
    code = int.from_bytes(m.data.take(width), "little")
    m.event(Act.EXTENSION, note=f"extension code {code}")
    m.push(UNKNOWN)


def _append(m: Machine) -> None:
    item = m.pop()
    m.add(m.peek(), [item])


def _many(m: Machine, *, keys: bool) -> None:
    items = m.pop_mark()
    m.add(m.peek(), items, keys)


def _setitem(m: Machine) -> None:
    value = m.pop()
    key = m.pop()
    m.add(m.peek(), [key, value], keys=True)


def _tuple(m: Machine, count: int) -> None:
    items = [m.pop() for _ in range(count)]
    m.push(m.weighed(Row.of(reversed(items))))


def _boxed(m: Machine, kind: str) -> None:
    items = m.pop_mark()
    box = Box(kind)
    m.add(box, items, keys=kind == "dict")
    m.push(box)


_Step = Callable[[Machine], None]


def _steps() -> Mapping[int, _Step]:
    rows: dict[bytes, _Step] = {
        b"(": _mark, b".": _stop, b"0": _pop, b"1": _pop_mark,
        b"2": lambda m: m.push(m.peek()), b"N": lambda m: m.push(None), b"\x88": lambda m: m.push(1),
        b"\x89": lambda m: m.push(0), b"\x80": _proto, b"\x95": _frame,
        b"K": lambda m: m.push(m.data.take(1)[0]), b"M": lambda m: m.push(int.from_bytes(m.data.take(2), "little")),
        b"J": lambda m: m.push(int.from_bytes(m.data.take(4), "little", signed=True)),
        b"G": _float, b"F": _float_line,
        b"I": _int_line, b"L": _int_line, b"S": _string_line, b"V": _unicode_line,
        b"\x8a": lambda m: _long(m, 0x8A), b"\x8b": lambda m: _long(m, 0x8B),
        b"X": lambda m: _string(m, 0x58), b"\x8c": lambda m: _string(m, 0x8C), b"\x8d": lambda m: _string(m, 0x8D),
        b"U": lambda m: _string(m, 0x55), b"T": lambda m: _string(m, 0x54),
        b"C": lambda m: _literal(m, 0x43), b"B": lambda m: _literal(m, 0x42), b"\x8e": lambda m: _literal(m, 0x8E),
        b"\x96": lambda m: _literal(m, 0x96), b"\x97": lambda m: m.push(None), b"\x98": _nothing,
        b")": lambda m: m.push(Row.of(())), b"t": lambda m: m.push(m.tuple_of(m.pop_mark())),
        b"\x85": lambda m: _tuple(m, 1), b"\x86": lambda m: _tuple(m, 2), b"\x87": lambda m: _tuple(m, 3),
        b"]": lambda m: m.push(Box("list")), b"}": lambda m: m.push(Box("dict")),
        b"\x8f": lambda m: m.push(Box("set")), b"l": lambda m: _boxed(m, "list"), b"d": lambda m: _boxed(m, "dict"),
        b"\x91": lambda m: _boxed(m, "set"), b"a": _append, b"e": lambda m: _many(m, keys=False),
        b"s": _setitem, b"u": lambda m: _many(m, keys=True), b"\x90": lambda m: _many(m, keys=False),
        b"p": lambda m: m.remember(_line_number(m)), b"q": lambda m: m.remember(m.data.take(1)[0]),
        b"r": lambda m: m.remember(int.from_bytes(m.data.take(4), "little")),
        b"\x94": lambda m: m.remember(len(m.memo)), b"g": lambda m: m.recall(_line_number(m)),
        b"h": lambda m: m.recall(m.data.take(1)[0]),
        b"j": lambda m: m.recall(int.from_bytes(m.data.take(4), "little")),
        b"c": _global, b"\x93": _stack_global, b"i": _inst, b"o": _obj, b"R": _reduce, b"\x81": _newobj,
        b"\x92": _newobj_ex, b"b": _build, b"P": _persid, b"Q": _binpersid,
        b"\x82": lambda m: _extension(m, 1), b"\x83": lambda m: _extension(m, 2), b"\x84": lambda m: _extension(m, 4),
    }  # fmt: skip
    return {code[0]: step for code, step in rows.items()}


_BY_BYTE = _steps()
STEPS: tuple[_Step | None, ...] = tuple(_BY_BYTE.get(code) for code in range(256))


def machine(data: Bytes, **options: Any) -> Machine:
    """A machine for one stream, with every opcode of protocols 0 to 5."""
    return Machine(data, STEPS, **options)
