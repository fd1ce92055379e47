"""Licence texts: the same, the same but for names, or changed, with the changed words shown."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ajar.errors import BudgetExceeded
from ajar.model.component import MatchKind, Openness
from ajar.rights.align import STEPS_LIMIT, Steps, blocks
from ajar.rights.data_store import licences, rows, store
from ajar.rights.match import identify
from ajar.rights.normalise import words_of

CLAUSE = "Any product that uses the Software shall prominently display the words Made with Examplar."


def text(name: str) -> str:
    return store().text(name)


def only(words: str):
    (found,) = identify(words)
    return found


@pytest.mark.parametrize(
    "name",
    [
        "MIT",
        "Apache-2.0",
        "BSD-3-Clause",
        "GPL-3.0-only",
        "CC-BY-4.0",
        "OpenMDW-1.0",
        "llama2",
    ],
)
def test_verbatim_is_exact(name: str) -> None:
    found = only(text(name))
    assert (found.licence.id, found.match, found.differences) == (name, MatchKind.EXACT, ())


@pytest.mark.parametrize("name", ["llama2", "llama3.1", "llama3.2", "llama3.3", "llama4", "gemma"])
def test_makers_texts_are_never_confused(name: str) -> None:
    found = only(text(name))
    assert found.licence.id == name
    assert found.licence.openness is Openness.RESTRICTED


def test_case_wrapping_markup_and_names_change_nothing() -> None:
    wrapped = "\n".join(f"# {line.upper()}" for line in text("MIT").replace(". ", ".\n").splitlines())
    named = text("MIT").replace("<year> <copyright holders>", "2024 Somebody & Sons")
    for words in (wrapped, named, f"<pre>{text('MIT')}</pre>"):
        assert only(words).match in {MatchKind.EXACT, MatchKind.TEMPLATE}


def test_apache_without_its_appendix_is_the_template() -> None:
    terms = text("Apache-2.0").split("END OF TERMS AND CONDITIONS")[0]
    assert (only(terms).licence.id, only(terms).match) == ("Apache-2.0", MatchKind.TEMPLATE)


@pytest.mark.parametrize("name", ["MIT", "Apache-2.0", "BSD-2-Clause", "GPL-2.0-only"])
@pytest.mark.parametrize("share", [0.3, 0.6, 1.0])
def test_a_clause_put_in_is_shown(name: str, share: float) -> None:
    lines = text(name).splitlines(keepends=True)
    at = int(len(lines) * share)
    found = only("".join(lines[:at]) + f"\n{CLAUSE}\n\n" + "".join(lines[at:]))
    assert (found.licence.id, found.match) == (name, MatchKind.MODIFIED)
    assert any("display the words Made with Examplar" in item.text for item in found.differences)


def test_one_word_that_turns_a_right_around() -> None:
    found = only(text("MIT").replace("without restriction", "with the restrictions that follow"))
    assert found.match is MatchKind.MODIFIED


def test_a_clause_taken_out_is_shown() -> None:
    words = text("MIT").replace(
        "The above copyright notice and this permission notice shall be included in all", ""
    )
    found = only(words)
    assert found.match is MatchKind.MODIFIED
    assert any(item.change == "removed" for item in found.differences)


def test_the_added_words_of_a_modified_mit() -> None:
    """The shape of GPT-2's licence: a request before the grant, an exception after the condition."""
    before = "We only ask that you use Examplar responsibly and clearly indicate your content was created using it."
    after = "The above copyright notice need not be included with content created by the Software."
    words = text("MIT").replace("Permission is hereby", f"{before}\n\nPermission is hereby")
    words = words.replace("THE SOFTWARE IS PROVIDED", f"{after}\n\nTHE SOFTWARE IS PROVIDED")
    found = only(words)
    assert found.match is MatchKind.MODIFIED
    assert [item.text for item in found.differences] == [before.rstrip("."), after.rstrip(".")]
    assert all(item.line for item in found.differences)


def test_two_licences_in_one_file() -> None:
    found = identify(f"{text('Apache-2.0')}\n\n{'-' * 40}\n\n{text('BSD-3-Clause')}")
    assert [item.licence.id for item in found] == ["Apache-2.0", "BSD-3-Clause"]


@pytest.mark.parametrize(
    "words", ["", "MIT", "Licensed under the Apache License, Version 2.0.", "This model writes poems. " * 200]
)
def test_what_is_no_licence(words: str) -> None:
    assert identify(words) == ()


def test_terms_of_nobody_are_unknown_with_the_nearest_named() -> None:
    lines = text("llama2").splitlines()
    found = identify("\n".join(line for number, line in enumerate(lines) if number % 3))
    assert found
    assert all(item.match in {MatchKind.UNKNOWN, MatchKind.DERIVED} for item in found)
    assert {item.nearest for item in found} & {"llama2"}


def test_every_row_has_a_source_and_a_date() -> None:
    for row in rows():
        assert row["source"].startswith("https://"), row["id"]
        assert row["date"] >= "2026-01-01", row["id"]
        assert row["id"] in licences()
        if "text" in row or "fingerprint" in row:
            assert row["id"] in store().ids or row["id"].startswith("OpenMDW"), row["id"]


@given(st.lists(st.sampled_from("abcde"), max_size=40), st.lists(st.sampled_from("abcde"), max_size=40))
@settings(max_examples=200, deadline=None)
def test_blocks_are_equal_words_in_order(a: list[str], b: list[str]) -> None:
    reached_a = reached_b = 0
    for at, into, length in blocks(a, b):
        assert at >= reached_a
        assert into >= reached_b
        assert a[at : at + length] == b[into : into + length]
        reached_a, reached_b = at + length, into + length


@given(st.text(max_size=400))
@settings(max_examples=200, deadline=None)
def test_words_point_into_the_text(words: str) -> None:
    found = words_of(words)
    assert len(found.words) == len(found.spans)
    lines = [found.line(number) for number in range(len(found.words))]
    assert lines == sorted(lines)
    assert all(0 <= start < end <= len(words) + 3 for start, end in found.spans)


@given(st.text(max_size=2000))
@settings(max_examples=100, deadline=None)
def test_any_text_is_answered(words: str) -> None:
    assert isinstance(identify(words), tuple)


def test_lines_are_those_that_an_editor_counts() -> None:
    found = words_of("one\u2028two\x0cthree\nfour")
    lines = {word: found.line(number) for number, word in enumerate(found.words)}
    assert lines == {"one": 1, "two": 1, "three": 1, "four": 2}


def nested(depth: int) -> tuple[list[str], list[str]]:
    """Two sequences whose alignment is windows in windows, each twice as many as the one around it."""
    if not depth:
        return ["y", "z"], ["z", "y"]
    one, other = nested(depth - 1)
    edge = [f"{depth}-{place}" for place in range(5)]
    back = edge[::-1]
    return [*edge, "m", *one, "n", *one, *back], [*edge, "n", *other, "m", *other, *back]


def test_alignment_of_what_is_made_to_be_slow_ends() -> None:
    size = 20_000
    words = [f"word{number}" for number in range(size)]
    parts = [words[at : at + 8] for at in range(0, size, 8)]
    random.Random(1).shuffle(parts)
    for one, other in (
        (words, words[::-1]),
        (words, [word for part in parts for word in part]),
        (["a", "b"] * (size // 2), ["b", "a"] * (size // 2)),
    ):
        steps = Steps()
        blocks(one, other, steps)
        assert steps.taken < STEPS_LIMIT
    with pytest.raises(BudgetExceeded):
        blocks(*nested(12))


def test_prose_is_laid_on_nothing() -> None:
    """What shares no phrases with any licence costs no alignment."""
    steps = Steps()
    identify(
        "The river bends where old poplars stand, and boats of every colour wait for rain. " * 200,
        steps=steps,
    )
    assert steps.taken < 20_000


@pytest.mark.parametrize(
    "name",
    [
        "mistral-mnpl-0.1",
        "mistral-mrl-0.1",
        "xai-community",
        "qwen-research",
        "lfm-open-1.0",
        "nxai-community",
    ],
)
def test_texts_of_makers_who_publish_no_package_are_known_by_fingerprint(name: str) -> None:
    known = store()
    number = next(at for at, owner in enumerate(known.owners) if known.ids[owner] == name)
    template = known.template(number)
    assert template.grams is not None
    assert len(template) > 500
    assert not template.words
