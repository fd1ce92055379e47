"""A pickle followed without being run: what it would import, call and change, with which arguments.

An abstract machine of protocols 0 to 5. It has a real stack and a real memo, so that a name put together
from pieces or fetched from the memo is the name that a loader would see. Pickles do not branch: what it
follows is exact, up to what the called libraries do. Nothing is imported; names are looked up in a table.

Source: the comments of `pickletools`, PEP 307, PEP 3154, PEP 574.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ajar.errors import BudgetExceeded, MalformedError
from ajar.safety.pickle_bytes import Bytes
from ajar.safety.pickle_values import (
    CHILDREN,
    HEAD_BYTES,
    MARK,
    TEXTS,
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
from ajar.safety.python2_names import renamed
from ajar.safety.symbols import Tier, lookup

STACK = 1_000_000
MEMO_INDEX = 16_000_000  # CPython grows its memo array to the index that a stream names
WEIGHT = 50_000_000
EVENTS = 512  # after these only acts that `keeps` asks for
EVENTS_KEPT = 20_000
MARKS = 50_000
_TICK = 1 << 16
_BYTE_CODECS = frozenset(["latin1", "latin-1", "latin_1", "iso-8859-1", "utf-8", "utf8", "ascii"])
_LAZY = frozenset(
    ["zip", "enumerate", "iter", "reversed", "slice", "object", "next", "id", "hash", "callable"]
)
CREATES = "creates"  # the note of a call that only makes an instance
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
    steps: Sequence[Callable[[Machine], None] | None]  # by opcode byte
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
    keeps: Callable[[Event], bool] = lambda _: False  # whether one act among many has to be told
    _seen: set[tuple[str, str, str]] = field(default_factory=set)

    def run(self) -> Machine:
        data, steps = self.data, self.steps
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
        found = Event(act, self.opcode_at, target, arguments, note)
        if len(self.events) < EVENTS or self.keeps(found):
            if len(self.events) >= EVENTS_KEPT:
                raise BudgetExceeded(f"more than {EVENTS_KEPT} acts that need a look")
            self.events.append(found)

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

    def call(
        self, target: Value, arguments: Value, keywords: Value = None, *, creates: bool = False
    ) -> Value:
        """A call, or where `creates` only the making of an instance, which runs `__new__` and no `__init__`."""
        given = arguments if isinstance(arguments, tuple) else (UNKNOWN,) if arguments is not None else ()
        if isinstance(arguments, Box):
            given = tuple(arguments.children)
        if keywords is not None:
            given = (*given, keywords)
        plain = isinstance(target, Name) and target.symbol.tier is Tier.INERT
        if isinstance(target, Name) and _reads_all(target) and any(map(_is_endless, given)):
            self.event(Act.HEAVY, note=f"reads an endless iterator with {target.name}")
        if not plain:
            self.event(Act.CALL, target, given, CREATES if creates else "")
        for handed in _functions_in(given):
            # Whoever is given it may call it, with arguments that the stream need not show.
            self.event(Act.CALL, handed, (UNKNOWN,))
        if isinstance(target, Name):
            return _result(target, given)
        if isinstance(target, Made) and is_callable(target) and given and isinstance(given[0], Name):
            return Made(given[0])
        return Made(target, given[:8]) if target is not UNKNOWN else UNKNOWN

    def build(self, target: Value, state: Value) -> None:
        if isinstance(target, (Name, Attribute)) or target is UNKNOWN:
            self.event(Act.CHANGE, target, (state,), "sets the state of something that it imported")
        elif isinstance(target, Made):
            target.state = state
            if not _is_plain(target.of) or _has_odd_keys(state) or _loads(target.of):
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
        else:
            if len(box.texts) < TEXTS:
                box.texts.extend(item for item in items[:TEXTS] if isinstance(item, str))
            if len(box.children) < CHILDREN:
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


# Conditions that hold for arguments alone: functions that are harmless only when the stream itself calls them.
_BY_ARGUMENTS = frozenset({"public-attribute", "attribute-names", "nested-torch", "codec-latin1"})


def _functions_in(given: Sequence[Value], depth: int = 2) -> Iterator[Name]:
    for value in given:
        if isinstance(value, Name) and value.symbol.condition in _BY_ARGUMENTS:
            yield value
        elif isinstance(value, tuple) and depth:
            yield from _functions_in(value, depth - 1)


def _reads_all(target: Name) -> bool:
    return target.module in {"builtins", "collections"} and target.name not in _LAZY


def _is_endless(value: Value) -> bool:
    if not isinstance(value, Made) or not isinstance(value.of, Name) or value.of.module != "itertools":
        return False
    return value.of.name in {"count", "cycle"} or (value.of.name == "repeat" and len(value.arguments) == 1)


def is_callable(value: Made) -> bool:
    """Whether a call made an object whose part it is to rebuild others."""
    return isinstance(value.of, Name) and value.of.symbol.condition == "callable"


def resolved(target: Name, given: tuple[Value, ...]) -> Name | None:
    """The name that a resolver of dill or cloudpickle looks up for texts; `None` where it is no resolver of texts."""
    texts = [item for item in given[:3] if isinstance(item, str)]
    if target.name == "_create_namedtuple" and len(given) > 2 and isinstance(given[2], str) and texts:
        return Name(given[2], texts[0], lookup(given[2], texts[0]), target.at)
    if target.name in {"_load_type", "_builtin_type"} and texts:
        plain = lookup("builtins", texts[0])
        module = "types" if plain.tier is Tier.DANGEROUS else "builtins"
        return Name(module, texts[0], lookup(module, texts[0]), target.at)
    return None


def _result(target: Name, given: tuple[Value, ...]) -> Value:
    """What a call gives, where it matters for what comes after."""
    if target.symbol.condition == "resolves":
        return resolved(target, given) or UNKNOWN
    if target.module in {"builtins", "__builtin__"} and target.name == "getattr" and len(given) >= 2:
        return _attribute(given[0], given[1], target.at)
    if target.module == "copyreg" and given and isinstance(given[0], Name):
        return Made(given[0], given[1:2])
    if target.module in {"_codecs", "codecs"} and target.name == "encode":
        return _encoded(given)
    if target.symbol.tier is Tier.INERT and target.module == "builtins":
        return given[0] if target.name in {"str", "int"} and len(given) == 1 else Made(target, given[:8])
    return Made(target, given[:8])


def _encoded(given: tuple[Value, ...]) -> Value:
    """Bytes of protocols 0 to 2, which stand as text: each character is a byte."""
    text, codec = given[0] if given else None, given[1] if len(given) > 1 else "utf-8"
    if text is None:
        return None
    if not isinstance(codec, str) or codec.lower() not in _BYTE_CODECS:
        return UNKNOWN
    if isinstance(text, Literal):
        return text if text.is_text else UNKNOWN
    if not isinstance(text, str):
        return UNKNOWN
    data = text.encode(codec, "replace")
    return Literal(-1, len(data), data[:HEAD_BYTES], data=data)


def _attribute(of: Value, name: Value, at: int) -> Value:
    if not isinstance(name, str):
        return UNKNOWN
    if isinstance(of, Name):
        dotted = f"{of.name}.{name}"
        return Name(of.module, dotted, lookup(of.module, dotted), at)
    return Attribute(of, name)


_PLAIN = frozenset([Tier.INERT, Tier.CLASS, Tier.NAMED, Tier.CONDITIONAL])


def _is_plain(value: Value) -> bool:
    return isinstance(value, Name) and value.symbol.tier in _PLAIN


def _loads(value: Value) -> bool:
    return isinstance(value, Name) and value.symbol.effect == "deserialise"


def _has_odd_keys(state: Value) -> bool:
    boxes = [item for item in (state if isinstance(state, tuple) else (state,)) if isinstance(item, Box)]
    return any(key.startswith("__") and key.endswith("__") for box in boxes for key in box.items)
