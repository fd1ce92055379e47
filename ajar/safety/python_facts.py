"""What a Python source would do, read from its syntax tree: imports resolved, constants folded, nothing run."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ajar.errors import BudgetExceeded

_FOLDED_CHARS = 4096
_CALLS_DEEP = 24  # calls on the results of calls, as far as a name is followed through them
STEPS = 3_000_000  # nodes that are looked at for one source, those in nested calls many times over
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(slots=True)
class Call:
    """One call: the dotted name it resolves to, the scope it stands in, and whether it runs on import."""

    name: str
    node: ast.Call
    scope: str  # "" at module level, else `Class.method` or the function's name
    on_import: bool
    is_statement: bool = False  # its result is dropped


@dataclass(slots=True)
class Facts:
    """A module's calls in order, and what is needed to resolve its names."""

    calls: list[Call] = field(default_factory=list)
    imports: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    assigned: list[tuple[str, ast.expr]] = field(default_factory=list)
    steps: int = 0

    def walk(self, node: ast.AST) -> Iterator[ast.AST]:
        """Every node of a part. Raises `BudgetExceeded` when parts of parts add up to too much."""
        for inner in ast.walk(node):
            self.steps += 1
            if self.steps > STEPS:
                raise BudgetExceeded(f"source of more than {STEPS} steps to follow")
            yield inner


def read(tree: ast.Module) -> Facts:
    """Facts of a module. What stands under `if __name__ == "__main__"` does not run on import."""
    facts = Facts()
    for node in ast.walk(tree):
        _learn_import(facts, node)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            facts.assigned.append((node.targets[0].id, node.value))
            _learn_value(facts, node.targets[0].id, node.value)
        elif isinstance(node, ast.withitem) and isinstance(node.optional_vars, ast.Name):
            facts.assigned.append((node.optional_vars.id, node.context_expr))
    called = _called_at_top(tree)
    statements: set[int] = set()
    for scope, on_import, node in _nodes(tree, called):
        if isinstance(node, ast.Expr):
            statements.add(id(node.value))
        elif isinstance(node, ast.Call):
            is_statement = id(node) in statements
            facts.calls.append(Call(resolve(facts, node.func), node, scope, on_import, is_statement))
    return facts


def _learn_import(facts: Facts, node: ast.AST) -> None:
    if isinstance(node, ast.Import):
        for item in node.names:
            facts.imports.add(item.name.partition(".")[0])
            facts.names[item.asname or item.name.partition(".")[0]] = (
                item.name if item.asname else item.name.partition(".")[0]
            )
    elif isinstance(node, ast.ImportFrom) and not node.level:
        facts.imports.add((node.module or "").partition(".")[0])
        for item in node.names:
            facts.names[item.asname or item.name] = f"{node.module}.{item.name}"


def _learn_value(facts: Facts, name: str, value: ast.expr) -> None:
    text = fold(facts, value)
    if text is not None:
        facts.texts[name] = text
        return
    dotted = resolve(facts, value)
    if dotted and "." in dotted and not dotted.startswith("?"):
        facts.names.setdefault(name, dotted)


def _called_at_top(tree: ast.Module) -> set[str]:
    """Functions of the module that its top level calls, and those that they call."""
    calls: dict[str, set[str]] = {"": set()}
    for scope, on_import, node in _nodes(tree, set()):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            calls.setdefault("" if on_import else scope, set()).add(node.func.id)
    reached: set[str] = set()
    waiting = list(calls[""])
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(calls.get(name, ()))
    return reached


def _nodes(tree: ast.Module, called: set[str]) -> Iterator[tuple[str, bool, ast.AST]]:
    """`(scope, runs on import, node)` for every node, without recursion."""
    waiting: list[tuple[str, bool, ast.AST]] = [("", True, node) for node in reversed(tree.body)]
    while waiting:
        scope, on_import, node = waiting.pop()
        yield scope, on_import, node
        inner, runs = scope, on_import
        if isinstance(node, ast.ClassDef):
            inner = f"{scope}.{node.name}".lstrip(".")
        elif isinstance(node, _FUNCTIONS):
            name = getattr(node, "name", "<lambda>")
            inner = f"{scope}.{name}".lstrip(".")
            runs = on_import and name in called
            outside = [
                *getattr(node, "decorator_list", []),
                *node.args.defaults,
                *filter(None, node.args.kw_defaults),
            ]
            waiting.extend((scope, on_import, item) for item in reversed(outside))
            body: list[Any] = node.body if isinstance(node.body, list) else [node.body]
            waiting.extend((inner, runs, item) for item in reversed(body))
            continue
        elif isinstance(node, ast.If) and _is_main(node.test):
            waiting.extend((scope or "__main__", False, item) for item in reversed(node.body))
            waiting.extend((scope, on_import, item) for item in reversed(node.orelse))
            continue
        waiting.extend((inner, runs, child) for child in reversed(list(ast.iter_child_nodes(node))))


def _is_main(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def resolve(facts: Facts, node: ast.AST, depth: int = _CALLS_DEEP) -> str:
    """The dotted name of an expression: aliases, `getattr` and `__import__` with constant names followed."""
    parts: list[str] = []
    for _ in range(64):
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Name):
            parts.append(facts.names.get(node.id, node.id))
            return ".".join(reversed(parts))
        elif isinstance(node, ast.Call):
            base = _resolve_call(facts, node, depth - 1) if depth else ""
            if not base:
                return ".".join(["?", *reversed(parts)])
            return ".".join([base, *reversed(parts)])
        elif isinstance(node, ast.Subscript):
            key = fold(facts, node.slice)
            if key is None:
                return ".".join(["?", *reversed(parts)])
            parts.append(key)
            node = node.value
        else:
            return ".".join(["?", *reversed(parts)])
    return "?"


def _resolve_call(facts: Facts, node: ast.Call, depth: int) -> str:
    name = resolve(facts, node.func, depth) if not isinstance(node.func, ast.Call) else ""
    first = fold(facts, node.args[0]) if node.args else None
    if (
        name in {"__import__", "importlib.import_module", "builtins.__import__", "importlib.__import__"}
        and first
    ):
        return first
    if name in {"getattr", "builtins.getattr"} and len(node.args) >= 2:
        attribute = fold(facts, node.args[1])
        base = resolve(facts, node.args[0], depth)
        return f"{base}.{attribute}" if attribute and base else ""
    if name in {"globals", "locals", "vars"}:
        return "builtins"
    return f"{name}()" if name else ""


def fold(facts: Facts, node: ast.AST | None, depth: int = 16) -> str | None:
    """The text that a constant expression stands for; `None` for any other."""
    if node is None or depth == 0:
        return None
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bytes):
            return node.value[:_FOLDED_CHARS].decode("latin-1")
        return node.value[:_FOLDED_CHARS] if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        return facts.texts.get(node.id)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = fold(facts, node.left, depth - 1), fold(facts, node.right, depth - 1)
        return None if left is None or right is None else (left + right)[:_FOLDED_CHARS]
    if isinstance(node, ast.JoinedStr):
        inner = [item.value if isinstance(item, ast.FormattedValue) else item for item in node.values]
        return _joined(facts, "", inner, depth)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        text = fold(facts, node.value, depth - 1)
        step = node.slice.step
        is_reversed = isinstance(step, ast.UnaryOp) and isinstance(step.op, ast.USub)
        return text[::-1] if text is not None and is_reversed else None
    return _fold_call(facts, node, depth) if isinstance(node, ast.Call) else None


def _fold_call(facts: Facts, node: ast.Call, depth: int) -> str | None:
    if isinstance(node.func, ast.Name) and node.func.id == "chr" and node.args:
        value = node.args[0]
        known = (
            isinstance(value, ast.Constant) and isinstance(value.value, int) and 0 <= value.value < 0x110000
        )
        return chr(value.value) if known and isinstance(value, ast.Constant) else None  # type: ignore[arg-type]
    if not isinstance(node.func, ast.Attribute):
        return None
    base = fold(facts, node.func.value, depth - 1)
    if base is None:
        return None
    if node.func.attr == "join" and node.args and isinstance(node.args[0], (ast.List, ast.Tuple)):
        return _joined(facts, base, node.args[0].elts, depth)
    texts = [fold(facts, item, depth - 1) for item in node.args[:2]]
    if node.func.attr == "replace" and len(texts) == 2 and texts[0] and texts[1] is not None:
        # No more replacements than fill what is kept.
        return base.replace(texts[0], texts[1], _FOLDED_CHARS // max(len(texts[1]), 1) + 1)[:_FOLDED_CHARS]
    change = _CHANGES.get(node.func.attr)
    return change(base) if change else None


_CHANGES: Mapping[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "strip": str.strip,
    "decode": str,
    "encode": str,
}


def _joined(facts: Facts, glue: str, nodes: Sequence[ast.expr], depth: int) -> str | None:
    """The texts of nodes put together, as far as they are kept; `None` when one of them is not constant."""
    pieces: list[str] = []
    total = 0
    for node in nodes:
        piece = fold(facts, node, depth - 1)
        if piece is None:
            return None
        pieces.append(piece)
        total += len(piece) + len(glue)
        if total > _FOLDED_CHARS:
            break
    return glue.join(pieces)[:_FOLDED_CHARS]
