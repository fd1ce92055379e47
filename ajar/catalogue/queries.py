"""Questions put to the catalogue: what happened, who stands where, and what was released beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ajar.catalogue.store import Catalogue
from ajar.model.catalogue import Access, Entity, Event, EventKind, Position, Product, System
from ajar.model.partial_date import PartialDate


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From a date to a date, each as precise as it was given; an open end is `None`."""

    since: PartialDate | None = None
    until: PartialDate | None = None

    def holds(self, first: PartialDate | None, last: PartialDate | None = None) -> bool:
        """Whether something that lasted from `first` to `last` may touch the period. No date touches any open one."""
        if first is None:
            return self.since is None and self.until is None
        end = last or first
        begins_too_late = self.until is not None and first.earliest > self.until.latest
        ends_too_soon = self.since is not None and end.latest < self.since.earliest
        return not (begins_too_late or ends_too_soon)


def events(
    catalogue: Catalogue,
    *,
    about: Sequence[Entity] = (),
    period: Period | None = None,
    kinds: Iterable[EventKind] = (),
    case: str = "",
) -> tuple[Event, ...]:
    """Events that touch all of `about`, in the order of their dates."""
    period, wanted = period or Period(), frozenset(kinds)
    found = [
        event
        for event in catalogue.events
        if period.holds(event.date, event.until)
        and (not wanted or event.kind in wanted)
        and (not case or event.case == case)
        and all(_touches(event, entity, catalogue) for entity in about)
    ]
    return tuple(sorted(found, key=lambda event: event.date))


def _touches(event: Event, entity: Entity, catalogue: Catalogue) -> bool:
    if isinstance(entity, System):
        return entity.id in event.systems
    if isinstance(entity, Product):
        return any(catalogue.system(key).family == entity.id for key in event.systems)
    return entity.id in event.parties


def topics(catalogue: Catalogue) -> tuple[str, ...]:
    return tuple(dict.fromkeys(position.topic for position in catalogue.positions))


def positions(
    catalogue: Catalogue, *, parties: Sequence[Entity] = (), topic: str = "", period: Period | None = None
) -> tuple[Position, ...]:
    """Positions of any of the parties, in the order of their dates."""
    period, wanted = period or Period(), {party.id for party in parties}
    found = [
        position
        for position in catalogue.positions
        if period.holds(position.date, position.until)
        and (not topic or position.topic == topic)
        and (not wanted or wanted.intersection(position.parties))
    ]
    return tuple(sorted(found, key=lambda position: position.date))


def released_by(catalogue: Catalogue, parties: Iterable[str]) -> tuple[System, ...]:
    """What the makers among the parties released, in the order of `given_at`; undated systems last."""
    found = dict.fromkeys(system for party in parties for system in catalogue.made_by(party))
    return tuple(
        sorted(found, key=lambda system: (given_at(system) is None, given_at(system) or "", system.id))
    )


def given_at(system: System) -> PartialDate | None:
    """When its present access began: the day the weights came, where they came later than the system."""
    if system.weights in {Access.OPEN, Access.GATED} and system.weights_date is not None:
        return system.weights_date
    return system.date
