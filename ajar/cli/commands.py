"""The commands. Heavy imports wait until a command runs."""

from __future__ import annotations

from pathlib import Path

import click

import ajar
from ajar.cli._lazy import PREFIX, Commands, LazyGroup, Row
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

COMMANDS = (
    Row(name="audit", module="auditing", attribute="audit", about="How open, under what licence, made of what, safe to load?"),
    Row(name="cache", module="hosts", attribute="cache", about="What is kept of what was read from hosts, and where."),
    Row(name="catalogue", module="catalogue", attribute="catalogue", about="Known systems, makers, people, each fact with its source."),
    Row(name="compare", module="comparing", attribute="compare", about="Releases and known systems side by side, differences first."),
    Row(name="diff", module="hosts", attribute="diff", about="What changed between two releases or revisions."),
    Row(name="gate", module="gating", attribute="gate", about="Hold releases against a policy; exit with 1 when a rule fails."),
    Row(name="licence", module="licences", attribute="licence", about="Which licence it is, and what its words allow."),
    Row(name="lineage", module="hosts", attribute="lineage", about="The line of base models, up to the root."),
    Row(name="lock", module="gating", attribute="lock", about="Write down releases as they are now."),
    Row(name="policy", module="policies", attribute="policy", about="Policies for the gate: show one, try its examples, write one."),
    Row(name="positions", module="catalogue", attribute="positions", about="Who stands where on open AI, with changes marked."),
    Row(name="prepare", module="preparing", attribute="prepare", about="For publishers: what is missing for the next door and class."),
    Row(name="questions", module="comparing", attribute="questions", about="Privacy, security, ethics, monopoly: what is known on each."),
    Row(name="read", module="reading", attribute="read", about="Check an article about AI systems, sentence by sentence."),
    Row(name="serve", module="web", attribute="serve", about="Start the site on this machine."),
    Row(name="show", module="catalogue", attribute="show_", about="A known system, maker, person or organisation."),
    Row(name="site", module="web", attribute="site", about="The pages of the site as files."),
    Row(name="survey", module="surveys", attribute="survey", about="Audit many releases into a store, and report on it."),
    Row(name="timeline", module="catalogue", attribute="timeline", about="The dispute about open and closed AI, event by event."),
    Row(name="uses", module="hosts", attribute="uses", about="The models that a project names."),
    Row(name="verify", module="verifying", attribute="verify", about="Who signed it, and are these the files that were signed?"),
)  # fmt: skip


@click.group(
    cls=LazyGroup,
    commands=Commands(COMMANDS),
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


@cli.command(short_help="Is it safe to load? Every file is looked at.")
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


@cli.command(short_help="Judge a Model Openness Tool record by every instrument.")
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


@cli.command(short_help="The instruments: what each measures, levels, source.")
def instruments() -> None:
    """List the instruments: what each measures, its levels and its source."""
    from ajar.cli.explaining import list_instruments

    show(list_instruments())


@cli.command(short_help="An instrument, a criterion, a rule, a door, in words.")
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


@cli.command(short_help="Print what makes a shell complete commands and options.")
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


name_variables(cli, PREFIX)
