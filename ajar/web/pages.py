"""Every page: its address, what makes it, and for which ids it exists. The server and the export read this table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ajar import frameworks
from ajar.model.catalogue import Event, System
from ajar.model.judgement import DOORS
from ajar.web import (
    pages_about,
    pages_compare,
    pages_dispute,
    pages_instruments,
    pages_licences,
    pages_parties,
    pages_systems,
)
from ajar.web.page import Asked, Page
from ajar.web.site import Site

Make = Callable[[Site, Mapping[str, str], Asked], Page]
Ids = Callable[[Site], Iterable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One kind of page. `ids` lists what `{id}` may be; `is_static` pages do not depend on a query for sense."""

    pattern: str
    make: Make
    ids: Ids | None = None
    is_static: bool = True
    has_table: bool = True

    def arguments(self, site: Site) -> Iterable[Mapping[str, str]]:
        """What to put into the pattern, once a page."""
        return ({"id": key} for key in self.ids(site)) if self.ids else ({},)


def _entities(kind: str) -> Ids:
    return lambda site: (item.id for item in getattr(site.catalogue, kind))


ROUTES: tuple[Route, ...] = (
    Route(pattern="", make=pages_systems.first),
    Route(pattern="systems/", make=pages_systems.systems),
    Route(pattern="systems/{id}/", make=pages_systems.system, ids=_entities("systems"), has_table=False),
    Route(pattern="doors/{id}/", make=pages_instruments.door, ids=lambda _: map(str, DOORS)),
    Route(pattern="makers/", make=pages_parties.makers),
    Route(pattern="organisations/{id}/", make=pages_parties.organisation, ids=_entities("organisations")),
    Route(pattern="people/{id}/", make=pages_parties.person, ids=_entities("people")),
    Route(pattern="products/{id}/", make=pages_parties.product, ids=_entities("products")),
    Route(pattern="compare/", make=pages_compare.compare, is_static=False),
    Route(pattern="timeline/", make=pages_dispute.timeline),
    Route(pattern="arguments/", make=pages_dispute.arguments, has_table=False),
    Route(pattern="licences/", make=pages_licences.licences),
    Route(pattern="licences/compare/", make=pages_licences.compare, is_static=False, has_table=False),
    Route(
        pattern="licences/{id}/", make=pages_licences.licence, ids=pages_licences.on_record, has_table=False
    ),
    Route(pattern="instruments/", make=pages_instruments.instruments),
    Route(
        pattern="instruments/{id}/",
        make=pages_instruments.instrument,
        ids=lambda _: (item.id for item in frameworks.INSTRUMENTS),
        has_table=False,
    ),
    Route(pattern="about/", make=pages_about.about),
)


def twin(path: str, suffix: str) -> str:
    """The address of a page's JSON or CSV: `systems/gpt-2/` has `systems/gpt-2.json`."""
    return f"{path.rstrip('/') or 'index'}.{suffix}"


def news(site: Site, most: int) -> tuple[Event | System, ...]:
    """What came last into the dispute or the catalogue: dated events and systems, newest first."""
    found: list[Event | System] = [event for event in site.catalogue.events if not event.is_forecast]
    found += [system for system in site.catalogue.systems if system.date]
    return tuple(sorted(found, key=lambda item: (item.date or "", item.id), reverse=True)[:most])
