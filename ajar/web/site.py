"""What the pages are drawn from: the catalogue with every system judged once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import TypeVar

from ajar.catalogue import Catalogue, load
from ajar.known import report_of
from ajar.model.catalogue import Entity, Organisation, System
from ajar.model.report import Report
from ajar.model.showing import Portrait, Released
from ajar.showing import portrait, released
from ajar.web.page import NotHere

Kind = TypeVar("Kind", bound=Entity)
_NEAR = 6  # names suggested for one that is not here


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What this site can do besides showing pages. A static copy can do nothing of it."""

    reading: bool = False  # articles are read
    searching: bool = False  # queries are answered without scripts
    auditing: bool = False  # releases are audited


class Site:
    """The catalogue, and each report that follows from it, made when first asked for and kept."""

    def __init__(self, *, features: Features | None = None, address: str = "") -> None:
        self.features = features or Features()
        self.address = address.rstrip("/")  # where the site is published, for feeds; "" when not known
        self._reports: dict[str, Report] = {}
        self._lock = Lock()  # the first visitors come together; a report is made once

    @cached_property
    def catalogue(self) -> Catalogue:
        return load()

    def report(self, system: System) -> Report:
        """The report on a system of the catalogue."""
        with self._lock:
            found = self._reports.get(system.id)
            if found is None:
                found = self._reports[system.id] = report_of(system, self.catalogue)
            return found

    @cached_property
    def released(self) -> tuple[Released, ...]:
        """Every system with its door, the undated last."""
        found = released(self.catalogue, self.catalogue.systems, self.report)
        return tuple(sorted(found, key=lambda item: (item.system.date is None, item.system.date or "")))

    @cached_property
    def makers(self) -> tuple[Organisation, ...]:
        """Who released anything, whoever released most first."""
        made = {key: 0 for item in self.catalogue.systems for key in item.makers}
        for item in self.catalogue.systems:
            for key in item.makers:
                made[key] += 1
        found = (self.catalogue.organisation(key) for key in made)
        return tuple(sorted(found, key=lambda maker: (-made[maker.id], maker.name.lower())))

    def portrait(self, entity: Entity) -> Portrait:
        return portrait(self.catalogue, entity, judge=self.report)

    def entity(self, key: str, kind: type[Kind]) -> Kind:
        """The record of an id. Raises `NotHere` with the addresses of what is near."""
        found = self.catalogue.by_id.get(key)
        if isinstance(found, kind):
            return found
        raise NotHere(
            f"nothing in the catalogue has the id {key!r}",
            hint="ids are lower-case, such as gpt-2",
            near=self.near(key),
        )

    def near(self, words: str) -> tuple[tuple[str, str], ...]:
        """Addresses and names of what is called like this, or nearly, or holds the word in its name."""
        asked = words.replace("-", " ").replace("_", " ")
        found = self.catalogue.find(asked)
        entities = [*found.exact, *(item.entity for item in found.near)]
        whole = asked.strip().lower()
        if len(whole) > 2:
            entities += [item for item in self.catalogue.entities() if whole in item.name.lower()]
        unique = {item.id: item for item in entities}
        return tuple((address_of(item), item.name) for item in list(unique.values())[:_NEAR])


_FOLDERS = {"System": "systems", "Organisation": "organisations", "Person": "people", "Product": "products"}


def address_of(entity: Entity) -> str:
    """The address of an entity's page, within the site."""
    return f"{_FOLDERS[type(entity).__name__]}/{entity.id}/"
