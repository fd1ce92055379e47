"""`ajar survey`: many releases into a store, and how far a store is."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ajar.cli import survey_reading
from ajar.cli.printing import quiet, show, text_or_json
from ajar.errors import ExitCode, UsageError

_DEPTHS = ("metadata", "documents", "headers", "safety")
_AT_ONCE = 8  # releases a worker has under way on hosts, where it mostly waits
_PLANS = ("auto", "anonymous", "free", "pro", "enterprise", "none")


class _RunByDefault(click.Group):
    """`ajar survey hub: -o STORE` runs; a first word may be a command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, "-h", "--help"}:
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_RunByDefault)
def survey() -> None:
    """Audit many releases, into a store of Parquet and JSON reports that can be gone on with.

    \b
    Examples:
      ajar survey hub: -o all --depth metadata
      ajar survey hub: -o mistral --author mistralai --depth headers
      ajar survey hub-stats.parquet -o sample --sample 5000 --by maker,year --depth documents
      ajar survey ./mirror -o mirror --workers 8 --depth safety
      ajar survey status mirror
      ajar survey report sample --format html -o report.html
      ajar survey sql sample "SELECT year, sum(weight) FROM releases GROUP BY year"
    """


for _command in (survey_reading.report, survey_reading.sql, survey_reading.schema, survey_reading.show):
    survey.add_command(_command)


@survey.command("run")
@click.argument("source")
@click.option(
    "-o",
    "--output",
    "store",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The store, a folder. One that is there is gone on with.",
)
@click.option(
    "--depth",
    type=click.Choice(_DEPTHS),
    default="documents",
    show_default=True,
    help="The listing alone; cards, configurations and licences too; the headers of weights too; load safety too.",
)
@click.option("--author", default="", metavar="NAME", help="hub: only this account's.")
@click.option("--task", default="", metavar="WORD", help="hub: only this task, such as text-generation.")
@click.option("--library", default="", metavar="WORD", help="hub: only this library, such as gguf.")
@click.option("--licence", default="", metavar="TAG", help="hub: only this licence field, such as mit.")
@click.option(
    "--sort",
    default="",
    type=click.Choice(["", "createdAt", "downloads", "lastModified", "likes", "trendingScore"]),
    help="hub: the order, most first.",
)
@click.option("--limit", type=click.IntRange(1), help="Only the first so many of the listing.")
@click.option("--sample", type=click.IntRange(1), help="Of the listing, only a random sample of so many.")
@click.option(
    "--by", default="", metavar="KEYS", help="Stratify it: maker, country, year, task, library, licence, …"
)
@click.option("--seed", type=int, default=0, show_default=True, help="What the sample is drawn from.")
@click.option("--refresh", is_flag=True, help="List again, and audit what is new or changed since.")
@click.option("--retry-failed", is_flag=True, help="Audit what failed once more.")
@click.option(
    "--workers", type=click.IntRange(1, 1024), help="Processes that audit.  [default: one a processor]"
)
@click.option(
    "--cluster", metavar="ADDRESS", help="Audit on a Dask cluster: its scheduler's address, or local."
)
@click.option(
    "--plan",
    type=click.Choice(_PLANS),
    default="auto",
    show_default=True,
    help="The hub's rate limits to keep to. auto: anonymous or, with a token, free; none for another host.",
)
@click.option(
    "--deadline",
    type=click.FloatRange(1),
    default=900,
    show_default=True,
    help="Seconds that one release may take.",
)
@click.option(
    "--memory",
    type=click.IntRange(100),
    default=1500,
    show_default=True,
    help="Megabytes that one worker may hold.",
)
@click.option("--offline", is_flag=True, help="Use no network: answer from the cache alone.")
@click.option("--keep", is_flag=True, help="Keep in the cache what is read from hosts.")
@quiet
def run(source: str, store: Path, **options: Any) -> int:
    """Survey SOURCE: hub:, a file of targets (- for standard input), a table of a hub in Parquet (a file or an
    address), or a folder of releases. The same command goes on where it was cut, at any point.

    \b
    Examples:
      ajar survey hub: -o store --library gguf --sort downloads --limit 1000
      ajar survey targets.txt -o store --depth safety
      ajar survey hub: -o store --sample 2000 --by year,downloads --seed 7
      ajar survey hub: -o store --refresh
      ajar survey hub: -o store --cluster tcp://10.0.0.5:8786
    """
    import signal

    from ajar.survey.run import run as go

    # Asked to end, it ends as it does for Ctrl-C: its workers with it, and with a status.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    line = _Line(enabled=not options["quiet"])
    status = go(_survey(source, store, options), report=line.show)
    line.end()
    show(_said(status, store))
    return ExitCode.OK


def _survey(source: str, store: Path, options: Mapping[str, Any]) -> Any:
    from ajar.survey.listing import source_of
    from ajar.survey.run import Survey
    from ajar.survey.sampling import Sample
    from ajar.survey.work import Settings

    keys = tuple(key.strip() for key in options["by"].split(",") if key.strip())
    if keys and not options["sample"]:
        raise UsageError("--by without --sample", hint="say how many: --sample 2000")
    filters = {name: options[name] for name in ("author", "task", "library", "licence", "sort")}
    found = source_of(source, filters)
    is_here = "endpoint" not in found.plan and Path(source).is_dir()
    settings = Settings(
        depth=options["depth"],
        plan=_plan(options["plan"]),
        deadline_s=options["deadline"],
        memory_bytes=options["memory"] * 1_000_000,
        threads=1 if is_here else _AT_ONCE,  # on a disk they would only take each other's time
        offline=options["offline"],
        keep=options["keep"],
    )
    return Survey(
        source=found,
        store=store,
        settings=settings,
        limit=options["limit"],
        sample=Sample(count=options["sample"], by=keys, seed=options["seed"]) if options["sample"] else None,
        is_refresh=options["refresh"],
        retry_failed=options["retry_failed"],
        workers=options["workers"] or os.cpu_count() or 1,
        cluster=options["cluster"],
    )


def _plan(named: str) -> str:
    if named != "auto":
        return named
    from ajar.sources.hub import ENDPOINT, endpoint_of, has_token

    if endpoint_of() != ENDPOINT:
        return "none"
    return "free" if has_token() else "anonymous"


@survey.command()
@click.argument("store", type=click.Path(path_type=Path))
@text_or_json
def status(store: Path, form: str) -> int:
    """Say how far the survey in STORE is: releases by state, failures by reason, rate, time left.

    \b
    Examples:
      ajar survey status store
      ajar survey status store --format json
    """
    from ajar.survey.progress import read_status
    from ajar.survey.store import counted

    found = {**read_status(store), **counted(store)}
    show(json.dumps(found, indent=2) if form == "json" else _said(found, store))
    return ExitCode.OK


def _said(status: Mapping[str, Any], store: Path) -> str:
    """A status in words."""
    from ajar.reports.plain import visible

    releases = status.get("releases", {})
    lines = [f"{visible(str(store))}: {status.get('stage', 'not begun')}"]
    lines.append(
        "  releases   " + (", ".join(f"{count:,} {state}" for state, count in releases.items()) or "none")
    )
    if status.get("failures"):
        lines.append(
            "  failures   "
            + ", ".join(f"{count:,} {visible(reason)}" for reason, count in status["failures"].items())
        )
    mine = status.get("this_run")
    if mine:
        lines.append(
            f"  last run   {mine['finished']:,} finished and {mine['retried']:,} tried again in {mine['seconds']:,.0f} s,"
            f" {mine['bytes_read'] / 1e6:,.1f} MB in {mine['requests']:,} requests"
        )
    if status.get("stage") == "auditing":
        left = status.get("seconds_left")
        time = f", {left // 3600} h {left % 3600 // 60} min left" if left is not None else ""
        lines.append(f"  rate       {status['per_minute']:,.0f} a minute{time} (at {status['at']})")
    return "\n".join(lines) + "\n"


class _Line:
    """One line on stderr that is rewritten, only on a terminal."""

    def __init__(self, *, enabled: bool) -> None:
        self._enabled = enabled and sys.stderr.isatty()

    def show(self, status: dict[str, Any]) -> None:
        if self._enabled:
            states = status["releases"]
            done, failed = states.get("done", 0), states.get("failed", 0)
            left = status["seconds_left"]
            time = f", {left / 60:,.0f} min left" if left is not None else ""
            text = f"{status['stage']}: {done:,} done, {failed:,} failed of {sum(states.values()):,}, {status['per_minute']:,.0f} a minute{time}"
            click.echo(f"\r\033[K{text}", err=True, nl=False)

    def end(self) -> None:
        if self._enabled:
            click.echo("\r\033[K", err=True, nl=False)
