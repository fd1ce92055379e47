"""Every call of a Python source, and when it runs: on import, when a loader builds the model, or otherwise."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ajar.safety.python_names import Names

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# What Python or a loader calls on a class that it builds, without the file calling it.
BUILDS = frozenset({"__init__", "__new__", "__post_init__", "__call__"})
_ON_SUBCLASS = frozenset({"__init_subclass__", "__set_name__"})
_RUNS_LATER = frozenset({"atexit.register"})  # decorators that see to it that the function runs


class When(StrEnum):
    """When a call runs."""

    IMPORT = "on import"
    LOAD = "when it is loaded"
    OTHER = "when it is called"


@dataclass(slots=True)
class Call:
    """One call, or one callable handed to a call (`Thread(target=os.system)`), by the name it resolves to."""

    name: str
    node: ast.Call
    scope: str  # "" at module level, else `Class.method` or the function's name
    when: When = When.OTHER
    is_statement: bool = False  # its result is dropped
    handed: bool = False


@dataclass(slots=True)
class Flow:
    """A module's calls and changes in the order of its lines."""

    names: Names
    calls: list[Call] = field(default_factory=list)
    changes: list[tuple[str, ast.AST, When]] = field(default_factory=list)  # assignments to attributes, items
    parameters: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, tree: ast.Module, *, loaded: frozenset[str], every: bool = False) -> Flow:
        """Flow of a module. `loaded` names functions that a loader calls; `every` counts all at the top."""
        names = Names.of(tree)
        flow = cls(names)
        nodes = list(_nodes(tree))
        graph = _Graph.of(nodes, names)
        on_import = graph.reached(graph.at_import())
        on_load = graph.reached(
            scope
            for scope in graph.scopes
            if scope.rpartition(".")[2] in loaded or (every and "." not in scope)
        )
        statements = {id(node.value) for _, _, node in nodes if isinstance(node, ast.Expr)}
        for scope, is_top, node in nodes:
            when = (
                When.IMPORT if is_top or scope in on_import else When.LOAD if scope in on_load else When.OTHER
            )
            flow._add(node, scope, when, is_statement=id(node) in statements)
        return flow

    def _add(self, node: ast.AST, scope: str, when: When, *, is_statement: bool) -> None:
        if isinstance(node, ast.Call):
            name = self.names.resolve(node.func)
            self.calls.append(Call(name, node, scope, when, is_statement))
            for item in _handed(node):
                given = self.names.resolve(item)
                if "." in given or given in {"eval", "exec", "__import__"}:
                    self.calls.append(Call(given, node, scope, when, handed=True))
        elif isinstance(node, (ast.Assign, ast.AugAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, (ast.Attribute, ast.Subscript)):
                    self.changes.append((self.names.resolve(target), node, when))
        elif isinstance(node, _FUNCTIONS):
            arguments = node.args
            self.parameters.update(
                item.arg for item in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
            )


def _handed(node: ast.Call) -> Iterator[ast.expr]:
    """Names given to a call as they are."""
    for item in (*node.args, *(keyword.value for keyword in node.keywords)):
        if isinstance(item, (ast.Attribute, ast.Name, ast.Subscript)):
            yield item
        elif isinstance(item, ast.Call):  # `getattr(os, 'system')` gives a callable
            func = item.func
            if isinstance(func, ast.Name) and func.id == "getattr":
                yield item


@dataclass(slots=True)
class _Graph:
    """Which function of the module calls which."""

    scopes: set[str] = field(default_factory=set)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    edges: dict[str, set[str]] = field(default_factory=dict)  # from a scope; "" is what runs on import
    _by_last: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: list[tuple[str, bool, ast.AST]], names: Names) -> _Graph:
        graph = cls()
        for scope, _, node in nodes:
            if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
                inner = f"{scope}.{node.name}".lstrip(".")
                if isinstance(node, ast.ClassDef):
                    graph.classes[node.name] = node
                else:
                    graph.scopes.add(inner)
                    graph._by_last.setdefault(node.name, []).append(inner)
        for scope, is_top, node in nodes:
            origin = "" if is_top else scope
            if isinstance(node, ast.Call):
                graph._call(origin, scope, node)
            elif isinstance(node, ast.ClassDef):
                graph._define(origin, node)
            elif isinstance(node, _FUNCTIONS):
                for decorator in node.decorator_list:
                    if names.resolve(decorator) in _RUNS_LATER:
                        graph._to(origin, f"{scope}.{node.name}".lstrip("."))
                    elif isinstance(decorator, ast.Name):
                        graph._name(origin, decorator.id)
        return graph

    def _to(self, origin: str, scope: str) -> None:
        self.edges.setdefault(origin, set()).add(scope)

    def _name(self, origin: str, name: str) -> None:
        """A call of a name: a function of that name, or what builds a class of that name."""
        for scope in self._by_last.get(name, ()):
            self._to(origin, scope)
        if name in self.classes:
            for method in BUILDS - {"__call__"}:
                self._to(origin, f"{name}.{method}")

    def _call(self, origin: str, scope: str, node: ast.Call) -> None:
        func = node.func
        if isinstance(func, ast.Name):
            self._name(origin, func.id)
        elif isinstance(func, ast.Attribute):
            owner = scope.partition(".")[0]
            if (
                isinstance(func.value, ast.Name)
                and func.value.id in {"self", "cls"}
                and owner in self.classes
            ):
                self._to(origin, f"{owner}.{func.attr}")
            elif isinstance(func.value, ast.Call) and isinstance(func.value.func, ast.Name):
                self._to(origin, f"{func.value.func.id}.{func.attr}")
            elif isinstance(func.value, ast.Name) and func.value.id in self.classes:
                self._to(origin, f"{func.value.id}.{func.attr}")
        for item in (*node.args, *(keyword.value for keyword in node.keywords)):
            if isinstance(item, ast.Name):
                self._name(origin, item.id)

    def _define(self, origin: str, node: ast.ClassDef) -> None:
        """Defining a class runs its metaclass, and what its bases do to their subclasses."""
        bases = [base.id for base in node.bases if isinstance(base, ast.Name)]
        for base in bases:
            for method in _ON_SUBCLASS:
                self._to(origin, f"{base}.{method}")
        for keyword in node.keywords:
            if keyword.arg == "metaclass" and isinstance(keyword.value, ast.Name):
                for method in (*BUILDS, "__prepare__"):
                    self._to(origin, f"{keyword.value.id}.{method}")
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Name):
                self._name(origin, decorator.id)

    def at_import(self) -> set[str]:
        return self.edges.get("", set())

    def reached(self, roots: Any) -> set[str]:
        """Scopes that run once the roots run; what stands inside a reached function's class is not."""
        found: set[str] = set()
        waiting = [scope for scope in roots if scope in self.scopes]
        while waiting:
            scope = waiting.pop()
            if scope not in found:
                found.add(scope)
                waiting.extend(item for item in self.edges.get(scope, ()) if item in self.scopes)
        return found


def _nodes(tree: ast.Module) -> Iterator[tuple[str, bool, ast.AST]]:
    """`(scope, runs as the module is imported, node)` for every node, without recursion.

    The body of a lambda runs where it is handed over or called at once, and else not.
    """
    waiting: list[tuple[str, bool, ast.AST]] = [("", True, node) for node in reversed(tree.body)]
    while waiting:
        scope, is_top, node = waiting.pop()
        yield scope, is_top, node
        inner = scope
        children: list[ast.AST]
        if isinstance(node, ast.ClassDef):
            inner = f"{scope}.{node.name}".lstrip(".")
            children = list(ast.iter_child_nodes(node))
        elif isinstance(node, _FUNCTIONS):
            outside = (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults))
            waiting.extend((f"{scope}.{node.name}".lstrip("."), False, item) for item in reversed(node.body))
            waiting.extend((scope, is_top, _unwrapped(item)) for item in reversed(outside))
            continue
        elif isinstance(node, ast.Lambda):
            waiting.append((scope, False, node.body))
            continue
        elif isinstance(node, ast.If) and _is_main(node.test):
            waiting.extend((scope or "__main__", False, item) for item in reversed(node.body))
            waiting.extend((scope, is_top, item) for item in reversed(node.orelse))
            continue
        elif isinstance(node, ast.Call):
            children = [_unwrapped(item) for item in ast.iter_child_nodes(node)]
        else:
            children = list(ast.iter_child_nodes(node))
        waiting.extend((inner, is_top, child) for child in reversed(children))


def _unwrapped(node: ast.AST) -> ast.AST:
    """The body of a lambda that a call is given or calls; entries of a container likewise."""
    if isinstance(node, ast.Lambda):
        return node.body
    if isinstance(node, ast.keyword) and isinstance(node.value, ast.Lambda):
        return node.value.body
    if isinstance(node, ast.Dict):
        values = [item.body if isinstance(item, ast.Lambda) else item for item in node.values]
        return ast.copy_location(ast.Dict(keys=node.keys, values=values), node)
    return node


def _is_main(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"
