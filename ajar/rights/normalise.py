"""Licence text as a sequence of words, the same for the index and for what is asked of it.

What people change without meaning anything is taken out: case, punctuation, markup, comment leaders,
enumerators, copyright lines, spelling variants. Order and every other word stay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Only what an editor counts: `str.splitlines` would also break at form feeds and at U+2028.
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,200}>")
_SLOT = re.compile(
    r"<[^<>\n]{1,60}>|\[(?:name|year|yyyy|fullname|owner|organi[sz]ation|project|copyright)[^\[\]\n]{0,50}\]",
    re.IGNORECASE,
)
_LEADER = re.compile(r"^[ \t]*(?:#+|//+|/?\*+/?|--+|;+|%+|>+|\|)[ \t]?")
_ENUMERATOR = re.compile(
    r"(?<![\w.])\(?(?:[ivx]{1,4}|[a-z]|\d{1,2}(?:\.\d{1,2}){0,3})[.)](?=[\s*_]|$)", re.IGNORECASE
)
# A copyright line carries a year, a sign, a slot or a "by"; a wrapped sentence that starts so does not.
_COPYRIGHT = re.compile(
    r"^\W*(?:\w+ ){0,2}copyright\b.{0,40}?(?:\d{4}|©|\(c\)|<|\[|\bby\b|year)|^\W*©|^\W*\(c\)\s.{0,20}\d{4}|^\W*all rights reserved\W*$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z0-9]+")

# Spelling pairs of the SPDX matching guidelines, annex B.3.
_SPELLING = {
    "acknowledgement": "acknowledgment",
    "analogue": "analog",
    "analyse": "analyze",
    "artefact": "artifact",
    "authorisation": "authorization",
    "authorised": "authorized",
    "calibre": "caliber",
    "cancelled": "canceled",
    "capitalisations": "capitalizations",
    "catalogue": "catalog",
    "categorise": "categorize",
    "centre": "center",
    "emphasised": "emphasized",
    "favour": "favor",
    "favourite": "favorite",
    "fulfil": "fulfill",
    "fulfilment": "fulfillment",
    "https": "http",
    "initialise": "initialize",
    "judgement": "judgment",
    "labelling": "labeling",
    "labour": "labor",
    "licence": "license",
    "licences": "licenses",
    "maximise": "maximize",
    "modelled": "modeled",
    "modelling": "modeling",
    "noncommercial": "non commercial",
    "offence": "offense",
    "optimise": "optimize",
    "organisation": "organization",
    "organise": "organize",
    "practise": "practice",
    "programme": "program",
    "realise": "realize",
    "recognise": "recognize",
    "signalling": "signaling",
    "sublicence": "sublicense",
    "utilisation": "utilization",
    "whilst": "while",
    "wilful": "wilfull",
}


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a text, the 1-based line and the character span of each."""

    words: tuple[str, ...]
    lines: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]


def words_of(text: str) -> Words:
    """Normalise. Linear in the text."""
    words: list[str] = []
    lines: list[int] = []
    spans: list[tuple[int, int]] = []
    at = 0
    for number, line in enumerate(_LINE.findall(text), 1):
        for start, word in _line(line):
            for piece in _SPELLING.get(word, word).split():
                words.append(piece)
                lines.append(number)
                spans.append((at + start, at + start + len(word)))
        at += len(line)
    return Words(tuple(words), tuple(lines), tuple(spans))


def _line(line: str) -> list[tuple[int, str]]:
    """Words of one line with the offset of each. What is dropped is blanked, so that offsets hold."""
    if len(line) > 3 and _COPYRIGHT.search(line[:200]) and len(line) < 200:
        return []
    bare = _LEADER.sub(_blank, line, count=1)
    for pattern in (_TAG, _SLOT, _ENUMERATOR):
        bare = pattern.sub(_blank, bare)
    return [(match.start(), match[0]) for match in _WORD.finditer(bare.lower())]


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
