"""One source before its judges: when a call runs, what it is given, how much it weighs there."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ajar.model.judgement import Severity
from ajar.safety.python_flow import Call, Flow, When
from ajar.safety.python_taint import Taint

HIDDEN, STARTS, SECRETS, SYSTEM, ELSEWHERE = (
    "code-runs-nothing-hidden",
    "code-starts-nothing-when-loaded",
    "code-sends-no-secrets",
    "code-leaves-the-system-alone",
    "code-brings-in-no-other-code",
)

_TERMS = 64  # of a sum of texts, the last ones

Said = tuple[str, Severity, str] | None
"""Rule, severity and message; nothing where a call does not matter."""


def say(rule: str, severity: Severity | None, message: str) -> Said:
    """A remark, or nothing where it weighs nothing."""
    return None if severity is None else (rule, severity, message)


@dataclass(frozen=True, slots=True)
class Source:
    """What a loader does with the file, as far as its name and its classes tell."""

    name: str
    is_entry: bool = False  # a loader imports it and builds its classes
    is_handler: bool = False  # it is given what strangers send
    is_setup: bool = False
    is_aside: bool = False  # tests, examples, scripts: nobody imports them


@dataclass(slots=True)
class Case:
    """A source with its calls, and where their values come from."""

    flow: Flow
    source: Source
    taint: Taint

    @classmethod
    def of(cls, flow: Flow, source: Source) -> Case:
        return cls(flow, source, Taint.of(flow))

    def runs(self, call: Call) -> bool:
        return call.when is When.IMPORT or (self.source.is_entry and call.when is When.LOAD)

    def graded(self, call: Call, on_import: Severity | None, on_load: Severity | None) -> Severity | None:
        """In a file that a loader runs; in any other, one step less for what runs on import."""
        if self.source.is_entry:
            return {When.IMPORT: on_import, When.LOAD: on_load}.get(call.when)
        if call.when is not When.IMPORT or self.source.is_aside or on_import is None:
            return None
        return {Severity.HIGH: Severity.MEDIUM, Severity.MEDIUM: None}.get(on_import)

    def command(self, call: Call) -> str:
        """The command line that a call is given, as far as it stands in the source."""
        fold = self.flow.names.fold
        pieces: list[str] = []
        for item in call.node.args[:4]:
            if isinstance(item, (ast.List, ast.Tuple)):
                pieces += [fold(inner) or "…" for inner in item.elts[:12]]
            else:
                pieces.append(fold(item) or (_partly(item, fold) if not pieces else ""))
        for keyword in call.node.keywords:
            if keyword.arg in {"args", "cmd", "command"}:
                inner = (
                    keyword.value.elts
                    if isinstance(keyword.value, (ast.List, ast.Tuple))
                    else [keyword.value]
                )
                pieces += [fold(item) or "…" for item in inner[:12]]
        return " ".join(piece for piece in pieces if piece).strip("… ")

    def texts(self, node: ast.AST) -> Iterator[str]:
        for inner in self.flow.names.walk(node):
            text = self.flow.names.fold(inner)
            if text:
                yield text

    def is_made(self, node: ast.expr) -> bool:
        """Whether a value is put together while the code runs."""
        return self.flow.names.fold(node) is None and isinstance(node, (ast.JoinedStr, ast.BinOp, ast.Call))


def first(node: ast.Call) -> ast.expr | None:
    return node.args[0] if node.args else None


def _partly(node: ast.expr, fold: Callable[[ast.AST], str | None]) -> str:
    """The constant pieces of a text that is not constant as a whole."""
    if isinstance(node, ast.JoinedStr):
        return "".join(fold(item) or "…" for item in node.values)
    pieces: list[str] = []
    while isinstance(node, ast.BinOp) and len(pieces) < _TERMS:  # a sum nests to the left
        pieces.append(fold(node.right) or "…")
        node = node.left
    pieces.append(fold(node) or "…")
    return "".join(reversed(pieces))
