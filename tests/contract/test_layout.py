"""Registries are written by hand; these tests compare them with what stands in the folders."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

from ajar.cli.outputs import OUTPUTS, OWN, Output
from ajar.formats.registry import formats
from ajar.frameworks import INSTRUMENTS
from ajar.frameworks.explain import TABLES
from ajar.frameworks.instrument import table
from ajar.interfaces import Format
from ajar.model.judgement import DOOR_LABELS, DOORS
from ajar.sources import SOURCES, load

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "ajar"
REFERENCE = ROOT / "docs" / "reference"
FAMILIES = {"weights", "config", "document", "licence", "code", "data", "container", "pointer", "other"}
MODULE_LINES_LIMIT = 400
FUNCTION_LINES_LIMIT = 100
FUNCTION_LINES_USUAL = 50


def modules(folder: str, *, but: frozenset[str] = frozenset()) -> list[str]:
    """Names of the public modules in a folder of the package."""
    names = (path.stem for path in (PACKAGE / folder).glob("*.py"))
    return sorted(name for name in names if not name.startswith("_") and name not in but)


FORMAT_MODULES = modules("formats", but=frozenset({"registry"}))


def formats_of(module: str) -> list[Format]:
    return [
        value for value in vars(import_module(f"ajar.formats.{module}")).values() if isinstance(value, Format)
    ]


@pytest.mark.parametrize("module", FORMAT_MODULES)
def test_every_format_module_is_registered(module: str) -> None:
    found = formats_of(module)
    assert found, f"ajar/formats/{module}.py holds no Format"
    assert all(any(form is known for known in formats()) for form in found)


def test_no_format_is_registered_twice() -> None:
    assert [name for name, count in Counter(form.id for form in formats()).items() if count > 1] == []


@pytest.mark.parametrize("module", FORMAT_MODULES)
def test_every_format_has_a_test_module(module: str) -> None:
    assert (ROOT / "tests" / "unit" / "formats" / f"test_{module}.py").is_file()


@pytest.mark.parametrize("form", formats(), ids=lambda form: form.id)
def test_every_format_describes_itself(form: Format) -> None:
    assert form.family in FAMILIES
    assert form.id == form.id.lower()
    assert set(form.id) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert form.title.strip()
    assert form.spec.startswith("https://")
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in form.suffixes)
    for key, words in form.keys.items():
        assert "." in key
        assert words.strip(), f"{form.id}: {key} has no meaning"


@pytest.mark.parametrize("form", formats(), ids=lambda form: form.id)
def test_every_format_has_a_row_in_the_reference(form: Format) -> None:
    assert f"\n## {form.id}\n" in (REFERENCE / "formats.md").read_text("utf-8")


def test_every_instrument_module_is_registered() -> None:
    # `mot` is the Model Openness Tool's evaluator inside `mof`, not an instrument of its own.
    holders = {
        module
        for module in modules("frameworks")
        if hasattr(import_module(f"ajar.frameworks.{module}"), "INSTRUMENT")
    }
    registered = {instrument.evaluate.__module__.rpartition(".")[2] for instrument in INSTRUMENTS}
    assert holders == registered
    assert len(INSTRUMENTS) == len(registered)


def test_every_instrument_has_its_data_file_and_every_data_file_an_instrument() -> None:
    files = {path.stem for path in (PACKAGE / "frameworks" / "data").glob("*.toml")}
    assert files == set(TABLES)
    assert [table(name)["id"] for name in TABLES] == [instrument.id for instrument in INSTRUMENTS]


@pytest.mark.parametrize("name", TABLES)
def test_every_instrument_names_its_source_and_date(name: str) -> None:
    data = table(name)
    assert data["source"].startswith("https://")
    year, month, day = data["date"].split("-")
    assert (len(year), len(month), len(day)) == (4, 2, 2)
    for item in data["criterion"]:
        assert "?" in item["question"]
        assert item["rule"].strip()


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda instrument: instrument.id)
def test_every_instrument_has_a_row_in_the_reference(instrument) -> None:
    text = (REFERENCE / "instruments.md").read_text("utf-8")
    assert f"\n## {instrument.id}\n" in text
    assert instrument.source in text


def test_doors_agree_everywhere() -> None:
    levels = {item["id"]: item["label"] for item in table("g7-2026")["level"]}
    assert levels == {door.value: label for door, label in DOOR_LABELS.items()}
    assert [*levels] == [door.value for door in DOORS]


def test_every_source_serves_schemes_of_its_own() -> None:
    assert all(load(module, name).schemes == served for served, module, name in SOURCES)
    schemes = Counter(scheme for served, _, _ in SOURCES for scheme in served)
    assert max(schemes.values()) == 1


def test_every_source_module_is_registered() -> None:
    registered = {module for _, module, _ in SOURCES}
    assert set(modules("sources")) == registered


# Not formats of `ajar audit`: what outputs share, and the outputs of other commands, which begin with what they show.
SHARED = frozenset(
    {"cards", "door_art", "grid", "html_page", "markdown_words", "page", "plain", "tables", "tree", "words"}
)
OTHERS = (
    "survey_",
    "compare_",
    "diff_",
    "gate_",
    "known_",
    "licence_",
    "makers_",
    "prepare_",
    "questions_",
    "article_",
    "scan_",
    "verify_",
)
OUTPUT_MODULES = [name for name in modules("reports", but=SHARED) if not name.startswith(OTHERS)]


def test_every_output_module_is_registered() -> None:
    assert sorted(output.module for output in OUTPUTS) == OUTPUT_MODULES


def test_every_output_is_a_choice_of_the_command() -> None:
    from ajar.cli.commands import cli

    choices = next(param.type.choices for param in cli.commands["audit"].params if param.name == "form")
    assert list(choices) == [output.id for output in OUTPUTS]
    assert max(Counter(choices).values()) == 1


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda output: output.id)
def test_every_output_can_be_written_and_is_described(output: Output) -> None:
    module = import_module(f"ajar.reports.{output.module}")
    assert hasattr(module, "dumps" if output.module == "json_v1" else "render")
    assert output.about.strip()
    assert output.suffix.startswith(".")
    assert output.id in OWN or output.spec.startswith("https://")


@pytest.mark.parametrize("output", [item for item in OUTPUTS if item.id not in OWN], ids=lambda item: item.id)
def test_every_document_has_a_test_module_and_a_row_in_the_docs(output: Output) -> None:
    assert (ROOT / "tests" / "unit" / "reports" / f"test_{output.module}.py").is_file()
    assert f"| `{output.id}` |" in (ROOT / "docs" / "documents.md").read_text("utf-8")


def test_every_rule_that_a_finding_names_is_explained() -> None:
    from ajar.cli.explaining import rules

    named = {
        keyword.value.value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Finding"
        for keyword in node.keywords
        if keyword.arg == "rule" and isinstance(keyword.value, ast.Constant)
    }
    assert named, "no finding names its rule as a constant"
    assert named <= set(rules())


SOURCE_FILES = sorted(PACKAGE.rglob("*.py"))


def functions(path: Path) -> list[tuple[str, int]]:
    """Name and length in lines of every function of a module."""
    return [
        (f"{path.stem}.{node.name}", node.end_lineno - node.lineno + 1)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and not _is_command(node)
    ]


@pytest.mark.parametrize("path", SOURCE_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_small(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MODULE_LINES_LIMIT
    assert [item for item in functions(path) if item[1] > FUNCTION_LINES_LIMIT] == []


def test_nearly_all_functions_are_short() -> None:
    every = [item for path in SOURCE_FILES for item in functions(path)]
    long = [item for item in every if item[1] > FUNCTION_LINES_USUAL]
    assert len(long) <= len(every) // 100, sorted(long, key=lambda item: -item[1])


def _is_command(node: ast.FunctionDef) -> bool:
    """A click command: its length is its options and its help."""
    names = (ast.unparse(decorator) for decorator in node.decorator_list)
    return any(name.startswith("cli.") for name in names)


def test_no_name_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "helper", "core", "base", "common", "misc"}
    assert [str(path) for path in SOURCE_FILES if path.stem.strip("_") in empty] == []


def test_the_list_of_commands_is_shown_without_loading_one_and_whole() -> None:
    script = (
        "import sys; from click.testing import CliRunner; from ajar.cli.commands import cli;"
        "found = CliRunner().invoke(cli, ['--help'], terminal_width=80); print(found.output);"
        "print(sorted(name for name in sys.modules if name.startswith('ajar.cli.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    *shown, loaded = done.stdout.splitlines()
    assert ast.literal_eval(loaded) == ["ajar.cli._lazy", "ajar.cli.commands", "ajar.cli.printing"]
    from ajar.cli.commands import cli

    for name, command in cli.commands.items():
        assert [
            line for line in shown if re.fullmatch(rf"  {name} +{re.escape(command.short_help or '-')}", line)
        ]
