"""The article as one HTML page with notes in the margin: no script, no request to anywhere, every string escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ajar.model.article import ArticleReading, Judgement, NamedParty, NamedSystem, Statement
from ajar.reports import door_art
from ajar.reports.article_text import MARKS, count_words, date_words, door_words
from ajar.reports.html_page import page
from ajar.reports.html_page import text as _t

_SHOWN = frozenset({Judgement.SUPPORTED, Judgement.CONTRADICTED, Judgement.IMPRECISE, Judgement.UNKNOWN})
_NOTES = 2000
_PARAGRAPHS = 20_000


def render(reading: ArticleReading) -> str:
    """The page as text."""
    title = reading.title or reading.subject
    body = (
        f"{''.join(_head(reading, title))}{''.join(article(reading))}{''.join(_systems(reading.systems))}"
        f"{''.join(_parties(reading.parties))}"
    )
    footer = (
        f"<footer><p>{_t(count_words(reading))}. Judged against ajar's catalogue; what it does not know it "
        "calls unknown.</p></footer>"
    )
    return page(f"{title}: read by ajar", body, footer, style="article", what="article")


def _lines(text: str) -> str:
    """Text of the article with its line breaks, which the style sheet keeps."""
    return "\n".join(map(_t, text.split("\n")))


def _head(reading: ArticleReading, title: str) -> Iterator[str]:
    yield f"<header><h1>{_t(title)}</h1><p class=note>Read {_t(date_words(reading))}. {_t(count_words(reading))}.</p>"
    for note in reading.notes:
        yield f"<p class=note>{_t(note)}</p>"
    yield "<p class=legend>"
    for verdict in (Judgement.CONTRADICTED, Judgement.IMPRECISE, Judgement.SUPPORTED, Judgement.UNKNOWN):
        yield f'<mark class="{verdict.value}">{MARKS[verdict]} {verdict.value}</mark> '
    yield "</p></header>\n"


def article(reading: ArticleReading) -> Iterator[str]:
    """Paragraph by paragraph, with the notes on each beside it: HTML, escaped."""
    yield '<article class="read">\n'
    notes = [item for item in reading.statements if item.verdict in _SHOWN][:_NOTES]
    number = at = 0
    for start, end in list(_paragraphs(reading.text))[:_PARAGRAPHS]:
        here: list[Statement] = []
        while at < len(notes) and notes[at].span.start < end:
            if notes[at].span.start >= start:
                here.append(notes[at])
            at += 1
        yield '<div class="row"><p>'
        yield _marked(reading.text, start, end, here, number)
        yield "</p><aside>"
        for offset, item in enumerate(here, 1):
            yield _note(item, number + offset)
        yield "</aside></div>\n"
        number += len(here)
    yield "</article>\n"


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for part in text.split("\n\n"):
        if part.strip():
            yield at, at + len(part)
        at += len(part) + 2


def _marked(text: str, start: int, end: int, notes: Sequence[Statement], number: int) -> str:
    """The paragraph's text with a mark around each statement; of two that overlap the first stands."""
    pieces: list[str] = []
    at = start
    for offset, item in enumerate(notes, 1):
        first, last = item.span.start, min(item.span.end, end)
        link = f'<sup><a id="s{number + offset}" href="#n{number + offset}">{number + offset}</a></sup>'
        if first < at:
            pieces.append(link)
            continue
        pieces.append(_lines(text[at:first]))
        pieces.append(f'<mark class="{item.verdict.value}">{_lines(text[first:last])}</mark>{link}')
        at = last
    pieces.append(_lines(text[at:end]))
    return "".join(pieces)


def _note(item: Statement, number: int) -> str:
    who = f", says {_t(item.attributed_to)}" if item.attributed_to else ""
    proposed = f" (proposed by {_t(item.proposed_by)})" if item.proposed_by else ""
    sources = "".join(f" {_source(url, place)}" for place, url in enumerate(item.sources, 1))
    head = f"{number} <b>{MARKS[item.verdict]} {item.verdict.value}</b>: {_t(item.about)}{who}{proposed}"
    back = f'<br><a href="#s{number}">to the words</a>'
    body = f"{_t(item.fact)}{f'<br>Sources:{sources}' if sources else ''}{back}"
    shown = " open" if item.verdict in {Judgement.CONTRADICTED, Judgement.IMPRECISE} else ""
    return f'<details class="margin {item.verdict.value}-note" id="n{number}"{shown}><summary>{head}</summary>{body}</details>'


def _source(url: str, place: int) -> str:
    if not url.startswith(("https://", "http://")):
        return _t(url)
    return f'<a rel="noreferrer nofollow" href="{_t(url)}">{place}</a>'


def _systems(systems: Sequence[NamedSystem]) -> Iterator[str]:
    if not systems:
        return
    yield '<section><h2>Systems that it names</h2><div class="doors">'
    for item in systems:
        picture = door_art.svg(item.door, size=56) if item.door else ""
        state = item.door or "unknown"
        yield (
            f'<div class="system {_t(state)}">{picture}<div><h3>{_t(item.name)}</h3><p>{_t(", ".join(item.makers))}</p>'
            f"<p><strong>{_t(door_words(item))}</strong></p><p class=note>{_t(item.weights)}</p></div></div>"
        )
    yield "</div></section>\n"


def _parties(parties: Sequence[NamedParty]) -> Iterator[str]:
    if not parties:
        return
    yield "<section><h2>Who is named</h2><div class=wide><table><thead><tr><th>Name</th><th>Known for</th><th>How open its systems were</th></tr></thead><tbody>"
    for item in parties:
        yield (
            f'<tr><td data-head="Name">{_t(item.name)}</td><td data-head="Known for">{_t(item.known_for)}</td>'
            f'<td data-head="Record">{_t(item.record)}</td></tr>'
        )
    yield "</tbody></table></div></section>\n"
