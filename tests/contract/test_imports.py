"""What loading ajar must not load, and what must not stand in the tree."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {
    "asyncio",
    "email",
    "http",
    "jsonschema_rs",
    "license_expression",
    "markdown_it",
    "rich",
    "ssl",
    "tomllib",
    "yaml",
    "zipfile",
}
HEAVY_OWN = {
    "ajar.pipeline",
    "ajar.formats",
    "ajar.frameworks",
    "ajar.gating",
    "ajar.policy",
    "ajar.rights",
    "ajar.reports",
    "ajar.sources",
}


def loaded(*arguments: str) -> set[str]:
    """Modules that a Python process loads beyond those of a bare interpreter."""

    def run(*words: str) -> set[str]:
        command = [sys.executable, "-X", "importtime", *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        lines = (line for line in done.stderr.splitlines() if line.startswith("import time:"))
        return {line.rpartition("|")[2].strip() for line in lines}

    return run(*arguments) - run("-c", "pass")


@pytest.mark.parametrize(
    "arguments",
    [["--version"], ["--help"], ["audit", "--help"], ["gate", "--help"], ["policy", "init", "--help"]],
    ids=" ".join,
)
def test_a_quick_command_loads_nothing_heavy(arguments: list[str]) -> None:
    found = loaded("-m", "ajar", *arguments)
    assert "click" in found, "the list of loaded modules could not be read"
    assert {name.partition(".")[0] for name in found} & HEAVY == set()
    assert {name for name in found if ".".join(name.split(".")[:2]) in HEAVY_OWN} == set()


def test_import_ajar_loads_no_pipeline() -> None:
    found = loaded("-c", "import ajar")
    assert "ajar.model.locator" in found
    assert "ajar.pipeline" not in found
    assert "click" not in found


RUNS_THINGS = {"eval", "exec", "compile", "__import__"}


@pytest.mark.parametrize("path", sorted((ROOT / "ajar").rglob("*.py")), ids=lambda path: path.name)
def test_no_builtin_that_runs_text(path: Path) -> None:
    """The linter bans them too; a `noqa` does not get past this."""
    calls = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert calls & RUNS_THINGS == set()


NOT_SOURCE = {"build", "dist", "demo", "__pycache__", "node_modules"}
TEXT = {".cfg", ".css", ".html", ".json", ".md", ".py", ".sh", ".toml", ".txt", ".yaml", ".yml"}
NAMED = {"LICENSE", "Makefile", "run"}


def tree() -> Iterator[Path]:
    """Text files that belong to the project."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") and part != ".ci" for part in parts)
        if (
            not hidden
            and not NOT_SOURCE & set(parts)
            and path.is_file()
            and (path.suffix in TEXT or path.name in NAMED)
        ):
            yield path


# Split, so that this file does not find itself.
PLACES = re.compile(
    r"(?<![\w.~>-])/(?:ho" r"me|Us" r"ers|ro" r"ot|wo" r"rk|op" r"t|var/fol" r"ders)/[\w.-]+"
    r"|[A-Z]:\\\\Us" r"ers"
    r"|fi" r"le:///(?!path)"
    r"|https?://(?:local" r"host|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)"
    r"|index-" r"url[ =]+(?!https://(?:pypi\.org|[\w.-]*example\b))"
)  # fmt: skip


def test_no_place_of_one_machine_stands_in_the_tree() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match[0]}"
        for path in tree()
        if "data" not in path.parts
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        for match in PLACES.finditer(line)
    ]
    assert found == []


def test_the_tree_is_searched() -> None:
    names = {str(path.relative_to(ROOT)) for path in tree()}
    assert {"Makefile", ".ci/run", "README.md", "ajar/__init__.py", "tests/contract/test_imports.py"} <= names
    assert PLACES.search("see /ho" + "me/me/models")
    assert not PLACES.search("see ~/.cache/huggingface or path/to/model")


def test_no_invisible_or_reordering_character_stands_in_the_source() -> None:
    """Text that reads otherwise than it runs: https://trojansource.codes."""
    found = [
        f"{path.relative_to(ROOT)}:{number}: U+{ord(char):04X}"
        for path in tree()
        if "data" not in path.parts
        for number, line in enumerate(path.read_text("utf-8").split("\n"), 1)
        for char in line
        if unicodedata.category(char) in {"Cc", "Cf"} and char != "\t"
    ]
    assert found == []
