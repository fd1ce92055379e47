"""From the data files to records. The files are JSON, decoded straight into the types of `ajar.model.catalogue`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from threading import Lock
from typing import Any

from ajar.catalogue.store import Catalogue
from ajar.errors import MalformedError
from ajar.model.catalogue import Ambiguity, Argument, Event, Organisation, Person, Position, Product, System
from ajar.model.partial_date import PartialDate


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """What a data file may hold; each holds one kind."""

    systems: tuple[System, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    people: tuple[Person, ...] = ()
    products: tuple[Product, ...] = ()
    events: tuple[Event, ...] = ()
    positions: tuple[Position, ...] = ()
    arguments: tuple[Argument, ...] = ()
    ambiguities: tuple[Ambiguity, ...] = ()


KINDS = tuple(DataFile.__dataclass_fields__)


def data_files() -> Iterator[Traversable]:
    """Every data file, in the order of their names."""
    root = files("ajar.catalogue") / "data"
    for entry in sorted(root.iterdir(), key=lambda item: item.name):
        if entry.is_dir():
            yield from sorted(entry.iterdir(), key=lambda item: item.name)
        elif entry.name.endswith(".json"):
            yield entry


def decode(data: bytes, name: str) -> DataFile:
    """One file's records. Raises `MalformedError` that says where the file departs from the types."""
    import msgspec

    try:
        return msgspec.json.decode(data, type=DataFile, dec_hook=_from_text)
    except msgspec.MsgspecError as error:
        raise MalformedError(f"{name}: {error}") from error


_loading = Lock()
_date = lru_cache(maxsize=1024)(PartialDate)  # most dates are the day that sources were read


def _from_text(kind: type, value: Any) -> Any:
    if kind is PartialDate and isinstance(value, str):
        return _date(value)
    raise TypeError(f"{value!r} is no {kind.__name__}")


def load() -> Catalogue:
    """The catalogue that ships with ajar, read once. Safe to call from several threads."""
    # msgspec works out the types of dataclasses at their first use, and crashes when two threads do so at once.
    with _loading:
        return _load()


@cache
def _load() -> Catalogue:
    return catalogue_of(decode(entry.read_bytes(), entry.name) for entry in data_files())


def catalogue_of(parts: Iterator[DataFile]) -> Catalogue:
    """Files put together, kind by kind."""
    held: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for part in parts:
        for kind in KINDS:
            held[kind] += getattr(part, kind)
    return Catalogue(**{kind: tuple(records) for kind, records in held.items()})
