"""What a card says of its own release, and what only looks like it."""

from __future__ import annotations

import hashlib

import pytest

from ajar import claims
from ajar.claims.statements import find
from ajar.model.evidence import Basis, Location, Text
from ajar.model.judgement import ClaimFinding, Criterion, Outcome, Right, Verdict


def text(body: str, path: str = "README.md") -> Text:
    return Text(path=path, text=body, sha256=hashlib.sha256(body.encode()).hexdigest())


def says(body: str, path: str = "README.md") -> list[str]:
    return [item.says for item in find([text(body, path)])]


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Tiny is an open-source language model.", "open-source"),
        ("We open sourced Tiny in March.", "open-source"),
        ("Tiny is a fully open model.", "fully-open"),
        ("All models, data, and code used in the paper are publicly released.", "fully-open"),
        ("Tiny is an open-weights model.", "open-weights"),
        ("The weights are publicly available.", "open-weights"),
        ("We are openly releasing these models.", "open-access"),
        ("Training is fully reproducible.", "reproducible"),
        ("Tiny is intended for commercial and research use.", "commercial-use"),
        ("Tiny is for research purposes only.", "non-commercial"),
        ("Tiny is only available through our API.", "hosted-only"),
    ],
)
def test_each_kind(sentence: str, kind: str) -> None:
    assert says(f"# Tiny\n\n{sentence}\n") == [kind]


@pytest.mark.parametrize(
    "sentence",
    [
        "Tiny is not open source.",
        "Tiny beats other open-source models on every task.",
        "It outperforms all open-weights models of its size.",
        "Our safety tools are open sourced for the community.",
        "The evaluation libraries were recently open sourced.",
        "We thank the open-source community.",
        "It runs on any open source framework.",
        "Is Tiny open source?",
        "Built on the open-source model Llama.",
    ],
)
def test_what_is_said_of_something_else_is_no_claim(sentence: str) -> None:
    assert says(f"# Tiny\n\n{sentence}\n") == []


@pytest.mark.parametrize(
    "body",
    [
        "---\ntags: [open-source]\n---\n# Tiny\n",
        "```\nan open-source model\n```\n",
        "# An open-source model\n",
        "[![open-source model](https://example.org/badge.svg)](https://example.org)\n",
        "@misc{tiny, title={Tiny, an open-source model}}\n",
    ],
)
def test_fields_code_headings_and_badges_are_no_sentences(body: str) -> None:
    assert says(body) == []


def test_only_front_documents_speak_for_the_release() -> None:
    words = "# Tiny\n\nTiny is an open-source model.\n"
    assert says(words, "MODEL_CARD.md") == ["open-source"]
    assert says(words, "third_party/other/README.md") == []
    assert says(words, "docs/notes.md") == []


def test_the_place_is_the_line_and_the_quote_is_about_what_is_said() -> None:
    long = "Power is measured per device, " + "and so on, " * 40 + "because we are openly releasing Tiny."
    (found,) = find([text(f"# Tiny\n\nFirst line.\n{long}\n")])
    assert found.location.line == 4
    assert "openly releasing" in found.quote
    assert len(found.quote) <= 201


def door(least: str, most: str) -> Verdict:
    missing = Criterion(
        id="training-code-is-public", outcome=Outcome.UNMET, basis=Basis.ABSENT, reason="no code that trains"
    )
    return Verdict(
        instrument="g7",
        version="1",
        at_least=least,
        declared=least,
        at_most=most,
        summary="",
        criteria=(missing,),
    )


def right(answer: str) -> Right:
    return Right(id="commercial-use", answer=answer, quote="the clause", location=None)


def held(sentence: str, least: str, most: str, answer: str = "yes") -> ClaimFinding:
    (claim,) = claims.hold(find([text(f"# T\n\n{sentence}\n")]), [door(least, most)], [right(answer)])
    assert claim.because
    return claim.finding


@pytest.mark.parametrize(
    ("sentence", "least", "most", "finding"),
    [
        ("Tiny is an open-source model.", "open", "open", ClaimFinding.UPHELD),
        ("Tiny is an open-source model.", "ajar", "ajar", ClaimFinding.OVERSTATED),
        ("Tiny is an open-source model.", "ajar", "open", ClaimFinding.UNPROVEN),
        ("Tiny is an open-weights model.", "open", "wide-open", ClaimFinding.UNDERSTATED),
        ("Tiny is an open-weights model.", "ajar", "open", ClaimFinding.UPHELD),
        ("Tiny is a fully open model.", "open", "open", ClaimFinding.OVERSTATED),
        ("Tiny is only available through our API.", "chained", "ajar", ClaimFinding.UNDERSTATED),
        ("Tiny is only available through our API.", "shut", "shut", ClaimFinding.UNPROVEN),
    ],
)
def test_held_against_the_door(sentence: str, least: str, most: str, finding: ClaimFinding) -> None:
    assert held(sentence, least, most) is finding


@pytest.mark.parametrize(
    ("sentence", "answer", "finding"),
    [
        ("Tiny is intended for commercial use.", "yes", ClaimFinding.UPHELD),
        ("Tiny is intended for commercial use.", "no", ClaimFinding.OVERSTATED),
        ("Tiny is intended for commercial use.", "unknown", ClaimFinding.UNPROVEN),
        ("Tiny is for research purposes only.", "no", ClaimFinding.UPHELD),
        ("Tiny is for research purposes only.", "yes", ClaimFinding.UNDERSTATED),
    ],
)
def test_held_against_the_licence(sentence: str, answer: str, finding: ClaimFinding) -> None:
    assert held(sentence, "ajar", "ajar", answer) is finding


def test_an_overstatement_names_what_is_missing() -> None:
    (claim,) = claims.hold(find([text("# T\n\nTiny is an open-source model.\n")]), [door("ajar", "ajar")], [])
    assert any("no code that trains" in reason for reason in claim.because)


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ('"now open source" (its chief)', "open-source"),
        ("recipes train exclusively on the open-sourced subset of training data", None),
        ('"is not an open model"', None),
        ("", None),
    ],
)
def test_one_sentence_by_itself(sentence: str, kind: str | None) -> None:
    where = Location(path="https://example.org/news")
    found = claims.said_in(sentence, where)
    assert (found.says if found else None) == kind
    assert claims.said_in('"now open source"', where, but={"open-source"}) is None
