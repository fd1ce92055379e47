"""What the names and constant texts of a Python source stand for, read from its syntax tree; nothing is run.

Flow-insensitive: a name stands for whatever the source gives it anywhere, because a reader who wants to know
what a file can do must count every branch.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ajar.errors import BudgetExceeded
from ajar.safety.python_effects import effect_of

FOLDED_CHARS = 4096
_FOLD_DEPTH = 64  # `'a' + 'b' + 'c' …` nests to the left, one level a term
_CHAIN = 64
_DEPTH = 24
STEPS = 3_000_000  # nodes looked at for one source, those in nested calls many times over
_IMPORTERS = frozenset(
    {"__import__", "builtins.__import__", "importlib.import_module", "importlib.__import__"}
)
_NAMESPACES = frozenset({"globals", "locals", "vars", "builtins.globals", "builtins.locals", "builtins.vars"})
COMPUTED = "<computed>"  # an attribute whose name only running the code would tell
_BUILTINS = frozenset(dir(builtins)) | {"execfile", "unicode", "__builtins__"}
_CONTAINERS = (ast.Dict, ast.List, ast.Tuple)


@dataclass(slots=True)
class Names:
    """A module's names."""

    dotted: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    containers: dict[str, ast.Dict | ast.List | ast.Tuple] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)  # modules whose every name was imported
    own: set[str] = field(default_factory=set)  # functions and classes that the module defines
    imports: set[str] = field(default_factory=set)  # top-level packages
    assigned: list[tuple[str, ast.expr]] = field(default_factory=list)
    _steps: int = 0
    _depth: int = 0

    @classmethod
    def of(cls, tree: ast.Module) -> Names:
        """Names of a module: imports first, then assignments in two passes, so that chains resolve."""
        names = cls()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names._import(node)
            elif isinstance(node, ast.ImportFrom):
                names._import_from(node)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                names.own.add(node.name)
            else:
                names.assigned += _bindings(node)
        for _ in range(2):
            for name, value in names.assigned:
                names._learn(name, value)
        return names

    def _import(self, node: ast.Import) -> None:
        for item in node.names:
            top = item.name.partition(".")[0]
            self.imports.add(top)
            self.dotted[item.asname or top] = item.name if item.asname else top

    def _import_from(self, node: ast.ImportFrom) -> None:
        if node.level or not node.module:
            return
        self.imports.add(node.module.partition(".")[0])
        for item in node.names:
            if item.name == "*":
                self.stars.append(node.module)
            else:
                self.dotted[item.asname or item.name] = f"{node.module}.{item.name}"

    def _learn(self, name: str, value: ast.expr) -> None:
        if isinstance(value, _CONTAINERS):
            self.containers[name] = value
            return
        text = self.fold(value)
        if text is not None:
            self.texts.setdefault(name, text)
            return
        dotted = self.resolve(value)
        if dotted and not dotted.startswith("?") and dotted != name:
            self.dotted.setdefault(name, dotted)

    # names

    def resolve(self, node: ast.AST) -> str:
        """The dotted name an expression stands for; a call in it is `f()`, what cannot be told `?`.

        A container that holds itself makes a circle: depth ends it. Raises `BudgetExceeded` past the steps.
        """
        self._count()
        if self._depth >= _DEPTH:
            return "?"
        self._depth += 1
        try:
            return self._resolve(node)
        finally:
            self._depth -= 1

    def _resolve(self, node: ast.AST) -> str:
        parts: list[str] = []
        for _ in range(_CHAIN):
            if isinstance(node, ast.Attribute):
                if node.attr != "__dict__":  # `os.__dict__['system']` is `os.system`
                    parts.append(node.attr)
                node = node.value
            elif isinstance(node, (ast.Await, ast.NamedExpr, ast.Starred)):
                node = node.value
            elif isinstance(node, ast.Subscript):
                found = self._item(node)
                if isinstance(found, ast.AST):
                    node = found
                    continue
                if found == "builtins":
                    return ".".join(["builtins", *reversed(parts)])
                parts.append(found or "?")
                node = node.value
            else:
                base = self._base(node)
                return _plain(".".join([base, *reversed(parts)]))
        return "?"

    def _item(self, node: ast.Subscript) -> str | ast.AST | None:
        """What a subscript picks: an entry of a literal container, or the text of its key."""
        key = self.fold(node.slice)
        if key == "__builtins__":
            return "builtins"
        container: ast.AST | None = node.value
        if isinstance(container, ast.Name):
            container = self.containers.get(container.id)
        if isinstance(container, ast.Dict) and key is not None:
            for name, value in zip(container.keys, container.values, strict=True):
                if name is not None and self.fold(name) == key:
                    return value
        if isinstance(container, (ast.List, ast.Tuple)) and isinstance(node.slice, ast.Constant):
            number = node.slice.value
            if isinstance(number, int) and -len(container.elts) <= number < len(container.elts):
                return container.elts[number]
        return key

    def _base(self, node: ast.AST) -> str:
        if isinstance(node, ast.Name):
            return self._name(node.id)
        if isinstance(node, ast.Call):
            return self._called(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            return "pathlib.Path()"  # only paths are divided and then called upon
        return "?"

    def _name(self, name: str) -> str:
        """An imported or assigned name, a builtin, or `?name` for a parameter and whatever else is unknown."""
        found = self.dotted.get(name)
        if found is not None:
            return found
        if name in self.own:
            return f"?{name}"
        for module in self.stars:
            if effect_of(f"{module}.{name}"):
                return f"{module}.{name}"
        return name if name in _BUILTINS else f"?{name}"

    def _called(self, node: ast.Call) -> str:
        """What a call gives, where its name says so."""
        if isinstance(node.func, ast.Lambda):
            return self.resolve(node.func.body)
        if isinstance(node.func, ast.Call):
            return self._called_twice(node)
        name = self.resolve(node.func)
        first = self.fold(node.args[0]) if node.args else None
        if name in _IMPORTERS:
            return first or "?"
        if name in {"getattr", "builtins.getattr", "object.__getattribute__", "inspect.getattr_static"}:
            attribute = self.fold(node.args[1]) if len(node.args) > 1 else None
            return f"{self.resolve(node.args[0])}.{attribute or COMPUTED}" if node.args else "?"
        if name.endswith((".__getattribute__", ".__getattr__")) and first:
            return f"{name.rpartition('.')[0]}.{first}"
        if name in _NAMESPACES:
            return self.resolve(node.args[0]) if node.args else "builtins"
        if name in {"functools.partial", "functools.wraps"} and node.args:
            return self.resolve(node.args[0])
        if name.endswith(".get") and first and name[:-4] in {"sys.modules", "builtins"}:
            return first if name.startswith("sys") else f"builtins.{first}"
        return f"{name}()" if name else "?"

    def _called_twice(self, node: ast.Call) -> str:
        """`attrgetter('system')(os)`, `partial(f, x)()`: the callable is what a call gave."""
        inner = node.func
        if not isinstance(inner, ast.Call):
            return "?"
        name = self.resolve(inner.func)
        first = self.fold(inner.args[0]) if inner.args else None
        if name in {"operator.attrgetter", "operator.methodcaller"} and first and node.args:
            return f"{self.resolve(node.args[0])}.{first}" + "()" * name.endswith("methodcaller")
        return f"{self._called(inner)}()"

    # texts

    def fold(self, node: ast.AST | None, depth: int = _FOLD_DEPTH) -> str | None:
        """The text that a constant expression stands for; `None` for any other. Bytes as Latin-1."""
        if node is None or depth == 0:
            return None
        self._count()
        if isinstance(node, ast.Constant):
            if isinstance(node.value, bytes):
                return node.value[:FOLDED_CHARS].decode("latin-1")
            return node.value[:FOLDED_CHARS] if isinstance(node.value, str) else None
        if isinstance(node, ast.Name):
            return self.texts.get(node.id)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self.fold(node.left, depth - 1), self.fold(node.right, depth - 1)
            return None if left is None or right is None else (left + right)[:FOLDED_CHARS]
        if isinstance(node, ast.JoinedStr):
            inner = [item.value if isinstance(item, ast.FormattedValue) else item for item in node.values]
            return self._joined("", inner, depth)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            text, step = self.fold(node.value, depth - 1), node.slice.step
            is_reversed = isinstance(step, ast.UnaryOp) and isinstance(step.op, ast.USub)
            return text[::-1] if text is not None and is_reversed else None
        return self._fold_call(node, depth) if isinstance(node, ast.Call) else None

    def _fold_call(self, node: ast.Call, depth: int) -> str | None:
        if isinstance(node.func, ast.Name):
            return self._fold_builtin(node, node.func.id, depth)
        if not isinstance(node.func, ast.Attribute):
            return None
        method = node.func.attr
        base = self.fold(node.func.value, depth - 1)
        if base is None:
            return None
        if method == "join" and node.args and isinstance(node.args[0], (ast.List, ast.Tuple)):
            return self._joined(base, node.args[0].elts, depth)
        texts = [self.fold(item, depth - 1) for item in node.args[:2]]
        if method == "replace" and len(texts) == 2 and texts[0] and texts[1] is not None:
            # No more replacements than fill what is kept.
            times = FOLDED_CHARS // max(len(texts[1]), 1) + 1
            return base.replace(texts[0], texts[1], times)[:FOLDED_CHARS]
        if method in {"lower", "upper", "strip", "swapcase", "title"}:
            return str(getattr(base, method)())
        return base if method in {"decode", "encode", "format"} else None

    def _joined(self, glue: str, nodes: Sequence[ast.expr], depth: int) -> str | None:
        """The texts of nodes put together, as far as they are kept; `None` when one of them is not constant."""
        pieces: list[str] = []
        total = 0
        for node in nodes:
            piece = self.fold(node, depth - 1)
            if piece is None:
                return None
            pieces.append(piece)
            total += len(piece) + len(glue)
            if total > FOLDED_CHARS:
                break
        return glue.join(pieces)[:FOLDED_CHARS]

    def walk(self, node: ast.AST) -> Iterator[ast.AST]:
        """Every node of a part. Raises `BudgetExceeded` when parts of parts add up to too much."""
        for inner in ast.walk(node):
            self._count()
            yield inner

    def _count(self) -> None:
        self._steps += 1
        if self._steps > STEPS:
            raise BudgetExceeded(f"a source of more than {STEPS} steps to follow")

    def _fold_builtin(self, node: ast.Call, name: str, depth: int) -> str | None:
        if not node.args:
            return None
        value = node.args[0]
        if name == "chr" and isinstance(value, ast.Constant) and isinstance(value.value, int):
            return chr(value.value) if 0 <= value.value < 0x110000 else None
        if name in {"str", "bytes"} and isinstance(value, (ast.List, ast.Tuple)) and name == "bytes":
            numbers = [item.value for item in value.elts if isinstance(item, ast.Constant)]
            if len(numbers) == len(value.elts) and all(isinstance(n, int) and 0 <= n < 256 for n in numbers):
                return bytes(n for n in numbers if isinstance(n, int))[:FOLDED_CHARS].decode("latin-1")
        return self.fold(value, depth - 1) if name == "str" else None


def _bindings(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The names that one statement gives a value."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                yield target.id, node.value
            elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                for inner, value in zip(target.elts, node.value.elts, strict=False):
                    if isinstance(inner, ast.Name):
                        yield inner.id, value
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)):
        if isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value
    elif isinstance(node, ast.withitem) and isinstance(node.optional_vars, ast.Name):
        yield node.optional_vars.id, node.context_expr
    elif isinstance(node, (ast.For, ast.comprehension)) and isinstance(node.target, ast.Name):
        yield node.target.id, node.iter


def _plain(dotted: str) -> str:
    """`sys.modules.os.system` and `builtins.eval` as what they are; a module's own `__builtins__` too."""
    for prefix in ("sys.modules.", "builtins.__builtins__.", "__builtins__."):
        if dotted.startswith(prefix):
            rest = dotted.removeprefix(prefix)
            return rest if prefix.startswith("sys") else f"builtins.{rest}"
    return dotted
