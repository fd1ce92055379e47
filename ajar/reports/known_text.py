"""What the catalogue holds, for people: a table of systems, one entity's page, a timeline, positions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ajar.model.catalogue import (
    Argument,
    Entity,
    Event,
    Organisation,
    Person,
    Position,
    Product,
    Source,
    System,
)
from ajar.model.judgement import DOOR_LABELS, ClaimFinding, Door
from ajar.model.report import Report
from ajar.model.showing import Portrait, Released, Standing
from ajar.questions import ask
from ajar.reports import door_art, tables, terminal
from ajar.reports.known_words import (
    ACCESS_WORDS,
    SYSTEM_HEADS,
    UNKNOWN,
    all_sources,
    door_words,
    event_words,
    figure_words,
    grant_words,
    level_span,
    part_words,
    parties_of,
    position_words,
    rests_on_digests,
    role_span,
    source_line,
    span,
    stance_words,
    system_row,
)
from ajar.reports.page import Page
from ajar.reports.plain import visible
from ajar.reports.questions_text import summary
from ajar.reports.words import INSTRUMENT_WORDS

_EVENTS = 12
_MARKS = {
    ClaimFinding.UPHELD: "✓",
    ClaimFinding.OVERSTATED: "✗",
    ClaimFinding.UNDERSTATED: "~",
    ClaimFinding.UNPROVEN: "?",
}


def listing(found: Sequence[Released], page: Page) -> str:
    """The systems as a table."""
    if not found:
        return "no system fits\n"
    page.add(tables.text(SYSTEM_HEADS[:-1], [system_row(item)[:-1] for item in found], page))
    note = "Doors follow from published facts; nothing was read but the catalogue."
    page.add(["", *page.wrap(f"{_count(len(found), 'system')}. {note}", indent=0)])
    return _end(page)


def names(entities: Sequence[Entity], page: Page) -> str:
    """Organisations, people or products as a table."""
    rows = [(entity.id, entity.name, ", ".join(entity.aliases)) for entity in entities]
    page.add(tables.text(("id", "name", "also"), rows, page))
    page.add(["", _count(len(rows), "name")])
    return _end(page)


def portrait(shown: Portrait, page: Page) -> str:
    """One entity: what it is, with doors for a system and for whatever it made."""
    entity = shown.entity
    if isinstance(entity, System) and shown.report is not None:
        page.add(_system(entity, shown.report, shown, page))
    elif isinstance(entity, Organisation):
        page.add(_organisation(entity, shown, page))
    elif isinstance(entity, Person):
        page.add(_person(entity, shown, page))
    elif isinstance(entity, Product):
        page.add(_product(entity, shown, page))
    page.add(_releases(shown, page))
    page.add(_events(shown.events, page))
    page.add(_positions(shown, page))
    page.add(_sources(_sources_of(shown), page))
    return _end(page)


def timeline(events: Sequence[Event], page: Page) -> str:
    """Events by year."""
    year = 0
    for event in events:
        if event.date.year != year:
            year = event.date.year
            page.add([page.heading(str(year))])
        page.add(_event(event, page))
    page.add(["", _count(len(events), "event") if events else "no event fits"])
    return _end(page)


def standing(shown: Standing, page: Page) -> str:
    """Positions in the order of their dates, and between them what was released."""
    lines: list[tuple[str, int, list[str]]] = []
    for position in shown.positions:
        lines.append((position.date, 0, list(_position(position, shown.names, page))))
    for item in shown.releases:
        lines.append((item.given or "9999", 1, list(_release(item, page))))
    year = ""
    for date, _, block in sorted(lines, key=lambda line: line[:2]):
        if date[:4] != year:
            year = date[:4]
            page.add([page.heading("undated" if year == "9999" else year)])
        page.add(block)
    ahead = _count(len(shown.positions), "position")
    beside = (
        f", {_count(len(shown.releases), 'release')} with doors by published facts" if shown.releases else ""
    )
    page.add(["", *page.wrap(f"{ahead}{beside}. ↺ marks a change from an earlier position.", indent=0)])
    return _end(page)


def arguments(found: Sequence[Argument], page: Page) -> str:
    """Both sides of each issue, with the evidence that each leans on."""
    issue = ""
    for argument in found:
        if argument.issue != issue:
            issue = argument.issue
            page.add([page.heading(issue.replace("-", " ").capitalize())])
        page.add(page.wrap(f"{argument.side.value:<8}{argument.claim}", hang=10))
        for ground in argument.evidence:
            page.add(page.wrap(ground.text, indent=10))
            page.add(f"          {visible(source_line(source))}" for source in ground.sources)
    page.add(["", "Not weighed here: both sides stand with the best evidence that was found."])
    return _end(page)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _end(page: Page) -> str:
    return "\n".join(page.lines) + "\n"


def _system(system: System, report: Report, shown: Portrait, page: Page) -> Iterator[str]:
    yield from _headline(system, report, shown, page)
    yield ""
    yield page.heading("By its published facts")
    for verdict in report.verdicts:
        yield from page.wrap(f"{INSTRUMENT_WORDS[verdict.instrument]:<17}{level_span(verdict)}", hang=19)
    yield page.heading("Facts")
    for name, words in _facts(system, shown):
        yield from page.wrap(f"{name:<14}{words}", hang=16)
    yield from terminal.rights(report, page) if system.licence else ()
    if system.maker_words:
        yield page.heading("What its maker says")
        yield from page.wrap(system.maker_words, hang=4)
        for claim in report.claims:
            words = f"{_MARKS[claim.finding]} {claim.finding.value}: {claim.says.replace('-', ' ')}; {claim.because[1]}"
            yield from page.wrap(words, indent=4, hang=6)
    yield from summary(ask(report), page)


def _headline(system: System, report: Report, shown: Portrait, page: Page) -> Iterator[str]:
    door = report.verdict("g7")
    drawn = Door(door.declared)
    most = DOOR_LABELS[Door(door.at_most)]
    label = DOOR_LABELS[drawn] + ("" if door.declared == door.at_most else f" or more, up to {most}")
    makers = visible(", ".join(shown.names.get(maker, maker) for maker in system.makers))
    beside = [page.heading(page.wrap(system.name, indent=0)[0]), makers, page.heading(label), ""]
    open_points = [fact for fact in door.moved_by if door.declared != door.at_most]
    why = next((item for item in door.criteria if item.outcome.value == "unmet"), None)
    if open_points:
        beside.append(f"What would settle it: {open_points[0]}")
    elif why is not None:
        beside.append(f"Why: {why.id.replace('-', ' ')}: no; {why.reason}")
    art, room = door_art.TEXT[drawn], Page(width=page.width - door_art.WIDTH - 2, colour=False)
    lines = [*beside[:4], *(line for text in beside[4:] for line in room.wrap(text, indent=0))]
    for number in range(max(len(art), len(lines))):
        left = art[number] if number < len(art) else " " * door_art.WIDTH
        yield f" {page.paint(left, terminal.DOOR_COLOURS[drawn])} {lines[number] if number < len(lines) else ''}"


def _facts(system: System, shown: Portrait) -> Iterator[tuple[str, str]]:
    given = f" since {system.weights_date}" if system.weights_date else ""
    place = f" ({system.hub_repo})" if system.hub_repo else ""
    yield "released", system.date or UNKNOWN
    yield "kind", ", ".join(system.modalities) or UNKNOWN
    yield "parameters", system.parameters or UNKNOWN
    yield "weights", ACCESS_WORDS[system.weights] + given + place
    at = f", {system.licence.url}" if system.licence and system.licence.url else ""
    yield "licence", grant_words(system.licence) + at
    yield "code", part_words(system.code)
    yield "data", part_words(system.data)
    yield "paper", part_words(system.paper)
    yield "evaluation", part_words(system.evaluation)
    if shown.origins:
        yield "comes from", ", from ".join(shown.origins)
    if shown.derived:
        yield "leads to", ", ".join(item.name for item in shown.derived)
    if system.notes:
        yield "notes", system.notes


def _organisation(entity: Organisation, shown: Portrait, page: Page) -> Iterator[str]:
    kinds = ", ".join(kind.value.replace("-", " ") for kind in entity.kinds)
    country = f", {entity.country}" if entity.country else ""
    yield page.heading(page.wrap(entity.name, indent=0)[0])
    yield from page.wrap(f"{kinds}{country}" + (f", as of {shown.at}" if shown.at else ""))
    if entity.aliases:
        yield from page.wrap(f"also: {', '.join(entity.aliases)}", hang=4)
    if entity.founded is not None:
        yield from page.wrap(f"founded {entity.founded.date}")
    for name in entity.names:
        yield from page.wrap(f"called {name.name} {_time(name.since, name.until)}")
    for form in entity.forms:
        words = f"{form.form.replace('-', ' ')} {_time(form.since, form.until)}: {form.text}"
        yield from page.wrap(words, hang=4)
    for roster in entity.rosters:
        people = [*(shown.names.get(key, key) for key in roster.people), *roster.others]
        whole = "" if roster.complete else " (not all)"
        yield from page.wrap(f"{roster.heading}{whole}: {', '.join(people)}", hang=4)
    for tie in entity.ties:
        amounts = "; ".join(figure_words(figure) for figure in tie.figures)
        party = shown.names.get(tie.party, tie.party)
        words = f"{tie.kind.value.replace('-', ' ')} {party} {_time(tie.since, tie.until)}: {tie.text}"
        yield from page.wrap(words + (f" ({amounts})" if amounts else ""), hang=4)
    for figure in entity.figures:
        yield from page.wrap(figure_words(figure) + (f" ({figure.date})" if figure.date else ""))
    if entity.notes:
        yield from page.wrap(entity.notes)
    if shown.people:
        yield page.heading("People")
        for person, role in shown.people:
            yield from page.wrap(f"{person.name}: {role.title}, {role_span(role)}", hang=4)


def _time(since: str | None, until: str | None) -> str:
    if since and until:
        return f"{since} to {until}"
    return f"since {since}" if since else f"until {until}" if until else ""


def _person(entity: Person, shown: Portrait, page: Page) -> Iterator[str]:
    yield page.heading(page.wrap(entity.name, indent=0)[0])
    if entity.aliases:
        yield from page.wrap(f"also: {', '.join(entity.aliases)}", hang=4)
    if shown.at:
        yield from page.wrap(f"as of {shown.at}")
    for role in entity.roles:
        organisation = shown.names.get(role.organisation, role.organisation)
        yield from page.wrap(f"{organisation}: {role.title}, {role_span(role)}", hang=4)
    if entity.notes:
        yield from page.wrap(entity.notes)


def _product(entity: Product, shown: Portrait, page: Page) -> Iterator[str]:
    maker = shown.names.get(entity.maker, entity.maker)
    yield page.heading(page.wrap(entity.name, indent=0)[0])
    yield from page.wrap(
        f"{entity.kind.replace('-', ' ')} of {maker}" + (f", since {entity.since}" if entity.since else "")
    )
    if entity.aliases:
        yield from page.wrap(f"also: {', '.join(entity.aliases)}", hang=4)
    if entity.notes:
        yield from page.wrap(entity.notes)


def _releases(shown: Portrait, page: Page) -> Iterator[str]:
    if shown.releases:
        yield page.heading("Released, with the door by published facts")
        for item in shown.releases:
            yield from _release(item, page, named=False)


def _release(item: Released, page: Page, *, named: bool = True) -> Iterator[str]:
    words = f"{item.given or UNKNOWN:<12} {item.system.name}: {door_words(item.door)}"
    weights = ACCESS_WORDS[item.system.weights]
    licence = f", {grant_words(item.system.licence)}" if item.system.licence else ""
    yield from page.wrap(f"{'made  ' if named else ''}{words} ({weights}{licence})", hang=21 if named else 15)


def _events(events: Sequence[Event], page: Page) -> Iterator[str]:
    if not events:
        return
    yield page.heading("What happened")
    for event in events[-_EVENTS:]:
        yield from _event(event, page)
    if len(events) > _EVENTS:
        yield from page.wrap(f"and {len(events) - _EVENTS} before that: `ajar timeline --about` lists all")


def _event(event: Event, page: Page) -> Iterator[str]:
    outcome = f" → {event.outcome}" if event.outcome else ""
    doubt = " [digests only]" if rests_on_digests(event.sources) else ""
    date = span(event.date, event.until)
    yield from page.wrap(f"{date:<12} {event.kind.value:<11} {event_words(event)}{outcome}{doubt}", hang=26)


def _positions(shown: Portrait, page: Page) -> Iterator[str]:
    if shown.positions:
        yield page.heading("Positions")
        for position in shown.positions:
            yield from _position(position, {}, page)


def _position(position: Position, names: dict[str, str], page: Page) -> Iterator[str]:
    change = "↺ " if position.change_from else ""
    who = f"{parties_of(position, names)}, " if names else ""
    date = span(position.date, position.until)
    words = f"{'said  ' if names else ''}{date:<12} {change}{who}{stance_words(position)}. {position_words(position)}"
    doubt = " [digests only]" if rests_on_digests(position.sources) else ""
    yield from page.wrap(words + doubt, hang=21 if names else 15)


def _sources_of(shown: Portrait) -> tuple[Source, ...]:
    entity = shown.entity
    groups: list[Iterable[Source]] = [entity.sources]
    if isinstance(entity, Person):
        groups += [role.sources for role in entity.roles]
    if isinstance(entity, Organisation):
        groups += [entity.founded.sources] if entity.founded else []
        for records in (entity.names, entity.forms, entity.ties, entity.rosters, entity.figures):
            groups += [record.sources for record in records]
        groups += [role.sources for _, role in shown.people]
    return all_sources(groups)


def _sources(sources: Sequence[Source], page: Page) -> Iterator[str]:
    yield page.heading(f"Sources ({len(sources)})")
    for source in sources:
        yield f"  {visible(source_line(source))}"  # an address is not broken over lines
