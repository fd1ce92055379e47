"""Whether the data hold together: ids resolve, dates are in order, every fact has a source, names are what they seem."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from ajar.catalogue import names
from ajar.catalogue.files import DataFile, catalogue_of, data_files, decode
from ajar.catalogue.store import Catalogue
from ajar.errors import MalformedError
from ajar.model.catalogue import (
    Event,
    Grade,
    Grant,
    Organisation,
    OrganisationKind,
    Person,
    Position,
    Product,
    Source,
    System,
)
from ajar.model.partial_date import PartialDate

_ID = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*", re.ASCII)
_ADDRESS = re.compile(r"https?://[^\s/]+\.[^\s/]+(?:/\S*)?", re.ASCII)
Knows = Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What does not hold, and in which record."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def check(knows_licence: Knows) -> tuple[Problem, ...]:
    """Every problem of the shipped files. `knows_licence` says whether the licence data have an id."""
    import json

    parts: list[DataFile] = []
    problems: list[Problem] = []
    for entry in data_files():
        data = entry.read_bytes()
        try:
            parts.append(decode(data, entry.name))
        except MalformedError as error:
            problems.append(Problem(where=entry.name, what=error.message))
            continue
        problems += (
            Problem(where=entry.name, what=f"{path} is no field")
            for path in _unknown(json.loads(data), parts[-1])
        )
    if problems:
        return tuple(problems)
    return tuple(check_catalogue(catalogue_of(iter(parts)), knows_licence))


def check_catalogue(catalogue: Catalogue, knows_licence: Knows) -> Iterator[Problem]:
    """Every problem of a catalogue in memory."""
    records = [record for kind in fields(catalogue) if kind.init for record in getattr(catalogue, kind.name)]
    for record in records:
        where = getattr(record, "id", None) or record.name
        for what in (*_shape(record), *_dates(record), *_references(record, catalogue)):
            yield Problem(where=where, what=what)
        for grant in _all(record, Grant):
            if grant.id is not None and not knows_licence(grant.id):
                yield Problem(where=where, what=f"licence {grant.id!r} is not in the licence data")
    yield from _doubles(records)
    yield from _shared_names(catalogue)
    yield from _grades(records)
    yield from _circles(catalogue)
    yield from _places(catalogue)


def _unknown(raw: Any, record: Any, path: str = "$") -> Iterator[str]:
    """Keys of a file that no field takes: misspelled ones, mostly."""
    if isinstance(raw, dict) and is_dataclass(record):
        known = {field.name for field in fields(record)}
        for key, value in raw.items():
            if key in known:
                yield from _unknown(value, getattr(record, key), f"{path}.{key}")
            elif key != "$schema":
                yield f"{path}.{key}"
    elif isinstance(raw, list) and isinstance(record, tuple):
        for number, (value, inner) in enumerate(zip(raw, record, strict=True)):
            yield from _unknown(value, inner, f"{path}[{number}]")


def _walk(record: Any) -> Iterator[Any]:
    """The record and every value in it."""
    yield record
    if is_dataclass(record):
        for field in fields(record):
            yield from _walk(getattr(record, field.name))
    elif isinstance(record, tuple):
        for item in record:
            yield from _walk(item)


def _all(record: Any, kind: type[Any]) -> Iterator[Any]:
    return (item for item in _walk(record) if isinstance(item, kind))


def _shape(record: Any) -> Iterator[str]:
    key = getattr(record, "id", None)
    if key is not None and not _ID.fullmatch(key):
        yield f"{key!r} is no id: lower-case letters, digits, hyphens and dots"
    for item in _walk(record):
        if getattr(item, "sources", True) == ():
            yield f"{type(item).__name__} without a source"
        if isinstance(item, Source) and not _ADDRESS.fullmatch(item.url):
            yield f"{item.url!r} is no address"
        if isinstance(item, str):
            yield from _text(item)


def _text(text: str) -> Iterator[str]:
    if unicodedata.normalize("NFC", text) != text:
        yield f"{text[:40]!r} is not in NFC"
    if not text.isprintable() or text != text.strip():
        yield f"{text[:40]!r} has control characters or space at an end"


def _dates(record: Any) -> Iterator[str]:
    for item in _walk(record):
        since = getattr(item, "since", None) or getattr(item, "date", None)
        until = getattr(item, "until", None)
        if isinstance(since, PartialDate) and isinstance(until, PartialDate) and until.is_before(since):
            yield f"{type(item).__name__} ends ({until}) before it begins ({since})"
        if isinstance(item, Source) and item.published and item.read.is_before(item.published):
            yield f"{item.url} was read before it came out"


def _references(record: Any, catalogue: Catalogue) -> Iterator[str]:
    for kind, wanted, keys in _links(record):
        for key in keys:
            if not isinstance(catalogue.by_id.get(key), wanted):
                yield f"{kind} {key!r} names no {' or '.join(item.__name__.lower() for item in wanted)}"
    if isinstance(record, System):
        makers = (catalogue.by_id.get(key) for key in record.makers)
        for maker in makers:
            if isinstance(maker, Organisation) and OrganisationKind.MAKER not in maker.kinds:
                yield f"{maker.id} makes systems and is not said to be a maker"
    if isinstance(record, Position) and record.change_from is not None:
        earlier = next((item for item in catalogue.positions if item.id == record.change_from), None)
        if earlier is None:
            yield f"change_from {record.change_from!r} names no position"
        elif record.date.is_before(earlier.date) or earlier.topic != record.topic:
            yield f"change_from {earlier.id!r} is later, or on another topic"


def _links(record: Any) -> Iterator[tuple[str, tuple[type, ...], Iterable[str]]]:
    """What a record refers to: the field, the kinds that it may name, and the ids."""
    party = (Organisation, Person)
    if isinstance(record, System):
        yield "makers", (Organisation,), record.makers
        yield "family", (Product,), (record.family,) if record.family else ()
    elif isinstance(record, Product):
        yield "maker", (Organisation,), (record.maker,)
    elif isinstance(record, Organisation):
        yield "party", party, (tie.party for tie in record.ties)
        yield "people", (Person,), (key for roster in record.rosters for key in roster.people)
    elif isinstance(record, Person):
        yield "organisation", (Organisation,), (role.organisation for role in record.roles)
    elif isinstance(record, Event):
        yield "parties", party, record.parties
        yield "systems", (System,), record.systems
    elif isinstance(record, Position):
        yield "parties", party, record.parties


def _doubles(records: Iterable[Any]) -> Iterator[Problem]:
    seen: set[str] = set()
    for record in records:
        key = getattr(record, "id", None)
        if key is not None and key in seen:
            yield Problem(where=key, what="the id is taken twice")
        seen.add(key or "")


def _shared_names(catalogue: Catalogue) -> Iterator[Problem]:
    """A name that two entities bear has to be said to be ambiguous, and the other way round."""
    marked = {names.fold(item.name): item.name for item in catalogue.ambiguities}
    shared = {name: held for name, held in catalogue.bearers().items() if len(held) > 1}
    for name, held in shared.items():
        if name not in marked:
            yield Problem(
                where=", ".join(entity.id for entity in held),
                what=f"share the name {name!r}, which is not among the ambiguities",
            )
    for name, words in marked.items():
        if name not in shared:
            yield Problem(where=words, what="is marked as ambiguous and is not")


def _grades(records: Iterable[Any]) -> Iterator[Problem]:
    """One address has one grade, wherever it is cited."""
    seen: dict[str, Grade] = {}
    for record in records:
        for source in _all(record, Source):
            if seen.setdefault(source.url, source.grade) is not source.grade:
                yield Problem(where=source.url, what="is graded in two ways")


def _circles(catalogue: Catalogue) -> Iterator[Problem]:
    for system in catalogue.systems:
        if system in catalogue.line_up(system):
            yield Problem(where=system.id, what="comes from itself, by its line of base models")


def _places(catalogue: Catalogue) -> Iterator[Problem]:
    """A repository tells one system; one that holds several is cited as a source, not as their place."""
    seen: dict[str, str] = {}
    for system in catalogue.systems:
        for place in (*((system.hub_repo,) if system.hub_repo else ()), *system.repositories):
            other = seen.setdefault(place.lower(), system.id)
            if other != system.id:
                yield Problem(where=system.id, what=f"shares {place} with {other}")
