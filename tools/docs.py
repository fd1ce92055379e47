"""Writes docs/reference from the command line, the registries and the data files.

python tools/docs.py [PAGE ...]           write the pages
python tools/docs.py --check [PAGE ...]   write nothing; exit 1 when a page is out of date
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterable, Sequence
from inspect import cleandoc
from pathlib import Path
from textwrap import dedent
from typing import Any

import click

sys.path.insert(0, str(Path(__file__).parents[1]))

from tools import document_pages, licence_pages, manual, policy_pages
from tools.safety_pages import attack_classes_page, safety_formats_page

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
VARIABLES = (
    "Every option may also stand in a variable, `AJAR_` and the command and the option in capitals: `ajar gate --policy` is "
    "`AJAR_GATE_POLICY`. `AJAR_OFFLINE`, `AJAR_NO_CACHE` and `AJAR_QUIET` hold for every command that has the option. "
    "Defaults are read from the nearest `ajar.toml`, or `[tool.ajar]` in `pyproject.toml`, from the working folder upwards: "
    'a table a command, such as `[gate]` with `policy = "policy.yaml"`; paths are meant from that file. '
    "The command line goes before variables, and these before files."
)
NOTE = "<!-- Written by tools/docs.py from code and data; change those, then run `make docs`. -->"


def cli() -> str:
    """Every command with its options, and the exit codes.

    Laid out here and not by click, whose layout of help differs from version to version.
    """
    import ajar.cli.commands as module
    from ajar.errors import ExitCode

    parts = ["# The command line", NOTE, *_command(module.cli, "ajar"), VARIABLES]
    for name, command in sorted(module.cli.commands.items()):
        parts += [f"## ajar {name}", *_command(command, f"ajar {name}")]
        if isinstance(command, click.Group):
            for inner, child in sorted(command.commands.items()):
                parts += [f"### ajar {name} {inner}", *_command(child, f"ajar {name} {inner}")]
    meaning = {
        ExitCode.OK: "done; nothing at or above the threshold",
        ExitCode.POLICY: "`--fail-on` was reached, a rule of the policy or the lock failed, a signature or list was not verified, or a record overstates",
        ExitCode.USAGE: "arguments or configuration make no sense",
        ExitCode.TARGET: "the target is not there, not readable, or holds no model",
        ExitCode.INCOMPLETE: "`--strict`, and something could not be read",
        ExitCode.INTERNAL: "a fault of ajar's own",
    }
    rows = [(str(code.value), meaning[code]) for code in ExitCode]
    parts += ["## Exit codes", "They never change.", _table(("code", "meaning"), rows)]
    return _page(parts)


def formats() -> str:
    """Every format with the evidence keys it may yield, in the order they are tried."""
    from ajar.formats.registry import formats

    parts = [
        "# File formats",
        NOTE,
        f"{len(formats())} formats, in the order they are tried. A file is recognised by its bytes; its name is a hint.",
        _table(
            ("format", "what it is", "family", "suffixes"),
            [
                (f"[`{form.id}`](#{form.id})", form.title, form.family, _codes(form.suffixes))
                for form in formats()
            ],
        ),
    ]
    for form in formats():
        parts += [f"## {form.id}", f"{_sentence(form.title)} Described at <{form.spec}>."]
        if form.keys:
            rows = [(f"`{key}`", words) for key, words in form.keys.items()]
            parts.append(_table(("evidence", "meaning"), rows))
        else:
            parts.append("It yields the files inside it, and no evidence of its own.")
    return _page(parts)


def instruments() -> str:
    """Every instrument: what it measures, its levels and criteria, from its data file."""
    parts = [
        "# Instruments",
        NOTE,
        "Published ways to say how open a release is, side by side and never averaged.",
    ]
    for data in _tables():
        parts += [
            f"## {data['id']}",
            f"**{data['name']}**, {data['version']}: <{data['source']}> (as of {data['date']}).",
            data["about"],
        ]
        if data.get("level"):
            rows = [(f"`{item['id']}`", item["label"], item["text"]) for item in data["level"]]
            parts.append(_table(("level", "label", "when"), rows))
        rows = [(f"`{item['id']}`", item["question"], item["rule"]) for item in data["criterion"]]
        parts.append(_table(("criterion", "question", "rule"), rows))
    return _page(parts)


def rules() -> str:
    """Every rule that a finding may name."""
    from ajar.cli.explaining import rules as table

    found = table()
    parts = [
        "# Rules",
        NOTE,
        f"{len(found)} rules. An id is a statement that should be true of a release; a finding says that it is not, or may not be. Ids never change.",
    ]
    for rule, (title, text, remedy) in sorted(found.items()):
        parts += [f"## {rule}", title, text, f"Remedy: {remedy}"]
    return _page(parts)


def doors() -> str:
    """The five doors: the headline of every report."""
    from ajar.model.judgement import DOOR_LABELS, Door

    data = next(table for table in _tables() if table["id"] == "g7")
    rows = [
        (f"`{item['id']}`", DOOR_LABELS[Door(item["id"])], item["text"]) for item in reversed(data["level"])
    ]
    moved = [(f"`{item['id']}`", item["question"], item["moved"]) for item in data["criterion"]]
    return _page(
        [
            "# Doors",
            NOTE,
            f"The headline of a report: the labels of the {data['name']} ({data['version']}, <{data['source']}>), plus *closed*.",
            _table(("door", "label", "needs"), rows),
            "A door is an interval. `at_least` is what the files prove, `declared` takes the publisher at its word, `at_most` is what remains possible. `moved_by` names what would bring the bounds together:",
            _table(("criterion", "question", "named as"), moved),
        ]
    )


def survey_store() -> str:
    """The columns of a survey's store."""
    from ajar.survey.schema import SCHEMA, columns

    rows = [
        (f"`{item.name}`", item.type, item.source, f"{item.text}{' Volatile.' if item.is_volatile else ''}")
        for item in columns()
    ]
    return _page(
        [
            "# The store of a survey",
            NOTE,
            (
                f"Schema `{SCHEMA}`. A store is a folder: `parts/*.parquet` hold one row a release, `reports/` the JSON reports "
                "in packs of zstd frames, `ledger.sqlite` the state of every release and which parts count, `survey.json` what was "
                "surveyed, `status.json` how far it is, `log.jsonl` what happened. How one is made: [surveys](survey.md)."
            ),
            (
                "Read it with any tool that reads Parquet. A release that was audited again has a row in a later part: of several "
                "rows of one `target` that of the highest `part` is current. `ajar.survey.store.Reader` gives the table `releases` "
                "in DuckDB with current rows alone, and any row's report."
            ),
            (
                "`source` is where a value comes from: the host's `listing`, the audit's JSON `report`, the `catalogue`, the "
                "`sampling`, the `ledger`, the `run`, the `store`, the `cost`. A volatile column may differ between two surveys of the "
                "same releases; all others are equal, whatever the engine, the order and the interruptions."
            ),
            _table(("column", "type", "source", "meaning"), rows),
            (
                "A share of all listed releases is estimated from a sample as `sum(weight) FILTER (WHERE …) / sum(weight)`. Its "
                "variance adds over the strata: with N releases in a stratum, n of them in the sample and the share p among these, "
                "`(N / sum(N))² · (1 − n / N) · p · (1 − p) / (n − 1)`. N is the sum of `weight` in the stratum, n the number of rows."
            ),
        ]
    )


PAGES: dict[str, Callable[[], str]] = {
    "cli": cli,
    "formats": formats,
    "instruments": instruments,
    "rules": rules,
    "doors": doors,
    "safety-formats": safety_formats_page,
    "attack-classes": attack_classes_page,
    "policy": policy_pages.page,
    "ajar.1": manual.page,
    **document_pages.pages(),
    "../survey-store": survey_store,
    **licence_pages.pages(),
}


def place(name: str) -> Path:
    """Where a page stands: Markdown, but for the manual page."""
    return REFERENCE / (name if name == "ajar.1" else f"{name}.md")


def stale(names: Iterable[str] = PAGES) -> list[str]:
    """A unified diff for each page that is not what code and data say."""
    found = []
    for name in names:
        path = place(name)
        there = path.read_text("utf-8") if path.exists() else ""
        wanted = PAGES[name]()
        if there != wanted:
            lines = difflib.unified_diff(
                there.splitlines(),
                wanted.splitlines(),
                f"{path.name} (there)",
                f"{path.name} (wanted)",
                "",
                "",
                1,
            )
            found.append("\n".join(line.rstrip() for line in lines))
    return found


def main(arguments: Sequence[str]) -> int:
    """Exit code 1 when `--check` finds a page out of date, 2 for a page that does not exist."""
    names = [argument for argument in arguments if argument != "--check"] or list(PAGES)
    unknown = [name for name in names if name not in PAGES]
    if unknown:
        print(f"no page {', '.join(unknown)}; there are: {', '.join(PAGES)}", file=sys.stderr)
        return 2
    if "--check" in arguments:
        diffs = stale(names)
        if diffs:
            print(
                "\n".join(diffs), "\ndocs/reference is out of date: run `make docs`", sep="", file=sys.stderr
            )
        return 1 if diffs else 0
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name in names:
        path = place(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGES[name](), encoding="utf-8")
    print(f"docs/reference: {len(names)} pages")
    return 0


def _tables() -> list[Any]:
    from ajar.frameworks.explain import TABLES
    from ajar.frameworks.instrument import table

    return [table(name) for name in TABLES]


def _command(command: click.Command, name: str) -> list[str]:
    """Usage, help, options and examples of one command."""
    arguments = [param.name.upper() for param in command.params if isinstance(param, click.Argument)]
    words = " ".join(
        [name, *(["COMMAND"] if isinstance(command, click.Group) else []), "[OPTIONS]", *arguments]
    )
    options = [param for param in command.params if isinstance(param, click.Option)]
    parts = [f"```text\n{words}\n```", *_paragraphs(command.help)]
    if options:
        parts.append(
            _table(("option", "meaning"), [(_option(option), _meaning(option)) for option in options])
        )
    return parts + _paragraphs(command.epilog)


def _paragraphs(text: str | None) -> list[str]:
    """Paragraphs as they are; those marked to be left alone (a backspace first) as examples."""
    found = []
    for paragraph in cleandoc(text or "").split("\n\n"):
        if paragraph.startswith("\b\n"):
            lines = [line for line in paragraph.split("\n")[1:] if not line.rstrip().endswith(":")]
            found.append("\n".join(["```text", dedent("\n".join(lines)), "```"]))
        elif paragraph:
            found.append(" ".join(paragraph.split()))
    return found


def _option(option: click.Option) -> str:
    value = ""
    if isinstance(option.type, click.Choice):
        value = " " + "|".join(map(str, option.type.choices))
    elif not option.is_flag:
        value = f" {option.metavar or option.type.name.upper()}"
    return f"`{', '.join(option.opts)}{value}`"


def _meaning(option: click.Option) -> str:
    default = f" Default: `{option.default}`." if option.show_default else ""
    return f"{option.help or ''}{default}"


def _page(parts: Iterable[str]) -> str:
    return "\n\n".join(parts) + "\n"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _codes(words: Iterable[str]) -> str:
    return " ".join(f"`{word}`" for word in words)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
