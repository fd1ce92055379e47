"""Draw the terminal card of an audit as an SVG, for the README: `tools/picture.py TARGET OUT.svg`.

The text stays text, so that it can be searched and read aloud; colours hold on light and dark pages.
"""

from __future__ import annotations

import re
import sys
from html import escape
from pathlib import Path

import ajar
from ajar.reports import terminal

_COLUMNS = 80
_CHAR, _LINE, _PAD = 8.4, 18, 16  # px at 14 px monospace
_STYLE = re.compile(r"\x1b\[(\d*)m")
_CLASSES = {"1": "b", "31": "r", "32": "g", "33": "y", "36": "c", "2": "d"}
_CSS = """
text { font: 14px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #d8dee4; white-space: pre }
.b { font-weight: 700; fill: #fff } .r { fill: #ff8b81 } .g { fill: #7ee2a8 } .y { fill: #e9c46a } .c { fill: #6cd4dc }
.d { fill: #9aa4ad }"""


def _spans(line: str) -> str:
    parts = _STYLE.split(line)
    style, out = "", []
    for number, part in enumerate(parts):
        if number % 2:
            style = _CLASSES.get(part, "")
        elif part:
            out.append(f'<tspan class="{style}">{escape(part)}</tspan>' if style else escape(part))
    return "".join(out)


def draw(text: str, title: str) -> str:
    """The card as one SVG document."""
    lines = re.sub(r" in [\d.]+ s; ajar [\w.+-]+", "", text).rstrip("\n").split("\n")
    width, height = int(_COLUMNS * _CHAR) + 2 * _PAD, len(lines) * _LINE + 2 * _PAD
    rows = "\n".join(
        f'<text x="{_PAD}" y="{_PAD + (number + 1) * _LINE - 5}" xml:space="preserve">{_spans(line)}</text>'
        for number, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'role="img" aria-label="{escape(title)}">\n<style>{_CSS}\n</style>\n'
        f'<rect width="{width}" height="{height}" rx="8" fill="#1b2127"/>\n{rows}\n</svg>\n'
    )


def main() -> None:
    target, out = sys.argv[1:3]
    report = ajar.audit(target)
    text = terminal.render(report, verbose=False, explain=False, colour=True, width=_COLUMNS)
    Path(out).write_text(draw(text, f"The terminal card of {report.title}"), encoding="utf-8")


if __name__ == "__main__":
    main()
