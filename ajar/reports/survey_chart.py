"""The chart of a figure as inline SVG: a row a group, a column a category, in each cell a bar with its interval.

Place says which category a bar is of, so that the chart is read without colour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ajar.model.surveyed import Figure, Share
from ajar.reports.html_page import text
from ajar.reports.survey_words import name_of, share_words

_LEFT, _TOP, _ROW, _COLUMN, _BAR, _HEIGHT = 190, 26, 30, 128, 112, 11
_LABEL = 26  # characters that fit beside a row; above a column 18 do
_HEAD = 18
_COLOURS = {
    "ink": "#1c1b19",
    "soft": "#5c5952",
    "line": "#d8d5cc",
    "accent": "#1f6f78",
}  # where no page gives them
_STYLE = (
    f"<style>text{{fill:{_COLOURS['ink']};font:12px sans-serif}}.soft{{fill:{_COLOURS['soft']}}}</style>"
    '<rect width="100%" height="100%" fill="#fff"/>'
)
_Cells = Sequence[tuple[str, str, Sequence[Share | None]]]


def svg(figure: Figure) -> str:
    """The chart with title and description; empty when nothing is known. One group alone has a row a category."""
    known = [group for group in figure.groups if group.shares]
    if not known:
        return ""
    if len(known) == 1:
        heads: Sequence[str] = (name_of(known[0]),)
        rows: _Cells = [(share.category, f"n = {share.n:,}", [share]) for share in known[0].shares]
    else:
        heads = figure.categories
        rows = [
            (name_of(group), f"n = {group.n:,}, unknown {group.unknown:,}", group.shares) for group in known
        ]
    width, height = _LEFT + len(heads) * _COLUMN, _TOP + len(rows) * _ROW + 16
    key = f"chart-{text(figure.id)}"
    parts = [
        f'<svg role="img" aria-labelledby="{key}" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f'<title id="{key}">{text(figure.title)} by {text(figure.by)}: shares with 95 % intervals</title>',
    ]
    for column, head in enumerate(heads):
        x = _LEFT + column * _COLUMN
        parts.append(f'<text x="{x}" y="14">{text(_short(head, _HEAD))}</text>')
        parts.append(f'<path d="M{x} {_TOP - 6}V{height - 16}" stroke="var(--line)"/>')
        parts.append(f'<text x="{x}" y="{height - 3}" class="soft">0</text>')
        parts.append(f'<text x="{x + _BAR}" y="{height - 3}" text-anchor="end" class="soft">100 %</text>')
    for number, (name, count, shares) in enumerate(rows):
        y = _TOP + number * _ROW
        parts.append(f'<text x="0" y="{y + 8}">{text(_short(name, _LABEL))}</text>')
        parts.append(f'<text x="0" y="{y + 21}" class="soft">{count}</text>')
        for column, share in enumerate(shares):
            if share is not None:
                parts += _bar(share, f"{name}, {share.category}", _LEFT + column * _COLUMN, y)
    return "".join(parts) + "</svg>"


def standalone(figure: Figure) -> str:
    """The chart as an SVG file; empty when nothing is known."""
    drawn = svg(figure)
    head, end, rest = drawn.partition(">")
    for name, colour in _COLOURS.items():
        rest = rest.replace(f"var(--{name})", colour)
    return f'{head} xmlns="http://www.w3.org/2000/svg"{end}{_STYLE}{rest}\n' if drawn else ""


def _bar(share: Share, name: str, x: int, y: int) -> Iterator[str]:
    size, low, high = (_BAR * value for value in (share.value, share.low, share.high))
    middle = y + _HEIGHT / 2
    yield (
        f"<g><title>{text(name)}: {share_words(share)}, n = {share.n:,}</title>"
        f'<rect x="{x}" y="{y}" width="{size:.1f}" height="{_HEIGHT}" fill="var(--accent)" fill-opacity=".45"/>'
        f'<path d="M{x + low:.1f} {middle}H{x + high:.1f}M{x + low:.1f} {y + 2}v7M{x + high:.1f} {y + 2}v7" '
        f'stroke="var(--ink)" fill="none"/><text x="{x}" y="{y + 22}" class="soft">{share.value:.1%}</text></g>'
    )


def _short(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"
