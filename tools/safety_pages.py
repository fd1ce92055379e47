"""Two reference pages on load safety: what is looked for in which file, and which attacks are met by which tests."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]
SAFETY = ROOT / "ajar" / "safety"
CLASSES = ROOT / "tests" / "adversarial" / "attack-classes.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackClass:
    """One row of the data file, with the tests that its marks add. `tests` are pytest node ids."""

    id: str
    title: str
    what: str
    rules: tuple[str, ...]
    advisories: tuple[str, ...]
    source: str
    tests: tuple[str, ...]


def attack_classes() -> list[AttackClass]:
    marked = marked_tests()
    rows = tomllib.loads(CLASSES.read_text("utf-8"))
    return [
        AttackClass(
            id=name,
            title=row["title"],
            what=row["what"],
            rules=tuple(row["rules"]),
            advisories=tuple(row["advisories"]),
            source=row["source"],
            tests=tuple(dict.fromkeys([*row["tests"], *marked.get(name, ())])),
        )
        for name, row in rows.items()
    ]


@cache
def marked_tests() -> dict[str, tuple[str, ...]]:
    """Class to the node ids of the tests that are marked with it, read from the tests' syntax."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                for name in _marks(node):
                    found.setdefault(name, []).append(f"{path.relative_to(ROOT).as_posix()}::{node.name}")
    return {name: tuple(tests) for name, tests in found.items()}


def _marks(node: ast.FunctionDef) -> Iterator[str]:
    for item in node.decorator_list:
        is_mark = isinstance(item, ast.Call) and ast.unparse(item.func) == "pytest.mark.attack"
        if is_mark and isinstance(item, ast.Call) and isinstance(item.args[0], ast.Constant):
            yield str(item.args[0].value)


@cache
def rules_of(module: str) -> tuple[str, ...]:
    """The rules that a check may raise: the ids that stand in its module, and in those that speak for it.

    A module speaks for a check when it is no check itself; of another check only what is imported by name
    counts, and all of it when that is a function that yields signs.
    """
    from ajar.safety.rules import RULES

    return tuple(sorted(set(_ids(module, frozenset())) & set(RULES)))


def formats_named_in(module: str) -> frozenset[str]:
    """The formats that a check of every file speaks of."""
    from ajar.formats.registry import formats

    tree = ast.parse((SAFETY / f"{module}.py").read_text("utf-8"))
    words = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return frozenset({form.id for form in formats()} & words)


def _ids(module: str, seen: frozenset[str]) -> Iterator[str]:
    path = SAFETY / f"{module}.py"
    if module in seen or not path.is_file():
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ajar.safety."):
            yield from _imported(node, seen | {module})


def _imported(node: ast.ImportFrom, seen: frozenset[str]) -> Iterator[str]:
    name = (node.module or "").rpartition(".")[2]
    other = import_module(f"ajar.safety.{name}")
    if not hasattr(other, "CHECK"):
        yield from _ids(name, seen)
        return
    for item in node.names:
        value = getattr(other, item.name)
        if isinstance(value, str):
            yield value
        elif "Iterator[Sign]" in str(getattr(value, "__annotations__", {}).get("return", "")):
            yield from _ids(name, seen)


def safety_formats_page() -> str:
    """Every check with its files and rules, then every format with its checks."""
    from ajar.formats.registry import formats
    from ajar.safety.registry import _NAMES, CHECKS, load
    from tools.docs import NOTE, _page, _table

    rows = []
    for module, kinds in CHECKS:
        names = _NAMES.get(module, ())
        where = f"named with {_codes(names)}" if names else "every file"
        where = _codes(kinds) if kinds else where
        rows.append(
            (
                f"[`{load(module).id}`](#{load(module).id})",
                load(module).title,
                where,
                _links(rules_of(module)),
            )
        )
    everywhere = [module for module, kinds in CHECKS if not kinds]
    general = ", ".join(f"[`{load(module).id}`](#{load(module).id})" for module in everywhere)
    parts = [
        "# What is looked for in which file",
        NOTE,
        f"{len(CHECKS)} checks. A file's format is what its bytes say; its name only adds checks. Files inside archives, compressed files and settings are looked at in turn, each by its own format.",
        _table(("check", "what it looks at", "files", "rules"), rows),
        "## By format",
        f"{general} are asked for every file, or every file of a name, and stand where their code speaks of the format.",
        _table(
            ("format", "what it is", "checks", "rules"),
            [
                _row(name, title)
                for name, title in [
                    *((form.id, form.title) for form in formats()),
                    ("unknown", "bytes of no known format"),
                ]
            ],
        ),
    ]
    for module, kinds in CHECKS:
        check = load(module)
        parts += [f"### {check.id}", f"{check.title}."]
        parts += [_rule_list(rules_of(module))]
        if kinds:
            parts.append(f"Formats: {_codes(kinds)}.")
    return _page(parts)


def _row(name: str, title: str) -> tuple[str, str, str, str]:
    from ajar.safety.registry import CHECKS, load

    asked = [module for module, kinds in CHECKS if name in (kinds or formats_named_in(module))]
    shown = f"[`{name}`](formats.md#{name})" if name != "unknown" else "`unknown`"
    rules = sorted({rule for module in asked for rule in rules_of(module)})
    checks = ", ".join(f"[`{load(module).id}`](#{load(module).id})" for module in asked)
    return shown, title, checks or "–", _links(rules) or "–"


def _rule_list(rules: Iterable[str]) -> str:
    from ajar.safety.rules import RULES

    return "\n".join(f"- [`{rule}`](rules.md#{rule}): {RULES[rule].statement}" for rule in rules)


def attack_classes_page() -> str:
    """Every class of attack: the rules that meet it, its advisories, the tests that prove it."""
    from tools.docs import NOTE, _page, _table

    classes = attack_classes()
    parts = [
        "# Classes of attacks",
        NOTE,
        f"{len(classes)} ways to attack whoever loads a model, or the scanner that stands before. Each is met by rules and proven by tests that run with every change. Ids are the advisories of those who were found open to it, as known on 2026-11-24.",
        _table(
            ("class", "what it is", "tests"),
            [(f"[`{item.id}`](#{item.id})", item.title, str(len(item.tests))) for item in classes],
        ),
    ]
    for item in classes:
        parts += [f"## {item.id}", f"{item.title}. {item.what}"]
        lines = [f"Rules: {_links(item.rules)}"] if item.rules else []
        lines += [f"Known as: {', '.join(item.advisories)}"] if item.advisories else []
        lines += [f"Source: <{item.source}>", *(f"Test: `{test}`" for test in item.tests)]
        parts.append("\n".join(f"- {line}" for line in lines))
    return _page(parts)


def _links(rules: Iterable[str]) -> str:
    return ", ".join(f"[`{rule}`](rules.md#{rule})" for rule in rules)


def _codes(words: Iterable[str]) -> str:
    return " ".join(f"`{word}`" for word in words)
