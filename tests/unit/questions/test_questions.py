"""The four questions: each answer by its ground, silence told from a no, and nothing summed up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import ajar
from ajar.catalogue import load
from ajar.known import report_of
from ajar.model.evidence import Basis, Evidence, GapReason, Location
from ajar.model.judgement import Finding, Severity
from ajar.model.question import Point, Reply, Topic
from ajar.model.report import Report
from ajar.questions import ask
from tests.build.dossiers import gap
from tests.build.releases import CARD, apache_text, write_release

SAYS = """
## Responsible release

All personal information was removed from the training data. Authors can opt out of having their data used.
We evaluated the model for gender bias on BBQ. We conducted red teaming exercises.
"""
DENIES = """
## Responsible release

Personal data were not filtered from the training set. There is no opt-out for data owners.
The model has not been evaluated for social bias. No red teaming was carried out.
"""
ON_THE_CARD = ("personal-data-addressed", "data-opt-out", "bias-evaluated", "safety-evaluated")


def audited(root: Path, card: str = CARD, licence: str | None = None) -> Report:
    return ajar.audit(write_release(root / "tiny", card=card, licence=licence))


def points(report: Report) -> dict[str, Point]:
    return {point.id: point for question in ask(report) for point in question.points}


def known(name: str) -> dict[str, Point]:
    return points(report_of(load().system(name)))


def test_every_question_has_its_points_under_its_own_topic(tmp_path: Path) -> None:
    questions = ask(audited(tmp_path))
    assert [question.topic for question in questions] == list(Topic)
    assert all(len(question.points) == 4 for question in questions)
    assert all(point.topic is question.topic for question in questions for point in question.points)
    ids = [point.id for question in questions for point in question.points]
    assert len(set(ids)) == 16
    assert all(point.asks.endswith("?") for question in questions for point in question.points)


def test_what_a_card_says_is_its_word_with_the_sentence(tmp_path: Path) -> None:
    found = points(audited(tmp_path, CARD + SAYS))
    for name in ON_THE_CARD:
        assert (found[name].reply, found[name].basis) == (Reply.YES, Basis.DECLARED), name
        assert isinstance(found[name].because[0], Evidence)
    assert "removed" in found["personal-data-addressed"].words


def test_what_a_card_denies_is_a_no_that_it_said(tmp_path: Path) -> None:
    found = points(audited(tmp_path, CARD + DENIES))
    for name in ("data-opt-out", "bias-evaluated", "safety-evaluated"):
        assert (found[name].reply, found[name].basis) == (Reply.NO, Basis.DECLARED), name
    addressed = found["personal-data-addressed"]
    assert addressed.reply is Reply.YES
    assert "not removed" in addressed.words


def test_a_card_that_is_silent_was_looked_at(tmp_path: Path) -> None:
    found = points(audited(tmp_path))
    for name in ON_THE_CARD:
        assert (found[name].reply, found[name].basis) == (Reply.NO, Basis.ABSENT), name


def test_without_a_card_of_substance_nothing_is_known(tmp_path: Path) -> None:
    found = points(audited(tmp_path, "# Tiny\n"))
    for name in (*ON_THE_CARD, "intended-use-documented", "limits-documented"):
        assert found[name].reply is Reply.UNKNOWN, name


def test_a_section_counts_by_what_stands_under_it(tmp_path: Path) -> None:
    full = points(audited(tmp_path / "a"))["limits-documented"]
    bare = points(
        audited(tmp_path / "b", CARD.replace(CARD.split("## Limitations")[1].split("##")[0], "\n\nMany.\n\n"))
    )
    assert full.reply is Reply.YES
    assert bare["limits-documented"].reply is Reply.PARTLY


def test_data_that_are_withheld_are_not_disclosed(tmp_path: Path) -> None:
    head, _, rest = CARD.partition("datasets:\n- wikitext\n")
    card = head + rest.partition("## Training data")[0] + "\nWe will not release the training data.\n"
    card += "\nIt was made to be looked at by tests, and by nobody else, for nothing else, " * 4
    found = points(audited(tmp_path, card))["training-data-disclosed"]
    assert (found.reply, found.basis) == (Reply.NO, Basis.WITHHELD)


def test_secrets_found_are_told_and_a_gap_is_told_beside_none(tmp_path: Path) -> None:
    clean = audited(tmp_path)
    assert (points(clean)["files-hold-secrets"].reply, points(clean)["files-hold-secrets"].words) == (
        Reply.NO,
        "none found",
    )
    holed = points(replace(clean, gaps=(gap("x.bin", GapReason.UNREADABLE),)))["files-hold-secrets"]
    assert "1 things could not be read" in holed.words
    finding = Finding(
        rule="release-holds-no-secrets",
        severity=Severity.MEDIUM,
        message="run.py: line 3: holds a token",
        because=(gap("run.py"),),
    )
    told = points(replace(clean, findings=(finding,)))["files-hold-secrets"]
    assert (told.reply, told.words) == (Reply.YES, "run.py: line 3: holds a token")


def test_a_gate_that_the_host_states_counts(tmp_path: Path) -> None:
    report = audited(tmp_path)
    assert points(report)["gated"].reply is Reply.NO
    host = Evidence(key="host.gated", value="manual", location=Location(path="hub"), inspector="hub")
    assert points(replace(report, evidence=(*report.evidence, host)))["gated"].reply is Reply.YES


def test_a_release_without_weights_has_nothing_to_load(tmp_path: Path) -> None:
    folder = write_release(tmp_path / "tiny")
    (folder / "model.safetensors").unlink()
    found = points(ajar.audit(folder))
    assert (found["loads-without-running-code"].reply, found["loads-without-running-code"].basis) == (
        Reply.MOOT,
        Basis.ABSENT,
    )
    assert found["weights-in-hand"].reply is Reply.NO


def test_terms_are_seen_in_their_text_and_told_by_a_name(tmp_path: Path) -> None:
    text = points(audited(tmp_path / "a", licence=apache_text()))["revocable"]
    tag = points(audited(tmp_path / "b"))["revocable"]
    assert (text.reply, text.basis) == (Reply.NO, Basis.VERIFIED)
    assert (tag.reply, tag.basis) == (Reply.NO, Basis.DECLARED)


def test_a_hosted_model_is_not_in_hand_and_has_nothing_to_load() -> None:
    found = known("gpt-4")
    assert found["weights-in-hand"].reply is Reply.NO
    assert found["revocable"].reply is Reply.YES
    assert {found[name].reply for name in ("loads-without-running-code", "signed", "gated")} == {Reply.MOOT}
    assert found["uses-limited"].reply is Reply.UNKNOWN


def test_a_limit_by_size_and_limits_of_use_are_quoted() -> None:
    found = known("llama-4-scout")
    assert found["limited-by-size"].reply is Reply.YES
    assert "700 million" in found["limited-by-size"].words
    assert found["uses-limited"].reply is Reply.YES
    assert found["gated"].reply is Reply.YES


def test_a_base_that_is_named_is_told() -> None:
    assert known("deepseek-r1")["derived-from"].reply is Reply.YES
    assert "DeepSeek-V3" in known("deepseek-r1")["derived-from"].words
    assert known("grok-1")["derived-from"].reply is Reply.UNKNOWN


@pytest.mark.parametrize("system", load().systems, ids=lambda system: system.id)
def test_published_facts_are_never_seen_and_what_no_source_says_is_never_a_no(system) -> None:
    for point in points(report_of(system)).values():
        assert point.basis is not Basis.VERIFIED
        if point.reply is Reply.NO:
            assert point.because, point.id
        if not point.because and point.reply is not Reply.MOOT:
            assert point.reply is Reply.UNKNOWN, point.id
