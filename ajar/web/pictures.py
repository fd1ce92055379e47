"""Pictures as SVG: doors, a chart of doors by year, a line of descent.

No style attribute and no script, so that they stand under a strict content policy; colours come from classes of the
style sheet, and every part reads without them. Whatever stands in a release is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ajar.model.judgement import DOOR_LABELS, DOORS, Door
from ajar.reports import door_art
from ajar.reports.html_page import text
from ajar.reports.plain import visible

_NAME = 24  # characters of a name in a box; the whole name is its title
_BOX, _HIGH, _GAP, _ROW = 190, 34, 60, 46  # a box of the line of descent, and the room between boxes
_STEPS = 12  # boxes in one column; more are counted
_BAR, _UNIT_MOST = 26, 30  # the height of a bar, and the width of one system, in pixels
_WIDE = 640  # of the longest bar
_CHAR = 7.4  # of a 13-pixel letter, with room


def sprite() -> str:
    """The five doors, once a page, for `<use>`."""
    symbols = "".join(
        f'<symbol id="door-{door}" viewBox="{door_art.VIEW_BOX}">{door_art.shapes(door)}</symbol>'
        for door in DOORS
    )
    return f'<svg class="sprite" width="0" height="0" aria-hidden="true">{symbols}</svg>'


def door(name: str, size: int = 40) -> str:
    """One door of the sprite. Its label stands beside it, so it is hidden from screen readers."""
    known = Door(name)
    return (
        f'<svg class="door {known}" width="{size}" height="{size * 148 // 120}" aria-hidden="true">'
        f'<use href="#door-{known}"/></svg>'
    )


def icon(name: str = Door.AJAR) -> str:
    """A door as a file of its own."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{door_art.VIEW_BOX}" color="#0b6e70">'
        f"<style>.leaf{{fill:#fff}}</style>{door_art.shapes(name)}</svg>\n"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of a chart: its name, and how many of each door, least open first."""

    name: str
    counts: Mapping[str, int]


def stacked(bars: Sequence[Bar], title: str) -> str:
    """Bars of doors, one a row, each part with its number. The table beside it holds the same figures."""
    most = max((sum(bar.counts.values()) for bar in bars), default=1)
    unit = min(_UNIT_MOST, _WIDE / max(most, 1))
    start = 14 + int(max((len(bar.name) for bar in bars), default=0) * _CHAR)
    width, height = start + int(most * unit) + 40, len(bars) * (_BAR + 8) + 6
    parts = []
    for number, bar in enumerate(bars):
        top, left = 4 + number * (_BAR + 8), float(start)
        parts.append(
            f'<text class="name" x="{start - 10}" y="{top + 18}" text-anchor="end">{text(bar.name)}</text>'
        )
        for name in DOORS:
            count = bar.counts.get(name, 0)
            if not count:
                continue
            wide = count * unit
            parts.append(
                f'<g class="part {name}"><title>{text(bar.name)}: {count} {DOOR_LABELS[name]}</title>'
                f'<rect x="{left:.1f}" y="{top}" width="{wide - 1.5:.1f}" height="{_BAR}" rx="2"/>'
                f'<rect class="hatch" x="{left:.1f}" y="{top}" width="{wide - 1.5:.1f}" height="{_BAR}" rx="2" fill="url(#hatch-{name})"/>'
                f'<text x="{left + wide / 2 - 0.75:.1f}" y="{top + 18}" text-anchor="middle">{count}</text></g>'
            )
            left += wide
        total = sum(bar.counts.values())
        parts.append(f'<text class="total" x="{left + 6:.1f}" y="{top + 18}">{total}</text>')
    return (
        f'<svg class="chart" role="img" aria-label="{text(title)}" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">{_hatches()}{"".join(parts)}</svg>'
    )


_STROKES: Mapping[str, str] = {
    Door.SHUT: "",
    Door.CHAINED: "M0 4H8",
    Door.AJAR: "M0 8L8 0",
    Door.OPEN: "M4 0V8",
    Door.WIDE_OPEN: "M0 4H8M4 0V8",
}


def _hatches() -> str:
    """Each door has its pattern, so that the chart reads in grey."""
    return "<defs>" + "".join(
        f'<pattern id="hatch-{name}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<path d="{path}" class="stroke"/></pattern>'
        for name, path in _STROKES.items()
    ) + "</defs>"  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One release in a line of descent; `href` is empty for what has no page."""

    key: str
    name: str
    href: str = ""
    door: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """`child` comes from `parent`; a hint is drawn broken."""

    parent: str
    child: str
    words: str = ""
    is_hint: bool = False


def descent(ranks: Sequence[Sequence[Node]], edges: Iterable[Edge], title: str) -> str:
    """Releases in columns, what they come from on the left. A column too long ends with a count."""
    shown = [_fitting(rank) for rank in ranks if rank]
    places: dict[str, tuple[int, int]] = {}
    tallest = max((len(rank) for rank in shown), default=1)
    for column, rank in enumerate(shown):
        start = (tallest - len(rank)) * _ROW // 2
        for line, node in enumerate(rank):
            places[node.key] = (8 + column * (_BOX + _GAP), 8 + start + line * _ROW)
    width, height = len(shown) * (_BOX + _GAP) - _GAP + 16, tallest * _ROW + 8
    lines = "".join(_edge(edge, places) for edge in edges if edge.parent in places and edge.child in places)
    boxes = "".join(_box(node, *places[node.key]) for rank in shown for node in rank)
    return (
        f'<svg class="descent" role="group" aria-label="{text(title)}" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"{lines}{boxes}</svg>"
    )


def _fitting(rank: Sequence[Node]) -> list[Node]:
    if len(rank) <= _STEPS:
        return list(rank)
    return [*rank[: _STEPS - 1], Node(key=f"more-{id(rank)}", name=f"and {len(rank) - _STEPS + 1} more")]


def _edge(edge: Edge, places: Mapping[str, tuple[int, int]]) -> str:
    (left, top), (right, low) = places[edge.parent], places[edge.child]
    start, end = left + _BOX, right
    middle = (start + end) / 2
    style = "edge hint" if edge.is_hint else "edge"
    path = f"M{start} {top + _HIGH / 2}C{middle} {top + _HIGH / 2} {middle} {low + _HIGH / 2} {end} {low + _HIGH / 2}"
    return f'<path class="{style}" d="{path}"><title>{text(edge.words)}</title></path>'


def _box(node: Node, left: int, top: int) -> str:
    name = visible(node.name)
    short = name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"
    mark = (
        f'<svg class="door {node.door}" x="{left + 7}" y="{top + 5}" width="20" height="24" aria-hidden="true"><use href="#door-{node.door}"/></svg>'
        if node.door
        else ""
    )
    body = (
        f"<title>{text(node.name)}{text(f', {node.note}') if node.note else ''}</title>"
        f'<rect x="{left}" y="{top}" width="{_BOX}" height="{_HIGH}" rx="4"/>{mark}'
        f'<text x="{left + (34 if mark else 10)}" y="{top + 22}">{text(short)}</text>'
    )
    if node.href:
        return f'<a href="{text(node.href)}">{body}</a>'
    return f"<g>{body}</g>"
