"""A comparison for the terminal: what differs as a table, what is shared in a few lines below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ajar.model.comparison import MOOT, Cell, Comparison, Entry, Group, Row, Standing
from ajar.reports.compare_words import (
    GROUP_WORDS,
    LEGEND,
    ORIGIN_WORDS,
    STANDING_WORDS,
    answer,
    bounds,
    label,
    tone,
)
from ajar.reports.grid import Line, grid
from ajar.reports.page import Page

_STYLES = {"yes": "32", "no": "31", "conditional": "33", "unknown": "2"}


def render(comparison: Comparison, *, colour: bool, width: int, verbose: bool = False) -> str:
    """The comparison as text of at most `width` columns; `verbose` shows every row as a table."""
    page = Page(width=width, colour=colour)
    entries = comparison.entries
    for standing in Standing:
        rows = comparison.of(standing)
        if not rows and standing is not Standing.DIFFERS:
            continue
        page.add("" for _ in page.lines[:1])
        page.add([page.heading(f"{STANDING_WORDS[standing]} ({len(rows)})")])
        if standing is Standing.DIFFERS or (verbose and standing is not Standing.UNKNOWN):
            page.add(grid(_head(entries), list(_table(rows, entries)), width=width, paint=page.paint))
        else:
            page.add(_short(rows, entries, standing, page))
        if standing is Standing.DIFFERS:
            page.add(_conditions(rows, entries, page))
    notes = [f"{entry.asked}: {entry.note}" for entry in entries if entry.note]
    page.add(["", page.heading("Which was taken")] if notes else [])
    for note in notes:
        page.add(page.wrap(note, hang=4))
    page.add(["", *page.wrap("; ".join(LEGEND) + ".", hang=4)])
    return "\n".join(page.lines) + "\n"


def _head(entries: Sequence[Entry]) -> list[tuple[str, ...]]:
    return [
        tuple(
            part
            for part in (entry.report.title, entry.maker, entry.date[:7], ORIGIN_WORDS[entry.origin])
            if part
        )
        for entry in entries
    ]


def _table(rows: Sequence[Row], entries: Sequence[Entry]) -> Iterator[Line]:
    group = None
    for row in rows:
        if row.group is not group:
            group = row.group
            yield Line(label=GROUP_WORDS[group])
        cells = tuple(
            tuple(part for part in (answer(row, cell), bounds(entry, cell)) if part)
            for entry, cell in zip(entries, row.cells, strict=True)
        )
        styles = tuple(_STYLES.get(tone(row, cell), "") for cell in row.cells)
        yield Line(label=f"  {label(row)}", cells=cells, styles=styles)


def _conditions(rows: Sequence[Row], entries: Sequence[Entry], page: Page) -> Iterator[str]:
    """What each `if` of the table depends on, every condition of a release once."""
    for index, entry in enumerate(entries):
        told = dict.fromkeys(
            row.cells[index].words
            for row in rows
            if row.group is Group.RIGHT and row.cells[index].value == "conditional"
        )
        if told:
            yield from page.wrap(f"{entry.report.title}, if: {'; '.join(told)}", hang=4)


def _short(rows: Sequence[Row], entries: Sequence[Entry], standing: Standing, page: Page) -> Iterator[str]:
    """Rows whose known cells are the same need no table: one answer each, and of whom it is not known."""
    if standing is Standing.UNKNOWN:
        yield from page.wrap(", ".join(label(row) for row in rows), hang=4)
        return
    alone: dict[str, list[str]] = {}
    for row in rows:
        known = [title for title, cell in _asked(row, entries) if cell.is_known]
        missing = [title for title, cell in _asked(row, entries) if not cell.is_known]
        said = " / ".join(
            dict.fromkeys(answer(row, cell) for _, cell in _asked(row, entries) if cell.is_known)
        )
        if missing and len(known) == 1:
            alone.setdefault(known[0], []).append(f"{label(row)}: {said}")
            continue
        notes = [f"not known of {', '.join(missing)}"] if missing else []
        if len(known) < len(missing):
            notes = [f"known only of {', '.join(known)}"]
        notes += [
            f"{entry.report.title} {bounds(entry, cell)}"
            for entry, cell in zip(entries, row.cells, strict=True)
            if cell.is_known and cell.may_be_more
        ]
        condition = next((cell.condition for _, cell in _asked(row, entries) if cell.condition), "")
        notes += [condition] if condition else []
        tail = f" ({'; '.join(notes)})" if notes else ""
        yield from page.wrap(f"{label(row)}: {said or '–'}{tail}", hang=4)
    for title, told in alone.items():
        yield from page.wrap(f"known of {title} alone: {'; '.join(told)}", hang=4)


def _asked(row: Row, entries: Sequence[Entry]) -> list[tuple[str, Cell]]:
    """The titles and cells of those that have something to answer."""
    return [
        (entry.report.title, cell)
        for entry, cell in zip(entries, row.cells, strict=True)
        if cell.value != MOOT
    ]
