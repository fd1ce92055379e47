"""What the catalogue commands show: records looked up, put together and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from ajar.catalogue import Catalogue
from ajar.catalogue.queries import Period, events, given_at, positions, released_by
from ajar.known import report_of
from ajar.model.catalogue import Access, Entity, Organisation, Person, Product, Role, System
from ajar.model.partial_date import PartialDate
from ajar.model.report import Report
from ajar.model.showing import Portrait, Released, Standing

Judge = Callable[[System], Report]  # for callers that keep reports; `report_of` when not given


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which systems to list; what is empty asks for nothing."""

    makers: tuple[Organisation, ...] = ()
    doors: frozenset[str] = frozenset()
    access: frozenset[Access] = frozenset()
    modalities: frozenset[str] = frozenset()
    period: Period = field(default_factory=Period)


def released(
    catalogue: Catalogue, systems: Iterable[System], judge: Judge | None = None
) -> tuple[Released, ...]:
    """Systems with their makers' names and doors."""
    judge = judge or report_of
    return tuple(
        Released(
            system=system,
            makers=tuple(catalogue.name_of(maker) for maker in system.makers),
            door=judge(system).verdict("g7"),
            given=given_at(system),
        )
        for system in systems
    )


def listed(catalogue: Catalogue, wanted: Wanted) -> tuple[Released, ...]:
    """The systems that are wanted, by maker and date. A door is the one that the published facts declare."""
    keys = {maker.id for maker in wanted.makers}
    chosen = [
        system
        for system in catalogue.systems
        if (not keys or keys.intersection(system.makers))
        and (not wanted.access or system.weights in wanted.access)
        and wanted.modalities <= set(system.modalities)
        and wanted.period.holds(system.date)
    ]
    found = released(catalogue, chosen)
    return tuple(item for item in found if not wanted.doors or item.door.declared in wanted.doors)


def portrait(
    catalogue: Catalogue, entity: Entity, at: PartialDate | None = None, judge: Judge | None = None
) -> Portrait:
    """An entity with all that is tied to it; with `at`, only what held, was made or was said by then."""
    judge = judge or partial(report_of, catalogue=catalogue)
    period = Period(until=at)
    systems = [system for system in _systems_of(catalogue, entity) if at is None or period.holds(system.date)]
    parties = (entity,) if isinstance(entity, Organisation | Person) else ()
    return Portrait(
        entity=_held_at(entity, at) if at else entity,
        names={key: item.name for key, item in catalogue.by_id.items()},
        report=judge(entity) if isinstance(entity, System) else None,
        releases=released(catalogue, systems, judge),
        origins=_origins(catalogue, entity) if isinstance(entity, System) else (),
        derived=catalogue.line_down(entity.id) if isinstance(entity, System) else (),
        people=_people(catalogue, entity, at),
        events=events(catalogue, about=(entity,), period=period),
        positions=positions(catalogue, parties=parties, period=period) if parties else (),
        at=at,
    )


def _origins(catalogue: Catalogue, system: System) -> tuple[str, ...]:
    line = catalogue.line_up(system)
    return tuple(step.name if isinstance(step, System) else step for step in line)


def _systems_of(catalogue: Catalogue, entity: Entity) -> Sequence[System]:
    if isinstance(entity, Organisation):
        return released_by(catalogue, (entity.id,))
    if isinstance(entity, Product):
        family = [system for system in catalogue.systems if system.family == entity.id]
        return [system for system in released_by(catalogue, (entity.maker,)) if system in family]
    return ()


def _people(catalogue: Catalogue, entity: Entity, at: PartialDate | None) -> tuple[tuple[Person, Role], ...]:
    if not isinstance(entity, Organisation):
        return ()
    return tuple(
        (person, role)
        for person in catalogue.people_of(entity.id)
        for role in (person.roles_at(at) if at else person.roles)
        if role.organisation == entity.id
    )


def _held_at(entity: Entity, at: PartialDate) -> Entity:
    if isinstance(entity, Organisation):
        return replace(
            entity, name=entity.name_at(at) or entity.name, forms=entity.forms_at(at), ties=entity.ties_at(at)
        )
    if isinstance(entity, Person):
        return replace(entity, roles=entity.roles_at(at))
    return entity


def standing(
    catalogue: Catalogue, parties: Sequence[Organisation | Person], topic: str, period: Period
) -> Standing:
    """Who stands where; for named parties also what they, or the makers they spoke for, released."""
    said = positions(catalogue, parties=parties, topic=topic, period=period)
    makers = dict.fromkeys(party.id for party in parties)
    makers |= dict.fromkeys(party for position in said for party in position.parties if parties)
    systems = [item for item in released_by(catalogue, makers) if period.holds(given_at(item))]
    return Standing(
        positions=said,
        releases=released(catalogue, systems),
        names={key: item.name for key, item in catalogue.by_id.items()},
    )
