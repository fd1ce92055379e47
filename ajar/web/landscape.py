"""Every known system as a door, by maker and year, and which of them a query asks for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ajar.catalogue.queries import Period
from ajar.model.catalogue import Access, Organisation
from ajar.model.judgement import DOORS
from ajar.model.showing import Released
from ajar.reports.known_words import ACCESS_WORDS, grant_words

if TYPE_CHECKING:
    from ajar.web.page import Asked

EARLY = 2021  # up to here releases are few, and share a column
UNDATED = "no date"
ACCESS = tuple(item.value for item in Access)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One system in the picture. `words` is what a search looks in, folded."""

    item: Released
    words: str
    is_shown: bool

    @property
    def door(self) -> str:
        return self.item.door.declared

    @property
    def may_be_more(self) -> bool:
        """Whether something that is not known may open the door further."""
        return self.item.door.at_most != self.item.door.declared

    @property
    def year(self) -> str:
        date = self.item.system.date
        return str(date.year) if date else ""

    @property
    def access(self) -> str:
        return ACCESS_WORDS[self.item.system.weights]

    @property
    def licence(self) -> str:
        return grant_words(self.item.system.licence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A maker's systems, a cell a column. A system of two makers stands with the first."""

    maker: Organisation
    cells: tuple[tuple[Tile, ...], ...]

    @property
    def is_shown(self) -> bool:
        return any(tile.is_shown for cell in self.cells for tile in cell)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a query asks for; what is empty asks for nothing."""

    words: str = ""
    doors: tuple[str, ...] = ()
    maker: str = ""
    access: str = ""
    modality: str = ""
    period: Period = field(default_factory=Period)

    def holds(self, item: Released, words: str) -> bool:
        """Whether a system is among what is asked for. `words` is what `searched` gives for it."""
        system = item.system
        return (
            all(word in words for word in fold(self.words).split())
            and (not self.doors or item.door.declared in self.doors)
            and self.maker in {"", *system.makers}
            and self.access in {"", system.weights.value if system.weights else "unknown"}
            and (not self.modality or self.modality in system.modalities)
            and self.period.holds(system.date)
        )


def wish_of(asked: Asked, makers: Iterable[str], modalities: Iterable[str]) -> Wish:
    """Read a query. Raises `UsageError` for a choice that there is not."""
    return Wish(
        words=asked.one("q"),
        doors=asked.choice("door", DOORS),
        maker=_only(asked.choice("maker", makers)),
        access=_only(asked.choice("weights", (*ACCESS, "unknown"))),
        modality=_only(asked.choice("modality", modalities)),
        period=Period(since=asked.date("since"), until=asked.date("until")),
    )


def _only(values: Sequence[str]) -> str:
    return values[-1] if values else ""


def fold(text: str) -> str:
    """Lower case, without accents: as the page's script does it."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(char for char in plain if not unicodedata.combining(char)).lower()


def searched(item: Released) -> str:
    """Where a search looks: the names of system and makers, the licence, the repository."""
    system = item.system
    parts = (system.name, *system.aliases, *item.makers, grant_words(system.licence), system.hub_repo or "")
    return fold(" ".join(parts))


def tiles(found: Iterable[Released], wish: Wish) -> tuple[Tile, ...]:
    """Every system, those that are not asked for hidden: a page's script can show them again."""
    return tuple(
        Tile(item=item, words=words, is_shown=wish.holds(item, words))
        for item in found
        for words in (searched(item),)
    )


def columns(found: Iterable[Tile]) -> tuple[str, ...]:
    """The heads: early years together, each later year, and what has no date."""
    years = sorted({tile.year for tile in found})
    late = [year for year in years if year and int(year) > EARLY]
    early = [year for year in years if year and int(year) <= EARLY]
    heads = [f"to {EARLY}"] if early else []
    return (*heads, *late, *([UNDATED] if "" in years else []))


def rows(found: Sequence[Tile], makers: Iterable[Organisation]) -> tuple[Row, ...]:
    """A row a maker that stands first for any system, in the order given."""
    heads = columns(found)
    own: dict[str, list[Tile]] = {}
    for tile in found:
        own.setdefault(tile.item.system.makers[0], []).append(tile)
    return tuple(
        Row(maker=maker, cells=tuple(_cell(own[maker.id], head) for head in heads))
        for maker in makers
        if maker.id in own
    )


def _cell(found: Iterable[Tile], head: str) -> tuple[Tile, ...]:
    return tuple(tile for tile in found if _head(tile.year) == head)


def _head(year: str) -> str:
    if not year:
        return UNDATED
    return f"to {EARLY}" if int(year) <= EARLY else year


def doors_by_year(found: Iterable[Released]) -> Mapping[str, Mapping[str, int]]:
    """How many systems stand at each door, by year; undated ones apart."""
    counts: dict[str, dict[str, int]] = {}
    for item in found:
        year = str(item.system.date.year) if item.system.date else UNDATED
        row = counts.setdefault(year, dict.fromkeys(map(str, DOORS), 0))
        row[item.door.declared] += 1
    return dict(sorted(counts.items()))
