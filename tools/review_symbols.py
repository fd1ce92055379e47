"""List classes that do more than hold data when a pickle builds them: material for rows of the symbols table.

    python tools/review_symbols.py --site DIR [--rows] PACKAGE...

Sources under DIR (a folder of installed packages) are parsed, never imported. For each class, `__new__`, `__init__`,
`__setstate__` and what else unpickling may run are followed through the package, up to three calls deep, to calls that
start programs, run text, touch files, open connections or load other streams. `--rows` prints rows; each is to be
looked at before it goes into the table. Classes of other packages that a module merely imports are listed as well:
they can be named by that path.
"""

from __future__ import annotations

import argparse
import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ajar.safety.symbols import Tier, lookup

DEPTH = 3
BUILT_BY_CALL = ("__init__", "__post_init__", "__attrs_post_init__")
BUILT_ALWAYS = ("__new__", "__setstate__", "__setattr__", "__del__", "append", "extend", "__setitem__", "add")
SINKS = [
    (effect, re.compile(pattern))
    for effect, pattern in (
        ("exec", r"(os\.(system|popen|exec\w*|spawn\w*|startfile|fork|kill)|subprocess\.\w+|exec|eval|compile|pty\.\w+|ctypes\.(CDLL|cdll.*|PyDLL|WinDLL)|\w*\.?load_library|torch\.ops\.load_library|multiprocessing\.(Process|Pool|get_context|Manager)|runpy\.\w+|code\.\w+|signal\.signal)$"),
        ("import", r"(__import__|importlib\.import_module|import_module|imp\.\w+|pydoc\.locate|pkgutil\.\w+|importlib\.util\.\w+)$"),
        ("deserialise", r"(c?[pP]ickle\.loads?|pickle\.Unpickler|joblib\.load|torch\.(load|jit\.load)|dill\.loads?|cloudpickle\.loads?|yaml\.(load|unsafe_load|full_load)|marshal\.loads?|shelve\.open|(np|numpy)\.load|jsonpickle\.\w+)$"),
        ("net", r"(socket\.(socket|create_\w+)|urllib\.request\.\w+|urlopen|urlretrieve|requests\.\w+|http\.client\.\w+|http\.server\.\w+|socketserver\.\w+|httpx\.\w+|aiohttp\.\w+|fsspec\.\w+|boto3\.\w+|hf_hub_download|snapshot_download|cached_file|download\w*|grpc\.\w+|xmlrpc\.\w+|ftplib\.\w+|smtplib\.\w+)$"),
        ("write", r"(shutil\.\w+|tempfile\.\w+|os\.(remove|unlink|rename|renames|replace|mkdir|makedirs|rmdir|removedirs|chmod|chown|symlink|link|truncate)|.*\.(write_text|write_bytes|mkdir|unlink|rmdir|touch|rename)|(np|numpy)\.save\w*|torch\.save|logging\.FileHandler|SummaryWriter|.*\.to_csv|(zipfile\.)?ZipFile|tarfile\.open)$"),
        ("read", r"(open|io\.open|os\.(open|listdir|walk|scandir)|codecs\.open|gzip\.open|bz2\.open|lzma\.open|.*\.(read_text|read_bytes)|(np|numpy)\.(loadtxt|genfromtxt|fromfile|memmap)|(pd|pandas)\.read_\w+|h5py\.File|sqlite3\.connect|(PIL\.)?Image\.open|glob\.\w+|mmap\.mmap|cv2\.(imread|VideoCapture)|safe_open|load_file|smart_open\.\w+)$"),
    )
]  # fmt: skip
TESTS = re.compile(r"(^|/)(tests?|testing|conftest|examples?|benchmarks?|docs)(/|\.py$|_)|/test_")


@dataclass(slots=True)
class Klass:
    module: str
    name: str
    bases: list[str]
    methods: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=dict)


@dataclass(slots=True)
class Module:
    name: str
    aliases: dict[str, str] = field(default_factory=dict)  # what a name in the module stands for
    classes: dict[str, Klass] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    klass: str
    method: str
    effect: str
    path: str


class Package:
    def __init__(self, root: Path, name: str) -> None:
        self.name = name
        self.modules: dict[str, Module] = {}
        folder = root / name.replace(".", "/")
        files = sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]
        for path in files:
            if TESTS.search(path.relative_to(root).as_posix()) or not path.is_file():
                continue
            parts = path.relative_to(root).with_suffix("").parts
            is_package = parts[-1] == "__init__"
            module = ".".join(parts[:-1] if is_package else parts)
            try:
                tree = ast.parse(path.read_bytes())
            except (SyntaxError, ValueError, RecursionError):
                continue
            self.modules[module] = _module(module, tree, is_package=is_package)

    def hits(self) -> Iterator[Hit]:
        for module in self.modules.values():
            for klass in module.classes.values():
                for method in (*BUILT_BY_CALL, *BUILT_ALWAYS):
                    found = self._method(klass, method)
                    if found is not None:
                        for effect, path in self._reach(*found, method, DEPTH, set()):
                            yield Hit(klass.name, method, effect, f"{klass.module}.{klass.name}.{path}")

    def _method(self, klass: Klass, name: str, depth: int = 8) -> tuple[Klass, ast.AST] | None:
        """A method and the class that defines it, along the bases that this package defines."""
        if name in klass.methods:
            return klass, klass.methods[name]
        for base in klass.bases if depth else []:
            other = self._class(klass.module, base)
            found = self._method(other, name, depth - 1) if other is not None and other is not klass else None
            if found is not None:
                return found
        return None

    def _resolve(self, module: str, dotted: str) -> str:
        """The full name of a name used in a module."""
        first, _, rest = dotted.partition(".")
        whole = self.modules[module].aliases.get(first, first)
        return f"{whole}.{rest}" if rest else whole

    def _class(self, module: str, dotted: str) -> Klass | None:
        own = self.modules[module].classes.get(dotted)
        return own or self._find(self._resolve(module, dotted), "classes")

    def _find(self, full: str, kind: str, depth: int = 4) -> object | None:
        where, _, name = full.rpartition(".")
        holder = self.modules.get(where)
        if holder is None or not depth:
            return None
        found = getattr(holder, kind).get(name)
        if found is not None:
            return (holder.name, found) if kind == "functions" else found
        again = holder.aliases.get(name)
        return self._find(again, kind, depth - 1) if again and again != full else None

    def _reach(
        self, klass: Klass, node: ast.AST, label: str, depth: int, seen: set[int]
    ) -> Iterator[tuple[str, str]]:
        yield from self._walk(klass.module, klass, node, label, depth, seen)

    def _walk(
        self, module: str, klass: Klass | None, node: ast.AST, label: str, depth: int, seen: set[int]
    ) -> Iterator[tuple[str, str]]:
        if id(node) in seen:
            return
        seen.add(id(node))
        for call in ast.walk(node):
            if not isinstance(call, ast.Call):
                continue
            dotted = _dotted(call.func)
            if not dotted:
                continue
            full = self._resolve(module, dotted)
            for effect, pattern in SINKS:
                if pattern.match(full) or (full != dotted and pattern.match(dotted)):
                    yield effect, f"{label} -> {full}"
                    break
            else:
                if depth:
                    yield from self._inner(module, klass, dotted, full, label, depth, seen)

    def _inner(
        self, module: str, klass: Klass | None, dotted: str, full: str, label: str, depth: int, seen: set[int]
    ) -> Iterator[tuple[str, str]]:
        first, _, rest = dotted.partition(".")
        step = f"{label} -> {dotted}"
        if klass is not None and first in {"self", "cls", "super()"} and rest and "." not in rest:
            found = self._method(klass, rest)
            if found is not None:
                yield from self._walk(found[0].module, klass, found[1], step, depth - 1, seen)
            return
        function = self.modules[module].functions.get(dotted)
        if function is not None:
            yield from self._walk(module, None, function, step, depth - 1, seen)
            return
        other = self._find(full, "functions")
        if isinstance(other, tuple):
            yield from self._walk(other[0], None, other[1], step, depth - 1, seen)
            return
        made = self._class(module, dotted)
        found = self._method(made, "__init__") if made is not None else None
        if found is not None:
            yield from self._walk(found[0].module, made, found[1], step, depth - 1, seen)

    def foreign(self) -> Iterator[tuple[str, str, str]]:
        """`(module, name, what it is)` of classes that a module imports from elsewhere and that are not harmless."""
        own = {name for module in self.modules.values() for name in module.classes}
        for module in self.modules.values():
            for name, full in module.aliases.items():
                where, _, last = full.rpartition(".")
                if (
                    not name.lstrip("_")[:1].isupper()
                    or full.split(".")[0] == self.name
                    or not where
                    or last != name
                ):
                    continue
                if lookup(where, name).tier in {Tier.DANGEROUS, Tier.NAMED, Tier.UNREVIEWED}:
                    yield (module.name if name in own else f"{self.name}.**"), name, full


def _module(name: str, tree: ast.Module, *, is_package: bool) -> Module:
    found = Module(name)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for item in node.names:
                found.aliases[item.asname or item.name.partition(".")[0]] = (
                    item.name if item.asname else item.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            parts = name.split(".") if is_package else name.split(".")[:-1]
            base = parts[: len(parts) - node.level + 1] if node.level else []
            where = ".".join([*base, *([node.module] if node.module else [])])
            for item in node.names:
                found.aliases[item.asname or item.name] = f"{where}.{item.name}"
        elif isinstance(node, ast.ClassDef):
            klass = Klass(name, node.name, [text for text in map(_dotted, node.bases) if text])
            klass.methods = {
                item.name: item
                for item in node.body
                if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef))
            }
            found.classes[node.name] = klass
    found.functions = {
        item.name: item for item in tree.body if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    return found


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = _dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super":
        return "super()"
    return ""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--site", type=Path, required=True)
    parser.add_argument("--rows", action="store_true")
    parser.add_argument("packages", nargs="+")
    options = parser.parse_args()
    for name in options.packages:
        package = Package(options.site, name)
        (_print_rows if options.rows else _print_hits)(package)


def _print_hits(package: Package) -> None:
    for hit in sorted(set(package.hits()), key=str):
        print(f"{package.name}\t{hit.klass}\t{hit.method}\t{hit.effect}\t{hit.path}")
    for module, name, full in sorted(set(package.foreign())):
        print(f"{module}\t{name}\tis\t-\t{full}")


def _print_rows(package: Package) -> None:
    order = {effect: number for number, (effect, _) in enumerate(SINKS)}
    worst: dict[str, tuple[bool, int, str]] = {}
    for hit in package.hits():
        key = (hit.method in BUILT_BY_CALL, order[hit.effect], hit.effect)
        worst[hit.klass] = min(worst.get(hit.klass, key), key)
    rows: dict[tuple[str, str], set[str]] = defaultdict(set)
    for klass, (by_call, _, effect) in worst.items():
        rows["named" if by_call else "dangerous", effect].add(klass)
    for (tier, effect), names in sorted(rows.items()):
        how = "constructing it" if tier == "named" else "building it or giving it its state"
        _print_row(f"{package.name}.**", names, tier, effect, f"{how} does more than hold data", package.name)
    others: dict[tuple[str, str], set[str]] = defaultdict(set)
    for module, name, full in package.foreign():
        where = full.rpartition(".")[0]
        others[module, "dangerous" if lookup(where, name).tier is Tier.DANGEROUS else "named"].add(name)
    for (module, tier), names in sorted(others.items()):
        _print_row(module, names, tier, "import", "another package's class by this path", package.name)


def _print_row(module: str, names: set[str], tier: str, effect: str, reason: str, package: str) -> None:
    source = f"https://pypi.org/project/{package.partition('.')[0].replace('_', '-')}/"
    print("\t".join([module, " ".join(sorted(names)), tier, effect, "", "", reason, source, "2026-11-24"]))


if __name__ == "__main__":
    main()
