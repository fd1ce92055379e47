"""`ajar catalogue`, `show`, `timeline`, `positions`: what ships with ajar about systems, makers and the dispute."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ajar.cli.printing import is_coloured, output, show, text_or_json, width, write
from ajar.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from ajar.catalogue.queries import Period
    from ajar.model.partial_date import PartialDate
    from ajar.reports.page import Page

_DOORS = ("shut", "chained", "ajar", "open", "wide-open")
_KINDS = ("systems", "organisations", "people", "products")
_EVENTS = ("release", "lawsuit", "corporate", "policy", "statement", "research")
_form = click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv", "markdown"]),
    default="text",
    show_default=True,
    help="What to print.",
)
_since = click.option("--since", metavar="DATE", help="From this year, month or day on, such as 2024-03.")
_until = click.option("--until", metavar="DATE", help="Up to this year, month or day.")


class _ListByDefault(click.Group):
    """`ajar catalogue --door ajar` lists; a first word is a command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in {"-h", "--help"}):
            args = ["list", *args]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            words = " ".join(args)
            raise UsageError(f"{words!r} is no command of it", hint=f"to see one entry: ajar show {words}")
        return super().resolve_command(ctx, args)


@click.group(cls=_ListByDefault, invoke_without_command=False)
def catalogue() -> None:
    """Known systems, makers, people and products, each fact with its source. Works offline.

    Without a command it lists systems: `ajar catalogue --maker OpenAI`.

    \b
    Examples:
      ajar catalogue --maker Mistral --since 2024
      ajar catalogue list --door ajar --format csv -o ajar.csv
      ajar catalogue list --kind people
      ajar catalogue check
    """


@catalogue.command("list")
@click.option("--kind", type=click.Choice(_KINDS), default="systems", show_default=True, help="What to list.")
@click.option(
    "--maker", "makers", multiple=True, metavar="NAME", help="Only what this maker made. Repeatable."
)
@click.option(
    "--door", "doors", multiple=True, type=click.Choice(_DOORS), help="Only this door, as declared."
)
@click.option(
    "--weights",
    "access",
    multiple=True,
    type=click.Choice(["open", "gated", "api", "none"]),
    help="How given.",
)
@click.option(
    "--modality", "modalities", multiple=True, metavar="WORD", help="text, image, audio, video, code, …"
)
@_since
@_until
@_form
@output
def list_(
    kind: str,
    makers: tuple[str, ...],
    doors: tuple[str, ...],
    access: tuple[str, ...],
    modalities: tuple[str, ...],
    since: str | None,
    until: str | None,
    form: str,
    output: Path | None,
) -> int:
    """List systems with their makers, dates, licences and doors; or organisations, people, products.

    \b
    Examples:
      ajar catalogue list --door ajar --door open
      ajar catalogue list --maker Google --modality image --since 2024
      ajar catalogue list --kind organisations --format json
    """
    from ajar.catalogue import load
    from ajar.catalogue.lookup import makers_named
    from ajar.model.catalogue import Access
    from ajar.reports import known_json, known_text
    from ajar.reports.known_words import SYSTEM_HEADS, system_row
    from ajar.showing import Wanted, listed

    known = load()
    if kind != "systems":
        if makers or doors or access or modalities or since or until:
            raise UsageError(f"--kind {kind} takes no other filter", hint="the filters are for systems")
        held = getattr(known, kind)
        rows = [(entity.id, entity.name, ", ".join(entity.aliases)) for entity in held]
        whole = known_json.names(kind, held) if form == "json" else known_text.names(held, _page(output))
        write(_tabled(form, ("id", "name", "also"), rows, whole), output)
        return ExitCode.OK
    words = {word for system in known.systems for word in system.modalities}
    if not set(modalities) <= words:
        raise UsageError(
            f"--modality {', '.join(modalities)}: not known", hint=f"one of: {', '.join(sorted(words))}"
        )
    wanted = Wanted(
        makers=makers_named(known, makers),
        doors=frozenset(doors),
        access=frozenset(map(Access, access)),
        modalities=frozenset(modalities),
        period=_period(since, until),
    )
    found = listed(known, wanted)
    whole = known_json.listing(found) if form == "json" else known_text.listing(found, _page(output))
    write(_tabled(form, SYSTEM_HEADS, [system_row(item) for item in found], whole), output)
    return ExitCode.OK


@catalogue.command()
def check() -> int:
    """Check the data: fields, ids, dates, names, licences, and a source for every fact. Exit code 1 when some fail."""
    from ajar import rights
    from ajar.catalogue import load
    from ajar.catalogue.check import check as problems_of
    from ajar.reports.known_words import rests_on_digests

    def is_known(licence: str) -> bool:
        found = rights.resolve(licence)
        return found is not None and found.id == licence

    problems = problems_of(is_known)
    for problem in problems:
        show(str(problem))
    if problems:
        show(f"{len(problems)} problems")
        return ExitCode.POLICY
    known = load()
    show(
        f"{len(known.systems)} systems, {len(known.organisations)} organisations, {len(known.people)} people, "
        f"{len(known.products)} products, {len(known.events)} events, {len(known.positions)} positions, "
        f"{len(known.arguments)} arguments: nothing amiss"
    )
    for what, records in (
        ("events", known.events),
        ("positions", known.positions),
        ("systems", known.systems),
    ):
        alone = sum(rests_on_digests(record.sources) for record in records)
        show(f"{alone} of {len(records)} {what} rest on digests alone")
    return ExitCode.OK


@catalogue.command()
@click.option(
    "--on", "issue", default="", metavar="ISSUE", help="One issue: privacy, concentration-of-power, …"
)
@text_or_json
@output
def arguments(issue: str, form: str, output: Path | None) -> int:
    """The arguments for and against giving models out, issue by issue, with the best evidence found.

    \b
    Example:
      ajar catalogue arguments --on concentration-of-power
    """
    from ajar.catalogue import load
    from ajar.reports import known_json, known_text

    held = load().arguments
    issues = dict.fromkeys(item.issue for item in held)
    if issue and issue not in issues:
        raise UsageError(f"--on {issue}: no such issue", hint=f"one of: {', '.join(issues)}")
    found = [item for item in held if issue in {"", item.issue}]
    text = known_json.arguments(found) if form == "json" else known_text.arguments(found, _page(output))
    write(text, output)
    return ExitCode.OK


@click.command("show")
@click.argument("name", nargs=-1, required=True)
@click.option("--at", metavar="DATE", help="What was so then: names, roles, owners, and what came before.")
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="What to print; html for a system.",
)
@output
def show_(name: tuple[str, ...], at: str | None, form: str, output: Path | None) -> int:
    """Show NAME from the catalogue: a system, maker, person, organisation or product.

    A system's verdicts follow from its published facts by the same instruments as an audit's.

    \b
    Examples:
      ajar show grok-1
      ajar show Mistral AI
      ajar show Twitter --at 2022
      ajar show llama-3.1 --format html -o llama.html
    """
    from ajar.catalogue import load
    from ajar.catalogue.lookup import kind_of, look_up
    from ajar.reports import known_json, known_text
    from ajar.showing import portrait

    known = load()
    entity = look_up(known, " ".join(name))
    shown = portrait(known, entity, _date("--at", at))
    if form == "html":
        if shown.report is None:
            raise UsageError(f"{entity.name}: a {kind_of(entity)}", hint="--format html is for systems")
        from ajar.reports import html

        write(html.render(shown.report), output)
    elif form == "json":
        write(known_json.portrait(shown, kind_of(entity)), output)
    else:
        write(known_text.portrait(shown, _page(output)), output)
    return ExitCode.OK


@click.command()
@click.option(
    "--about", multiple=True, metavar="NAME", help="Who or what it touches; of several, all of them."
)
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(_EVENTS), help="Only this kind. Repeatable."
)
@click.option(
    "--case", default="", metavar="ID", help="One lawsuit: musk-v-openai-state, musk-v-openai-federal, …"
)
@_since
@_until
@_form
@output
def timeline(
    about: tuple[str, ...],
    kinds: tuple[str, ...],
    case: str,
    since: str | None,
    until: str | None,
    form: str,
    output: Path | None,
) -> int:
    """The dispute about open and closed AI, event by event, each with its outcome.

    \b
    Examples:
      ajar timeline --about musk --since 2024
      ajar timeline --about Musk --about OpenAI --kind lawsuit
      ajar timeline --format markdown -o timeline.md
    """
    from ajar.catalogue import load
    from ajar.catalogue.lookup import look_up
    from ajar.catalogue.queries import events
    from ajar.model.catalogue import EventKind
    from ajar.reports import known_json, known_text
    from ajar.reports.known_words import EVENT_HEADS, event_row

    known = load()
    cases = {event.case for event in known.events if event.case}
    if case and case not in cases:
        raise UsageError(f"--case {case}: no such lawsuit", hint=f"one of: {', '.join(sorted(cases))}")
    found = events(
        known,
        about=[look_up(known, name) for name in about],
        period=_period(since, until),
        kinds=map(EventKind, kinds),
        case=case,
    )
    whole = known_json.timeline(found) if form == "json" else known_text.timeline(found, _page(output))
    write(_tabled(form, EVENT_HEADS, [event_row(event) for event in found], whole), output)
    return ExitCode.OK


@click.command()
@click.option("--on", "topic", default="", metavar="TOPIC", help="open-weights, regulation, transparency, …")
@click.option(
    "--party", "parties", multiple=True, metavar="NAME", help="Whose; with what they released beside it."
)
@_since
@_until
@_form
@output
def positions(
    topic: str,
    parties: tuple[str, ...],
    since: str | None,
    until: str | None,
    form: str,
    output: Path | None,
) -> int:
    """Who stands where on open AI, with changes marked; for a party, what it said beside what it released.

    \b
    Examples:
      ajar positions --on open-weights
      ajar positions --party OpenAI
      ajar positions --party Musk --since 2023 --format json
    """
    from ajar.catalogue import load
    from ajar.catalogue.lookup import kind_of, look_up
    from ajar.catalogue.queries import topics
    from ajar.model.catalogue import Organisation, Person
    from ajar.reports import known_json, known_text
    from ajar.reports.known_words import STANDING_HEADS, standing_rows
    from ajar.showing import standing

    known = load()
    if topic and topic not in topics(known):
        raise UsageError(f"--on {topic}: no such topic", hint=f"one of: {', '.join(topics(known))}")
    named: list[Organisation | Person] = []
    for name in parties:
        entity = look_up(known, name)
        if not isinstance(entity, Organisation | Person):
            raise UsageError(
                f"{name}: a {kind_of(entity)} takes no position", hint="give a person or a maker"
            )
        named.append(entity)
    shown = standing(known, named, topic, _period(since, until))
    whole = known_json.standing(shown) if form == "json" else known_text.standing(shown, _page(output))
    write(_tabled(form, STANDING_HEADS, standing_rows(shown), whole), output)
    return ExitCode.OK


def _tabled(form: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], whole: str) -> str:
    """A table as CSV or Markdown; text and JSON are whole already."""
    from ajar.reports import tables

    if form == "csv":
        return tables.as_csv(heads, rows)
    return tables.as_markdown(heads, rows) if form == "markdown" else whole


def _page(path: Path | None) -> Page:
    from ajar.reports.page import Page

    return Page(width=width(), colour=is_coloured(path))


def _period(since: str | None, until: str | None) -> Period:
    from ajar.catalogue.queries import Period

    return Period(since=_date("--since", since), until=_date("--until", until))


def _date(option: str, text: str | None) -> PartialDate | None:
    from ajar.model.partial_date import PartialDate

    try:
        return PartialDate(text) if text else None
    except ValueError as error:
        raise UsageError(
            f"{option} {text}: no date", hint="write it as 2024, 2024-03 or 2024-03-17"
        ) from error
