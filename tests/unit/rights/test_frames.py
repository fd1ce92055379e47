"""Facets read from clauses in anybody's words."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ajar.rights.clauses import clauses_of
from ajar.rights.data_store import names_of_texts, store
from ajar.rights.sentences import sentences_of

SAYINGS = Path(__file__).with_name("sayings.tsv")
DATA = tomllib.loads((files("ajar.rights") / "data" / "frames.toml").read_text("utf-8"))
# What a sentence that restricts nothing must not be read as.
RESTRICTIONS = {
    "commercial-use": {"no", "conditional"},
    "redistribution": {"no"},
    "modification": {"no"},
    "outputs": {"may-not-train", "non-commercial", "owned-by-licensor", "terms-follow"},
    "revocable": {"any-time"},
}
ALWAYS = {
    "threshold",
    "territory",
    "field-of-use",
    "naming",
    "display",
    "registration",
    "remote-restriction",
    "use-policy",
    "amendment",
}


def sayings():
    rows = [line.split("\t") for line in SAYINGS.read_text("utf-8").splitlines() if line[:1] != "#"]
    return [(label, text, missed == "missed") for missed, label, text in rows]


def is_read(label, text):
    found = clauses_of(
        f"Acme Model License\n\nSection 4. Terms of use.\n\n{text}\n\nThis agreement is made between you and Acme.\n"
    )
    facet, _, value = label.partition("=")
    if label == "none":
        return not any(
            clause.facet.value in ALWAYS or clause.value in RESTRICTIONS.get(clause.facet.value, ())
            for clause in found
        )
    return any(clause.facet.value == facet and value in {"", clause.value} for clause in found)


@pytest.mark.parametrize(("label", "text", "missed"), sayings())
def test_a_saying_is_read(label, text, missed):
    assert is_read(label, text) is not missed


def test_a_clause_is_quoted_with_its_line():
    text = "Some Licence\n\n1. You may copy the Model.\n2. Employment of the Model for gainful activity is ruled out.\n"
    clause = next(item for item in clauses_of(text) if item.value == "no")
    assert (clause.line, "gainful" in clause.quote) == (4, True)


def test_what_is_not_permitted_is_no_grant():
    for text in (
        "The weights may not be shared with others.",
        "It is not permitted to share the weights.",
        "No modified version of the weights may be shared.",
    ):
        assert not any(clause.value == "yes" for clause in clauses_of(text)), text


def test_gates_let_every_match_through():
    """A frame looks only at sentences that hold one of its gate's words, so these must stand in every match."""
    words = {name: re.compile(wording) for name, wording in {**DATA["words"], **DATA["shy"]}.items()}
    lows = [text.lower() for _, text, _ in sayings()]
    for name in sorted(names_of_texts())[::6]:
        lows += [sentence.low for sentence in sentences_of(store().text(name))]
    for name, gate in DATA["gates"].items():
        for low in lows:
            assert not words[name].search(low) or any(word in low for word in gate), (name, low)


def test_every_name_in_a_frame_is_known():
    known = {*DATA["words"], *DATA["shy"]}
    for frame in DATA["frame"]:
        assert {
            *frame["has"],
            *frame.get("lacks", ()),
            *([frame["item"]] if "item" in frame else []),
        } <= known
        assert frame["has"][0] in DATA["gates"]


PIECES = st.sampled_from(
    [
        "you may not ",
        "use ",
        "only ",
        "commercial ",
        "train ",
        "outputs ",
        "a, ",
        "not ",
        "the model ",
        "; ",
        "but ",
    ]
)


@given(st.lists(PIECES, max_size=4000).map("".join))
def test_any_pile_of_weighty_words_is_read(text):
    for clause in clauses_of(text):
        assert len(clause.quote) <= 302
