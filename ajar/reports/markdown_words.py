"""Words of a release as words in Markdown: no markup, no links, no mentions, no table cells."""

from __future__ import annotations

import re

from ajar.reports.plain import visible

_SIGNS = re.compile(r"([\\`*_{}\[\]()#+!|~])")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"}
_ADDRESS = re.compile(r"(?<=[A-Za-z])://|\bwww(?=\.)", re.IGNORECASE)


def escaped(text: str) -> str:
    """The text so that every reader of Markdown shows it as it is, in one line."""
    plain = _SIGNS.sub(r"\\\1", visible(text))
    plain = "".join(_HTML.get(char, char) for char in plain)
    # An address by itself would become a link.
    return _ADDRESS.sub(lambda found: f"&#{ord(found[0][0])};{found[0][1:]}", plain)
