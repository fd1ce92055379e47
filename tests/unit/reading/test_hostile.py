"""Articles that mean harm or mean nothing: bounded, clear, and escaped in every output."""

from __future__ import annotations

import json
import time

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ajar.errors import TargetUnreadable
from ajar.model.article import ArticleReading, Judgement
from ajar.reading import read
from ajar.reports import article_html, article_json, article_text

EVIL = (
    "<script>alert(1)</script>: Mark Andreessen said\u202e that\x1b[31m OpenAI's \x07Sam Altman “owns” <b>Grok</b> & 'X'. "
    "Meta owns OpenAI."
)
SCHEMA = jsonschema_rs.validator_for(article_json.schema())


def outputs(reading: ArticleReading) -> tuple[str, str, str]:
    text = article_text.render(reading, verbose=True, colour=False, width=80)
    return text, article_html.render(reading), article_json.dumps(reading)


def test_nothing_of_an_article_drives_an_output() -> None:
    reading = read(EVIL.encode(), "\x1b]0;evil<img>.txt")
    assert any(item.verdict is Judgement.CONTRADICTED for item in reading.statements)
    text, page, data = outputs(reading)
    for char in ("\x1b", "\u202e", "\x07"):
        assert char not in text
        assert char not in page
    assert "<script>alert" not in page
    assert "<img>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert json.loads(data)["article"]["text"] == EVIL


def test_lines_of_a_paragraph_stay_lines() -> None:
    page = article_html.render(read(b"OpenAI keeps\nGPT-4 closed.\n", "a.txt"))
    assert "\\n" not in page
    assert "OpenAI keeps\nGPT-4 closed" in page


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("The cat sat on the mat, and the dog looked at it. It was a fine day for both of them.", "nothing here that the catalogue knows"),
        ("Le modèle Grok est publié par la société xAI et il est dit que les poids sont dans le domaine public pour tous les autres de la France.", "in French"),
    ],
)  # fmt: skip
def test_an_article_that_cannot_be_checked_says_so(text: str, note: str) -> None:
    reading = read(text.encode(), "a.txt")
    assert any(note in said for said in reading.notes)
    assert not [item for item in reading.statements if item.verdict is not Judgement.NOT_CHECKABLE]
    assert note in article_text.render(reading, verbose=False, colour=False, width=200)


def test_names_of_a_text_in_another_language_are_found() -> None:
    text = "Das Modell Grok-1 wurde von xAI veröffentlicht und es ist nicht zu sagen, ob die Daten auch frei sind oder nicht, sagt der Chef von OpenAI."
    reading = read(text.encode(), "a.txt")
    assert [item.id for item in reading.systems] == ["grok-1"]
    assert [item.id for item in reading.parties] == ["xai", "openai"]


def test_a_page_of_scripts_holds_no_text() -> None:
    with pytest.raises(TargetUnreadable, match="no text"):
        read(b"<html><script>var OpenAI = 'owned by Meta'</script><nav>Home</nav></html>", "a.html")


@pytest.mark.parametrize(
    "text",
    [
        "OpenAI " * 20_000,
        "Musk, who " * 5_000,
        "OpenAI, Meta, Google, " * 3_000 + "made Grok.",
        "(((((" * 5_000,
        "and " * 20_000 + "Grok",
        "the licence of " * 8_000 + "Grok",
        "Apache " * 20_000,
        "1,000 " * 20_000,
        "“" * 20_000 + "Grok is open",
        "OpenAI's " * 10_000,
        "A" * 200_000,
        "Aa Bb " * 20_000,
        "OpenAI released " * 8_000,
        "Grok, a model, which, by xAI, " * 3_000,
        "X " * 30_000,
    ],
)
def test_repetition_takes_no_more_time_than_text(text: str) -> None:
    started = time.process_time()
    read(text.encode(), "a.txt")
    assert time.process_time() - started < 12


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    try:
        reading = read(text.encode("utf-8", "surrogatepass"), "a.txt")
    except TargetUnreadable:
        return
    for item in reading.statements:
        assert 0 <= item.span.start <= item.span.end <= len(reading.text)
    outputs(reading)


WORDS = [
    "OpenAI", "Musk", "Sam Altman", "Grok-1", "Llama 3", "Meta", "X", "Twitter", "formerly known as", "the CEO of", ",", "(", ")", "who", "which",
    "released", "owns", "is", "not", "open source", "closed", "under", "Apache 2.0", "in March 2024", "$1bn", "314 billion parameters", "and", "by",
    "its", "he", "the company", "the weights of", "said", "that", "“", "”", ";", ":", ".", "?", "of", "from", "to", "sued", "whose", "licence", "'s",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_any_order_of_words_is_read(words: list[str]) -> None:
    text = " ".join(words)
    try:
        reading = read(text.encode(), "a.txt")
    except TargetUnreadable:
        return
    text_out, page, data = outputs(reading)
    assert text_out
    assert page.startswith("<!doctype html>")
    assert not list(SCHEMA.iter_errors(json.loads(data)))
    assert read(text.encode(), "a.txt") == reading
