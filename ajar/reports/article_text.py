"""The reading of an article for a terminal: what does not hold first, then the text with its marks, then who is named."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from ajar.model.article import ArticleReading, DateBasis, Judgement, NamedSystem, Statement
from ajar.reports.plain import visible

MARKS = {
    Judgement.SUPPORTED: "✓",
    Judgement.CONTRADICTED: "✗",
    Judgement.IMPRECISE: "~",
    Judgement.NOT_CHECKABLE: "·",
    Judgement.UNKNOWN: "?",
}
COLOURS = {
    Judgement.SUPPORTED: "32",
    Judgement.CONTRADICTED: "31",
    Judgement.IMPRECISE: "33",
    Judgement.NOT_CHECKABLE: "2",
    Judgement.UNKNOWN: "36",
}
DATE_WORDS = {
    DateBasis.GIVEN: "as given",
    DateBasis.METADATA: "as its fields say",
    DateBasis.TEXT: "as its text says",
    DateBasis.INFERRED: "inferred",
    DateBasis.NONE: "no date found",
}
_SOURCES = 2


def render(reading: ArticleReading, *, verbose: bool, colour: bool, width: int) -> str:
    """As text of at most `width` columns. `verbose` adds opinions, what is unknown, and all sources."""
    page = _Page(width=width, colour=colour)
    lines = [*_head(reading, page), *_statements(reading, page, verbose=verbose)]
    lines += [*_systems(reading, page), *_parties(reading, page, verbose=verbose), "", count_words(reading)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


class _Page:
    def __init__(self, *, width: int, colour: bool) -> None:
        self.width = width
        self.colour = colour

    def paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text

    def wrap(self, text: str, indent: int, hang: int | None = None) -> list[str]:
        return textwrap.wrap(
            visible(text),
            self.width,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent if hang is None else hang),
            break_on_hyphens=False,
        )


def count_words(reading: ArticleReading) -> str:
    """How many statements stand how."""
    counts = Counter(item.verdict for item in reading.statements)
    shown = [f"{counts[verdict]} {verdict.value}" for verdict in MARKS if counts[verdict]]
    return f"{reading.words:,} words, {len(reading.statements)} statements" + (
        f": {', '.join(shown)}" if shown else ""
    )


def date_words(reading: ArticleReading) -> str:
    """The day it is judged by, and how that is known."""
    if reading.date_basis is DateBasis.NONE:
        return f"no date found; judged by what is known up to {reading.as_of}"
    because = f", {reading.date_because}" if reading.date_basis is not DateBasis.GIVEN else ""
    return f"as of {reading.date} ({DATE_WORDS[reading.date_basis]}{because})"


def _head(reading: ArticleReading, page: _Page) -> Iterator[str]:
    yield page.paint(visible(reading.title or reading.subject)[: page.width], "1")
    yield from page.wrap(date_words(reading), 2)
    for note in reading.notes:
        yield from page.wrap(f"! {note}", 2, 4)


def _statements(reading: ArticleReading, page: _Page, *, verbose: bool) -> Iterator[str]:
    shown = [
        item
        for item in reading.statements
        if verbose or item.verdict not in {Judgement.NOT_CHECKABLE, Judgement.UNKNOWN}
    ]
    if not shown:
        yield ""
        yield "  no statement in it can be checked" if reading.parties or reading.systems else ""
        return

    def place(item: Statement) -> int:
        return reading.text.find(item.sentence, max(item.span.start - len(item.sentence), 0))

    for at, group in groupby(shown, key=place):
        held = list(group)
        yield ""
        yield from page.wrap(_marked(held, at), 0)
        for item in held:
            yield from _note(item, page, verbose=verbose)


def _marked(held: Sequence[Statement], at: int) -> str:
    """The sentence of these statements with ‹ › around the words that do not hold."""
    text = held[0].sentence
    spans = sorted(
        {
            (item.span.start - at, item.span.end - at)
            for item in held
            if item.verdict in {Judgement.CONTRADICTED, Judgement.IMPRECISE}
        },
        reverse=True,
    )
    last = len(text) + 1
    for start, end in spans:
        if end <= last and end - start < len(text):
            text = f"{text[:start]}‹{text[start:end]}›{text[end:]}"
            last = start
    return " ".join(text.split())


def _note(item: Statement, page: _Page, *, verbose: bool) -> Iterator[str]:
    who = f", says {item.attributed_to}" if item.attributed_to else ""
    proposed = f" [proposed by {item.proposed_by}]" if item.proposed_by else ""
    first = page.wrap(f"{MARKS[item.verdict]} {item.verdict.value}: {item.about}{who}{proposed}", 2, 4)
    yield from (page.paint(line, COLOURS[item.verdict]) for line in first)
    if item.fact and (verbose or item.verdict is not Judgement.SUPPORTED):
        yield from page.wrap(item.fact, 4)
    if item.sources and (verbose or item.verdict in {Judgement.CONTRADICTED, Judgement.IMPRECISE}):
        for source in item.sources if verbose else item.sources[:_SOURCES]:
            yield from page.wrap(source, 4, 6)


def _systems(reading: ArticleReading, page: _Page) -> Iterator[str]:
    if not reading.systems:
        return
    yield ""
    yield page.paint("Systems that it names", "1")
    for item in reading.systems:
        yield from page.wrap(f"{item.name} ({', '.join(item.makers)}): {door_words(item)}", 2, 4)
        if not item.is_family:
            yield from page.wrap(item.weights, 4)


def door_words(item: NamedSystem) -> str:
    """The door in words, with the doubt about it."""
    if not item.door:
        return item.label
    if item.door == item.at_least == item.at_most:
        return f"{item.door}, {item.label}"
    return f"{item.door}, {item.label}, as declared (from {item.at_least} to {item.at_most})"


def _parties(reading: ArticleReading, page: _Page, *, verbose: bool) -> Iterator[str]:
    shown = reading.parties if verbose else [item for item in reading.parties if item.record]
    if not shown:
        return
    yield ""
    yield page.paint("Makers and people" if verbose else "Makers, and how open their systems were", "1")
    for item in shown:
        yield from page.wrap(f"{item.name}: {item.record or item.known_for}", 2, 4)
