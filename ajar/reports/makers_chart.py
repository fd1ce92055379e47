"""The chart of makers over time: a stacked bar for each maker and year, as inline SVG. Patterns and letters, then colour."""

from __future__ import annotations

from collections.abc import Iterator

from ajar.model.judgement import DOOR_LABELS, DOORS, Door
from ajar.model.landscape import Landscape, Tally
from ajar.reports.html_page import text
from ajar.reports.makers_words import LETTERS, UNSETTLED, year_words

_LEFT, _TOP, _COLUMN, _ROW, _BAR, _HEIGHT = 128, 28, 58, 104, 40, 72
_LABEL_HEIGHT = 13  # a segment lower than this has no room for its letter
_KEY = 64
_LEAST_WIDTH = 560  # what the legend needs
_COLOURS = {
    Door.SHUT: "var(--bad)",
    Door.CHAINED: "var(--maybe)",
    Door.AJAR: "var(--accent)",
    Door.OPEN: "var(--good)",
    Door.WIDE_OPEN: "var(--good)",
}
_SHAPES = {
    Door.SHUT: '<rect width="8" height="8" fill="{c}"/>',
    Door.CHAINED: '<path d="M0 0L8 8M8 0L0 8" stroke="{c}" stroke-width="2"/>',
    Door.AJAR: '<path d="M-2 2L2 -2M0 8L8 0M6 10L10 6" stroke="{c}" stroke-width="2"/>',
    Door.OPEN: '<circle cx="4" cy="4" r="1.6" fill="{c}"/>',
    Door.WIDE_OPEN: "",
}


def svg(landscape: Landscape) -> str:
    """The chart with a title and a description; a row for each maker, a column for each year."""
    years: list[int | None] = [*landscape.years]
    if any(tally.year is None for maker in landscape.makers for tally in maker.years):
        years.append(None)
    width = max(_LEFT + len(years) * _COLUMN + 10, _LEAST_WIDTH)
    height = _TOP + len(landscape.makers) * _ROW + _KEY
    names = ", ".join(maker.name for maker in landscape.makers)
    parts = [
        f'<svg role="img" aria-labelledby="chart-title" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f'<title id="chart-title">Doors of releases by maker and year: {text(names)}</title>',
        f"<defs>{''.join(_pattern(door) for door in DOORS)}</defs>",
    ]
    for column, year in enumerate(years):
        x = _LEFT + column * _COLUMN + _BAR // 2
        parts.append(f'<text x="{x}" y="16" text-anchor="middle">{year_words(year)}</text>')
    for row, maker in enumerate(landscape.makers):
        top = _TOP + row * _ROW
        parts.append(f'<text x="0" y="{top + _HEIGHT // 2}" font-weight="600">{text(maker.name)}</text>')
        parts.append(
            f'<text x="0" y="{top + _HEIGHT // 2 + 16}" class="soft">n = {maker.total.n}</text>'
            f'<path d="M{_LEFT - 6} {top + _HEIGHT}H{width - 6}" stroke="var(--line)"/>'
        )
        by_year = {tally.year: tally for tally in maker.years}
        for column, year in enumerate(years):
            if year in by_year:
                parts += _bar(by_year[year], _LEFT + column * _COLUMN, top)
    parts += _legend(height - _KEY + 18)
    return "".join(parts) + "</svg>"


def _pattern(door: Door) -> str:
    shape = _SHAPES[door].format(c=_COLOURS[door])
    return f'<pattern id="door-{door.value}" width="8" height="8" patternUnits="userSpaceOnUse">{shape}</pattern>'


def _bar(tally: Tally, x: int, top: int) -> Iterator[str]:
    """One year of one maker: shares from shut at the foot upwards; what is not settled has a broken outline."""
    at = float(top + _HEIGHT)
    for door in DOORS:
        for settled in (True, False):
            count = tally.at(door, settled=settled)
            if not count:
                continue
            size = _HEIGHT * count / tally.n
            at -= size
            yield _segment(door, count, (x, at, size), settled=settled)
    if tally.unknown:
        size = _HEIGHT * tally.unknown / tally.n
        yield _unknown(tally.unknown, (x, at - size, size))
    yield f'<text x="{x + _BAR / 2:g}" y="{top + _HEIGHT + 15}" text-anchor="middle" class="soft">n={tally.n}</text>'


def _segment(door: Door, count: int, place: tuple[int, float, float], *, settled: bool) -> str:
    x, y, size = place
    dash = "" if settled else ' stroke-dasharray="3 2"'
    sign = f"{LETTERS[door]}{count}" if settled else f"{LETTERS[door].lower()}{count}"
    words = f"{count} {door.value}" + ("" if settled else f", {UNSETTLED}")
    opacity = "" if settled else ' fill-opacity=".45"'
    shown = (
        f'<rect x="{x}" y="{y:.1f}" width="{_BAR}" height="{size:.1f}" fill="url(#door-{door.value})"{opacity} '
        f'stroke="{_COLOURS[door]}" stroke-width="1.2"{dash}/>'
    )
    return f"<g><title>{text(words)}</title>{shown}{_sign(sign, place)}</g>"


def _unknown(count: int, place: tuple[int, float, float]) -> str:
    x, y, size = place
    shown = (
        f'<rect x="{x}" y="{y:.1f}" width="{_BAR}" height="{size:.1f}" fill="none" stroke="var(--soft)" '
        'stroke-dasharray="1 3"/>'
    )
    return f"<g><title>{count} of which no door is known</title>{shown}{_sign(f'?{count}', place)}</g>"


def _sign(sign: str, place: tuple[int, float, float]) -> str:
    """Letter and number in the middle of a segment, on a ground of the page's colour."""
    x, y, size = place
    if size < _LABEL_HEIGHT:
        return ""
    half, middle = 4.2 * len(sign), x + _BAR / 2
    return (
        f'<rect x="{middle - half:.1f}" y="{y + size / 2 - 7:.1f}" width="{2 * half:.1f}" height="13" rx="2" '
        f'fill="var(--paper)"/><text x="{middle:g}" y="{y + size / 2 + 4:.1f}" text-anchor="middle">{sign}</text>'
    )


def _legend(y: int) -> Iterator[str]:
    x = 0
    for door in DOORS:
        yield (
            f'<rect x="{x}" y="{y - 11}" width="18" height="13" fill="url(#door-{door.value})" stroke="{_COLOURS[door]}"/>'
            f'<text x="{x + 23}" y="{y}">{LETTERS[door]} {door.value}</text>'
        )
        x += 104
    y += 22
    yield (
        f'<rect x="0" y="{y - 11}" width="18" height="13" fill="none" stroke="var(--ink)" stroke-dasharray="3 2"/>'
        f'<text x="23" y="{y}">small letter: may be more open; ? not known</text>'
    )


def doors_named() -> str:
    """The labels of the doors, for a caption."""
    return ", ".join(f"{LETTERS[door]} {door.value}: {DOOR_LABELS[door]}" for door in DOORS)
