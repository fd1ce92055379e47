"""`ajar gate` and `ajar lock`: whether releases are as a policy wants them, and as they were."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ajar.cli.printing import ProgressLine, is_coloured, network, options_of, output, quiet, width, write
from ajar.cli.targets import listed, project, targets_file, used
from ajar.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from datetime import date

    from ajar.model.gate import GateReport

_WORST_FIRST = (ExitCode.INTERNAL, ExitCode.TARGET)


@click.command()
@click.argument("targets", metavar="TARGET…", nargs=-1)
@click.option("-p", "--policy", "policy_name", metavar="FILE|PRESET", help="What releases must be.")
@click.option("--locked", is_flag=True, help="Fail on whatever moved since the lock was written.")
@click.option(
    "--lock",
    "lock_path",
    type=click.Path(dir_okay=False, path_type=Path),
    default="ajar.lock",
    show_default=True,
    help="The lock's file.",
)
@click.option(
    "--baseline",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The JSON of an earlier gate: what failed then does not fail now.",
)
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="What to print.",
)
@output
@targets_file
@project
@click.option(
    "--json",
    "json_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the JSON here, for a later baseline.",
)
@click.option(
    "--markdown",
    "markdown_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the Markdown here.",
)
@click.option(
    "--document",
    "documents",
    multiple=True,
    metavar="FORMAT=FILE",
    help="Also write what the audits found, as `ajar audit --format` does; waivers are marked in it.",
)
@click.option("--today", metavar="DATE", help="The day that waivers and ages are counted to, as 2026-12-31.")
@click.option("-v", "--verbose", is_flag=True, help="Show rules that pass too.")
@quiet
@network
def gate(
    targets: tuple[str, ...],
    policy_name: str | None,
    locked: bool,
    lock_path: Path,
    baseline: Path | None,
    form: str,
    output: Path | None,
    targets_file: Path | None,
    project: Path | None,
    json_path: Path | None,
    markdown_path: Path | None,
    documents: tuple[str, ...],
    today: str | None,
    verbose: bool,
    quiet: bool,
    offline: bool,
    no_cache: bool,
) -> int:
    """Hold TARGET… against a policy: exit with 1 when a rule fails, each with why, evidence and what would mend it.

    Presets: safe-to-load, commercial-product, research, open-source-only, eu-open-source-exemption, air-gapped.
    What cannot be decided fails, unless the policy says otherwise. Without targets `--locked` takes those of the lock.

    \b
    Examples:
      ajar gate ./my-model --policy safe-to-load
      ajar gate org/model --policy policy.yaml --format markdown
      ajar gate --from . --policy commercial-product
      ajar gate --locked --policy policy.yaml
      ajar gate --locked --policy policy.yaml --baseline gate.json
      ajar gate --from . --policy policy.yaml --document sarif=ajar.sarif --document openvex=ajar.vex.json
    """
    from ajar import gating, lockfile

    if policy_name is None and not locked:
        raise UsageError("nothing to hold it against", hint="give --policy FILE or PRESET, or --locked")
    wanted_documents = [_document(item) for item in documents]
    kept = lockfile.load(lock_path) if locked else None
    named = list(dict.fromkeys([*targets, *listed(targets_file), *used(project)]))
    if not named and kept is not None:
        named = list(kept.targets)
        if not named:
            raise UsageError(f"{lock_path}: holds no target", hint="lock some: ajar lock TARGET…")
    wanted = gating.Gate(
        policy=gating.load_policy(policy_name) if policy_name is not None else None,
        lock=kept,
        baseline=gating.load_baseline(baseline) if baseline is not None else None,
        today=day_of(today),
    )
    with ProgressLine(enabled=not quiet) as progress:
        options = options_of(offline=offline, no_cache=no_cache)
        report = gating.run(wanted, named, options, progress=progress.callback)
    for also, path in (("json", json_path), ("markdown", markdown_path)):
        if path is not None:
            write(_render(report, also, verbose=verbose, path=path), path)
    for document, path in wanted_documents:
        _write_document(report, document, path, project)
    write(_render(report, form, verbose=verbose, path=output), output)
    return _exit_code(report)


def _document(text: str) -> tuple[str, Path]:
    """`FORMAT=FILE` of an option. Raises `UsageError`."""
    from ajar.cli.outputs import BY_ID, OWN

    form, _, path = text.partition("=")
    kinds = [output.id for output in BY_ID.values() if output.id not in OWN and output.several]
    if form not in kinds or not path:
        raise UsageError(
            f"--document {text}: not FORMAT=FILE", hint=f"formats of many releases: {', '.join(kinds)}"
        )
    return form, Path(path)


def _write_document(report: GateReport, form: str, path: Path, project: Path | None) -> None:
    from ajar.cli import outputs

    audited = [item.report for item in report.targets if item.report is not None]
    if not audited:
        return
    text = outputs.render(
        form, audited, waivers=report.waived, anchors=outputs.anchors_of(form, audited, project)
    )
    if text:
        write(text, path)


def day_of(text: str | None) -> date:
    """The day of an option, or today. Raises `UsageError`."""
    from datetime import UTC, date, datetime

    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--today {text}: not a day", hint="write it as 2026-12-31") from None


def _render(report: GateReport, form: str, *, verbose: bool, path: Path | None) -> str:
    if form == "json":
        from ajar.reports import gate_json

        return gate_json.dumps(report)
    if form == "markdown":
        from ajar.reports import gate_markdown

        return gate_markdown.render(report)
    from ajar.reports import gate_text

    return gate_text.render(report, verbose=verbose, colour=is_coloured(path), width=width())


def _exit_code(report: GateReport) -> int:
    codes = [item.exit_code for item in report.targets]
    worst = next((code for code in _WORST_FIRST if code in codes), None)
    return worst if worst is not None else ExitCode.OK if report.passed else ExitCode.POLICY


@click.command()
@click.argument("targets", metavar="TARGET…", nargs=-1)
@targets_file
@project
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default="ajar.lock",
    show_default=True,
    help="The lock's file; - prints it.",
)
@click.option("--update", is_flag=True, help="Keep what is locked already; without targets, lock that anew.")
@click.option("--whole", is_flag=True, help="Read large files whole, not only their ends.")
@quiet
@network
def lock(
    targets: tuple[str, ...],
    targets_file: Path | None,
    project: Path | None,
    output: Path,
    update: bool,
    whole: bool,
    quiet: bool,
    offline: bool,
    no_cache: bool,
) -> int:
    """Write down TARGET… as they are now: revision, digests, licences, verdicts. `ajar gate --locked` compares.

    Files of a folder are digested: those above 16 MiB by their size and both ends, or whole with --whole.

    \b
    Examples:
      ajar lock ./models/encoder org/model
      ajar lock --from .
      ajar lock --update org/model
      ajar lock --update
    """
    from ajar import gating, lockfile

    old = lockfile.load(output) if update and output.exists() else None
    if update and old is None:
        raise UsageError(f"{output}: there is no lock to update", hint="leave --update out to write one")
    named = list(dict.fromkeys([*targets, *listed(targets_file), *used(project)]))
    named = named or (list(old.targets) if old else [])
    if not named:
        raise UsageError("no target", hint="give a release, --targets FILE or --from a project")
    with ProgressLine(enabled=not quiet) as progress:
        options = options_of(offline=offline, no_cache=no_cache)
        kept = gating.lock(named, options, whole=whole, progress=progress.callback)
    text = lockfile.dumps({**(old.targets if old else {}), **kept})
    to_terminal = str(output) == "-"
    write(text, None if to_terminal else output)
    if not to_terminal and not quiet:
        click.echo(f"{output}: {len(kept)} locked", err=True)
    return ExitCode.OK
