"""Many releases counted: at which door makers' releases stand, by year, and how few hands they are in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ajar.model.judgement import DOORS, Door


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """One release at its door. `at_most` is what it may yet be, where its published facts leave that open."""

    id: str
    name: str
    declared: Door
    at_most: Door

    @property
    def is_settled(self) -> bool:
        return self.declared is self.at_most

    @property
    def is_unknown(self) -> bool:
        """Whether nothing puts it at a door: not even that its weights are given out or withheld."""
        return self.declared is Door.SHUT and not self.is_settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Releases of one maker in one year; `year` is `None` for those without a date and `0` for all together."""

    year: int | None
    stands: tuple[Stand, ...]

    @property
    def n(self) -> int:
        return len(self.stands)

    def at(self, door: Door, *, settled: bool | None = None) -> int:
        """How many stand at a door as declared; of those only the settled or the unsettled when asked."""
        return sum(
            item.declared is door and not item.is_unknown and settled in {None, item.is_settled}
            for item in self.stands
        )

    @property
    def unknown(self) -> int:
        """How many are at no door that is known."""
        return sum(item.is_unknown for item in self.stands)

    def from_door(self, door: Door) -> tuple[int, int]:
        """How many stand at this door or a more open one: as declared, and if every unknown were open."""
        least = DOORS.index(door)
        return (
            sum(DOORS.index(item.declared) >= least for item in self.stands),
            sum(DOORS.index(item.at_most) >= least for item in self.stands),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MakerRecord:
    """One maker's releases over the years, oldest first, undated ones last."""

    id: str
    name: str
    years: tuple[Tally, ...]

    @property
    def total(self) -> Tally:
        return Tally(year=0, stands=tuple(item for tally in self.years for item in tally.stands))


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """One holder's part of what is counted."""

    id: str
    name: str
    count: float  # a release of two makers is half of one each
    share: float  # 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Concentration:
    """How few hands something is in: shares and the Herfindahl-Hirschman index, 0 to 10,000.

    `counted` says what one unit is, `left_out` what is not counted. `n` are the units counted; of `unknown`
    more it is not known whether they belong, or to whom.
    """

    id: str  # releases | weights-given-out | lineage
    counted: str
    left_out: str
    n: int
    unknown: int
    portions: tuple[Portion, ...]  # the largest first

    @property
    def hhi(self) -> float | None:
        """Sum of the squared shares in per cent; `None` when there is nothing to count."""
        return sum((100 * item.share) ** 2 for item in self.portions) if self.portions else None

    @property
    def even_hhi(self) -> float | None:
        """What the index would be if the same holders had equal parts."""
        return 10_000 / len(self.portions) if self.portions else None

    def portion(self, key: str) -> Portion | None:
        return next((item for item in self.portions if item.id == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Landscape:
    """Makers over the years, and the concentration of the whole catalogue they stand in."""

    makers: tuple[MakerRecord, ...]
    concentrations: tuple[Concentration, ...]

    @property
    def years(self) -> tuple[int, ...]:
        """Every year from the first to the last that has a release, so that a gap shows."""
        found = [tally.year for maker in self.makers for tally in maker.years if tally.year]
        return tuple(range(min(found), max(found) + 1)) if found else ()


def portions(held: Sequence[tuple[str, str, float]]) -> tuple[Portion, ...]:
    """Counts by holder (`id`, `name`, count), summed and turned into shares; the largest first, then by name."""
    sums: dict[str, tuple[str, float]] = {}
    for key, name, count in held:
        sums[key] = (name, sums.get(key, (name, 0.0))[1] + count)
    whole = sum(count for _, count in sums.values())
    found = [
        Portion(id=key, name=name, count=count, share=count / whole) for key, (name, count) in sums.items()
    ]
    return tuple(sorted(found, key=lambda item: (-item.count, item.name)))
