"""What a survey says: shares with their number, their unknowns and their interval, and how few hands hold how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One category of a group. `value` is its share of what is known; `low` to `high` the 95 % interval.

    `least` and `most` are the shares of the whole group if no unknown, or every one, belonged to it.
    """

    category: str
    n: int
    value: float
    low: float
    high: float
    least: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Releases of one kind. `n` are known, `unknown` are not; `stands_for` is how many of the listing they are."""

    name: str | None  # None: those of which it is not known where they belong
    n: int
    unknown: int
    stands_for: float
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One table and chart. `means` says what is counted, `cannot_say` what does not follow from it."""

    id: str
    title: str
    by: str
    means: str
    cannot_say: str
    categories: tuple[str, ...]  # in their order
    groups: tuple[Group, ...]
    left_out: int = 0  # smaller groups that are not shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A measure with its 95 % bootstrap interval; `None` where there is too little to tell."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """In how few hands one thing was in one year (`None`: all years together). `n` releases, `unknown` more."""

    year: int | None
    n: int
    unknown: int
    holders: int
    hhi: Index | None  # 0 to 10,000
    gini: Index | None  # 0 to 1, among those who hold any
    largest: tuple[tuple[str, float], ...]  # holder and share


@dataclass(frozen=True, slots=True, kw_only=True)
class Concentration:
    """One thing counted by who holds it, over the years."""

    id: str
    title: str
    means: str
    cannot_say: str
    rows: tuple[Hands, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """All that is told of one store."""

    plan: Mapping[str, Any]
    n: int  # rows: done and failed
    failed: int
    unfinished: int  # listed, and not yet in the store
    stands_for: float
    is_sample: bool
    figures: tuple[Figure, ...]
    concentrations: tuple[Concentration, ...]
