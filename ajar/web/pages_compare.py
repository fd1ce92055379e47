"""Systems side by side, what they differ in first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ajar.comparing import compare as side_by_side
from ajar.errors import UsageError
from ajar.model.catalogue import System
from ajar.model.comparison import MOOT, Cell, Comparison, Entry, From, Row, Standing
from ajar.reports import compare_data
from ajar.reports.compare_words import (
    GROUP_WORDS,
    LEGEND,
    STANDING_WORDS,
    about,
    answer,
    bounds,
    label,
    question,
    tone,
)
from ajar.reports.json_v1 import grounds
from ajar.web.page import Asked, Page, Table
from ajar.web.report_view import Because, grounds_view
from ajar.web.site import Site

MOST = 6  # columns that a page has room for


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    said: str
    style: str
    spoken: str  # for who cannot see the sign
    limit: str
    words: str
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    group: str
    label: str
    asks: str
    cells: tuple[CellView, ...]


def compare(site: Site, _: Mapping[str, str], asked: Asked) -> Page:
    """The form alone, or the systems that it names. Raises `UsageError` for one, or for too many."""
    chosen = [site.entity(key, System) for key in asked.all("system")]
    if len(chosen) == 1 or len(chosen) > MOST:
        raise UsageError(f"{len(chosen)} to compare", hint=f"choose 2 to {MOST} systems")
    found = side_by_side([_entry(site, system) for system in chosen])
    names = ", ".join(system.name for system in chosen)
    return Page(
        path="compare/",
        title=f"{names}, side by side" if chosen else "Compare systems",
        about="AI systems side by side: how open, under which terms, made of what; what they differ in first.",
        template="compare.html",
        context={
            "entries": [(entry, about(entry)) for entry in found.entries],
            "systems": [entry.asked for entry in found.entries],
            "tables": _tables(found),
            "legend": [item.split("  ", 1) for item in LEGEND],
            "unknown": [label(row) for row in found.of(Standing.UNKNOWN)] if chosen else [],
            "choices": sorted(site.catalogue.systems, key=lambda system: system.name.lower()),
            "room": range(max(3, min(MOST, len(chosen) + 1))),
        },
        data=compare_data.dumps(found),
        table=_csv(found),
    )


def _entry(site: Site, system: System) -> Entry:
    return Entry(
        asked=system.id,
        report=site.report(system),
        origin=From.CATALOGUE,
        maker=", ".join(site.catalogue.name_of(maker) for maker in system.makers),
        makers=system.makers,
        date=str(system.date or ""),
        parameters=system.parameters or "",
    )


def _tables(found: Comparison) -> list[tuple[str, list[RowView]]]:
    if not found.entries:
        return []
    kinds = [standing for standing in Standing if standing is not Standing.UNKNOWN]
    return [(STANDING_WORDS[kind], _rows(found.of(kind), found.entries)) for kind in kinds]


def _rows(rows: Sequence[Row], entries: Sequence[Entry]) -> list[RowView]:
    return [
        RowView(
            group=GROUP_WORDS[row.group],
            label=label(row),
            asks=question(row),
            cells=tuple(_cell(row, cell, entry) for entry, cell in zip(entries, row.cells, strict=True)),
        )
        for row in rows
    ]


def _cell(row: Row, cell: Cell, entry: Entry) -> CellView:
    spoken = "" if cell.is_known else "nothing tells"
    return CellView(
        said=answer(row, cell),
        style=tone(row, cell),
        spoken="nothing to ask it of" if cell.value == MOOT else spoken,
        limit=bounds(entry, cell),
        words=f"{cell.words} ({cell.basis.value})" if cell.words else "",
        because=grounds_view(grounds(cell.because)),
    )


def _csv(found: Comparison) -> Table:
    heads = ("standing", "group", "what", *(entry.asked for entry in found.entries))
    rows = [
        (row.standing.value, row.group.value, label(row), *(answer(row, cell) for cell in row.cells))
        for row in (found.rows if found.entries else ())
    ]
    return Table(heads=heads, rows=rows)
