"""Lines for a terminal: of a fixed width, with colour or without, every string made visible."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from ajar.reports.plain import visible


class Page:
    """Lines of a fixed width, with colour or without."""

    def __init__(self, *, width: int, colour: bool) -> None:
        self.width = width
        self.colour = colour
        self.lines: list[str] = []

    def add(self, lines: Iterable[str]) -> None:
        self.lines.extend(line.rstrip() for line in lines)

    def paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text

    def wrap(self, text: str, *, indent: int = 2, hang: int | None = None) -> list[str]:
        """Wrapped to the page; `indent` for the first line, `hang` for the rest."""
        later = " " * (indent if hang is None else hang)
        return textwrap.wrap(
            visible(text),
            self.width,
            initial_indent=" " * indent,
            subsequent_indent=later,
            break_on_hyphens=False,
        ) or [" " * indent]

    def heading(self, text: str) -> str:
        return self.paint(text, "1")
