"""A Python source as the calls, classes and literals it holds, by parsing it; nothing is run."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

PARSE_LIMIT_CHARS = 300_000  # a tree takes up to 500 times its text; longer sources are read by line
_NODE_LIMIT = 400_000
_NAME_DEPTH = 8
_STRING_LIMIT = 5_000
_LITERAL_LIMIT_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Call:
    """A call: `name` is dotted (`trainer.train`), `tail` its last part, `receiver` what is before."""

    name: str
    tail: str
    receiver: str
    line: int
    node: ast.Call


@dataclass(frozen=True, slots=True)
class Definition:
    """A class (with the dotted names of its bases) or a function."""

    name: str
    line: int
    bases: tuple[str, ...] = ()


@dataclass(slots=True)
class Survey:
    """What a module holds, in source order."""

    imports: dict[str, int] = field(default_factory=dict)  # top-level package -> line
    calls: list[Call] = field(default_factory=list)
    classes: list[Definition] = field(default_factory=list)
    functions: list[Definition] = field(default_factory=list)
    literals: dict[str, str] = field(default_factory=dict)  # variable -> string it is first given
    made_by: dict[str, str] = field(default_factory=dict)  # variable -> call that made it
    strings: list[tuple[str, int]] = field(default_factory=list)
    no_grad: list[tuple[int, int]] = field(default_factory=list)  # line spans without gradients

    def has_tail(self, *tails: str) -> bool:
        """Whether any call ends in one of these names."""
        return any(call.tail in tails for call in self.calls)


def parse_python(text: str) -> Survey | None:
    """What the source holds, or None when it does not parse as Python 3 or is too big to."""
    if len(text) > PARSE_LIMIT_CHARS:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in audited code is not ours to report
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    survey = Survey()
    _walk(tree, survey)
    survey.calls.sort(key=lambda call: call.line)
    survey.classes.sort(key=lambda item: item.line)
    survey.functions.sort(key=lambda item: item.line)
    survey.strings.sort(key=lambda item: item[1])
    return survey


def dotted(node: ast.expr) -> str:
    """The dotted name of an expression; a call in it shows as `()`, what has no name as empty."""
    parts: list[str] = []
    current: ast.expr = node
    for _ in range(_NAME_DEPTH):
        if isinstance(current, ast.Attribute):
            parts.append(current.attr)
            current = current.value
        elif isinstance(current, ast.Name):
            parts.append(current.id)
            break
        elif isinstance(current, ast.Call):
            inner = current.func
            name = inner.id if isinstance(inner, ast.Name) else getattr(inner, "attr", "")
            parts.append(f"{name}()")
            break
        elif isinstance(current, ast.Subscript | ast.Await):
            current = current.value
        else:
            break
    return ".".join(reversed(parts))


def string_in(node: ast.expr | None, survey: Survey) -> str | None:
    """The string that an expression is or begins with: literal, f-string, sum or a variable given one."""
    for _ in range(_NAME_DEPTH):
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.Name | ast.Attribute):
            return survey.literals.get(dotted(node).removeprefix("self."))
        if isinstance(node, ast.JoinedStr):
            node = node.values[0] if node.values else None
        elif isinstance(node, ast.BinOp):
            node = node.left
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            node = node.func.value  # "…".format(x)
        else:
            return None
    return None


def argument(call: Call, position: int, *names: str) -> ast.expr | None:
    """The argument of that position or any of those names."""
    for keyword in call.node.keywords:
        if keyword.arg in names:
            return keyword.value
    return call.node.args[position] if len(call.node.args) > position else None


def _call(node: ast.Call, survey: Survey) -> None:
    name = dotted(node.func)
    receiver, _, tail = name.rpartition(".")
    if tail:
        survey.calls.append(Call(name, tail, receiver, node.lineno, node))


def _constant(node: ast.Constant, survey: Survey) -> None:
    value = node.value
    if not isinstance(value, str) or len(survey.strings) >= _STRING_LIMIT:
        return
    if 2 <= len(value) <= _LITERAL_LIMIT_CHARS:
        survey.strings.append((value, node.lineno))


def _import_statement(node: ast.Import, survey: Survey) -> None:
    for alias in node.names:
        _import(alias.name, node.lineno, survey)


def _import_from(node: ast.ImportFrom, survey: Survey) -> None:
    if node.module and not node.level:
        _import(node.module, node.lineno, survey)


def _class(node: ast.ClassDef, survey: Survey) -> None:
    bases = tuple(dotted(base) for base in node.bases)
    survey.classes.append(Definition(node.name, node.lineno, bases))


def _with(node: ast.With | ast.AsyncWith, survey: Survey) -> None:
    names = {dotted(item.context_expr) for item in node.items}
    if any(name.endswith(("no_grad()", "inference_mode()")) for name in names):
        survey.no_grad.append((node.lineno, node.end_lineno or node.lineno))


def _import(module: str, line: int, survey: Survey) -> None:
    survey.imports.setdefault(module.partition(".")[0], line)


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, survey: Survey) -> None:
    survey.functions.append(Definition(node.name, node.lineno))
    if any(
        dotted(item).endswith(("no_grad()", "inference_mode()", "no_grad")) for item in node.decorator_list
    ):
        survey.no_grad.append((node.lineno, node.end_lineno or node.lineno))
    arguments = [*node.args.posonlyargs, *node.args.args]
    defaults = node.args.defaults
    for name, default in zip(arguments[len(arguments) - len(defaults) :], defaults, strict=True):
        if isinstance(default, ast.Constant) and isinstance(default.value, str):
            survey.literals.setdefault(name.arg, default.value)


def _assignment(node: ast.Assign | ast.AnnAssign, survey: Survey) -> None:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    value = node.value
    for target in targets:
        name = dotted(target).removeprefix("self.")
        if not name:
            continue
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            survey.literals.setdefault(name, value.value)
        elif isinstance(value, ast.Call):
            survey.made_by.setdefault(name, dotted(value.func))


_HANDLERS: dict[type[ast.AST], Callable[[Any, Survey], None]] = {
    ast.Call: _call,
    ast.Constant: _constant,
    ast.Import: _import_statement,
    ast.ImportFrom: _import_from,
    ast.ClassDef: _class,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.Assign: _assignment,
    ast.AnnAssign: _assignment,
    ast.With: _with,
    ast.AsyncWith: _with,
}
_LEAVES = (ast.expr_context, ast.operator, ast.boolop, ast.unaryop, ast.cmpop)


def _walk(tree: ast.AST, survey: Survey) -> None:
    """Every node in source order, without recursion."""
    stack: list[ast.AST] = [tree]
    for _ in range(_NODE_LIMIT):
        if not stack:
            return
        node = stack.pop()
        handler = _HANDLERS.get(type(node))
        if handler is not None:
            handler(node, survey)
        children: list[ast.AST] = []
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                children += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST) and not isinstance(value, _LEAVES):
                children.append(value)
        children.reverse()
        stack += children
