"""`ajar audit`: one release or many, here or on a host."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ajar.cli import outputs
from ajar.cli.printing import ProgressLine, is_coloured, network, options_of, output, quiet, width, write
from ajar.cli.verifying import signers, trust_of
from ajar.errors import ExitCode, TargetError, TargetNotFound, UsageError

if TYPE_CHECKING:
    from ajar.config import Options
    from ajar.interfaces import Progress
    from ajar.model.report import Report
    from ajar.reports._places import Anchor
    from ajar.signing.trust import Trust

_DOORS = ("shut", "chained", "ajar", "open", "wide-open")
_SEVERITIES = ("info", "low", "medium", "high", "critical")


@click.command()
@click.argument("targets", metavar="TARGET…", nargs=-1)
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice([form.id for form in outputs.OUTPUTS]),
    metavar="FORMAT",
    default="text",
    show_default=True,
    help=f"What to print: {', '.join(form.id for form in outputs.OUTPUTS)}.",
)
@output
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
@click.option(
    "--targets",
    "targets_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Also audit the targets in this file, one a line.",
)
@click.option(
    "--from",
    "project",
    type=click.Path(exists=True, path_type=Path),
    help="Audit the models that this file, or project folder, uses.",
)
@click.option(
    "--base", "bases", multiple=True, metavar="DIR", help="A base model's folder, read for its licence."
)
@signers
@quiet
@network
def audit(
    targets: tuple[str, ...],
    form: str,
    output: Path | None,
    html_path: Path | None,
    verbose: bool,
    explain: bool,
    mot: bool,
    strict: bool,
    fail_on: str | None,
    targets_file: Path | None,
    project: Path | None,
    bases: tuple[str, ...],
    key: Path | None,
    certificate: Path | None,
    identity: str | None,
    issuer: str | None,
    quiet: bool,
    offline: bool,
    no_cache: bool,
) -> int:
    """Audit TARGET…: a folder, one file, a zip, wheel or tar, a hub cache folder, a git checkout; or what a host has:
    a repository of the hub, an image of Ollama or another registry, an address. Weights are read by range, never
    downloaded.

    \b
    Examples:
      ajar audit ./Mistral-7B-v0.1
      ajar audit ~/.cache/huggingface/hub/models--openai--whisper-tiny
      ajar audit mistralai/Mistral-7B-v0.1
      ajar audit ollama:llama3.2 oci://registry.example/org/model:v1
      ajar audit https://example.org/model.safetensors
      ajar audit --from requirements.txt --offline
      ajar audit release.zip --explain
      ajar audit ./my-model --fail-on ajar --strict
      ajar audit ./my-model --format sarif --output ajar.sarif
      ajar audit org/model --format cyclonedx --output model.cdx.json
    """
    if fail_on is not None and fail_on not in (*_DOORS, *_SEVERITIES):
        raise UsageError(
            f"--fail-on {fail_on}: not a word that it knows",
            hint=f"one of: {', '.join((*_DOORS, *_SEVERITIES))}",
        )
    named = [*targets, *_listed(targets_file), *_used(project)]
    if not named:
        raise UsageError("no target", hint="give a folder, a file, or what a host has: ajar audit --help")
    if html_path is not None and len(named) > 1:
        raise UsageError("--html writes one report", hint="give one target, or --format json for many")
    if len(named) > 1 and form not in outputs.OWN and not outputs.BY_ID[form].several:
        raise UsageError(f"--format {form} is of one release", hint="give one target at a time")
    trust = trust_of(key=key, certificate=certificate, identity=identity, issuer=issuer)
    chosen = options_of(offline=offline, no_cache=no_cache, mot=mot, strict=strict, bases=bases)
    texts: list[str] = []
    codes: list[int] = []
    reports: list[Report] = []
    with ProgressLine(enabled=not quiet) as progress:
        for audited in _audited(named, chosen, progress.callback):
            try:
                report = _signed(audited(), trust, chosen, progress.callback)
                codes.append(_exit_code(report, strict=strict, fail_on=fail_on))
            except TargetError as error:
                if len(named) == 1:
                    raise
                progress.clear()
                click.echo(f"ajar: {error.message}", err=True)  # the others are worth an answer
                codes.append(error.exit_code)
                continue
            if form in outputs.OWN:
                texts.append(_render(report, form, verbose=verbose, explain=explain, mot=mot, path=output))
            else:
                reports.append(report)
            if html_path is not None:
                from ajar.reports import html

                write(html.render(report), html_path)
                progress.clear()
                click.echo(f"HTML report: {html_path}", err=True)
    if form in outputs.OWN:
        write(_joined(texts, form, many=len(named) > 1), output)
    elif reports:
        _write_document(form, reports, project, output)
    return next((code for code in _WORST_FIRST if code in codes), ExitCode.OK)


def _audited(
    named: Sequence[str], chosen: Options, progress: Progress | None
) -> Iterator[Callable[[], Report]]:
    """For each target, in order, what gives its report or raises its error; of many on hosts, several are under way.

    Those on disk come one by one: they would only take each other's time, which each audit has a limit of.
    """
    from ajar.pipeline import audit as run

    if len(named) == 1:
        yield partial(run, named[0], chosen, progress=progress)
        return
    from collections import deque
    from concurrent.futures import ThreadPoolExecutor

    rest = iter(named)
    at_once = 1 if any(Path(target).exists() for target in named) else _AT_ONCE
    with ThreadPoolExecutor(at_once) as pool:
        under_way = deque(pool.submit(run, target, chosen) for target in islice(rest, at_once))
        try:
            for number in range(len(named)):
                if progress:
                    progress("auditing releases", number, len(named))
                first = under_way.popleft()
                yield first.result
                under_way.extend(pool.submit(run, target, chosen) for target in islice(rest, 1))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


_AT_ONCE = 8  # a release on a host mostly waits
_WORST_FIRST = (ExitCode.INTERNAL, ExitCode.TARGET, ExitCode.POLICY, ExitCode.INCOMPLETE)


def _signed(report: Report, trust: Trust, chosen: Options, progress: Progress | None) -> Report:
    """The report with its signature checked, when the signer was named."""
    if trust.kind == "none":
        return report
    from ajar.verifying import verify, with_signature

    return with_signature(report, verify(report.release.locator, chosen, trust=trust, progress=progress))


def _write_document(form: str, reports: Sequence[Report], project: Path | None, path: Path | None) -> None:
    anchors = {}
    if outputs.BY_ID[form].anchored and any(report.release.locator.scheme != "file" for report in reports):
        anchors = _anchors(project or Path())
    text = outputs.render(form, reports, anchors=anchors)
    if not text:
        click.echo(f"ajar: nothing to say in {form}; nothing is written", err=True)
        return
    write(text, path)


def _anchors(project: Path) -> dict[str, Anchor]:
    """Where the project names each model, so that a finding about a host's file is shown at a line that is here."""
    from ajar.model.locator import Locator
    from ajar.projects import uses
    from ajar.reports._places import Anchor

    found: dict[str, Anchor] = {}
    for use in uses(project):
        locator = Locator.parse(use.target)
        place = use.path if project.is_file() else (project / use.path).as_posix()
        found.setdefault(f"{locator.scheme}:{locator.name}", Anchor(path=place, line=use.line))
    return found


def _joined(texts: list[str], form: str, *, many: bool) -> str:
    """One report as it is; many as one JSON array, or one below the other."""
    if not many:
        return "".join(texts)
    if form == "json":
        return "[\n" + ",\n".join(text.strip() for text in texts) + "\n]\n"
    return "\n".join(texts)


def _listed(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", hint="give a file that can be read") from error
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def _used(project: Path | None) -> list[str]:
    if project is None:
        return []
    from ajar.projects import uses

    found = uses(project)
    if not found:
        hint = "a name that is put together while code runs is not seen; give the target itself"
        raise TargetNotFound(f"{project}: names no model", hint=hint)
    for use in found:
        click.echo(f"{use.path}:{use.line}: {use.target} ({use.how})", err=True)
    return [use.target for use in found]


def _render(report: Report, form: str, *, verbose: bool, explain: bool, mot: bool, path: Path | None) -> str:
    if form == "json":
        from ajar.reports import json_v1

        return json_v1.dumps(report)
    if form == "html":
        from ajar.reports import html

        return html.render(report)
    from ajar.reports import terminal

    text = terminal.render(report, verbose=verbose, explain=explain, colour=is_coloured(path), width=width())
    return f"{text.rstrip()}\n{_mot_line(report)}" if mot else text


def _mot_line(report: Report) -> str:
    details = dict(report.verdict("mof").details)
    progress = " · ".join(
        f"class {k}: {details[f'mot_progress_{k}']}"
        for k in ("3", "2", "1")
        if f"mot_progress_{k}" in details
    )
    return f"\nModel Openness Tool's evaluator: {details.get('mot_label', 'Unclassified')} ({progress})\n"


def _exit_code(report: Report, *, strict: bool, fail_on: str | None) -> int:
    judged = report.releases or (report,)
    if any(finding.rule == "signature-verifies" for finding in report.findings):
        return ExitCode.POLICY
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
