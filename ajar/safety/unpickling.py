"""A pickle followed without being run: what it would import, call and change, with which arguments.

An abstract machine of protocols 0 to 5. It has a real stack and a real memo, so that a name put together
from pieces or fetched from the memo is the name that a loader would see. Pickles do not branch: what it
follows is exact, up to what the called libraries do. Nothing is imported; names are looked up in a table.

Source: the comments of `pickletools`, PEP 307, PEP 3154, PEP 574.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ajar.errors import BudgetExceeded, MalformedError
from ajar.safety.pickle_bytes import FRAME, Bytes
from ajar.safety.pickle_values import (
    CHILDREN,
    MARK,
    TEXT_CHARS,
    TUPLE_ITEMS,
    UNKNOWN,
    Attribute,
    Box,
    Literal,
    Made,
    Name,
    Row,
    Value,
    matters,
    weight,
)
from ajar.safety.symbols import Tier, lookup, renamed

STACK = 1_000_000
MEMO_INDEX = 16_000_000  # CPython grows its memo array to the index that a stream names
WEIGHT = 50_000_000
EVENTS = 512
MARKS = 50_000
_TICK = 1 << 16
_TOO_HEAVY = f"stands for more than {WEIGHT} values once its references are followed"


class Act(StrEnum):
    """What a stream does that a reader wants to know."""

    IMPORT = "import"
    COMPUTED_IMPORT = "computed-import"
    CALL = "call"
    CHANGE = "change"  # sets state or items on something that the stream did not build
    STATE = "state"  # gives a built object its state
    PERSISTENT = "persistent"
    EXTENSION = "extension"
    HEAVY = "heavy"
    DIFFERENT = "different"  # one reader sees other bytes than another


@dataclass(slots=True)
class Event:
    """One act, its place in bytes, and the values it concerned."""

    act: Act
    at: int
    target: Value = None
    arguments: tuple[Value, ...] = ()
    note: str = ""


@dataclass(slots=True)
class Machine:
    """Follows one stream from `data.at` to its STOP.

    `run` raises `MalformedError` where the stream breaks and `BudgetExceeded` at a limit; the events up to
    there stand.
    """

    data: Bytes
    tick: Callable[[], None] = lambda: None
    events: list[Event] = field(default_factory=list)
    protocol: int = 0
    top: Value = None
    ended: bool = False
    stack: list[Value] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    memo: dict[int, Value] = field(default_factory=dict)
    frame_end: int = 0
    opcode_at: int = 0
    after_build: Callable[[Machine, Made], None] | None = None
    _seen: set[tuple[str, str, str]] = field(default_factory=set)

    def run(self) -> Machine:
        data, steps = self.data, _STEPS
        count = 0
        while not self.ended:
            if self.frame_end and data.at >= self.frame_end:
                self._leave_frame()
            self.opcode_at = data.at
            window, offset = data.window(1)
            if offset >= len(window):
                raise MalformedError("the pickle ends before its STOP", offset=data.at)
            step = steps[window[offset]]
            if step is None:
                raise MalformedError(f"no pickle opcode: 0x{window[offset]:02x}", offset=data.at)
            data.at += 1
            step(self)
            count += 1
            if not count % _TICK:
                self._breathe()
        return self

    def _breathe(self) -> None:
        self.tick()
        if len(self.stack) > STACK:
            raise BudgetExceeded(f"more than {STACK} values on the stack")

    def _leave_frame(self) -> None:
        if self.data.at > self.frame_end:
            self.event(Act.DIFFERENT, note="an opcode crosses the end of its frame")
        self.frame_end = 0

    # stack

    def event(
        self, act: Act, target: Value = None, arguments: tuple[Value, ...] = (), note: str = ""
    ) -> None:
        key = (act.value, str(target) if isinstance(target, (Name, Attribute)) else "", note)
        if act in {Act.IMPORT, Act.HEAVY, Act.PERSISTENT, Act.DIFFERENT}:
            if key in self._seen:
                return
            self._seen.add(key)
        if len(self.events) < EVENTS:
            self.events.append(Event(act, self.opcode_at, target, arguments, note))

    def push(self, value: Value) -> None:
        self.stack.append(value)

    def pop(self) -> Value:
        if not self.stack or (self.marks and len(self.stack) <= self.marks[-1] + 1):
            raise MalformedError("a value is taken from an empty stack", offset=self.opcode_at)
        return self.stack.pop()

    def peek(self) -> Value:
        if not self.stack or self.stack[-1] is MARK:
            raise MalformedError("a value is looked for on an empty stack", offset=self.opcode_at)
        return self.stack[-1]

    def pop_mark(self) -> list[Value]:
        if not self.marks:
            raise MalformedError("no mark on the stack", offset=self.opcode_at)
        at = self.marks.pop()
        items = self.stack[at + 1 :]
        del self.stack[at:]
        return items

    def tuple_of(self, items: list[Value]) -> Value:
        """A tuple that stays comparable to what a call would get; long ones of plain data are not kept."""
        if len(items) <= TUPLE_ITEMS:
            return self.weighed(Row.of(items))
        kept = [item for item in items if matters(item)][:CHILDREN]
        return Box("tuple", children=kept, weight=1 + sum(map(weight, items)))

    def weighed(self, row: Row) -> Row:
        if row.weight > WEIGHT:
            self.event(Act.HEAVY, note=_TOO_HEAVY)
        return row

    # acts

    def import_name(self, module: Value, name: Value) -> Value:
        if not isinstance(module, str) or not isinstance(name, str):
            self.event(Act.COMPUTED_IMPORT, note="the name of an import is computed by the stream")
            return UNKNOWN
        if self.protocol < 3:
            module, name = renamed(module, name)
        found = Name(module, name, lookup(module, name), self.opcode_at)
        self.event(Act.IMPORT, found)
        return found

    def call(self, target: Value, arguments: Value, keywords: Value = None) -> Value:
        given = arguments if isinstance(arguments, tuple) else (UNKNOWN,) if arguments is not None else ()
        if isinstance(arguments, Box):
            given = tuple(arguments.children)
        if keywords is not None:
            given = (*given, keywords)
        plain = isinstance(target, Name) and target.symbol.tier is Tier.INERT
        if not plain:
            self.event(Act.CALL, target, given)
        if isinstance(target, Name):
            return _result(target, given)
        return Made(target, given[:8]) if target is not UNKNOWN else UNKNOWN

    def build(self, target: Value, state: Value) -> None:
        if isinstance(target, (Name, Attribute)) or target is UNKNOWN:
            self.event(Act.CHANGE, target, (state,), "sets the state of something that it imported")
        elif isinstance(target, Made):
            target.state = state
            if not _is_plain(target.of) or _has_odd_keys(state):
                self.event(Act.STATE, target, (state,))
            if self.after_build is not None:
                self.after_build(self, target)

    def add(self, target: Value, items: list[Value], keys: bool = False) -> None:
        """APPEND and its kin: items into a container, pairs when `keys`."""
        if isinstance(target, Box):
            self._fill(target, items, keys)
        elif isinstance(target, (Name, Attribute)) or target is UNKNOWN:
            self.event(Act.CHANGE, target, tuple(items[:4]), "puts items into something that it imported")
        elif isinstance(target, Made) and not _is_plain(target.of):
            self.event(Act.STATE, target, tuple(items[:4]))

    def _fill(self, box: Box, items: list[Value], keys: bool) -> None:
        box.weight += sum(map(weight, items)) if len(items) < 4096 else len(items)
        if box.weight > WEIGHT:
            self.event(Act.HEAVY, note=_TOO_HEAVY)
        if keys:
            for key, value in zip(items[::2], items[1::2], strict=False):
                if isinstance(key, str) and len(box.items) < CHILDREN:
                    box.items[key] = value
                elif len(box.children) < CHILDREN:
                    box.children.extend(item for item in (key, value) if matters(item))
        elif len(box.children) < CHILDREN:
            box.children.extend([item for item in items if matters(item)][: CHILDREN - len(box.children)])

    def remember(self, index: int) -> None:
        if index > MEMO_INDEX:
            self.event(Act.HEAVY, note=f"asks for a memo of {index} places")
        if len(self.memo) > STACK * 4:
            raise BudgetExceeded(f"more than {STACK * 4} values remembered")
        self.memo[index] = self.peek()

    def recall(self, index: int) -> None:
        if index not in self.memo:
            raise MalformedError(f"nothing was remembered at {index}", offset=self.opcode_at)
        self.stack.append(self.memo[index])


def _result(target: Name, given: tuple[Value, ...]) -> Value:
    """What a call gives, where it matters for what comes after."""
    if target.module in {"builtins", "__builtin__"} and target.name == "getattr" and len(given) >= 2:
        return _attribute(given[0], given[1], target.at)
    if target.module == "copyreg" and given and isinstance(given[0], Name):
        return Made(given[0], given[1:2])
    if target.module in {"_codecs", "codecs"} and target.name == "encode":
        return None if not given or isinstance(given[0], (str, type(None))) else UNKNOWN
    if target.symbol.tier is Tier.INERT and target.module == "builtins":
        return given[0] if target.name in {"str", "int"} and len(given) == 1 else Made(target, given[:8])
    return Made(target, given[:8])


def _attribute(of: Value, name: Value, at: int) -> Value:
    if not isinstance(name, str):
        return UNKNOWN
    if isinstance(of, Name):
        dotted = f"{of.name}.{name}"
        return Name(of.module, dotted, lookup(of.module, dotted), at)
    return Attribute(of, name)


def _is_plain(value: Value) -> bool:
    return isinstance(value, Name) and value.symbol.tier in {Tier.INERT, Tier.CLASS, Tier.CONDITIONAL}


def _has_odd_keys(state: Value) -> bool:
    boxes = [item for item in (state if isinstance(state, tuple) else (state,)) if isinstance(item, Box)]
    return any(key.startswith("__") and key.endswith("__") for box in boxes for key in box.items)


# opcodes: one small function each, in a table by byte


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
    m.push(Literal(m.data.at, length))
    m.data.skip(length)


def _string(m: Machine, code: int) -> None:
    length = m.data.counted(code)
    if length <= TEXT_CHARS:
        m.push(_decoded(m.data.take(length)))
    else:
        m.push(Literal(m.data.at, length))
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
    m.push(m.call(m.pop(), arguments))


def _newobj_ex(m: Machine) -> None:
    keywords = m.pop()
    arguments = m.pop()
    m.push(m.call(m.pop(), arguments, keywords))


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
_STEPS: tuple[_Step | None, ...] = tuple(_BY_BYTE.get(code) for code in range(256))
assert FRAME in _BY_BYTE
