"""A licence text as sentences, each with its line and the words that govern it.

Lines that were wrapped are joined, list items stand alone, and an item keeps the words that lead into its
list: "You may not use the model:" decides what "for military purposes" below it means.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

# The longest licence known has 45,000 characters; what comes after this many is not read.
LIMIT_CHARS = 200_000
# Longer sentences are cut, so that the work of one pattern on one sentence is bounded.
SENTENCE_CHARS = 1_400

_STRAIGHT = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "\u00a0": " ", "‑": "-", "–": "-", "—": "-"})  # fmt: skip
_MARKUP = re.compile(
    r"</?[a-zA-Z][a-zA-Z0-9]{0,9}(?: [^<>\n]{0,100})?/?>|\*{1,3}|`+|(?<!\w)_{1,3}|_{1,3}(?!\w)"
)
_MARKER = re.compile(
    r"^(?:#{1,6} +|>+ *|[-+•·●▪*] +|\(?(?:[ivxIVX]{1,5}|[a-zA-Z]|\d{1,2}(?:\.\d{1,2}){0,3})[.)](?=\s|$) *|\d{1,2}(?:\.\d{1,2}){1,3} +)"
)
_END = re.compile(r"[.!?;。；！？]+[\"'”’)\]]*(?=\s|$|[\u4e00-\u9fff“])|[。；！？]")
_SHORT = re.compile(
    r"(?:\b(?:inc|ltd|co|corp|llc|e\.g|i\.e|etc|no|vs|sec|art|ex|cf|dr|mr|st|u\.s|u\.k|non-u\.s|approx)|\b[A-Z])\.$",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"\b(?:you|your|licensee|users?|must|shall|agree|prohibited|restrict\w*|conditions?|use)\b|不得|禁止",
    re.IGNORECASE,
)
# A sentence with a subject and a verb of its own is not governed by the list above it.
_OWN_SUBJECT = re.compile(
    r"(?:if|upon|unless|subject to|except|notwithstanding|in no event|with respect to)\b"
    r"|(?:\S+ ){0,9}?(?:you|we|licen[cs]or|licen[cs]ee|this [\w-]+|these [\w-]+|agreement) (?:may|must|shall|will|can|cannot|is|are|agree|reserves?|grants?|claims?|appl(?:y|ies))\b"
    r"|(?:\S+ ){1,3}(?:may|must|shall|will|reserves?|grants?|disclaims?)\b|[a-z ]{0,40}\b(?:warrant|disclaim|liab)"
)
_HYPHEN = re.compile(r"([A-Za-z]+)-$")
_LEAD_CHARS = 240


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` as written with whitespace collapsed, `low` the same length for matching."""

    text: str
    low: str
    line: int
    lead: str  # of the list that the sentence is an item of, in lower case


def sentences_of(text: str) -> list[Sentence]:
    """Split. Linear in the text, whatever it holds."""
    found: list[Sentence] = []
    lead = last = ""
    for words, starts, is_item in _blocks(text[:LIMIT_CHARS]):
        for begin, end in _spans(words):
            piece = words[begin:end]
            low = lower(piece)
            continues = (
                is_item
                or piece[:1].islower()
                or last[-1:] in {";", ",", ":"}
                or (lead != "" and last == lead)
            )
            own = _OWN_SUBJECT.match(low) is not None
            if lead and (not continues or (own and last[-1:] == ".")):
                lead = ""
            line = starts[bisect_right(starts, (begin, len(text))) - 1][1]
            found.append(Sentence(piece, low, line, "" if own else lead))
            if (
                (piece[-1:] in ":：" or _is_open(low))
                and _LEADS.search(low)
                and (not lead or own or _forbids(low))
            ):
                lead = low[-_LEAD_CHARS:]
            elif low[-1] == ";" and not lead:
                lead = low[:_LEAD_CHARS]
            last = low[-_LEAD_CHARS:]
    return found


def lower(text: str) -> str:
    """Lower case and straight quotes, character for character."""
    if text.isascii():
        return text.lower()
    low = text.translate(_STRAIGHT).lower()
    if len(low) != len(text):
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text.translate(_STRAIGHT))
    return low


def _is_open(low: str) -> bool:
    """A line that stops in mid-sentence before a list whose markers were lost."""
    return low.endswith((" to", " for", " following", " by"))


def _forbids(low: str) -> bool:
    return bool(re.search(r"\bnot\b|prohibit|restrict|不得|禁止", low))


def _blocks(text: str) -> Iterator[tuple[str, list[tuple[int, int]], bool]]:
    """`(joined lines, [(offset, line)], is a list item)` for each paragraph or item."""
    vocabulary: set[str] | None = None
    parts: list[str] = []
    starts: list[tuple[int, int]] = []
    size = 0
    item = False
    for number, raw in enumerate(text.split("\n"), 1):
        plain = _MARKUP.sub("", raw) if any(sign in raw for sign in "<*`_") else raw
        line = " ".join(plain.split())
        marker = _MARKER.match(line)
        if (not line or marker) and parts:
            yield "".join(parts), starts, item
            parts, starts, size, item = [], [], 0, False
        if not line:
            continue
        if marker:
            line, item = line[marker.end() :], True
            if not line:
                continue
        if parts:
            broken = _HYPHEN.search(parts[-1])
            if broken is None:
                parts.append(" ")
                size += 1
            else:
                if vocabulary is None:
                    vocabulary = set(re.findall(r"[a-z]{4,}", text.lower()))
                following = re.match(r"[a-z]+", line)
                if following and (broken[1] + following[0]).lower() in vocabulary:
                    parts[-1] = parts[-1][:-1]
                    size -= 1
        starts.append((size, number))
        parts.append(line)
        size += len(line)
    if parts:
        yield "".join(parts), starts, item


def _spans(words: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for stop in _END.finditer(words):
        if words[stop.start()] == "." and _SHORT.search(
            words[max(stop.start() - 8, begin) : stop.start() + 1]
        ):
            continue
        if stop.end() - begin < 4:
            continue
        yield from _cut(words, begin, stop.end())
        begin = stop.end() + (words[stop.end() : stop.end() + 1] == " ")
    if begin < len(words):
        yield from _cut(words, begin, len(words))


def _cut(words: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    while end - begin > SENTENCE_CHARS:
        stop = words.rfind(" ", begin + SENTENCE_CHARS // 2, begin + SENTENCE_CHARS)
        stop = begin + SENTENCE_CHARS if stop < 0 else stop
        yield begin, stop
        begin = stop + (words[stop : stop + 1] == " ")
    if begin < end:
        yield begin, end
