"""`ajar survey report`, `sql`, `schema`, `show`: what is asked of a survey's store."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ajar.cli.printing import is_coloured, output, text_or_json, width, write
from ajar.errors import ExitCode, TargetNotFound, UsageError

if TYPE_CHECKING:
    from ajar.model.surveyed import Surveyed

_store = click.argument("store", type=click.Path(path_type=Path))


@click.command()
@_store
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "html", "csv", "json"]),
    default="text",
    show_default=True,
    help="What to print.",
)
@click.option(
    "--charts",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write each chart there too, as SVG and as Vega-Lite.",
)
@output
def report(store: Path, form: str, charts: Path | None, output: Path | None) -> int:
    """Tell what the survey in STORE found: doors, licences, formats, claims, concentration, each with its interval.

    \b
    Examples:
      ajar survey report store
      ajar survey report store --format html -o survey.html
      ajar survey report store --format csv -o survey.csv --charts charts
    """
    from ajar.survey.figures import surveyed

    found = surveyed(store)
    if charts is not None:
        _draw(found, charts)
    write(_rendered(found, form, output), output)
    return ExitCode.OK


def _draw(found: Surveyed, folder: Path) -> None:
    """Each figure of which anything is known as a chart. Raises `UsageError` where it cannot be written."""
    from ajar.reports.survey_chart import standalone
    from ajar.reports.survey_data import vega
    from ajar.reports.tables import json_text

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}", hint="give a folder that can be written") from error
    for figure in found.figures:
        if drawn := standalone(figure):
            write(drawn, folder / f"{figure.id}.svg")
            write(json_text(vega(figure)), folder / f"{figure.id}.vl.json")


def _rendered(found: Surveyed, form: str, path: Path | None) -> str:
    if form == "html":
        from ajar.reports import survey_html

        return survey_html.render(found)
    if form == "text":
        from ajar.reports import survey_text

        return survey_text.render(found, colour=is_coloured(path), width=width())
    from ajar.reports import survey_data

    return survey_data.dumps(found) if form == "json" else survey_data.to_csv(found)


@click.command()
@_store
@click.argument("query")
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "csv", "json"]),
    default="text",
    show_default=True,
    help="What to print.",
)
@click.option("--seconds", type=click.FloatRange(0.1, 3600), default=30, show_default=True, help="At most.")
@click.option("--rows", type=click.IntRange(1, 1_000_000), default=10_000, show_default=True, help="At most.")
@output
def sql(store: Path, query: str, form: str, seconds: float, rows: int, output: Path | None) -> int:
    """Run one SELECT of DuckDB over the table `releases` of STORE. It reads nothing else and writes nothing.

    \b
    Examples:
      ajar survey sql store "SELECT door_declared, sum(weight) FROM releases GROUP BY 1"
      ajar survey sql store "SELECT target FROM releases WHERE safety_level = 'dangerous'" --format csv
      ajar survey schema
    """
    from ajar.survey.query import QueryStuckError, ask

    try:
        found = ask(store, query, seconds=seconds, limit=rows)
    except QueryStuckError as error:
        # DuckDB cannot be stopped here: closing it would wait for it, and so would a common exit.
        click.echo(f"ajar: {error.message}\n      {error.hint}", err=True)
        os._exit(error.exit_code)
    if found.is_cut:
        click.echo(f"ajar: only the first {rows:,} rows; give --rows for more", err=True)
    write(_tabled(found.names, found.rows, form, output), output)
    return ExitCode.OK


def _tabled(names: Any, rows: Any, form: str, path: Path | None) -> str:
    from ajar.reports.page import Page
    from ajar.reports.tables import as_csv, json_text, text

    if form == "json":
        return json_text({"columns": list(names), "rows": [[_plain(value) for value in row] for row in rows]})
    cells = [[_words(value) for value in row] for row in rows]
    if form == "csv":
        return as_csv(names, cells)
    return "\n".join(text(names, cells, Page(width=width(most=200), colour=is_coloured(path)))) + "\n"


def _plain(value: Any) -> Any:
    """A value of DuckDB as JSON has it; what JSON has no word for, such as a date or infinity, as text."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    is_odd = isinstance(value, float) and value - value != 0
    return value if isinstance(value, str | int | float | None) and not is_odd else str(value)


def _words(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_words, value))
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


@click.command()
@text_or_json
@output
def schema(form: str, output: Path | None) -> int:
    """List the columns of a survey's table `releases`: name, type, where the value is from, and what it means.

    \b
    Examples:
      ajar survey schema
      ajar survey schema --format json
    """
    from ajar.survey.schema import columns

    rows = [(item.name, item.type, item.source, item.text) for item in columns()]
    write(_tabled(("column", "type", "source", "meaning"), rows, form, output), output)
    return ExitCode.OK


@click.command()
@_store
@click.argument("name")
@output
def show(store: Path, name: str, output: Path | None) -> int:
    """Print the JSON report that STORE keeps of one release. NAME is its target, or its name on the host.

    \b
    Examples:
      ajar survey show store hf:org/name
      ajar survey show store org/name -o report.json
    """
    from ajar.reports.tables import json_text
    from ajar.survey.store import Reader

    with Reader(store) as reader:
        row = reader.row(name)
        if row is None:
            hint = "`ajar survey sql` lists them: column target of the table releases"
            raise TargetNotFound(f"{name}: not in this survey", hint=hint)
        write(json_text(reader.report(row)), output)
    return ExitCode.OK
