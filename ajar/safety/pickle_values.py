"""What stands on the stack of a pickle that is followed and not run.

Plain data is kept only as far as a name, a path or a size may be made of it: `int`, short `str`, tuples of
them. Everything else is one of these, or `None` for data that cannot matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from ajar.safety.symbols import Symbol

TUPLE_ITEMS = 64
CHILDREN = 256
TEXT_CHARS = 4096
VISITS = 10_000  # values that are looked at for one argument's texts
TEXTS = 8  # of a list, as many as a command has words
HEAD_BYTES = 256  # bytes as long as this may be a command or a path; longer ones are data


@dataclass(slots=True, eq=False)
class Name:
    """Something imported."""

    module: str
    name: str
    symbol: Symbol
    at: int

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(slots=True, eq=False)
class Made:
    """What a call gave: by which callable, from which arguments."""

    of: Value
    arguments: tuple[Value, ...] = ()
    state: Value = None

    def __str__(self) -> str:
        return f"what {describe(self.of)} gives"


@dataclass(slots=True, eq=False)
class Attribute:
    """An attribute taken from a value, by `getattr` or one of its kin."""

    of: Value
    name: str

    def __str__(self) -> str:
        return f"{describe(self.of)}.{self.name}"


@dataclass(slots=True, eq=False)
class Literal:
    """Bytes in the stream, by their place."""

    start: int
    length: int
    head: bytes = b""  # all of it, where it is short enough to tell something
    is_text: bool = False  # stands as text, whose characters a call turns into bytes
    data: bytes | None = None  # where it stands nowhere: made of a short text


@dataclass(slots=True, eq=False)
class Box:
    """A list, set or dict: its entries under text keys, its first texts, other children that matter, its size."""

    kind: str
    items: dict[str, Value] = field(default_factory=dict)
    children: list[Value] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    weight: int = 1  # values in it once every reference is followed


class Row(tuple["Value", ...]):  # noqa: SLOT001  a tuple of any length cannot have slots
    """A tuple that knows its weight, so that one built of itself many times over is not walked.

    A tuple around one value weighs what the value does: only references taken twice multiply. So the many
    that hold nothing of note need no room of their own for the two attributes.
    """

    weight: int = 1
    matters: bool = False

    @classmethod
    def of(cls, items: Iterable[Value]) -> Row:
        row = cls(items)
        heavy = weight(row[0]) if len(row) == 1 else 1 + sum(map(weight, row))
        if heavy != 1:
            row.weight = heavy
        if any(map(matters, row)):
            row.matters = True
        return row


class _Unknown:
    """A value that no reading of the stream can tell."""

    def __repr__(self) -> str:
        return "UNKNOWN"


class _Mark:
    def __repr__(self) -> str:
        return "MARK"


UNKNOWN: Final = _Unknown()
MARK: Final = _Mark()

Value = Name | Made | Attribute | Literal | Box | _Unknown | _Mark | tuple["Value", ...] | int | str | None


def matters(value: Value) -> bool:
    """Whether a container has to remember the value."""
    if isinstance(value, Row):
        return value.matters
    if isinstance(value, Box):
        return bool(value.children or value.items)
    return value is not None and not isinstance(value, (int, str, tuple, Literal, _Mark))


def weight(value: Value) -> int:
    """How many values there are in a value once every reference in it is followed."""
    return value.weight if isinstance(value, (Box, Row)) else 1


def strings(value: Value, *, depth: int = 4) -> list[str]:
    """The texts in a value, outermost first; what it holds many times over is looked at once."""
    found: list[str] = []
    seen: set[int] = set()
    level: list[Value] = [value]
    for _ in range(depth + 1):
        below: list[Value] = []
        for item in level:
            if id(item) in seen:
                continue
            seen.add(id(item))
            if isinstance(item, str):
                found.append(item)
            elif isinstance(item, Literal):
                if item.head.isascii() and item.head:
                    found.append(item.head.decode("ascii"))
            else:
                below.extend(_inside(item))
            if len(seen) > VISITS:
                return found
        level = below
    return found


def _inside(value: Value) -> list[Value]:
    if isinstance(value, tuple):
        return list(value[:CHILDREN])
    if isinstance(value, Box):
        return [*value.texts, *value.items.values(), *value.children][:CHILDREN]
    if isinstance(value, Made):
        return [*value.arguments, value.state]
    return []


def describe(value: Value, *, depth: int = 3) -> str:
    """A value in a few words for a finding."""
    if isinstance(value, str):
        return repr(value if len(value) <= 80 else f"{value[:79]}…")
    if isinstance(value, (Name, Attribute)):
        return str(value)
    if isinstance(value, tuple):
        shown = ", ".join(describe(item, depth=depth - 1) for item in value[:6]) if depth else "…"
        return f"({shown}{', …' if len(value) > 6 else ''})"
    if isinstance(value, Made):
        return f"{describe(value.of, depth=depth - 1)}(…)" if depth else "…"
    if isinstance(value, Literal):
        return f"{value.length} bytes"
    if isinstance(value, Box):
        return {"list": "[…]", "dict": "{…}"}.get(value.kind, "{…}")
    return "…" if value is None else repr(value) if isinstance(value, int) else "?"
