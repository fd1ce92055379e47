"""An SVG badge: the door, drawn and in words, and MOF's class. It reads without colour, and aloud.

Nothing of the release's own goes into it but its name, in the description.
"""

from __future__ import annotations

from collections.abc import Sequence

from ajar.model.judgement import DOOR_LABELS, Door
from ajar.model.report import Report
from ajar.model.waiver import NO_WAIVERS, Waivers
from ajar.reports.html_page import text as _t
from ajar.reports.words import level_words

# The ground of the right half, each 4.5 to 1 or more under white text (WCAG 2.2, 1.4.3).
_GROUNDS = {
    Door.SHUT: "#7a2531",
    Door.CHAINED: "#8a4b0f",
    Door.AJAR: "#5b5a17",
    Door.OPEN: "#1d6b3a",
    Door.WIDE_OPEN: "#0f5f73",
}
# How far the leaf covers a frame of 10 units.
_LEAVES = {Door.SHUT: 10, Door.CHAINED: 8, Door.AJAR: 6, Door.OPEN: 3, Door.WIDE_OPEN: 1}
_CHAR = 6.6  # a letter of Verdana at 11 px, on average; textLength holds it to that


def render(reports: Sequence[Report], *, waivers: Waivers = NO_WAIVERS) -> str:  # noqa: ARG001  a badge shows no finding
    """The badge of one release."""
    report = reports[0]
    door, mof = report.verdict("g7"), report.verdict("mof")
    level = Door(door.declared)
    mark = "" if door.declared == door.at_least else "*"
    right = f"{DOOR_LABELS[level]}{mark}"
    if mof.declared.startswith("class-"):
        right += f", MOF {mof.declared.removeprefix('class-').upper()}{'' if mof.certain else '*'}"
    proven = (
        ""
        if door.certain
        else (
            f" Proven: {level_words(door.at_least)}; as declared: {level_words(door.declared)};"
            f" possible: {level_words(door.at_most)}."
        )
    )
    title = f"ajar: {right.replace('*', '')}{', as declared' if mark else ''}"
    about = f"{report.title}: {DOOR_LABELS[level]}. MOF 1.0: {level_words(mof.declared)}.{proven}"
    return _svg(level, right, title, about)


def _svg(level: Door, right: str, title: str, about: str) -> str:
    words = round(len(right) * _CHAR)
    left, width = 54, 54 + words + 16
    leaf = _LEAVES[level]
    chain = (
        '<path d="M6 11h14" stroke="#fff" stroke-width="1.5" stroke-dasharray="2 1"/>'
        if level is Door.CHAINED
        else ""
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-labelledby="t d">'
        f'<title id="t">{_t(title)}</title><desc id="d">{_t(about)}</desc>'
        f'<rect width="{left}" height="20" fill="#333"/>'
        f'<rect x="{left}" width="{width - left}" height="20" fill="{_GROUNDS[level]}"/>'
        f'<path d="M8 17V3h10v14M5 17h16" fill="none" stroke="#fff"/><path d="M8 3h{leaf}v14H8z" fill="#fff"/>{chain}'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        f'<text x="26" y="14">ajar</text>'
        f'<text x="{left + 8}" y="14" textLength="{words}" lengthAdjust="spacingAndGlyphs">{_t(right)}</text>'
        "</g></svg>\n"
    )
