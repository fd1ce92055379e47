"""The dispute about open and closed AI: what happened beside who said what, and the arguments."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from ajar.catalogue.queries import Period, topics
from ajar.catalogue.queries import events as events_of
from ajar.catalogue.queries import positions as positions_of
from ajar.model.catalogue import Event, EventKind, Organisation, Person, Position
from ajar.reports import known_json
from ajar.reports.known_words import EVENT_HEADS, event_row
from ajar.web.page import Asked, Page, Table
from ajar.web.site import Site


def timeline(site: Site, _: Mapping[str, str], asked: Asked) -> Page:
    """Events by year, and beside them the positions of the same year."""
    catalogue = site.catalogue
    parties = _parties(site)
    about = asked.choice("about", [party.id for party in parties])[-1:]
    kinds = asked.choice("kind", [kind.value for kind in EventKind])
    cases = sorted({event.case for event in catalogue.events if event.case})
    case = asked.choice("case", cases)[-1:]
    topic = asked.choice("on", topics(catalogue))[-1:]
    period = Period(since=asked.date("since"), until=asked.date("until"))
    entities = [catalogue.by_id[key] for key in about]
    events = events_of(
        catalogue, about=entities, period=period, kinds=map(EventKind, kinds), case="".join(case)
    )
    said = positions_of(catalogue, parties=entities, topic="".join(topic), period=period)
    return Page(
        path="timeline/",
        title="The dispute about open and closed AI, event by event",
        about=f"{len(catalogue.events)} events and {len(catalogue.positions)} positions, each with its source, with changes of position marked.",
        template="timeline.html",
        context={
            "years": _by_year(events, said),
            "shown": (len(events), len(said)),
            "about": "".join(about),
            "kinds": kinds,
            "case": "".join(case),
            "topic": "".join(topic),
            "period": period,
            "parties": parties,
            "all_kinds": [kind.value for kind in EventKind],
            "cases": cases,
            "topics": topics(catalogue),
        },
        data=json.dumps(
            {
                **json.loads(known_json.timeline(events)),
                "positions": [known_json.plain(item) for item in said],
            },
            indent=2,
            ensure_ascii=False,
        )
        + "\n",
        table=Table(heads=EVENT_HEADS, rows=[event_row(event) for event in events]),
    )


def _parties(site: Site) -> list[Organisation | Person]:
    """Whoever an event or a position names, by name."""
    keys = {key for event in site.catalogue.events for key in event.parties}
    keys |= {key for position in site.catalogue.positions for key in position.parties}
    found = [site.catalogue.by_id[key] for key in keys if key in site.catalogue.by_id]
    parties = [item for item in found if isinstance(item, Organisation | Person)]
    return sorted(parties, key=lambda item: item.name.lower())


def _by_year(
    events: Sequence[Event], said: Sequence[Position]
) -> list[tuple[int, tuple[Event, ...], tuple[Position, ...]]]:
    """Newest year first, and within it the newest first."""
    years = {event.date.year for event in events} | {item.date.year for item in said}
    return [
        (
            year,
            tuple(event for event in reversed(events) if event.date.year == year),
            tuple(item for item in reversed(said) if item.date.year == year),
        )
        for year in sorted(years, reverse=True)
    ]


def arguments(site: Site, _: Mapping[str, str], __: Asked) -> Page:
    """Both sides of each issue, with the evidence that each leans on."""
    issues: dict[str, list[object]] = {}
    for item in site.catalogue.arguments:
        issues.setdefault(item.issue, []).append(item)
    return Page(
        path="arguments/",
        title="Open or closed: the arguments, side by side",
        about=f"{len(site.catalogue.arguments)} arguments on {len(issues)} issues, for and against giving models out, each with the best evidence found. Not weighed.",
        template="arguments.html",
        context={"issues": issues},
        data=known_json.arguments(site.catalogue.arguments),
    )
