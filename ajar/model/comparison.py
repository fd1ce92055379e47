"""Several releases side by side: what differs, what may, and what all share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ajar.model.evidence import Basis, Ground
from ajar.model.report import Report

MOOT = "moot"
"""The value of a cell that has nothing to answer: no weights, so no licence on them."""


class Group(StrEnum):
    """What a row is about, in the order of its weight."""

    DOOR = "door"
    LICENCE = "licence"
    RIGHT = "right"
    SECURITY = "security"
    MONOPOLY = "monopoly"
    PRIVACY = "privacy"
    ETHICS = "ethics"
    COMPONENT = "component"
    CLAIM = "claim"


class Standing(StrEnum):
    """What the cells of a row have in common, the most telling first."""

    DIFFERS = "differs"  # at least two known answers
    OPEN = "open"  # all that is known is the same, and something is not known or may yet be more
    SHARED = "shared"  # known of all, and the same
    UNKNOWN = "unknown"  # known of none


class From(StrEnum):
    """Where what is known of a release comes from."""

    AUDIT = "audit"  # its files
    CATALOGUE = "catalogue"  # published sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One release to be compared. `maker`, `date` and `parameters` are empty where nobody says."""

    asked: str
    report: Report
    origin: From
    maker: str = ""
    makers: tuple[str, ...] = ()  # their ids, where the catalogue knows them
    date: str = ""
    parameters: str = ""
    note: str = ""  # which of two things of this name was taken, and how to ask for the other


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What is known of one release on one row. `value` is what is compared, `words` say more.

    A cell that is not known is never a no; one of value `moot` has nothing to answer. `bounds` are those of a verdict that is not certain.
    """

    value: str
    is_known: bool
    basis: Basis
    condition: str = ""  # what the answer depends on; two of one value and unlike conditions differ
    words: str = ""
    because: tuple[Ground, ...] = ()
    bounds: tuple[str, str] | None = None
    may_be_more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing asked of every release, with a cell for each, in the order of the columns."""

    group: Group
    id: str
    cells: tuple[Cell, ...]
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Releases and rows. Rows stand by standing, then by group."""

    entries: tuple[Entry, ...]
    rows: tuple[Row, ...]

    def of(self, standing: Standing) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.standing is standing)
