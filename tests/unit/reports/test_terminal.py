"""The card: fits, says, and cannot be used to drive the terminal that shows it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

import ajar
from ajar.model.judgement import DOOR_LABELS, Door
from ajar.model.report import Report
from ajar.reports import door_art, html, terminal
from tests.build import hostile
from tests.build.releases import apache_text, write_release

STYLE = re.compile(r"\x1b\[\d*m")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return ajar.audit(write_release(tmp_path_factory.mktemp("r") / "tiny", licence=apache_text()))


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return ajar.audit(hostile.write(tmp_path_factory.mktemp("r") / "bad"))


@pytest.mark.parametrize("width", [60, 80, 110])
@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("which", ["good", "bad"])
def test_no_line_is_wider_than_the_page(
    which: str, verbose: bool, width: int, request: pytest.FixtureRequest
) -> None:
    report = request.getfixturevalue(which)
    for colour in (False, True):
        shown = terminal.render(report, verbose=verbose, explain=verbose, colour=colour, width=width)
        assert [line for line in STYLE.sub("", shown).split("\n") if len(line) > width] == []


def test_nothing_of_a_release_reaches_the_terminal_raw(bad: Report) -> None:
    shown = terminal.render(bad, verbose=True, explain=True, colour=False, width=100)
    unseen = {char for char in shown if unicodedata.category(char) in {"Cc", "Cf", "Cs"} and char != "\n"}
    assert unseen == set()
    assert "\\x1b" in shown


def test_colours_are_only_there_when_asked_for(good: Report) -> None:
    plain = terminal.render(good, verbose=False, explain=False, colour=False, width=80)
    coloured = terminal.render(good, verbose=False, explain=False, colour=True, width=80)
    assert "\x1b" not in plain
    bare = STYLE.sub("", coloured).split("\n")
    assert [line.rstrip() for line in bare] == plain.split("\n")


@pytest.mark.parametrize("door", list(Door))
def test_each_door_is_drawn_and_named(good: Report, door: Door) -> None:
    verdict = replace(good.verdict("g7"), at_least=door.value, declared=door.value, at_most=door.value)
    report = replace(good, verdicts=(verdict, *good.verdicts[1:]))
    shown = terminal.render(report, verbose=False, explain=False, colour=False, width=80)
    assert DOOR_LABELS[door] in shown
    for line in door_art.TEXT[door]:
        assert line.strip() in shown


def test_doors_differ_without_colour() -> None:
    assert len({"\n".join(lines) for lines in door_art.TEXT.values()}) == len(Door)


def test_explain_names_the_place_of_each_verdict(good: Report) -> None:
    shown = terminal.render(good, verbose=False, explain=True, colour=False, width=110)
    assert "LICENSE:" in shown
    for verdict in good.verdicts:
        for criterion in verdict.criteria:
            assert criterion.id in shown


def test_verbose_shows_evidence_that_the_card_leaves_out(good: Report) -> None:
    short = terminal.render(good, verbose=False, explain=False, colour=False, width=100)
    long = terminal.render(good, verbose=True, explain=False, colour=False, width=100)
    assert "weights.parameter-count" not in short
    assert "weights.parameter-count" in long


def test_an_uncertain_verdict_names_its_bounds_and_what_would_move_it(tmp_path: Path) -> None:
    report = ajar.audit(write_release(tmp_path / "tiny"))
    shown = terminal.render(report, verbose=False, explain=False, colour=False, width=100)
    assert "proven: Weights Available AI" in shown
    assert "What would move it: " in shown


@pytest.mark.parametrize(
    ("signature", "words"),
    [("none", None), ("not-verified", "signed, not verified"), ("verified", "signed, verified")],
)
def test_a_signature_is_said_for_what_it_is(signature: str, words: str | None, good: Report) -> None:
    report = replace(good, control=replace(good.control, signature=signature))
    text = terminal.render(report, verbose=False, explain=False, colour=False, width=80)
    page = html.render(report)
    assert ("signed, " in text) == (words is not None)
    assert words is None or words in text
    assert words is None or f"{words[0].upper()}{words[1:]}." in page
