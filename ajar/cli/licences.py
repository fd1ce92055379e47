"""`ajar licence`: which licence a text is, what its words allow, and a question answered from them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ajar.cli.printing import ProgressLine, network, options_of, output, quiet, show, text_or_json, write
from ajar.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from ajar.model.reading import Reading

_FILE_BYTES = 8 << 20


class _ReadByDefault(click.Group):
    """`ajar licence FILE` reads FILE; a first word that is a command is that command."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if (
            args
            and args[0] not in self.commands
            and not (args[0].startswith("-") and args[0] in {"-h", "--help"})
        ):
            return "read", self.commands["read"], args
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0].startswith("-") and args[0] not in {"-h", "--help"}:
            args = ["read", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_ReadByDefault, invoke_without_command=False)
def licence() -> None:
    """Say which licence it is, and what its words allow.

    WHAT is a file, the id of a licence, or a target as `ajar audit` takes it: `ajar licence WHAT`.

    \b
    Examples:
      ajar licence LICENSE
      ajar licence llama3.1 --for "commercial product, 2 million users, Germany, train on outputs"
      ajar licence org/model --for "host as an API"
      ajar licence list --limit territory
      ajar licence compare llama3 llama3.1
      ajar licence diff LICENSE MIT
    """


@licence.command()
@click.argument("what")
@click.option("--for", "question", metavar="TEXT", help="What you want to do, in plain words.")
@text_or_json
@output
@quiet
@network
def read(
    what: str,
    question: str | None,
    form: str,
    output: Path | None,
    quiet: bool,
    offline: bool,
    no_cache: bool,
) -> int:
    """Read WHAT: a file, `-` for what is piped in, a licence's id, or a target. `ajar licence WHAT` is the same."""
    from ajar import licensing
    from ajar.reports import licence_text

    path = Path(what)
    reading: Reading
    if what == "-":
        reading = licensing.of_text(sys.stdin.buffer.read(_FILE_BYTES), what, question)
    elif path.is_file() and _is_text(path):
        reading = licensing.of_text(_bytes(path), str(path), question)
    elif not path.exists() and (known := licensing.of_id(what, question)) is not None:
        reading = known
    else:
        options = options_of(offline=offline, no_cache=no_cache)
        with ProgressLine(enabled=not quiet) as progress:
            reading = licensing.of_release(what, question, options, progress=progress.callback)
    text = licence_text.dumps(reading) if form == "json" else licence_text.render(reading)
    write(text, output)
    return ExitCode.OK


def _is_text(path: Path) -> bool:
    """Whether a file is a document to read rather than a release: by its bytes, its name where they may be both."""
    from ajar.formats.registry import sniff

    with path.open("rb") as page:
        found = sniff(page.read(4096), path.name)
    return found is None or found.family in {"document", "licence", "other", "config", "code"}


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as page:
            return page.read(_FILE_BYTES)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", hint="give a file that can be read") from error


@licence.command("list")
@click.argument("words", nargs=-1)
@click.option("--limit", "limits", multiple=True, help="Only licences with this limit, such as territory.")
@click.option("--open", "only_open", is_flag=True, help="Only open-source and open-content licences.")
@text_or_json
def list_(words: tuple[str, ...], limits: tuple[str, ...], only_open: bool, form: str) -> int:
    """List the licences that are known, those with all WORDS in their id or name."""
    from ajar import licensing

    rows = licensing.known(words, limits=limits, only_open=only_open)
    if form == "json":
        show(json.dumps([_row(row) for row in rows], indent=2, ensure_ascii=False))
        return ExitCode.OK
    for row in rows:
        limit = f"  [{', '.join(row.licence.limits)}]" if row.licence.limits else ""
        how = "text" if row.has_text else "phrases" if row.is_recognised else "name only"
        show(f"{row.licence.id:<34} {row.licence.openness.value:<13} {how:<10} {row.licence.name}{limit}")
    show(f"{len(rows)} licences")
    return ExitCode.OK


def _row(row: Any) -> dict[str, Any]:
    found = row.licence
    return {
        "id": found.id,
        "name": found.name,
        "openness": found.openness.value,
        "osi": found.osi,
        "limits": list(found.limits),
        "text": row.has_text,
        "recognised": row.is_recognised,
        "facets_reviewed": row.is_reviewed,
    }


@licence.command("show")
@click.argument("id")
@click.option("--text", "whole", is_flag=True, help="Print the licence's text.")
@text_or_json
def show_(id: str, whole: bool, form: str) -> int:  # noqa: A002  the word users see
    """Show one licence by ID: what its words say, each with its quote, its history, and who uses it."""
    from ajar import licensing
    from ajar.reports import licence_text

    found = licensing.one(id)
    said = licensing.terms(found)
    if whole:
        show(licensing.text_of(found))
    else:
        told = licensing.story(found)
        form_of = licence_text.facets_json if form == "json" else licence_text.facets
        show(form_of(found, said, told))
    return ExitCode.OK


@licence.command()
@click.argument("a")
@click.argument("b")
@text_or_json
def compare(a: str, b: str, form: str) -> int:
    """Compare two licences by id, facet by facet."""
    from ajar import licensing
    from ajar.reports import licence_text

    left, right = licensing.one(a), licensing.one(b)
    found = licensing.compared(left, right)
    text = (
        licence_text.compare_json(left, right, found)
        if form == "json"
        else licence_text.compare(left, right, found)
    )
    show(text)
    return ExitCode.OK


@licence.command("diff")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("id")
@text_or_json
def diff_(file: Path, id: str, form: str) -> int:  # noqa: A002
    """Show in which words FILE departs from the licence ID, and what each departure touches."""
    from ajar import licensing
    from ajar.reports import licence_text

    reading = licensing.against(_bytes(file), str(file), id)
    show(licence_text.dumps(reading) if form == "json" else licence_text.render(reading))
    return ExitCode.OK
