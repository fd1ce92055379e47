"""`ajar prepare`: what a publisher would still have to add."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ajar.cli.printing import ProgressLine, network, options_of, output, quiet, text_or_json, width, write
from ajar.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from ajar.frameworks.ways import Thing
    from ajar.preparing import Draft, Preparation


@click.command()
@click.argument("path", metavar="PATH")
@text_or_json
@output
@click.option("--write", "write_files", is_flag=True, help="Write the documents that are missing into PATH.")
@click.option("--all", "everything", is_flag=True, help="Draft every document, not only what is missing.")
@click.option("--force", is_flag=True, help="Write over documents that are there.")
@quiet
@network
def prepare(
    path: str,
    form: str,
    output: Path | None,
    write_files: bool,
    everything: bool,
    force: bool,
    quiet: bool,
    offline: bool,
    no_cache: bool,
) -> int:
    """What is missing in PATH, a release of your own, for the next door and the next class of each instrument.

    Computed from the rules of the instruments. Documents are drafted from what was read; a fact that nobody
    stated stays a marked blank, and a draft with its blanks changes no verdict.

    \b
    Examples:
      ajar prepare ./my-model
      ajar prepare ./my-model --write
      ajar prepare ./my-model --format json
    """
    from ajar.preparing import prepare as run

    if write_files and not Path(path).is_dir():
        raise UsageError(f"--write: {path} is no folder here", hint="give the folder that you publish from")
    with ProgressLine(enabled=not quiet) as progress:
        options = options_of(offline=offline, no_cache=no_cache)
        found = run(path, options, everything=everything, progress=progress.callback)
    if form == "json":
        write(_json(found), output)
    else:
        from ajar.reports import prepare_text

        drafts = {draft.path: draft.blanks for draft in found.drafts}
        write(prepare_text.render(found.report, found.ways, drafts, width=width()), output)
    for draft in found.drafts if write_files else ():
        _write_draft(Path(path), draft, force=force)
    return ExitCode.OK


def _write_draft(folder: Path, draft: Draft, *, force: bool) -> None:
    """One document; what is there is kept unless somebody says otherwise."""
    place = folder / draft.path
    if place.is_symlink():
        click.echo(f"{place}: is a link, and was left as it is", err=True)
        return
    asks = place.exists() and not force
    if asks and not (sys.stdin.isatty() and click.confirm(f"{place} is there; write over it?", err=True)):
        click.echo(f"{place}: is there already, and was left as it is (--force writes over it)", err=True)
        return
    write(draft.text, place)
    click.echo(f"{place}: {draft.blanks} places left to fill in, each marked [add …]", err=True)


def _json(found: Preparation) -> str:
    value = {
        "schema": "ajar-prepare/1",
        "target": found.report.target,
        "ways": [
            {
                "instrument": way.instrument,
                "level": way.level,
                "label": way.label,
                "things": [_thing(item) for item in way.things],
                "more": [item.criterion for item in way.more],
            }
            for way in found.ways
        ],
        "drafts": [
            {"card": item.card, "path": item.path, "blanks": item.blanks, "text": item.text}
            for item in found.drafts
        ],
    }
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def _thing(item: Thing) -> dict[str, str]:
    return {"criterion": item.criterion, "what": item.what, "why": item.why, "outcome": item.outcome.value}
