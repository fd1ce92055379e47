"""A table for a terminal: cells wrap inside their columns, and columns that do not fit go below in a further block."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ajar.reports.plain import visible

LEAST_COLUMN = 8  # "too much" and "withheld" fit
MOST_COLUMN = 26
_LEAST_LABEL, _MOST_LABEL = 15, 28
_HANG = "    "

Paint = Callable[[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row: its label and a cell for each column, each of one or more lines; or a heading, which has no cells."""

    label: str
    cells: tuple[tuple[str, ...], ...] = ()
    styles: tuple[str, ...] = ()  # a style for each cell, for `paint`


def blocks(width: int, columns: int, least: int = LEAST_COLUMN) -> tuple[int, list[range]]:
    """Width of the labels, and which columns stand in each block."""
    label = max(min(width - columns * (least + 1), width // 4, _MOST_LABEL), _LEAST_LABEL)
    fit = max((width - label) // (least + 1), 1)
    count = max(-(-columns // fit), 1)
    each = max(-(-columns // count), 1)
    return label, [range(start, min(start + each, columns)) for start in range(0, columns, each)]


def grid(
    head: Sequence[Sequence[str]],
    lines: Sequence[Line],
    *,
    width: int,
    paint: Paint,
    least: int = LEAST_COLUMN,
    most: int = MOST_COLUMN,
) -> Iterator[str]:
    """The table, block by block, with columns of `least` to `most` characters. No line is wider than the page."""
    label, parts = blocks(width, len(head), least)
    for number, part in enumerate(parts):
        if number:
            yield ""
        size = max(min((width - label) // max(len(part), 1) - 1, most), 1)
        yield from _row("", [head[index] for index in part], ["1"] * len(part), label, size, paint)
        yield "─" * min(label + len(part) * (size + 1), width)
        for line in lines:
            if not line.cells:
                yield paint(visible(line.label)[:width], "1")
                continue
            cells = [line.cells[index] for index in part]
            styles = [line.styles[index] if line.styles else "" for index in part]
            yield from _row(line.label, cells, styles, label, size, paint)


def _row(
    name: str,
    cells: Sequence[Sequence[str]],
    styles: Sequence[str],
    label: int,
    size: int,
    paint: Paint,
) -> Iterator[str]:
    left = _wrapped(name, label - 1, hang=_HANG)
    wrapped = [[piece for text in cell for piece in _wrapped(text, size)] for cell in cells]
    for number in range(max(len(left), *(len(cell) for cell in wrapped), 1)):
        line = f"{left[number] if number < len(left) else '':<{label}}"
        for cell, style in zip(wrapped, styles, strict=True):
            text = f"{cell[number] if number < len(cell) else '':<{size}} "
            line += paint(text, style) if style else text
        yield line.rstrip()


def _wrapped(text: str, size: int, hang: str = "") -> list[str]:
    return textwrap.wrap(visible(text), size, subsequent_indent=hang) if text else []
