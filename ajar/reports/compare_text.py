"""A comparison for the terminal: what differs as a table, what is shared in a few lines below it."""

from __future__ import annotations

import textwrap
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
from ajar.reports.plain import visible

_STYLES = {"yes": "32", "no": "31", "conditional": "33", "unknown": "2"}


def render(comparison: Comparison, *, colour: bool, width: int, verbose: bool = False) -> str:
    """The comparison as text of at most `width` columns; `verbose` shows every row as a table."""

    def paint(text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if colour and code else text

    lines: list[str] = []
    for standing in Standing:
        rows = comparison.of(standing)
        if not rows and standing is not Standing.DIFFERS:
            continue
        lines += ["", paint(f"{STANDING_WORDS[standing]} ({len(rows)})", "1")]
        if standing is Standing.DIFFERS or (verbose and standing is not Standing.UNKNOWN):
            lines += grid(
                _head(comparison.entries), list(_table(rows, comparison.entries)), width=width, paint=paint
            )
        else:
            lines += _short(rows, comparison.entries, standing, width)
        if standing is Standing.DIFFERS:
            lines += _conditions(rows, comparison.entries, width)
    notes = [f"{entry.asked}: {entry.note}" for entry in comparison.entries if entry.note]
    for note in notes:
        lines += _wrap(note, width)
    lines += ["", *_wrap("; ".join(LEGEND) + ".", width)]
    return "\n".join(line.rstrip() for line in lines[1:]) + "\n"


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


def _conditions(rows: Sequence[Row], entries: Sequence[Entry], width: int) -> Iterator[str]:
    """What each `if` of the table depends on, every condition of a release once."""
    for index, entry in enumerate(entries):
        told = dict.fromkeys(
            row.cells[index].words
            for row in rows
            if row.group is Group.RIGHT and row.cells[index].value == "conditional"
        )
        if told:
            yield from _wrap(f"{entry.report.title}, if: {'; '.join(told)}", width)


def _short(rows: Sequence[Row], entries: Sequence[Entry], standing: Standing, width: int) -> Iterator[str]:
    """Rows whose known cells are the same need no table: one answer each, and of whom it is not known."""
    if standing is Standing.UNKNOWN:
        yield from _wrap(", ".join(label(row) for row in rows), width)
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
        tail = f" ({'; '.join(notes)})" if notes else ""
        yield from _wrap(f"{label(row)}: {said or '–'}{tail}", width)
    for title, told in alone.items():
        yield from _wrap(f"known of {title} alone: {'; '.join(told)}", width)


def _asked(row: Row, entries: Sequence[Entry]) -> list[tuple[str, Cell]]:
    """The titles and cells of those that have something to answer."""
    return [
        (entry.report.title, cell)
        for entry, cell in zip(entries, row.cells, strict=True)
        if cell.value != MOOT
    ]


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(
        visible(text), width, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
    )
