"""Makers over time for the terminal: a chart in which each release is a letter, then shares and concentration."""

from __future__ import annotations

import textwrap

from ajar.model.judgement import DOORS
from ajar.model.landscape import Landscape, MakerRecord, Tally
from ajar.reports.grid import Line, grid
from ajar.reports.makers_words import (
    CAPTION,
    CONCENTRATION_WORDS,
    concentration,
    key,
    letter,
    openly,
    shares,
    year_words,
)
from ajar.reports.plain import visible

_LEAST_YEAR, _MOST_YEAR = 4, 9  # a year is four digits wide


def render(landscape: Landscape, *, colour: bool, width: int) -> str:
    """The chart and its figures as text of at most `width` columns."""

    def paint(text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if colour and code else text

    years: list[int | None] = [*landscape.years]
    if any(tally.year is None for maker in landscape.makers for tally in maker.years):
        years.append(None)
    head = [(year_words(year),) for year in years]
    rows = [
        Line(label=maker.name, cells=tuple(_cell(maker, year) for year in years))
        for maker in landscape.makers
    ]
    lines = [paint("Makers over time", "1"), *_wrap(CAPTION, width), ""]
    lines += grid(head, rows, width=width, paint=paint, least=_LEAST_YEAR, most=_MOST_YEAR)
    lines += ["", *_wrap(key(), width), "", paint("Shares, over all years", "1")]
    for maker in landscape.makers:
        lines += _wrap(f"{maker.name}: {shares(maker.total)}; {openly(maker.total)}", width)
    lines += ["", paint("In how few hands", "1")]
    for found in landscape.concentrations:
        lines += _wrap(f"{CONCENTRATION_WORDS[found.id]}: {concentration(found)}", width)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _cell(maker: MakerRecord, year: int | None) -> tuple[str, ...]:
    tally = next((tally for tally in maker.years if tally.year == year), None)
    return (_letters(tally), f"n={tally.n}") if tally else ("·",)


def _letters(tally: Tally) -> str:
    """The least open first, and of one door the settled first."""
    ordered = sorted(tally.stands, key=lambda stand: (DOORS.index(stand.declared), not stand.is_settled))
    return "".join(letter(stand) for stand in ordered)


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(
        visible(text), width, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
    )
