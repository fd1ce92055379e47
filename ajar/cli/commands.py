"""The commands. Heavy imports wait until a command runs."""

from __future__ import annotations

from pathlib import Path

import click

import ajar
from ajar.cli import (
    auditing,
    catalogue,
    comparing,
    gating,
    hosts,
    licences,
    policies,
    preparing,
    reading,
    surveys,
    verifying,
)
from ajar.cli.printing import (
    ProgressLine,
    is_coloured,
    name_variables,
    network,
    options_of,
    output,
    quiet,
    show,
    text_or_json,
    width,
    write,
)
from ajar.errors import ExitCode


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  ajar audit ./my-model
  ajar audit mistralai/Mistral-7B-v0.1
  ajar scan model.pt
  ajar compare grok-1 gpt-oss-120b ./my-model
  ajar gate ./my-model --policy commercial-product
  ajar verify ./my-model --key signer.pub
  ajar licence LICENSE --for "commercial product, 2 million users, Germany"
  ajar read article.html --date 2024-03-12
  ajar explain weights-are-public""",
)
@click.version_option(ajar.__version__, prog_name="ajar", message="%(prog)s %(version)s")
@click.option("--no-config", is_flag=True, help="Read no ajar.toml and no pyproject.toml.")
@click.pass_context
def cli(context: click.Context, *, no_config: bool) -> None:
    """How open is a model release, under what licence, made of what? Answered from its files.

    Nothing in a release is ever run, imported or unpickled. Hosts are asked only for what a target names;
    nothing is sent anywhere else.
    """
    if not no_config:
        from ajar.cli import settings

        context.default_map = dict(settings.defaults(cli, Path.cwd()))


cli.add_command(auditing.audit)
cli.add_command(licences.licence)
cli.add_command(reading.read)
cli.add_command(surveys.survey)
for _command in (catalogue.catalogue, catalogue.show_, catalogue.timeline, catalogue.positions):
    cli.add_command(_command)
for _command in (comparing.compare, comparing.questions):
    cli.add_command(_command)
cli.add_command(gating.gate)
cli.add_command(gating.lock)
cli.add_command(policies.policy)
cli.add_command(preparing.prepare)
cli.add_command(verifying.verify)
for _command in (hosts.diff, hosts.lineage, hosts.uses, hosts.cache):
    cli.add_command(_command)


@cli.command()
@click.argument("paths", nargs=-1, required=True)
@text_or_json
@output
@click.option(
    "--fail-on",
    type=click.Choice(["dangerous", "unknown", "caution", "never"]),
    default="dangerous",
    show_default=True,
    help="Exit with 1 when a file is at this level or worse.",
)
@click.option("--strict", is_flag=True, help="Exit with 4 when something could not be looked at.")
@click.option("-v", "--verbose", is_flag=True, help="Show clean files and notes too.")
@quiet
@network
def scan(
    paths: tuple[str, ...],
    form: str,
    output: Path | None,
    fail_on: str,
    strict: bool,
    verbose: bool,
    quiet: bool,
    offline: bool,
    no_cache: bool,
) -> int:
    """Are PATHS safe to load? Every file is looked at; nothing is loaded.

    \b
    Examples:
      ajar scan model.pt
      ajar scan ./checkout --fail-on caution
      ajar scan weights/ code/ --format json -o scan.json
      ajar scan ~/.cache/huggingface/hub --fail-on unknown --strict
      ajar scan hf:org/model
    """
    from ajar.scanning import scan as run

    with ProgressLine(enabled=not quiet) as progress:
        report = run(paths, options_of(offline=offline, no_cache=no_cache), progress=progress.callback)
    if form == "json":
        from ajar.reports import scan_json

        write(scan_json.dumps(report), output)
    else:
        from ajar.reports import scan_text

        colour = is_coloured(output)
        write(scan_text.render(report, verbose=verbose, colour=colour, width=width(40)), output)
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
@click.option(
    "--against",
    "target",
    metavar="TARGET",
    help="Hold it against this release. Exit with 1 where it overstates.",
)
@text_or_json
@output
@quiet
@network
def evaluate(
    record: Path,
    target: str | None,
    form: str,
    output: Path | None,
    quiet: bool,
    offline: bool,
    no_cache: bool,
) -> int:
    """Judge RECORD, a Model Openness Tool record (YAML), by every instrument, taking it at its word.

    \b
    Examples:
      ajar evaluate Granite-3.0.yml --format json
      ajar evaluate model.yml --against org/model
    """
    from ajar.cli import records

    result = records.evaluate_file(record)
    if target is None:
        write(records.render_json(result) if form == "json" else records.render_text(result), output)
        return ExitCode.OK
    from ajar.pipeline import audit

    with ProgressLine(enabled=not quiet) as progress:
        report = audit(target, options_of(offline=offline, no_cache=no_cache), progress=progress.callback)
    rows = records.check_file(record, report)
    if form == "json":
        write(records.render_json(result, report, rows), output)
    else:
        write(f"{records.render_text(result)}\n{records.render_check(report, rows)}", output)
    overstated = any(row.finding.value == "overstated" for row in rows)
    return ExitCode.POLICY if overstated else ExitCode.OK


@cli.command()
def instruments() -> None:
    """List the instruments: what each measures, its levels and its source."""
    from ajar.cli.explaining import list_instruments

    show(list_instruments())


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

    show(explain_id(id))


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what makes SHELL complete commands and options of ajar.

    \b
    Examples:
      ajar completion bash >> ~/.bashrc
      ajar completion zsh >> ~/.zshrc
      ajar completion fish > ~/.config/fish/completions/ajar.fish
    """
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    if made is not None:
        show(made(cli, {}, "ajar", "_AJAR_COMPLETE").source())


name_variables(cli, "AJAR")
