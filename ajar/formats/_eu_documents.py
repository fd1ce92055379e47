"""What Art. 53(1)(c) and (d) of the EU AI Act ask for: a summary of training content, and a copyright policy.

The summary's three parts are those of the Commission's template of 24 July 2025,
https://digital-strategy.ec.europa.eu/en/library/explanatory-notice-and-template-public-summary-training-content-general-purpose-ai-models
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ajar.formats._text import basename
from ajar.model.evidence import Basis

KEYS = {
    "eu.training-content-summary": "how many of the three parts of the EU's template a summary of training content has here; or its address",
    "eu.copyright-policy": "true when a section or document is a copyright policy; or its address",
}
PARTS = ("general information", "list of data sources", "data processing aspects")
_SUMMARY = re.compile(
    r"summary[\s_-]{1,3}(?:of|on|for)[\s_-]{1,3}(?:the[\s_-]{1,3})?(?:training[\s_-]{1,3}(?:content|data)|content[\s_-]{1,3}used[\s_-]{1,3}for[\s_-]{1,3}training)"
    r"|training[\s_-]{1,3}content[\s_-]{1,3}summary",
    re.IGNORECASE,
)
_POLICY = re.compile(
    r"copyright[\s_-]{1,3}(?:compliance[\s_-]{1,3})?policy|policy[\s_-]{1,3}on[\s_-]{1,3}copyright",
    re.IGNORECASE,
)
_KINDS = (("eu.training-content-summary", _SUMMARY), ("eu.copyright-policy", _POLICY))


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One of the two, here or linked."""

    key: str
    value: str | int | bool
    quote: str
    line: int | None
    basis: Basis


def by_headings(path: str, headings: Iterable[tuple[str, int]]) -> Iterator[Published]:
    """A document whose name, or one of whose headings (with their lines), says that it is one of the two."""
    known = list(headings)
    lower = [text.lower() for text, _ in known]
    for key, pattern in _KINDS:
        named = [(text, line) for text, line in known if pattern.search(text)]
        if not named and not pattern.search(basename(path).rpartition(".")[0]):
            continue
        text, line = named[0] if named else (basename(path), None)
        parts = sum(any(part in heading for heading in lower) for part in PARTS)
        value = parts if pattern is _SUMMARY else True
        yield Published(key=key, value=value, quote=text, line=line, basis=Basis.VERIFIED)


def by_link(target: str, words: str, line: int) -> Iterator[Published]:
    """A link to one of the two, by its address or by the words that it stands in."""
    for key, pattern in _KINDS:
        if pattern.search(target) or pattern.search(words):
            yield Published(key=key, value=target, quote=words, line=line, basis=Basis.DECLARED)
