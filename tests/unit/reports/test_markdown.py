"""Markdown, read back by a CommonMark parser: what a release says stays words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ajar.model.report import Report
from ajar.reports import markdown
from ajar.reports._markdown_text import code, table, words
from ajar.reports.plain import visible as spelled_out
from tests.unit.reports.conftest import waive

PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")
GENTLE = {
    "heading_open",
    "heading_close",
    "inline",
    "paragraph_open",
    "paragraph_close",
    *(f"{name}_{end}" for name in ("table", "thead", "tbody", "tr", "th", "td") for end in ("open", "close")),
    *(f"{name}_{end}" for name in ("bullet_list", "list_item") for end in ("open", "close")),
}
INLINE = {"text", "code_inline", "strong_open", "strong_close", "em_open", "em_close", "softbreak"}


def read(text: str) -> list:
    """Tokens; fails on any that ajar has no use for: links, images, HTML."""
    tokens = PARSER.parse(text)
    assert {token.type for token in tokens} <= GENTLE
    inner = {child.type for token in tokens for child in token.children or ()}
    assert inner <= INLINE
    return tokens


def visible(tokens: list) -> str:
    return "\n".join(
        "".join(child.content for child in token.children or ()) for token in tokens if token.type == "inline"
    )


@pytest.mark.parametrize("name", ["good", "bad", "dangerous", "several", "remote"])
def test_every_report_is_headings_and_tables(name: str, request: pytest.FixtureRequest) -> None:
    report = request.getfixturevalue(name)
    tokens = read(markdown.render([report]))
    assert tokens[0].tag == "h1"
    assert sum(token.type == "table_open" for token in tokens) >= 3


def test_every_row_of_a_table_has_all_its_cells(bad: Report) -> None:
    text = markdown.render([bad])
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(widths) == 1, block


def test_it_says_what_the_report_says(dangerous: Report) -> None:
    text = visible(read(markdown.render([dangerous])))
    assert dangerous.findings[0].message in text
    assert "pytorch_model.bin" in text
    assert "Could not look" in text


def test_a_waived_finding_stays_with_its_reason(dangerous: Report) -> None:
    waivers = waive(dangerous, dangerous.findings[0].rule)
    text = visible(read(markdown.render([dangerous], waivers=waivers)))
    assert dangerous.findings[0].message in text
    assert "Waived (W-1): our own file" in text


@given(st.text(max_size=120))
def test_any_words_stay_words(text: str) -> None:
    tokens = read(f"begin {words(text)} end\n")
    assert sum(token.type == "inline" for token in tokens) == 1
    spans = [child for token in tokens for child in token.children or () if child.type == "code_inline"]
    assert all(set(span.content) == {"@"} for span in spans)
    plain = visible(tokens).removeprefix("begin ").removesuffix(" end")
    assert "".join(plain.split()) == "".join(spelled_out(text).split())


def test_nobody_is_called() -> None:
    html = PARSER.render(words("thanks @octocat and @@both, a@b.example"))
    assert not re.search(r"@\w", html)


@given(st.text(max_size=120), st.text(max_size=40))
def test_any_code_stays_in_its_cell(first: str, second: str) -> None:
    tokens = read(table(("a", "b"), [(code(first), words(second))]))
    assert sum(token.type == "td_open" for token in tokens) == 2
