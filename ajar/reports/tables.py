"""A table as aligned text, CSV or Markdown; and data as JSON text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ajar.reports.page import Page
from ajar.reports.plain import visible

Row = Sequence[str]
_GAP, _NARROW = 2, 8  # columns between two columns, and what none is cut below
_FORMULA = ("=", "+", "-", "@")  # a spreadsheet would run a cell that begins so


def text(heads: Row, rows: Sequence[Row], page: Page) -> list[str]:
    """Columns as wide as their widest cell; where that is more than the page, the widest are cut."""
    shown = [[visible(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(len(row[column]) for row in shown) for column in range(len(heads))]
    while sum(widths) + _GAP * (len(widths) - 1) > page.width and max(widths) > _NARROW:
        widths[widths.index(max(widths))] -= 1
    lines = [
        "  ".join(f"{_cut(cell, size):<{size}}" for cell, size in zip(row, widths, strict=True)).rstrip()
        for row in shown
    ]
    return [page.heading(lines[0]), *lines[1:]]


def _cut(cell: str, size: int) -> str:
    return cell if len(cell) <= size else f"{cell[: size - 1]}…"


def as_csv(heads: Row, rows: Sequence[Row]) -> str:
    """Comma-separated, quoted where needed; a cell that a spreadsheet would run gets an apostrophe."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in (heads, *rows):
        writer.writerow([f"'{visible(cell)}" if cell.startswith(_FORMULA) else visible(cell) for cell in row])
    return out.getvalue()


def as_markdown(heads: Row, rows: Sequence[Row]) -> str:
    """A table in GitHub's Markdown; markup in cells is escaped."""
    shown = [[markdown_text(cell) for cell in row] for row in (heads, *rows)]
    lines = [shown[0], ["---"] * len(heads), *shown[1:]]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def markdown_text(value: str) -> str:
    """Words that stay words in Markdown."""
    plain = visible(value).replace("\\", "\\\\")
    for char in "|*_`[]<>":
        plain = plain.replace(char, f"\\{char}")
    return plain


def json_text(body: dict[str, Any]) -> str:
    """In a fixed order. Lone surrogates are written as escapes."""
    import json

    written = json.dumps(body, indent=2, ensure_ascii=False)
    return written.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"
