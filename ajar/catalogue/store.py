"""The catalogue in memory: records by id, and by any name they go by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ajar.catalogue import names
from ajar.model.catalogue import (
    Ambiguity,
    Argument,
    Entity,
    Event,
    Organisation,
    Person,
    Position,
    Product,
    System,
)

_NEAR = 5  # suggestions


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """An entity whose name is a slip away from what was asked."""

    entity: Entity
    name: str  # the one that is near
    edits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What goes by a name. More than one exact hit means that the name alone does not tell."""

    asked: str
    exact: tuple[Entity, ...]
    near: tuple[Near, ...] = ()  # only when nothing fits exactly

    @property
    def one(self) -> Entity | None:
        """The only entity of that name, if it is one."""
        return self.exact[0] if len(self.exact) == 1 else None

    @property
    def is_ambiguous(self) -> bool:
        return len(self.exact) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All records. Each kind is in the order of its file; systems are by maker's file, then date."""

    systems: tuple[System, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    people: tuple[Person, ...] = ()
    products: tuple[Product, ...] = ()
    events: tuple[Event, ...] = ()
    positions: tuple[Position, ...] = ()
    arguments: tuple[Argument, ...] = ()
    ambiguities: tuple[Ambiguity, ...] = ()
    _by_id: dict[str, Entity] = field(init=False, repr=False, compare=False)
    _by_name: dict[str, list[tuple[Entity, str]]] = field(init=False, repr=False, compare=False)
    _by_length: dict[int, list[str]] = field(init=False, repr=False, compare=False)
    _by_repository: dict[str, System] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_id: dict[str, Entity] = {}
        by_name: dict[str, list[tuple[Entity, str]]] = {}
        for entity in self.entities():
            by_id.setdefault(entity.id, entity)
            for name in (entity.name, *entity.aliases, entity.id):
                held = by_name.setdefault(names.fold(name), [])
                if all(other is not entity for other, _ in held):
                    held.append((entity, name))
        by_length: dict[int, list[str]] = {}
        for name in by_name:
            by_length.setdefault(len(name), []).append(name)
        places = {
            place.lower(): system
            for system in self.systems
            for place in ((system.hub_repo,) if system.hub_repo else ()) + system.repositories
        }
        object.__setattr__(self, "_by_id", by_id)
        object.__setattr__(self, "_by_name", by_name)
        object.__setattr__(self, "_by_length", by_length)
        object.__setattr__(self, "_by_repository", places)

    def entities(self) -> Iterator[Entity]:
        """Whatever has a name, organisations first."""
        yield from self.organisations
        yield from self.people
        yield from self.products
        yield from self.systems

    def bearers(self) -> Mapping[str, tuple[Entity, ...]]:
        """Every folded name with all that bear it."""
        return {name: tuple(entity for entity, _ in held) for name, held in self._by_name.items()}

    @property
    def by_id(self) -> Mapping[str, Entity]:
        return self._by_id

    def organisation(self, key: str) -> Organisation:
        """Raises `KeyError` when there is none of that id."""
        found = self._by_id[key]
        if not isinstance(found, Organisation):
            raise KeyError(key)
        return found

    def person(self, key: str) -> Person:
        """Raises `KeyError` when there is none of that id."""
        found = self._by_id[key]
        if not isinstance(found, Person):
            raise KeyError(key)
        return found

    def system(self, key: str) -> System:
        """Raises `KeyError` when there is none of that id."""
        found = self._by_id[key]
        if not isinstance(found, System):
            raise KeyError(key)
        return found

    def name_of(self, key: str) -> str:
        """The name of an id's entity; the id itself, or other words, as they are."""
        found = self._by_id.get(key)
        return found.name if found else key

    def find(self, name: str) -> Found:
        """Who or what goes by a name: exact but for case, accents, spaces and hyphens, otherwise what is near.

        An organisation or person whose own name it is stands before whoever has it as an alias.
        """
        wanted = names.fold(name)
        held = self._by_name.get(wanted, []) if wanted else []
        if held:
            own = [
                entity for entity, known in held if names.fold(entity.name) == wanted or entity.id == known
            ]
            rest = [entity for entity, _ in held if entity not in own]
            return Found(asked=name, exact=(*own, *rest))
        return Found(asked=name, exact=(), near=self._near(wanted))

    def _near(self, wanted: str) -> tuple[Near, ...]:
        limit = names.allowance(wanted)
        best: dict[str, Near] = {}
        lengths = range(len(wanted) - limit, len(wanted) + limit + 1) if limit else ()
        for known in (name for length in lengths for name in self._by_length.get(length, ())):
            edits = names.distance(wanted, known, limit)
            if edits is None:
                continue
            for entity, name in self._by_name[known]:
                if entity.id not in best or edits < best[entity.id].edits:
                    best[entity.id] = Near(entity=entity, name=name, edits=edits)
        return tuple(sorted(best.values(), key=lambda item: (item.edits, item.entity.name))[:_NEAR])

    def at(self, place: str) -> System | None:
        """The system that a hub id, a page of the hub or a repository's address holds."""
        return self._by_repository.get(place.lower().rstrip("/").removeprefix("https://huggingface.co/"))

    def made_by(self, organisation: str) -> tuple[System, ...]:
        """A maker's systems, oldest first; undated ones last."""
        own = [system for system in self.systems if organisation in system.makers]
        return tuple(sorted(own, key=lambda item: (item.date is None, item.date or "", item.id)))

    def people_of(self, organisation: str) -> tuple[Person, ...]:
        return tuple(person for person in self.people if person.roles_in(organisation))

    def derived_from(self, key: str) -> tuple[System, ...]:
        """Systems that name this one as their base."""
        return tuple(item for item in self.systems if key in map(self._base_id, item.base_models))

    def line_up(self, system: System) -> tuple[System | str, ...]:
        """All that a system comes from, nearest first, each once."""
        found: dict[str, System | str] = {}
        ahead = list(self.bases_of(system))
        while ahead:
            step = ahead.pop(0)
            key = step if isinstance(step, str) else step.id
            if key not in found:
                found[key] = step
                ahead += self.bases_of(step) if isinstance(step, System) else ()
        return tuple(found.values())

    def line_down(self, key: str) -> tuple[System, ...]:
        """All systems that come from this one, nearest first, each once."""
        found: dict[str, System] = {}
        ahead = list(self.derived_from(key))
        while ahead:
            step = ahead.pop(0)
            if step.id not in found:
                found[step.id] = step
                ahead += self.derived_from(step.id)
        return tuple(found.values())

    def bases_of(self, system: System) -> tuple[System | str, ...]:
        """What a system was made from: systems of the catalogue, or the words that name something else."""
        found = (self._by_id.get(self._base_id(name)) for name in system.base_models)
        return tuple(
            known if isinstance(known, System) else name
            for known, name in zip(found, system.base_models, strict=True)
        )

    def _base_id(self, name: str) -> str:
        if name in self._by_id:
            return name
        known = [
            entity for entity, _ in self._by_name.get(names.fold(name), []) if isinstance(entity, System)
        ]
        return known[0].id if len(known) == 1 else name
