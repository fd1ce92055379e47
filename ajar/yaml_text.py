"""YAML read event by event: no tags, no objects, no alias bombs, no recursion.

Plain scalars follow the YAML 1.2 core schema, so the Norwegian language code `no` stays a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ajar.errors import BudgetExceeded, MalformedError

LIMIT_CHARS = 2**20  # embedding cards carry up to 400 kB of benchmark results
LIMIT_NODES = 100_000
LIMIT_DEPTH = 32
LIMIT_ALIASES = 64
_LINES_DEPTH = 4  # keys deeper than this are not given a line

_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]{1,30}|[0-9]{1,30}(?:\.[0-9]{0,30})?)(?:[eE][-+]?[0-9]{1,3})?")
_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlDocument:
    """The first document of a stream: plain dicts, lists and scalars, and the line of each shallow node."""

    value: Any
    lines: dict[str, int]  # JSON pointer -> 1-based line
    repeated: dict[str, int] = field(default_factory=dict)  # the same of keys that stand a second time


@dataclass(slots=True)
class _Open:
    """A collection being filled."""

    value: dict[str, Any] | list[Any]
    anchor: str | None
    pointer: str
    key: str | None = None
    started_at_node: int = 0


@dataclass(slots=True)
class _Builder:
    first_line: int
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, tuple[Any, int]] = field(default_factory=dict)  # value, nodes in it
    lines: dict[str, int] = field(default_factory=dict)
    repeated: dict[str, int] = field(default_factory=dict)
    nodes: int = 0
    aliases: int = 0
    root: Any = None

    def charge(self, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > LIMIT_NODES:
            raise BudgetExceeded(f"YAML of more than {LIMIT_NODES} nodes")

    def pointer(self) -> str:
        """Where the next node goes."""
        if not self.stack:
            return ""
        top = self.stack[-1]
        part = str(len(top.value)) if isinstance(top.value, list) else (top.key or "")
        return f"{top.pointer}/{part.replace('~', '~0').replace('/', '~1')}"

    def add(self, value: Any, line: int) -> None:
        """Put a finished or opened node in its place."""
        if not self.stack:
            self.root = value
            return
        top = self.stack[-1]
        if isinstance(top.value, list):
            self._note(line)
            top.value.append(value)
        elif top.key is None:
            top.key = value if isinstance(value, str) else str(value)[:200]
            if top.key in top.value:
                self.repeated[self.pointer()] = line + self.first_line
            self._note(line)
        else:
            top.value[top.key] = value
            top.key = None

    def _note(self, line: int) -> None:
        if len(self.stack) <= _LINES_DEPTH and len(self.lines) < 5000:
            self.lines.setdefault(self.pointer(), line + self.first_line)

    def alias(self, anchor: str, line: int) -> None:
        self.aliases += 1
        if self.aliases > LIMIT_ALIASES:
            raise BudgetExceeded(f"YAML of more than {LIMIT_ALIASES} aliases")
        if anchor not in self.anchors:  # unknown, or of a collection still open
            raise MalformedError(f"YAML alias to {anchor[:40]!r}, which is not complete before it")
        value, nodes = self.anchors[anchor]
        self.charge(nodes)
        self.add(value, line)

    def open(self, value: dict[str, Any] | list[Any], anchor: str | None, line: int) -> None:
        if len(self.stack) >= LIMIT_DEPTH:
            raise BudgetExceeded(f"YAML nested deeper than {LIMIT_DEPTH}")
        if self.stack and isinstance(self.stack[-1].value, dict) and self.stack[-1].key is None:
            raise MalformedError("YAML with a collection as a key")
        pointer = self.pointer()
        self.add(value, line)
        self.stack.append(_Open(value, anchor, pointer, started_at_node=self.nodes))

    def close(self) -> None:
        done = self.stack.pop()
        if done.anchor is not None:
            self.anchors[done.anchor] = (done.value, self.nodes - done.started_at_node + 1)


def _plain(text: str) -> str | int | float | bool | None:
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def load_yaml(text: str, *, first_line: int = 1) -> YamlDocument:
    """The first YAML document of `text`.

    `first_line` is the line in the file that `text` begins at. Raises `MalformedError` for what is
    not YAML and `BudgetExceeded` for what is too big, too deep or grows by aliases.
    """
    import yaml  # 20 ms that most files do not need

    if len(text) > LIMIT_CHARS:
        raise BudgetExceeded(f"YAML of more than {LIMIT_CHARS} characters")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    build = _Builder(first_line)
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.DocumentEndEvent):
                break
            _take(build, event, yaml)
    except (yaml.YAMLError, RecursionError, UnicodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + first_line}" if mark is not None else ""
        problem = getattr(error, "problem", None) or type(error).__name__
        raise MalformedError(f"not YAML{where}: {problem}") from error
    return YamlDocument(value=build.root, lines=build.lines, repeated=build.repeated)


def _take(build: _Builder, event: Any, yaml: Any) -> None:
    build.charge(1)
    line = event.start_mark.line
    if isinstance(event, yaml.ScalarEvent):
        value = _plain(event.value) if event.implicit[0] else event.value  # plain, or quoted or tagged
        if event.anchor is not None:
            build.anchors[event.anchor] = (value, 1)
        build.add(value, line)
    elif isinstance(event, yaml.AliasEvent):
        build.alias(event.anchor, line)
    elif isinstance(event, yaml.MappingStartEvent):
        build.open({}, event.anchor, line)
    elif isinstance(event, yaml.SequenceStartEvent):
        build.open([], event.anchor, line)
    elif isinstance(event, yaml.CollectionEndEvent):
        build.close()
