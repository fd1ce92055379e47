"""Every name that a text may use for an entity of the catalogue, folded for look-up, with what it takes to believe it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from ajar.catalogue import Catalogue, load
from ajar.catalogue.names import fold
from ajar.model.article import EntityKind
from ajar.model.catalogue import Entity, Organisation, Person, Product, System

NAME_TOKENS = 9
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_SIZE = re.compile(r"[- ]\d+(?:\.\d+)?[BMT](?:-A\d+B)?$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of one entity. `exact` names must be written with these very capitals."""

    entity: Entity
    name: str
    kind: EntityKind
    exact: bool = False
    is_common: bool = False  # an English word or a first name as well


@dataclass(slots=True)
class Lexicon:
    """Names by their folded form; `starts` holds the folded first words, so that most words are passed over at once."""

    catalogue: Catalogue
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    starts: dict[str, int] = field(default_factory=dict)
    surnames: dict[str, list[Person]] = field(default_factory=dict)
    slips: dict[str, list[Entry]] = field(
        default_factory=dict
    )  # single words that may be misspelt, by first letter
    words: dict[str, Any] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        key = fold(entry.name)
        if not key:
            return
        held = self.entries.setdefault(key, [])
        if all(other.entity is not entry.entity for other in held):
            held.append(entry)
        parts = entry.name.split()
        first = fold(parts[0])
        self.starts[first] = max(self.starts.get(first, 0), len(parts))

    def family(self, system: System) -> Product | None:
        found = self.catalogue.by_id.get(system.family or "")
        return found if isinstance(found, Product) else None

    def members(self, product: Product) -> tuple[System, ...]:
        return tuple(system for system in self.catalogue.systems if system.family == product.id)


@cache
def words() -> dict[str, Any]:
    """The word lists: titles, verbs, countries, names that are words."""
    return tomllib.loads((files("ajar.reading") / "data" / "words.toml").read_text("utf-8"))


def word_set(name: str) -> frozenset[str]:
    """One of the sets of words that a stage looks for."""
    return frozenset(words()["sets"][name])


@cache
def lexicon() -> Lexicon:
    """Built once, from the shipped catalogue."""
    return build(load())


def build(catalogue: Catalogue) -> Lexicon:
    found = Lexicon(catalogue, words=words())
    common = frozenset(found.words["common_names"]["names"])
    barred = frozenset(found.words["common_names"]["never"])
    for entity in catalogue.entities():
        for name in dict.fromkeys(_names(entity)):
            if name in barred or (len(fold(name)) < 2 and name != "X"):
                continue
            exact = len(name) <= 4 and name.upper() == name and not name.isdigit()
            found.add(Entry(entity, name, kind_of(entity), exact=exact, is_common=name.lower() in common))
    for row in found.words["extra_names"]:
        extra = catalogue.by_id.get(row["id"])
        if extra is not None:
            found.add(Entry(extra, row["name"], kind_of(extra)))
    _index_slips(found)
    return found


def kind_of(entity: Entity) -> EntityKind:
    if isinstance(entity, Person):
        return EntityKind.PERSON
    if isinstance(entity, Organisation):
        return EntityKind.ORGANISATION
    return EntityKind.PRODUCT if isinstance(entity, Product) else EntityKind.SYSTEM


def _names(entity: Entity) -> Iterator[str]:
    given = [entity.name, *entity.aliases]
    if isinstance(entity, Organisation):
        given += [name.name for name in entity.names]
    if isinstance(entity, System) and entity.hub_repo:
        given.append(entity.hub_repo.rpartition("/")[2])
    for name in given:
        bare = _BRACKETS.sub("", name).strip()
        for part in bare.split(" / "):
            yield part
            if isinstance(entity, System):
                yield from _variants(part)


def _variants(name: str) -> Iterator[str]:
    """Grok-1 is Grok 1 too; a lone size may be left out when the rest is still a name of its own (Phi-4, StarCoder2)."""
    if name.startswith(("Amazon ", "OpenAI ")):
        yield name.partition(" ")[2]
    if re.search(r"[a-z]-\d", name):
        yield re.sub(r"(?<=[a-z])-(?=\d)", " ", name)
    shorter = _SIZE.sub("", name)
    if shorter != name and any(char.isdigit() for char in shorter):
        yield shorter


def _index_slips(found: Lexicon) -> None:
    seen: set[str] = set()
    for held in list(found.entries.values()):
        for entry in held:
            if isinstance(entry.entity, Person):
                surname = entry.entity.name.split()[-1]
                people = found.surnames.setdefault(fold(surname), [])
                if entry.entity not in people:
                    people.append(entry.entity)
            elif " " not in entry.name and len(entry.name) >= 6 and not entry.exact and entry.name.isalpha():
                key = fold(entry.name)
                if key not in seen:
                    seen.add(key)
                    found.slips.setdefault(key[0], []).append(entry)
