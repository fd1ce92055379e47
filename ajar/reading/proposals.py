"""Statements that a language model proposes: quoted from the text or dropped, then judged by the same grammar and facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from ajar.model.article import ArticleReading, Form, Judgement, Span, Statement, StatementKind
from ajar.model.partial_date import PartialDate
from ajar.reading.article import Reader, ordered
from ajar.reading.facts import Facts
from ajar.reading.lexicon import Lexicon, lexicon
from ajar.reading.pages import Page
from ajar.reading.tokens import Sentence, sentences

Propose = Callable[[str], list[tuple[str, str]]]
_PART_CHARS = 8000  # of the text in one question
_PARTS = 40
_SAYS_CHARS = 400
_QUOTE_CHARS = 600
_NUMBER = re.compile(r"\d[\d.,]*\d|\d")


def with_proposals(reading: ArticleReading, propose: Propose, model: str) -> ArticleReading:
    """The reading with what `propose` adds to it, each marked `proposed_by`. The article's text goes to `propose`."""
    known = lexicon()
    parts = sentences(reading.text)
    added: list[Statement] = []
    dropped = 0
    held = {(item.kind, item.subject, item.about) for item in reading.statements}
    for text in _questions(reading.text):
        for quote, says in propose(text):
            span = _place(reading.text, quote)
            sentence = _sentence(parts, span) if span is not None else None
            if span is None or sentence is None or not _adds_nothing(reading, sentence, says):
                dropped += 1
                continue
            judged = list(_judged(reading, known, span, sentence, says, model))
            dropped += not judged
            for item in judged:
                key = (item.kind, item.subject, item.about)
                if key not in held:
                    held.add(key)
                    added.append(item)
    notes = (
        *reading.notes,
        f"{model} proposed statements: {len(added)} were added, {dropped} did not stand in the text and were dropped",
    )
    return replace(reading, statements=ordered([*reading.statements, *added]), notes=notes)


def _questions(text: str) -> Iterator[str]:
    """The text in parts that end at a paragraph."""
    at = count = 0
    while at < len(text) and count < _PARTS:
        end = min(at + _PART_CHARS, len(text))
        cut = text.rfind("\n", at + _PART_CHARS // 2, end) if end < len(text) else end
        end = cut if cut > at else end
        if text[at:end].strip():
            yield text[at:end]
            count += 1
        at = end


def _place(text: str, quote: str) -> Span | None:
    """Where the quote stands, letter by letter but for the width of spaces."""
    words = quote.split()
    if not words or len(quote) > _QUOTE_CHARS:
        return None
    found = re.search(r"\s+".join(map(re.escape, words)), text)
    return Span(start=found.start(), end=found.end()) if found else None


def _sentence(parts: list[Sentence], span: Span) -> Sentence | None:
    return next((part for part in parts if part.start <= span.start < part.end), None)


def _adds_nothing(reading: ArticleReading, sentence: Sentence, says: str) -> bool:
    """Whether every number of the restatement stands in the sentence too: a model may not bring its own."""
    if len(says) > _SAYS_CHARS:
        return False
    here = reading.text[sentence.start : sentence.end]
    return set(_NUMBER.findall(says)) <= set(_NUMBER.findall(here)) | set(
        _NUMBER.findall(" ".join(s.name for s in reading.systems))
    )


def _named(reading: ArticleReading, sentence: Sentence) -> set[str]:
    """Whom the sentence itself names: a restatement may speak of nobody else."""
    spoken = [(item.id, item.mentions) for item in reading.systems]
    spoken += [(item.id, item.mentions) for item in reading.parties]
    return {
        key for key, spans in spoken if any(sentence.start <= span.start < sentence.end for span in spans)
    }


def _judged(
    reading: ArticleReading, known: Lexicon, span: Span, sentence: Sentence, says: str, model: str
) -> Iterator[Statement]:
    """The restated sentence read as any other; what the grammar cannot read stays unknown."""
    page = Page(text=says, prose=says, form=Form.TEXT)
    article = PartialDate(reading.date) if reading.date else None
    found = Reader(page, known, Facts(known, PartialDate(reading.as_of)), article).read(sentences(says))
    named = _named(reading, sentence)
    whole = reading.text[sentence.start : sentence.end]
    brought = [mention for mention in found.mentions if mention.id not in named]
    told = [
        item for item in found.statements if item.kind not in {StatementKind.OPINION, StatementKind.SPELLING}
    ]
    if brought:
        return
    for item in told:
        yield replace(item, span=span, sentence=whole, proposed_by=model)
    if not told and found.mentions:
        yield Statement(
            span=span,
            sentence=whole,
            kind=StatementKind.OPINION,
            subject=found.mentions[0].shown,
            verdict=Judgement.UNKNOWN,
            fact="",
            sources=(),
            about=says,
            proposed_by=model,
        )
