"""Makers over time as data: JSON (`ajar-makers/1`), CSV and Markdown."""

from __future__ import annotations

from typing import Any

from ajar.config import VERSION
from ajar.model.judgement import DOORS, Door
from ajar.model.landscape import Concentration, Landscape, Tally
from ajar.reports.makers_words import CAPTION, CONCENTRATION_WORDS, concentration, key, year_words
from ajar.reports.tables import as_csv, as_markdown, json_text, markdown_text

SCHEMA = "ajar-makers/1"
Json = dict[str, Any]


def dumps(landscape: Landscape) -> str:
    """Makers over time as JSON text."""
    return json_text(to_json(landscape))


def to_json(landscape: Landscape) -> Json:
    """Makers over time as plain data."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "ajar", "version": VERSION},
        "makers": [
            {
                "id": maker.id,
                "name": maker.name,
                "total": _tally(maker.total),
                "years": [{"year": tally.year, **_tally(tally)} for tally in maker.years],
            }
            for maker in landscape.makers
        ],
        "concentrations": [concentration_json(found) for found in landscape.concentrations],
    }


def _tally(tally: Tally) -> Json:
    said, possible = tally.from_door(Door.AJAR)
    return {
        "n": tally.n,
        "doors": {
            door.value: {
                "count": tally.at(door),
                "settled": tally.at(door, settled=True),
                "share": round(tally.at(door) / tally.n, 4) if tally.n else None,
            }
            for door in DOORS
        },
        "unknown": tally.unknown,
        "ajar_or_more": {"declared": said, "at_most": possible},
        "releases": [
            {"id": stand.id, "declared": stand.declared.value, "at_most": stand.at_most.value}
            for stand in tally.stands
        ],
    }


def concentration_json(found: Concentration) -> Json:
    """One concentration with its n, what a unit is and what is left out."""
    return {
        "id": found.id,
        "counted": found.counted,
        "left_out": found.left_out,
        "n": found.n,
        "unknown": found.unknown,
        "hhi": None if found.hhi is None else round(found.hhi, 1),
        "even_hhi": None if found.even_hhi is None else round(found.even_hhi, 1),
        "holders": [
            {"id": item.id, "name": item.name, "count": round(item.count, 4), "share": round(item.share, 4)}
            for item in found.portions
        ],
    }


def to_csv(landscape: Landscape) -> str:
    """A line for each maker and year: n, and for each door how many are settled there and how many are not."""
    heads = ["maker", "year", "n"]
    for door in DOORS:
        heads += [door.value, f"{door.value}: may be more open"]
    heads.append("unknown")
    lines = [
        [
            maker.id,
            "" if tally.year is None else str(tally.year),
            str(tally.n),
            *(str(tally.at(door, settled=settled)) for door in DOORS for settled in (True, False)),
            str(tally.unknown),
        ]
        for maker in landscape.makers
        for tally in maker.years
    ]
    return as_csv(heads, lines)


def to_markdown(landscape: Landscape) -> str:
    """The figures of the chart as a table, then the concentrations."""
    heads = ["maker", "year", "n", *(door.value for door in DOORS), "not known"]
    lines = [
        [
            maker.name,
            year_words(tally.year),
            str(tally.n),
            *(_count(tally, door) for door in DOORS),
            str(tally.unknown),
        ]
        for maker in landscape.makers
        for tally in maker.years
    ]
    hands = "\n".join(
        f"- **{CONCENTRATION_WORDS[found.id]}**: {markdown_text(concentration(found))}"
        for found in landscape.concentrations
    )
    parts = ["# Makers over time", markdown_text(CAPTION), as_markdown(heads, lines)]
    parts += [f"`2 + 1?`: two at that door, and one more that may be more open. {markdown_text(key())}"]
    return "\n\n".join([*parts, "## In how few hands", hands]) + "\n"


def _count(tally: Tally, door: Door) -> str:
    sure, loose = tally.at(door, settled=True), tally.at(door, settled=False)
    parts = [str(sure)] * bool(sure) + [f"{loose}?"] * bool(loose)
    return " + ".join(parts) or "0"
