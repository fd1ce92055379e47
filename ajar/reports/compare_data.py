"""A comparison as data: JSON (`ajar-compare/1`), CSV and Markdown."""

from __future__ import annotations

from typing import Any

from ajar.config import VERSION
from ajar.model.comparison import Cell, Comparison, Entry, Row, Standing
from ajar.reports.compare_words import GROUP_WORDS, ORIGIN_WORDS, STANDING_WORDS, about, answer, bounds, label
from ajar.reports.json_v1 import grounds
from ajar.reports.tables import as_csv, as_markdown, json_text, markdown_text

SCHEMA = "ajar-compare/1"
Json = dict[str, Any]


def dumps(comparison: Comparison) -> str:
    """The comparison as JSON text."""
    return json_text(to_json(comparison))


def to_json(comparison: Comparison) -> Json:
    """The comparison as plain data; rows in the order that they are shown."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "ajar", "version": VERSION},
        "releases": [_entry(entry) for entry in comparison.entries],
        "rows": [
            {
                "group": row.group.value,
                "id": row.id,
                "label": label(row),
                "standing": row.standing.value,
                "cells": [_cell(cell) for cell in row.cells],
            }
            for row in comparison.rows
        ],
    }


def _entry(entry: Entry) -> Json:
    return {
        "asked": entry.asked,
        "title": entry.report.title,
        "target": entry.report.target,
        "revision": entry.report.release.revision,
        "from": entry.origin.value,
        "maker": entry.maker or None,
        "date": entry.date or None,
        "parameters": entry.parameters or None,
        "note": entry.note,
    }


def _cell(cell: Cell) -> Json:
    least, most = cell.bounds or (None, None)
    return {
        "value": cell.value,
        "known": cell.is_known,
        "basis": cell.basis.value,
        "condition": cell.condition,
        "words": cell.words,
        "at_least": least,
        "at_most": most,
        "because": grounds(cell.because),
    }


def to_csv(comparison: Comparison) -> str:
    """One line for each row; for each release its answer, how that is known, and what it may be at most."""
    heads = ["standing", "group", "id"]
    for entry in comparison.entries:
        heads += [entry.report.title, f"{entry.report.title}: basis", f"{entry.report.title}: at most"]
    lines = []
    for row in comparison.rows:
        line = [row.standing.value, row.group.value, row.id]
        for cell in row.cells:
            line += [cell.value, cell.basis.value, cell.bounds[1] if cell.bounds else ""]
        lines.append(line)
    return as_csv(heads, lines)


def to_markdown(comparison: Comparison) -> str:
    """A table for each standing, the differences first."""
    parts = [f"# {len(comparison.entries)} releases, side by side"]
    parts.append(
        "\n".join(
            f"- **{markdown_text(entry.report.title)}**: {markdown_text(about(entry) or 'maker not known')}; "
            f"{ORIGIN_WORDS[entry.origin]}{f'. {markdown_text(entry.note)}' if entry.note else ''}"
            for entry in comparison.entries
        )
    )
    heads = ["", *(entry.report.title for entry in comparison.entries)]
    for standing in Standing:
        rows = comparison.of(standing)
        if standing is Standing.UNKNOWN and rows:
            parts += [f"## {STANDING_WORDS[standing]}", markdown_text(", ".join(label(row) for row in rows))]
        elif rows:
            lines = [[f"{GROUP_WORDS[row.group]}: {label(row)}", *_answers(row, comparison)] for row in rows]
            parts += [f"## {STANDING_WORDS[standing]}", as_markdown(heads, lines)]
    return "\n\n".join(parts) + "\n"


def _answers(row: Row, comparison: Comparison) -> list[str]:
    found = []
    for entry, cell in zip(comparison.entries, row.cells, strict=True):
        limit = bounds(entry, cell)
        found.append(answer(row, cell) + (f" ({limit})" if limit else ""))
    return found
