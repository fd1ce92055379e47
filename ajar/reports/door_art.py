"""The five doors, drawn: for a terminal as text, for a page as SVG. Each reads without colour."""

from __future__ import annotations

from collections.abc import Mapping

from ajar.model.judgement import DOOR_LABELS, Door

WIDTH = 13

TEXT: Mapping[str, tuple[str, ...]] = {
    Door.SHUT: (
        "┌─────────┐  ",
        "│┌───────┐│  ",
        "││       ││  ",
        "││      ■││  ",
        "││       ││  ",
        "││       ││  ",
        "┴┴───────┴┴  ",
    ),
    Door.CHAINED: (
        "┌─────────┐  ",
        "│┌──────┐ │  ",
        "││      │ │  ",
        "│o-o-o-o-o│  ",
        "││      │ │  ",
        "││      │ │  ",
        "┴┴──────┴─┴  ",
    ),
    Door.AJAR: (
        "┌─────────┐  ",
        "│┌─────┐  │  ",
        "││     │  │  ",
        "││    o│  │  ",
        "││     │  │  ",
        "││     │  │  ",
        "┴┴─────┴──┴  ",
    ),
    Door.OPEN: (
        "┌─────────┐  ",
        "│┌──┐     │  ",
        "││  │     │  ",
        "││ o│     │  ",
        "││  │     │  ",
        "││  │     │  ",
        "┴┴──┴─────┴  ",
    ),
    Door.WIDE_OPEN: (
        "┌─────────┐  ",
        "│╲        │  ",
        "│ │  · ·  │  ",
        "│o│ · · · │  ",
        "│ │  · ·  │  ",
        "│╱        │  ",
        "┴─────────┴  ",
    ),
}

# How far the leaf stands open, as a share of the frame's width that stays covered.
_COVERED = {Door.SHUT: 1.0, Door.CHAINED: 0.86, Door.AJAR: 0.7, Door.OPEN: 0.36, Door.WIDE_OPEN: 0.12}


def svg(door: str, *, size: int = 120) -> str:
    """The door as an inline picture with a title; colours come from the page's `currentColor`."""
    return (
        f'<svg class="door" role="img" viewBox="{VIEW_BOX}" width="{size}" height="{size * 148 // 120}">'
        f"<title>A door: {DOOR_LABELS[Door(door)]}</title>{shapes(door)}</svg>"
    )


VIEW_BOX = "0 0 120 148"


def shapes(door: str) -> str:
    """What is drawn inside `VIEW_BOX`, for those who frame it themselves."""
    known = Door(door)
    covered = 76 * _COVERED[known]
    slant = 10 * (1 - _COVERED[known]) + 1
    right = 22 + covered
    chain = ""
    if known is Door.CHAINED:
        links = "".join(f'<ellipse cx="{x}" cy="74" rx="7" ry="4.5"/>' for x in range(26, 100, 11))
        chain = f'<g fill="none" stroke="currentColor" stroke-width="2.5">{links}</g>'
    lock = (
        '<rect x="80" y="70" width="9" height="12" rx="2" fill="currentColor"/>' if known is Door.SHUT else ""
    )
    knob = "" if lock else f'<circle cx="{right - 7:.0f}" cy="82" r="3.5" fill="currentColor"/>'
    light = (
        ""
        if known is Door.SHUT
        else '<rect x="22" y="14" width="76" height="122" fill="currentColor" opacity=".14"/>'
    )
    return (
        f"{light}"
        '<path d="M16 138V10h88v128" fill="none" stroke="currentColor" stroke-width="5"/>'
        '<path d="M6 138h108" stroke="currentColor" stroke-width="5"/>'
        f'<path d="M22 14L{right:.0f} {14 + slant:.0f}V{136 - slant / 2:.0f}L22 136Z" class="leaf" '
        f'stroke="currentColor" stroke-width="3"/>{knob}{lock}{chain}'
    )
