"""Plain words and letters for makers over time, shared by the outputs."""

from __future__ import annotations

from collections.abc import Mapping

from ajar.model.judgement import DOOR_LABELS, DOORS, Door
from ajar.model.landscape import Concentration, Portion, Stand, Tally

LETTERS: Mapping[Door, str] = {
    Door.SHUT: "S",
    Door.CHAINED: "C",
    Door.AJAR: "A",
    Door.OPEN: "O",
    Door.WIDE_OPEN: "W",
}
CAPTION = (
    "Each maker's releases by the year they were first released or announced, at the door where their published facts "
    "put them today; a release whose weights came later stands in its first year. Only releases of the catalogue are counted."
)
UNSETTLED = "as declared; may be more open, which its published facts leave open"
NO_DATE = "no date"
CONCENTRATION_WORDS: Mapping[str, str] = {
    "releases": "Releases",
    "weights-given-out": "Weights given out",
    "lineage": "Lines of descent",
}
_LARGEST = 4  # named of one concentration


def letter(stand: Stand) -> str:
    """One release: its door's letter, small where that is not settled; `?` where none is known."""
    if stand.is_unknown:
        return "?"
    found = LETTERS[stand.declared]
    return found if stand.is_settled else found.lower()


def key() -> str:
    """What the letters mean."""
    doors = ", ".join(f"{LETTERS[door]} {door.value} ({DOOR_LABELS[door]})" for door in DOORS)
    return f"One letter, one release: {doors}; a small letter: {UNSETTLED}; ? no door is known."


def year_words(year: int | None) -> str:
    return NO_DATE if year is None else "all" if year == 0 else str(year)


def shares(tally: Tally) -> str:
    """The doors of one tally with their shares, the shut first, and how many are not settled."""
    if not tally.n:
        return "no release"
    parts = [
        f"{door.value} {tally.at(door)} ({tally.at(door) / tally.n:.0%})" for door in DOORS if tally.at(door)
    ]
    if tally.unknown:
        parts.append(f"not known {tally.unknown} ({tally.unknown / tally.n:.0%})")
    loose = sum(tally.at(door, settled=False) for door in DOORS)
    tail = f"; {loose} of them may be more open" if loose else ""
    return f"n = {tally.n}: {', '.join(parts)}{tail}"


def openly(tally: Tally) -> str:
    """How many may be used, changed and shared freely: ajar or a more open door."""
    said, possible = tally.from_door(Door.AJAR)
    more = f", up to {possible} if every unknown were open" if possible != said else ""
    return f"ajar or more open: {said} of {tally.n}{more}"


def concentration(found: Concentration) -> str:
    """One concentration in a sentence or two, with its n and what is left out."""
    unknown = f", and {found.unknown} of which it is not known" if found.unknown else ""
    if found.hhi is None or found.even_hhi is None:
        return f"{found.counted}: none known (n = 0{unknown}). {found.left_out}"
    largest = ", ".join(portion(item) for item in found.portions[:_LARGEST])
    return (
        f"HHI {found.hhi:,.0f} of 10,000 (n = {found.n}{unknown}; {len(found.portions)} holders, who would make "
        f"{found.even_hhi:,.0f} if all held the same). The largest: {largest}. Counted: {found.counted}. {found.left_out}"
    )


def portion(item: Portion) -> str:
    return f"{item.name} {item.share:.0%} ({item.count:g})"
