"""The commands. Heavy imports wait until a command runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click

import ajar
from ajar.errors import ExitCode, TargetNotFound, UsageError

if TYPE_CHECKING:
    from ajar.interfaces import Progress
    from ajar.model.report import Report

_DOORS = ("shut", "chained", "ajar", "open", "wide-open")
_SEVERITIES = ("info", "low", "medium", "high", "critical")


_output = click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file instead of the terminal.",
)
_text_or_json = click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What to print.",
)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  ajar audit ./my-model
  ajar audit model.safetensors --format json -o report.json
  ajar explain weights-are-public""",
)
@click.version_option(ajar.__version__, prog_name="ajar", message="%(prog)s %(version)s")
def cli() -> None:
    """How open is a model release, under what licence, made of what? Answered from its files.

    Nothing in a release is ever run, imported or unpickled, and nothing is sent anywhere.
    """


@cli.command()
@click.argument("target")
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="What to print.",
)
@_output
@click.option(
    "--html",
    "html_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the HTML report here.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show all evidence and gaps.")
@click.option("--explain", is_flag=True, help="Tie every verdict to the file and line it rests on.")
@click.option(
    "--mot", is_flag=True, help="Show the class by the Model Openness Tool's own evaluator beside MOF 1.0."
)
@click.option("--strict", is_flag=True, help="Exit with 4 when something could not be read.")
@click.option(
    "--fail-on",
    metavar="WORD",
    help=f"Exit with 1 when the door that is proven is less open than WORD ({', '.join(_DOORS)}), or a finding is at least WORD ({', '.join(_SEVERITIES)}).",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def audit(
    target: str,
    form: str,
    output: Path | None,
    html_path: Path | None,
    verbose: bool,
    explain: bool,
    mot: bool,
    strict: bool,
    fail_on: str | None,
    quiet: bool,
) -> int:
    """Audit TARGET: a folder, one file, a zip, wheel or tar, a hub cache folder, a git checkout.

    \b
    Examples:
      ajar audit ./Mistral-7B-v0.1
      ajar audit ~/.cache/huggingface/hub/models--openai--whisper-tiny
      ajar audit release.zip --explain
      ajar audit ./my-model --fail-on ajar --strict
    """
    if fail_on is not None and fail_on not in (*_DOORS, *_SEVERITIES):
        raise UsageError(
            f"--fail-on {fail_on}: not a word that it knows",
            hint=f"one of: {', '.join((*_DOORS, *_SEVERITIES))}",
        )
    from ajar.config import Options
    from ajar.pipeline import audit as run

    with _Progress(enabled=not quiet and sys.stderr.isatty()) as progress:
        report = run(target, Options(mot=mot, strict=strict), progress=progress.callback)
    _write(
        _render(report, form, verbose=verbose, explain=explain, mot=mot, to_terminal=output is None), output
    )
    if html_path is not None:
        from ajar.reports import html

        _write(html.render(report), html_path)
        click.echo(f"HTML report: {html_path}", err=True)
    return _exit_code(report, strict=strict, fail_on=fail_on)


@cli.command()
@click.argument("paths", nargs=-1, required=True)
@_text_or_json
@_output
@click.option(
    "--fail-on",
    type=click.Choice(["dangerous", "unknown", "caution", "never"]),
    default="dangerous",
    show_default=True,
    help="Exit with 1 when a file is at this level or worse.",
)
@click.option("--strict", is_flag=True, help="Exit with 4 when something could not be looked at.")
@click.option("-v", "--verbose", is_flag=True, help="Show clean files and notes too.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def scan(
    paths: tuple[str, ...],
    form: str,
    output: Path | None,
    fail_on: str,
    strict: bool,
    verbose: bool,
    quiet: bool,
) -> int:
    """Are PATHS safe to load? Every file is looked at; nothing is loaded.

    \b
    Examples:
      ajar scan model.pt
      ajar scan ./checkout --fail-on caution
      ajar scan weights/ code/ --format json -o scan.json
      ajar scan ~/.cache/huggingface/hub --fail-on unknown --strict
    """
    from ajar.scanning import scan as run

    with _Progress(enabled=not quiet and sys.stderr.isatty()) as progress:
        report = run(paths, progress=progress.callback)
    if form == "json":
        from ajar.reports import scan_json

        _write(scan_json.dumps(report), output)
    else:
        from shutil import get_terminal_size

        from ajar.reports import scan_text

        colour = output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        width = max(min(get_terminal_size((80, 24)).columns, 110), 40)
        _write(scan_text.render(report, verbose=verbose, colour=colour, width=width), output)
    worse = {
        "dangerous": {"dangerous"},
        "unknown": {"dangerous", "unknown"},
        "caution": {"dangerous", "unknown", "caution"},
        "never": set[str](),
    }
    if {file.level for file in report.files} & worse[fail_on]:
        return ExitCode.POLICY
    if strict and (report.gaps or any(file.gaps for file in report.files)):
        return ExitCode.INCOMPLETE
    return ExitCode.OK


@cli.command()
@click.argument("record", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_text_or_json
@_output
def evaluate(record: Path, form: str, output: Path | None) -> int:
    """Judge RECORD, a Model Openness Tool record (YAML), by every instrument, taking it at its word.

    \b
    Example:
      ajar evaluate Granite-3.0.yml --format json
    """
    from ajar.cli.records import evaluate_file, render_json, render_text

    result = evaluate_file(record)
    _write(render_json(result) if form == "json" else render_text(result), output)
    return ExitCode.OK


@cli.command()
def instruments() -> None:
    """List the instruments: what each measures, its levels and its source."""
    from ajar.cli.explaining import list_instruments

    _print(list_instruments())


@cli.command()
@click.argument("id")
def explain(id: str) -> None:  # noqa: A002  the word users see
    """Explain ID: an instrument, a criterion, a rule, a door, a component, an outcome or a basis.

    \b
    Examples:
      ajar explain mof
      ajar explain weights-are-public
      ajar explain chained
    """
    from ajar.cli.explaining import explain_id

    _print(explain_id(id))


def _render(report: Report, form: str, *, verbose: bool, explain: bool, mot: bool, to_terminal: bool) -> str:
    if form == "json":
        from ajar.reports import json_v1

        return json_v1.dumps(report)
    if form == "html":
        from ajar.reports import html

        return html.render(report)
    from shutil import get_terminal_size

    from ajar.reports import terminal

    colour = to_terminal and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    width = max(min(get_terminal_size((80, 24)).columns, 110), 60)
    text = terminal.render(report, verbose=verbose, explain=explain, colour=colour, width=width)
    return f"{text.rstrip()}\n{_mot_line(report)}" if mot else text


def _mot_line(report: Report) -> str:
    details = dict(report.verdict("mof").details)
    progress = " · ".join(
        f"class {k}: {details[f'mot_progress_{k}']}"
        for k in ("3", "2", "1")
        if f"mot_progress_{k}" in details
    )
    return f"\nModel Openness Tool's evaluator: {details.get('mot_label', 'Unclassified')} ({progress})\n"


def _write(text: str, output: Path | None) -> None:
    if output is None:
        _print(text)
        return
    try:
        output.write_text(
            text if text.endswith("\n") else f"{text}\n", encoding="utf-8", errors="backslashreplace"
        )
    except OSError as error:
        raise UsageError(f"{output}: {error.strerror}", hint="give a path that can be written") from error


def _print(text: str) -> None:
    """To standard output. A reader that has seen enough is no error, and changes no exit code."""
    try:
        click.echo(text, nl=not text.endswith("\n"))
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still buffered would fail again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise UsageError(
            f"standard output: {error.strerror}", hint="give a file with --output, or free some space"
        ) from error


def _exit_code(report: Report, *, strict: bool, fail_on: str | None) -> int:
    judged = report.releases or (report,)
    if fail_on in _DOORS and any(
        _DOORS.index(one.verdict("g7").at_least) < _DOORS.index(fail_on) for one in judged
    ):
        return ExitCode.POLICY
    if fail_on in _SEVERITIES and any(
        _SEVERITIES.index(finding.severity.value) >= _SEVERITIES.index(fail_on)
        for one in judged
        for finding in one.findings
    ):
        return ExitCode.POLICY
    if strict and report.gaps:
        return ExitCode.INCOMPLETE
    if not _has_model(report):
        from ajar.reports.words import COMPONENT_WORDS

        missing = ", ".join(
            str(COMPONENT_WORDS.get(kind, kind))
            for kind in ("final-parameters", "model-card", "model-metadata")
        )
        raise TargetNotFound(
            "there is no model in this: no weights, no link to any, no card, no configuration",
            hint=f"looked for: {missing}; give the folder that holds the release",
        )
    return ExitCode.OK


def _has_model(report: Report) -> bool:
    from ajar.model.component import ComponentKind
    from ajar.model.evidence import Basis

    wanted = {
        ComponentKind.FINAL_PARAMETERS,
        ComponentKind.MODEL_CARD,
        ComponentKind.MODEL_METADATA,
        ComponentKind.MODEL_ARCHITECTURE,
    }
    return bool(report.releases) or any(
        part.kind in wanted and part.state is not Basis.ABSENT for part in report.components
    )


class _Progress:
    """A line on stderr that is rewritten, only on a terminal and only after half a second."""

    def __init__(self, *, enabled: bool) -> None:
        import time

        self._clock = time.monotonic
        self._enabled = enabled
        self._started = self._clock()
        self._shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            click.echo("\r\033[K", err=True, nl=False)

    @property
    def callback(self) -> Progress | None:
        return self._show if self._enabled else None

    def _show(self, stage: str, done: int, total: int) -> None:
        if self._clock() - self._started > 0.5:
            self._shown = True
            click.echo(f"\r\033[K{stage}: {done} of {total}", err=True, nl=False)
