"""The seams. Each plug-in family sees only this module and the model, never its siblings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from ajar.config import Limits, Options
from ajar.model.evidence import Evidence, Gap, Text
from ajar.model.locator import Locator
from ajar.model.release import FileEntry, Release

Progress = Callable[[str, int, int], None]
"""`(stage, done, total)`; total 0 when not known yet."""

HEAD_BYTES = 4096
"""How many leading bytes a format sees to recognise a file."""


class Blob(Protocol):
    """Random access to bytes that may be a file, a range of one, an archive member or memory."""

    @property
    def size(self) -> int:
        """Length in bytes."""

    def read_at(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes from `offset`; fewer only at the end. Raises `BudgetExceeded`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file inside a container, for the pipeline to look at in turn."""

    path: str
    blob: Blob


Observation = Evidence | Gap | Text | Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One file format: how its bytes are recognised, and how its facts are read.

    `matches(head, path)` sees the first `HEAD_BYTES` bytes; formats are tried in the registry's order,
    so a format without a magic number says yes only on its own ground. `inspect` reads as little as
    it can, yields facts as it goes, and raises `MalformedError` or `BudgetExceeded` where it must stop.
    `keys` names every evidence key it may yield, with its meaning and unit.
    """

    id: str
    title: str
    family: str  # weights | config | document | licence | code | data | container | pointer | other
    suffixes: tuple[str, ...]
    matches: Callable[[bytes, str], bool]
    inspect: Callable[[str, Blob, Limits], Iterator[Observation]]
    keys: Mapping[str, str]
    spec: str = ""  # where the format is described


class Counter(Protocol):
    """What an audit costs, as a source counts it."""

    bytes_read: int
    requests: int


class OpenRelease(Protocol):
    """A resolved release whose files can be read."""

    @property
    def release(self) -> Release: ...

    @property
    def observations(self) -> tuple[Evidence | Gap, ...]:
        """What the source itself saw or could not see: broken links, revision, host fields."""

    @property
    def meter(self) -> Counter | None:
        """What the source counts itself: bytes and requests on the network. `None`: reads are to be counted."""

    def open(self, entry: FileEntry) -> AbstractContextManager[Blob]: ...


class Source(Protocol):
    """Turns a locator into a release. The only place that touches a disk or a socket."""

    schemes: tuple[str, ...]

    def resolve(self, locator: Locator, options: Options) -> AbstractContextManager[OpenRelease]:
        """Raises `TargetError` when there is nothing to audit."""
