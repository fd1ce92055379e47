"""`ajar audit`: one release or many, here or on a host."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ajar.cli import outputs
from ajar.cli.printing import ProgressLine, is_coloured, network, options_of, output, quiet, width, write
from ajar.cli.targets import listed, project, targets_file, used
from ajar.cli.verifying import signers, trust_of
from ajar.errors import ExitCode, TargetError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ajar.config import Options
    from ajar.interfaces import Progress
    from ajar.model.report import Report
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
@targets_file
@project
@click.option(
    "--base", "bases", multiple=True, metavar="DIR", help="A base model's folder, read for its licence."
)
@click.option(
    "--lineage",
    is_flag=True,
    help="Ask the hub for the base models too, up to the roots: their licences bind.",
)
@click.option(
    "--history", is_flag=True, help="Read up to 1,000 commits of a repository, not only the last 50."
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
    lineage: bool,
    history: bool,
    key: Path | None,
    certificate: Path | None,
    identity: str | None,
    issuer: str | None,
    quiet: bool,
    offline: bool,
    no_cache: bool,
) -> int:
    """Audit TARGET…: a folder, one file, a zip, wheel or tar, a hub cache folder, a git checkout; or what a host has:
    a repository of the hub (org/name, hf:), ModelScope (modelscope:) or git (git+https:, a page at github.com); an image
    (ollama:, oci:); objects in a store (s3:, gs:, az:, abfss:); a model of MLflow (models:, runs:); a file (https:).
    Weights are read by range, never downloaded.

    \b
    Examples:
      ajar audit ./Mistral-7B-v0.1
      ajar audit ~/.cache/huggingface/hub/models--openai--whisper-tiny
      ajar audit mistralai/Mistral-7B-v0.1
      ajar audit ./my-adapter --lineage
      ajar audit ollama:llama3.2 oci://registry.example/org/model:v1
      ajar audit https://example.org/model.safetensors
      ajar audit s3://bucket/models/tiny
      ajar audit https://github.com/org/repo git+https://git.example/org/repo@v1.0//model
      ajar audit models:/fraud@champion modelscope:org/model
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
    named = [*targets, *listed(targets_file), *used(project)]
    if not named:
        raise UsageError("no target", hint="give a folder, a file, or what a host has: ajar audit --help")
    if html_path is not None and len(named) > 1:
        raise UsageError("--html writes one report", hint="give one target, or --format json for many")
    if len(named) > 1 and form not in outputs.OWN and not outputs.BY_ID[form].several:
        raise UsageError(f"--format {form} is of one release", hint="give one target at a time")
    from ajar.pipeline import audit as run
    from ajar.turns import in_turn

    trust = _trust(key=key, certificate=certificate, identity=identity, issuer=issuer)
    chosen = options_of(
        offline=offline,
        no_cache=no_cache,
        mot=mot,
        strict=strict,
        bases=bases,
        lineage=lineage,
        history=history,
    )
    texts: list[str] = []
    codes: list[int] = []
    reports: list[Report] = []
    with ProgressLine(enabled=not quiet) as progress:
        for audited in in_turn(named, partial(run, options=chosen), progress.callback):
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


_WORST_FIRST = (ExitCode.INTERNAL, ExitCode.TARGET, ExitCode.POLICY, ExitCode.INCOMPLETE)


def _trust(**signer: Any) -> Trust | None:
    """Whom the caller takes for the signer; what reads signatures is loaded only then."""
    return trust_of(**signer) if any(signer.values()) else None


def _signed(report: Report, trust: Trust | None, chosen: Options, progress: Progress | None) -> Report:
    """The report with its signature checked, when the signer was named."""
    if trust is None:
        return report
    from ajar.verifying import verify, with_signature

    return with_signature(report, verify(report.release.locator, chosen, trust=trust, progress=progress))


def _write_document(form: str, reports: Sequence[Report], project: Path | None, path: Path | None) -> None:
    text = outputs.render(form, reports, anchors=outputs.anchors_of(form, reports, project))
    if not text:
        click.echo(f"ajar: nothing to say in {form}; nothing is written", err=True)
        return
    write(text, path)


def _joined(texts: list[str], form: str, *, many: bool) -> str:
    """One report as it is; many as one JSON array, or one below the other."""
    if not many:
        return "".join(texts)
    if form == "json":
        return "[\n" + ",\n".join(text.strip() for text in texts) + "\n]\n"
    return "\n".join(texts)


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
    from ajar.releases import require_model

    require_model(report)
    return ExitCode.OK
