"""Words for what the catalogue holds, shared by its outputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ajar.model.catalogue import Access, Event, Figure, Grade, Grant, Part, Position, Role, Source
from ajar.model.judgement import Verdict
from ajar.model.partial_date import PartialDate, Precision
from ajar.model.showing import Released, Standing
from ajar.reports.words import level_words

UNKNOWN = "unknown"
ACCESS_WORDS: Mapping[Access | None, str] = {
    Access.OPEN: "open",
    Access.GATED: "gated",
    Access.API: "hosted only",
    Access.NONE: "not given out",
    None: UNKNOWN,
}
SYSTEM_HEADS = ("system", "maker", "date", "weights", "licence", "door", "source")
EVENT_HEADS = ("date", "kind", "event", "outcome", "source")
STANDING_HEADS = ("date", "what", "who", "about", "words", "source")
_UNITS = {"percent": "%", "parameters": "parameters", "count": "", "monthly-active-users": "monthly users"}


def door_words(door: Verdict) -> str:
    """The door by published facts: one word when they settle it, its bounds when not."""
    return door.declared if door.declared == door.at_most else f"{door.declared}…{door.at_most}"


def level_span(verdict: Verdict) -> str:
    """An instrument's answer by published facts."""
    least, most = level_words(verdict.declared), level_words(verdict.at_most)
    return least if least == most else f"{least}; at most {most}"


def system_row(item: Released) -> tuple[str, ...]:
    """The cells of `SYSTEM_HEADS`."""
    system = item.system
    return (
        system.name,
        ", ".join(item.makers),
        system.date or UNKNOWN,
        ACCESS_WORDS[system.weights],
        grant_words(system.licence),
        door_words(item.door),
        best(system.sources),
    )


def event_row(event: Event) -> tuple[str, ...]:
    """The cells of `EVENT_HEADS`."""
    date = span(event.date, event.until)
    return date, event.kind.value, event_words(event), event.outcome, best(event.sources)


def event_words(event: Event) -> str:
    """What happened, with its figures; what was only announced says so."""
    amounts = "; ".join(figure_words(figure) for figure in event.figures)
    text = f"{event.text} ({amounts})" if amounts else event.text
    return f"Announced for that day: {text}" if event.is_forecast else text


def figure_words(figure: Figure) -> str:
    """What is counted, how many, of what; a unit that is named already is not named again."""
    unit = "" if figure.what.startswith(figure.unit) else _UNITS.get(figure.unit, figure.unit)
    return f"{figure.what}: {_number(figure.value)}{'' if unit == '%' else ' '}{unit}".rstrip()


def _number(value: float) -> str:
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if value >= size:
            return f"{value / size:g} {word}"
    return f"{value:g}"


def span(since: PartialDate | None, until: PartialDate | None) -> str:
    """A date, or from when to when; within a month the second day alone."""
    if since is None or until is None:
        return since or until or UNKNOWN
    if since[:7] == until[:7] and since.precision is until.precision is Precision.DAY:
        return f"{since}/{until[8:]}"
    return f"{since} to {until}"


def role_span(role: Role) -> str:
    """When a role held, as far as sources say."""
    if role.since is None and role.until is None:
        return "time not recorded"
    return (
        f"until {role.until}"
        if role.since is None
        else (f"since {role.since}" if role.until is None else f"{role.since} to {role.until}")
    )


def grant_words(grant: Grant | None) -> str:
    if grant is None:
        return UNKNOWN
    limits = f" ({', '.join(item.replace('-', ' ') for item in grant.limits)})" if grant.limits else ""
    return f"{grant.name}{limits}"


def part_words(part: Part) -> str:
    """How much of a part is public, and under what."""
    if part.share is None:
        return UNKNOWN
    words = [part.share.value if part.share.value != "none" else "not published"]
    if part.licence is not None:
        words.append(part.licence.name)
    if part.url is not None:
        words.append(part.url)
    return ", ".join(words)


def position_words(position: Position) -> str:
    """The position, the argument given and the party's own words."""
    because = f" Because: {position.because}." if position.because else ""
    words = f" “{position.words}”" if position.words else ""
    return f"{position.text}{because}{words}"


def stance_words(position: Position) -> str:
    stance = position.stance.value if position.stance else UNKNOWN
    return f"{position.topic.replace('-', ' ')}: {stance}"


def parties_of(position: Position, names: Mapping[str, str]) -> str:
    return ", ".join(names.get(key, key) for key in position.parties)


def best(sources: Iterable[Source]) -> str:
    """The address of the source that is nearest to what it tells."""
    grades = tuple(Grade)
    return min(sources, key=lambda source: grades.index(source.grade)).url


def rests_on_digests(sources: Iterable[Source]) -> bool:
    """Whether nothing nearer than a copy or an index was read."""
    return all(source.grade is Grade.DIGEST for source in sources)


def source_line(source: Source) -> str:
    published = f", published {source.published}" if source.published else ""
    return f"{source.grade.value:<8}{source.url} (read {source.read}{published})"


def all_sources(groups: Iterable[Iterable[Source]]) -> tuple[Source, ...]:
    """Each address once, in the order met."""
    return tuple({source.url: source for group in groups for source in group}.values())


def standing_rows(shown: Standing) -> list[tuple[str, ...]]:
    """The cells of `STANDING_HEADS`: positions and releases in the order of their dates."""
    said = [
        (
            span(item.date, item.until),
            "changed" if item.change_from else "said",
            parties_of(item, shown.names),
            stance_words(item),
            position_words(item),
            best(item.sources),
        )
        for item in shown.positions
    ]
    made = [
        (
            item.given or UNKNOWN,
            "released",
            ", ".join(item.makers),
            item.system.name,
            door_words(item.door),
            best(item.system.sources),
        )
        for item in shown.releases
    ]
    return sorted([*said, *made], key=lambda row: row[0][:10])
