"""What a survey says, for the terminal: each figure as a table with its number, unknowns and intervals."""

from __future__ import annotations

from collections.abc import Iterator

from ajar.model.surveyed import Concentration, Figure, Surveyed
from ajar.reports import tables
from ajar.reports.page import Page
from ajar.reports.survey_words import (
    READ,
    basis,
    index_words,
    largest_words,
    name_of,
    share_words,
    summary,
    year_of,
)


def render(found: Surveyed, *, colour: bool, width: int) -> str:
    """The report as text of at most `width` columns."""
    page = Page(width=width, colour=colour)
    page.add([page.heading("What the survey says"), *page.wrap(basis(found)), *page.wrap(READ)])
    if found.n:
        for figure in found.figures:
            page.add(["", *_figure(figure, page)])
        for one in found.concentrations:
            page.add(["", *_concentration(one, page)])
    return "\n".join(page.lines) + "\n"


def _figure(figure: Figure, page: Page) -> Iterator[str]:
    """A line a share that is not nothing: a table that fits any terminal."""
    yield page.heading(figure.title)
    yield from page.wrap(f"{summary(figure)} {figure.means} It cannot say: {figure.cannot_say}")
    rows = []
    for group in figure.groups:
        head = (name_of(group), f"{group.n:,}", f"{group.unknown:,}")
        shown = [share for share in group.shares if share.n]
        if not shown:
            rows.append((*head, "–", "–"))
        for number, share in enumerate(shown):
            rows.append((*(("", "", "") if number else head), share.category, share_words(share)))
    if rows:
        yield from tables.text((figure.by, "n", "unknown", "which", "share, %"), rows, page)
    if figure.left_out:
        yield from page.wrap(f"{figure.left_out:,} smaller ones are not shown.")


def _concentration(one: Concentration, page: Page) -> Iterator[str]:
    yield page.heading(f"In how few hands: {one.title.lower()}")
    largest = f" The largest of all years: {largest_words(one.rows[0])}." if one.rows else ""
    yield from page.wrap(f"{one.means} It cannot say: {one.cannot_say}{largest}")
    rows = [
        (year_of(row), f"{row.n:,}", f"{row.unknown:,}", f"{row.holders:,}", index_words(row.hhi, 0), index_words(row.gini, 3))
        for row in one.rows
    ]  # fmt: skip
    if rows:
        yield from tables.text(("year", "n", "unknown", "holders", "HHI", "Gini"), rows, page)
