"""`ajar compare` and `ajar questions`: releases side by side, makers over time, the four questions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ajar.cli.printing import (
    ProgressLine,
    is_coloured,
    network,
    options_of,
    output,
    quiet,
    text_or_json,
    width,
    write,
)
from ajar.errors import ExitCode, TargetError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ajar.config import Options
    from ajar.model.comparison import Comparison, Entry
    from ajar.model.landscape import Landscape

_LEAST_WIDTH, _MOST_WIDTH = 60, 200
_MOST = 40  # releases in one table: nobody reads more, and each may be an audit
_ALL = "all"


@click.command()
@click.argument("names", metavar="[NAME|TARGET]…", nargs=-1)
@click.option(
    "--maker",
    "makers",
    is_flag=False,
    flag_value=_ALL,
    metavar="[NAME,…]",
    help="Compare makers over time instead: these, or all of the catalogue.",
)
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "html", "json", "csv", "markdown"]),
    default="text",
    show_default=True,
    help="What to print.",
)
@output
@click.option("-v", "--verbose", is_flag=True, help="Show what is the same as a table too.")
@quiet
@network
def compare(
    names: tuple[str, ...],
    makers: str | None,
    form: str,
    output: Path | None,
    verbose: bool,
    quiet: bool,
    offline: bool,
    no_cache: bool,
) -> int:
    """Releases side by side, what they differ in first: known systems by name, and whatever `ajar audit` takes.

    A folder or file of that name goes before a known system; `catalogue:NAME` asks for the system.

    \b
    Examples:
      ajar compare grok-1 gpt-oss-120b llama-4-scout mistral-large-3 gemma-4
      ajar compare ./my-model grok-1 org/name --format html -o showdown.html
      ajar compare --maker xai,openai,meta,mistral,google,amazon
      ajar compare --maker --format csv
    """
    if makers is not None:
        if names:
            raise UsageError("releases and makers are compared apart", hint="drop the names, or --maker")
        write(_makers(makers, form, output), output)
        return ExitCode.OK
    unique = tuple(dict.fromkeys(names))
    if not 2 <= len(unique) <= _MOST:
        hint = f"2 to {_MOST} known systems or targets; makers with --maker"
        raise UsageError(f"{len(unique)} to compare", hint=hint)
    from ajar.comparing import compare as side_by_side

    entries, code = _entries(unique, options_of(offline=offline, no_cache=no_cache), quiet=quiet)
    write(_render(side_by_side(entries), form, output, verbose=verbose), output)
    return code


def _entries(names: Sequence[str], options: Options, *, quiet: bool) -> tuple[list[Entry], ExitCode]:
    """What the names stand for. One that cannot be had is told and left out, as long as two remain."""
    from ajar.entrants import entry_of

    entries: list[Entry] = []
    code, last = ExitCode.OK, None
    with ProgressLine(enabled=not quiet) as progress:
        for name in names:
            try:
                entries.append(entry_of(name, options, progress=progress.callback))
            except TargetError as error:
                code, last = error.exit_code, error
                progress.clear()
                click.echo(f"ajar: {_visible(error.message)}", err=True)
                if error.hint:
                    click.echo(f"      {_visible(error.hint)}", err=True)
    if last is not None and len(entries) < 2:
        raise UsageError("fewer than two releases are left to compare", hint="see above for the others")
    return entries, code


def _visible(text: str) -> str:
    from ajar.reports.plain import visible

    return visible(text)


def _render(found: Comparison, form: str, path: Path | None, *, verbose: bool) -> str:
    from ajar.reports import compare_data, compare_html, compare_text

    if form == "text":
        shown = width(_LEAST_WIDTH, _MOST_WIDTH)
        return compare_text.render(found, colour=is_coloured(path), width=shown, verbose=verbose)
    other = {
        "html": compare_html.render,
        "json": compare_data.dumps,
        "csv": compare_data.to_csv,
        "markdown": compare_data.to_markdown,
    }
    return other[form](found)


def _makers(makers: str, form: str, path: Path | None) -> str:
    from ajar.makers import landscape, makers_of
    from ajar.reports import makers_data, makers_html, makers_text

    asked = [] if makers == _ALL else [name.strip() for name in makers.split(",") if name.strip()]
    found: Landscape = landscape(makers_of(asked))
    if form == "text":
        return makers_text.render(found, colour=is_coloured(path), width=width(_LEAST_WIDTH, _MOST_WIDTH))
    other = {
        "html": makers_html.render,
        "json": makers_data.dumps,
        "csv": makers_data.to_csv,
        "markdown": makers_data.to_markdown,
    }
    return other[form](found)


@click.command()
@click.argument("name", metavar="NAME|TARGET")
@text_or_json
@output
@quiet
@network
def questions(name: str, form: str, output: Path | None, quiet: bool, offline: bool, no_cache: bool) -> int:
    """Privacy, security, ethics, monopoly: what is known on each of a known system, a maker, or a target of `ajar audit`.

    \b
    Examples:
      ajar questions grok-1
      ajar questions ./my-model
      ajar questions openai --format json
    """
    from ajar.catalogue import load
    from ajar.entrants import entry_of, maker_named
    from ajar.makers import concentrations, questions_of
    from ajar.questions import ask
    from ajar.reports import questions_data, questions_text
    from ajar.reports.page import Page

    catalogue = load()
    hands = concentrations(catalogue)
    page = Page(width=width(_LEAST_WIDTH), colour=is_coloured(output))
    maker = maker_named(name, catalogue)
    if maker is not None:
        told = questions_of(maker, catalogue)
        if form == "json":
            rows = [(system.id, system.name, answers) for system, answers in told]
            write(questions_data.dumps(name, rows, hands), output)
        else:
            titled = [(system.name, answers) for system, answers in told]
            write(questions_text.render_maker(maker.name, titled, hands, (maker.id,), page), output)
        return ExitCode.OK
    options = options_of(offline=offline, no_cache=no_cache)
    with ProgressLine(enabled=not quiet) as progress:
        entry = entry_of(name, options, progress=progress.callback)
    answers = ask(entry.report)
    if form == "json":
        rows = [(entry.asked, entry.report.title, answers)]
        write(questions_data.dumps(name, rows, hands, entry=entry), output)
    else:
        write(questions_text.render(entry, answers, hands, page), output)
    return ExitCode.OK
