"""Makers, and the record of one organisation, person or product."""

from __future__ import annotations

from collections.abc import Mapping

from ajar.catalogue.lookup import kind_of
from ajar.model.catalogue import Entity, Organisation, Person, Product
from ajar.model.judgement import DOORS
from ajar.reports import known_json
from ajar.reports.known_words import SYSTEM_HEADS, system_row
from ajar.web import pictures
from ajar.web.page import Asked, Page, Table
from ajar.web.site import Site, address_of

_EVENTS = 60  # on one page; the timeline has all
_TIE_WORDS = {
    "owned-by": "owned by",
    "part-of": "part of",
    "funded-by": "funded by",
    "partner-of": "partner of",
}


def makers(site: Site, _: Mapping[str, str], __: Asked) -> Page:
    """Who released what, counted by door."""
    rows = []
    for maker in site.makers:
        own = [item for item in site.released if maker.id in item.system.makers]
        counts = {door.value: sum(item.door.declared == door for item in own) for door in DOORS}
        dates = [item.system.date for item in own if item.system.date]
        rows.append((maker, counts, len(own), (str(dates[0]), str(dates[-1])) if dates else ("", "")))
    bars = [pictures.Bar(name=maker.name, counts=counts) for maker, counts, *_ in rows if counts]
    return Page(
        path="makers/",
        title="Makers and their doors",
        about=f"{len(rows)} makers of AI systems and how open what they released is.",
        template="makers.html",
        context={
            "rows": rows,
            "chart": pictures.stacked(bars, "Systems by maker and door; the table below has the figures"),
            "others": [item for item in site.catalogue.organisations if item not in site.makers],
        },
        data=known_json.names("organisations", site.makers),
        table=Table(
            heads=("maker", *(door.value for door in DOORS), "all", "first", "last"),
            rows=[
                (maker.name, *(str(counts[door.value]) for door in DOORS), str(total), *dates)
                for maker, counts, total, dates in rows
            ],
        ),
    )


def organisation(site: Site, given: Mapping[str, str], _: Asked) -> Page:
    """A maker, company, group, agency or court: doors over the years, forms, ties, people, positions."""
    return _party(site, site.entity(given["id"], Organisation))


def person(site: Site, given: Mapping[str, str], _: Asked) -> Page:
    """Somebody who makes, leads, funds or disputes."""
    return _party(site, site.entity(given["id"], Person))


def product(site: Site, given: Mapping[str, str], _: Asked) -> Page:
    """A public name that is no single release."""
    return _party(site, site.entity(given["id"], Product))


def _party(site: Site, entity: Entity) -> Page:
    shown = site.portrait(entity)
    years: dict[str, list[object]] = {}
    for item in shown.releases:
        years.setdefault(str(item.given.year) if item.given else "no date", []).append(item)
    kind = kind_of(entity)
    made = f", {len(shown.releases)} systems" if shown.releases else ""
    return Page(
        path=address_of(entity),
        title=f"{entity.name}: {kind}{made}",
        about=f"What is on record about {entity.name}: releases with their doors, roles, ties, positions, events, each with its source.",
        template="party.html",
        context={
            "entity": entity,
            "kind": kind,
            "shown": shown,
            "years": years,
            "ties": _TIE_WORDS,
            "events": tuple(reversed(shown.events))[:_EVENTS],
            "more_events": max(0, len(shown.events) - _EVENTS),
            "roles": entity.roles if isinstance(entity, Person) else (),
        },
        data=known_json.portrait(shown, kind),
        table=Table(heads=SYSTEM_HEADS, rows=[system_row(item) for item in shown.releases]),
    )
