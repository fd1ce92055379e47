"""Sentences and words of a text, each with its place in it.

Why not a library: docs/decisions/0011-reading-by-rules.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

SENTENCE_TOKENS = 200  # a longer one is no sentence; it is cut here
_TOKEN = re.compile(r"[^\W_](?:\w|[-‑.·&'’](?=\w))*(?:\+(?:['’]s\b)?)?|[^\w\s]|_", re.UNICODE)
_CLITIC = re.compile(r"(?<=[\w+])(?:['’]s|['’]re|['’]ve|['’]ll|['’]d|n['’]t)$", re.IGNORECASE)
_JOINED = re.compile(
    r"^(?P<name>.{2,40})-(?P<how>owned|backed|led|founded|funded|made|controlled|developed|built|run|headed|created|maker|creator|parent|developer)$",
    re.IGNORECASE,
)
_ENDING = re.compile(r"[.!?…][\"'”’)\]»*_]*(?=\s)|[.!?…]{1,3}[\"'”’)\]»]*$")
_OPENS = re.compile(r"\s+[\"'“‘(\[«*_¶•–—-]*\s*(?:[A-Z0-9À-Þ$€£]|[a-z]{1,2}[A-Z]|gpt-|o\d\b)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Inc|Corp|Ltd|Co|vs?|No|Nos|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Gov|Sen|Rep|"
    r"Gen|Fig|Art|approx|ca|etc|e\.g|i\.e|cf|al|U\.S|U\.K|E\.U|D\.C)|\b[A-Z])\.$"
)
_BULLET = re.compile(r"^[ \t]*(?:[•¶▪‣*–-]|\d{1,2}[.)])[ \t]")
_OPEN_QUOTES, _CLOSE_QUOTES = "“«„", "”»"


class Token(NamedTuple):
    """One word or mark. `lower` is what rules look at."""

    text: str
    lower: str
    start: int
    end: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence by its place in the text; `paragraph` counts from 0."""

    start: int
    end: int
    paragraph: int
    tokens: tuple[Token, ...]


def sentences(prose: str) -> list[Sentence]:
    """Every sentence, in order."""
    found: list[Sentence] = []
    for number, (start, end) in enumerate(_paragraphs(prose)):
        quoted = False
        for first, last in _split(prose, start, end):
            tokens, quoted = _tokens(prose, first, last, quoted=quoted)
            for cut in range(0, len(tokens), SENTENCE_TOKENS):
                part = tuple(tokens[cut : cut + SENTENCE_TOKENS])
                found.append(Sentence(part[0].start, part[-1].end, number, part))
    return found


def _paragraphs(prose: str) -> Iterator[tuple[int, int]]:
    """Runs of lines; a blank line, a bullet or a heading parts them."""
    started = None
    at = 0
    lines = prose.split("\n")
    for number, line in enumerate(lines):
        end = at + len(line)
        bare = line.strip()
        begins = bool(_BULLET.match(line))
        if started is not None and (not bare or begins):
            yield started, max(at - 1, started)
            started = None
        if bare and started is None:
            started = at
        follows = lines[number + 1].strip() if number + 1 < len(lines) else ""
        if started is not None and _is_heading(bare, follows, first=started == at):
            yield started, end
            started = None
        at = end + 1
    if started is not None:
        yield started, len(prose)


def _is_heading(line: str, follows: str, *, first: bool) -> bool:
    if line.startswith("¶"):
        return True
    return (
        first
        and len(line) < 60
        and line[-1] not in ".!?,;:—"
        and follows[:1].isupper()
        and line[:1].isupper()
    )


def _split(prose: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    first = start
    for found in _ENDING.finditer(prose, start, end):
        cut = found.end()
        if cut < end and not _OPENS.match(prose, cut, min(cut + 40, end)):
            continue
        if found[0].startswith(".") and _ABBREVIATION.search(
            prose, max(found.start() - 8, first), found.start() + 1
        ):
            continue
        if prose[first:cut].strip():
            yield first, cut
        first = cut
    if prose[first:end].strip():
        yield first, end


def _tokens(prose: str, start: int, end: int, *, quoted: bool) -> tuple[list[Token], bool]:
    tokens: list[Token] = []
    for found in _TOKEN.finditer(prose, start, end):
        word = found[0]
        if word in _OPEN_QUOTES:
            quoted = True
        elif word in _CLOSE_QUOTES:
            quoted = False
        elif word == '"':
            quoted = not quoted
        for text, at in _pieces(word, found.start()):
            lower = text.lower().replace("’", "'").replace("‑", "-")
            tokens.append(Token(text, lower, at, at + len(text), quoted))
    return tokens, quoted


def _pieces(word: str, at: int) -> Iterator[tuple[str, int]]:
    """A word without its clitic, and the clitic; `Google-owned` as two."""
    if len(word) > 2:
        clitic = _CLITIC.search(word)
        if clitic:
            head = word[: clitic.start()]
            yield head, at
            yield word[clitic.start() :], at + clitic.start()
            return
        joined = _JOINED.match(word)
        if joined and word[0].isupper():
            cut = len(joined["name"])
            yield word[:cut], at
            yield word[cut:], at + cut
            return
    yield word, at
