"""Makers over time for the terminal: a chart in which each release is a letter, then shares and concentration."""

from __future__ import annotations

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
from ajar.reports.page import Page

_LEAST_YEAR, _MOST_YEAR = 4, 9  # a year is four digits wide


def render(landscape: Landscape, *, colour: bool, width: int) -> str:
    """The chart and its figures as text of at most `width` columns."""
    page = Page(width=width, colour=colour)
    years: list[int | None] = [*landscape.years]
    if any(tally.year is None for maker in landscape.makers for tally in maker.years):
        years.append(None)
    head = [(year_words(year),) for year in years]
    rows = [
        Line(label=maker.name, cells=tuple(_cell(maker, year) for year in years))
        for maker in landscape.makers
    ]
    page.add([page.heading("Makers over time"), *page.wrap(CAPTION, hang=4), ""])
    page.add(grid(head, rows, width=width, paint=page.paint, least=_LEAST_YEAR, most=_MOST_YEAR))
    page.add(["", *page.wrap(key(), hang=4), "", page.heading("Shares, over all years")])
    for maker in landscape.makers:
        page.add(page.wrap(f"{maker.name}: {shares(maker.total)}; {openly(maker.total)}", hang=4))
    page.add(["", page.heading("In how few hands")])
    for found in landscape.concentrations:
        page.add(page.wrap(f"{CONCENTRATION_WORDS[found.id]}: {concentration(found)}", hang=4))
    return "\n".join(page.lines) + "\n"


def _cell(maker: MakerRecord, year: int | None) -> tuple[str, ...]:
    tally = next((tally for tally in maker.years if tally.year == year), None)
    return (_letters(tally), f"n={tally.n}") if tally else ("·",)


def _letters(tally: Tally) -> str:
    """The least open first, and of one door the settled first."""
    ordered = sorted(tally.stands, key=lambda stand: (DOORS.index(stand.declared), not stand.is_settled))
    return "".join(letter(stand) for stand in ordered)
