"""What is shown of the catalogue: records put together, with the verdicts that follow from them."""

from __future__ import annotations

from dataclasses import dataclass

from ajar.model.catalogue import Entity, Event, Person, Position, Role, System
from ajar.model.judgement import Verdict
from ajar.model.partial_date import PartialDate
from ajar.model.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A system, the names of its makers, its door, and since when it has been given out as it is."""

    system: System
    makers: tuple[str, ...]
    door: Verdict
    given: PartialDate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """One entity and all that the catalogue ties to it. `report` is there for a system."""

    entity: Entity
    names: dict[str, str]  # id to name, of everything that is referred to
    report: Report | None = None
    releases: tuple[Released, ...] = ()
    origins: tuple[str, ...] = ()  # names of what a system comes from, nearest first
    derived: tuple[System, ...] = ()  # what comes from it
    people: tuple[tuple[Person, Role], ...] = ()
    events: tuple[Event, ...] = ()
    positions: tuple[Position, ...] = ()
    at: PartialDate | None = None  # only what held then


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Positions, and what the makers among their parties released."""

    positions: tuple[Position, ...]
    releases: tuple[Released, ...]
    names: dict[str, str]
