"""Clauses read from wording alone: hit, miss and negation for every facet, and work that stays linear."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ajar.model.terms import Facet
from ajar.rights.clauses import clauses_of
from ajar.rights.quoting import QUOTE_CHARS
from ajar.rights.sentences import SENTENCE_CHARS, sentences_of


def read(text: str) -> set[tuple[object, ...]]:
    return {(clause.facet.value, clause.value, *clause.items) for clause in clauses_of(text)}


HITS = [
    ("You may not use the Model for commercial purposes without prior written permission.", ("commercial-use", "no")),
    ("The model is licensed solely for non-commercial research purposes.", ("commercial-use", "no")),
    ("For non-commercial use only.", ("commercial-use", "no")),
    ("Commercial use of the weights is not permitted.", ("commercial-use", "no")),
    ("Commercial use requires a separate license from the authors.", ("commercial-use", "conditional")),
    ("You must pay a royalty of 10% of revenue.", ("commercial-use", "conditional")),
    ("Permission is granted to use this software for any purpose, including commercial applications.", ("commercial-use", "yes")),
    ("本模型仅供学术研究使用，不得用于商业用途。", ("commercial-use", "no")),
    ("Use it exclusively for academic research purposes.", ("field-of-use", "research-only")),
    ("You agree not to use the Model:\n(a) for military purposes;\n(b) for gambling.", ("field-of-use", "limited", "military")),
    ("You agree not to use the Model:\n(a) for military purposes;\n(b) for gambling.", ("field-of-use", "limited", "gambling")),
    ("Surveillance of persons with the Model is prohibited.", ("field-of-use", "limited", "surveillance")),
    ("The Software shall be used for Good, not Evil.", ("field-of-use", "limited", "evil")),
    ("Your use must adhere to the Acceptable Use Policy.", ("use-policy", "binds", "Acceptable Use Policy")),
    ("This license does not apply in the European Union, United Kingdom and South Korea.", ("territory", "excluded", "EU", "GB", "KR")),
    ('"Territory" shall mean the worldwide territory, excluding the territory of the European Union.', ("territory", "excluded", "EU")),
    ("No license is granted to persons domiciled in Japan.", ("territory", "excluded", "JP")),
    ("With respect to any multimodal models, the rights are not being granted to you if you are domiciled in the European Union.", ("territory", "excluded-in-part", "EU")),
    ('You shall include "Llama" at the beginning of any such AI model name.', ("naming", "prefix", "Llama")),
    ('Derived model names must begin with "Foo".', ("naming", "prefix", "Foo")),
    ('You must prominently display "Built with Bar" on a related website.', ("display", "required", "Built with Bar")),
    ('Services with more than 5 million monthly active users shall prominently display "Kimi K2".', ("display", "over-threshold", "Kimi K2")),
    ('You are encouraged to mark products with "Powered by Foo".', ("display", "encouraged", "powered by Foo".replace("p", "P", 1))),
    ("You will not use the output to improve any other large language model.", ("outputs", "may-not-train")),
    ("Use of outputs to train competing models is prohibited.", ("outputs", "may-not-train")),
    ("any other model created by transfer of patterns of the weights or Output of the Model", ("outputs", "terms-follow")),
    ("Licensor claims no rights in the Output.", ("outputs", "free")),
    ("All rights in the Output are the property of the Licensor.", ("outputs", "owned-by-licensor")),
    ('If you use outputs to train an AI model that is distributed, you must include "X" in it.', ("outputs", "train-with-condition")),
    ("You may modify the Work.", ("modification", "yes")),
    ("Derivative works are not allowed.", ("modification", "no")),
    ("Permission is granted to copy and distribute this work.", ("redistribution", "yes")),
    ("You shall not distribute the Model.", ("redistribution", "no")),
    ("a non-transferable, non-sublicensable license", ("sublicence", "no")),
    ("Licensor grants the right to sublicense the Work.", ("sublicence", "yes")),
    ("You must provide a copy of this Agreement to each recipient.", ("notices", "required", "licence-text")),
    ("You must retain all copyright notices.", ("notices", "required", "copyright")),
    ('All copies must be accompanied by a "Notice" text file.', ("notices", "required", "notice-file")),
    ("Modified files must carry prominent notices stating that you changed the files.", ("notices", "required", "state-changes")),
    ("You must give appropriate credit.", ("notices", "required", "attribution")),
    ("You must license the entire work, as a whole, under this License.", ("copyleft", "strong")),
    ("all users interacting with it remotely through a computer network", ("copyleft", "network")),
    ("The license must have the same License Elements.", ("copyleft", "share-alike")),
    ("Use restrictions must be included as an enforceable provision.", ("copyleft", "limits-pass-on")),
    ("You may only do so under the terms of this Agreement.", ("copyleft", "same-terms")),
    ("Each contributor grants you a patent license to make and use the Work.", ("patents", "granted")),
    ("Patent and trademark rights are not licensed under this Public License.", ("patents", "none")),
    ("This license terminates automatically upon any breach of its terms.", ("termination", "ends", "on-breach")),
    ("If you institute patent litigation, all patent licenses granted to you terminate.", ("termination", "ends", "on-suit-patent")),
    ("If you bypass any safety guardrail, your rights will automatically terminate.", ("termination", "ends", "on-guardrail-bypass")),
    ("If annual revenue is more than $2 million, any license shall terminate.", ("termination", "ends", "on-threshold")),
    ("We may terminate this License at any time upon notice.", ("revocable", "any-time")),
    ("a perpetual, irrevocable license", ("revocable", "no")),
    ("Foo may terminate this Agreement if you are in breach of it.", ("revocable", "on-breach")),
    ("Foo reserves the right to modify or amend this Agreement at any time.", ("amendment", "licensor")),
    ("The Acceptable Use Policy may be updated from time to time.", ("amendment", "use-policy")),
    ("You will indemnify and hold harmless Foo.", ("indemnity", "licensee")),
    ("We may restrict (remotely or otherwise) usage of the Model.", ("remote-restriction", "may-restrict")),
    ("This Agreement is governed by the laws of the State of California.", ("governing-law", "named", "US-CA")),
    ("For commercial purposes you must register with us.", ("registration", "commercial")),
    ("Terms at https://example.org/policy are hereby incorporated by reference.", ("incorporated", "binds", "example.org/policy")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), HITS)
def test_hit(text: str, wanted: tuple[object, ...]) -> None:
    assert wanted in read(text), read(text)


def test_every_facet_is_hit_somewhere() -> None:
    seen = {wanted[0] for _, wanted in HITS} | {"threshold"}  # sizes: test_size
    assert seen == {facet.value for facet in Facet}


@pytest.mark.parametrize(
    ("text", "facet"),
    [
        ("This is not a non-commercial licence.", "commercial-use"),
        (
            "Unlike LLaMA, which was for non-commercial research purposes only, ours is free.",
            "commercial-use",
        ),
        ("The previous version was released for non-commercial use only.", "commercial-use"),
        (
            '"Non-Commercial Purpose" means any purpose not intended for commercial advantage.',
            "commercial-use",
        ),
        ("In no event shall the authors be liable for loss of commercial use of the Work.", "commercial-use"),
        ("This model may be used in military settings.", "field-of-use"),
        ("This license does not restrict use in nuclear facilities.", "field-of-use"),
        ("THE SOFTWARE IS NOT WARRANTED FOR MEDICAL USE.", "field-of-use"),
        ("Export controls of China and the United States may apply; you shall comply.", "territory"),
        ("Meta Platforms Ireland (if you are located outside of the EEA or Switzerland).", "territory"),
        ("The courts of Germany shall not have jurisdiction except in Germany.", "territory"),
        ("Llama 2 has a limit of 700 million monthly active users.", "commercial-use"),
        ("This agreement was signed in 2024 by more than 30 people, in Berlin.", "revenue"),
        ("The parties irrevocably consent to jurisdiction.", "revocable"),
        ("only if You agree to indemnify each Contributor", "indemnity"),
        ("You may update this License? No: the Foundation publishes new versions.", "amendment"),
        ("The model was built with PyTorch and powered by GPUs.", "display"),
        ("Our name begins with a capital letter.", "naming"),
        ("We train our models on outputs of other models.", "outputs"),
    ],
)
def test_miss(text: str, facet: str) -> None:
    restricting = {
        item for item in read(text) if item[0] == facet and item[1] not in {"yes", "free", "granted"}
    }
    assert not restricting


@pytest.mark.parametrize(
    ("text", "number", "unit", "effect"),
    [
        ("If users exceed 700 million monthly active users, you must request a license.", 7e8, "monthly-active-users", "ask-licence"),
        ("more than seven hundred million monthly active users must request a license", 7e8, "monthly-active-users", "ask-licence"),
        ("annual revenue of more than US$20 million: contact us for a license", 2e7, "annual-revenue-usd", "ask-licence"),
        ("If revenue exceeds USD 10,000,000 a year all licenses terminate.", 1e7, "annual-revenue-usd", "rights-end"),
        ("less than $1M in annual revenue", 1e6, "annual-revenue-usd", "limit"),
        ("your annual revenue exceeded RMB 1 billion and you must request a license", 1e9, "annual-revenue-cny", "ask-licence"),
        ("more than 20 million US dollars in monthly revenue, you shall prominently display it", 2e7, "monthly-revenue-usd", "display"),
        ("applications with a daily active user count (DAU) of less than 1 million, you can apply for permission", 1e6, "daily-active-users", "ask-licence"),
        ("annual revenue of 10 million United States dollars ($10,000,000) or more", 1e7, "annual-revenue-usd", "limit"),
        ("exceeds the annual revenue of one hundred million Euros (€100,000,000) and must obtain a license", 1e8, "annual-revenue-eur", "ask-licence"),
        ("must not exceed 1 million visits per month", 1e6, "monthly-visits", "limit"),
        ("only for teams of no more than ten people", 10, "team-size", "limit"),
        ("a royalty is due when revenue exceeds $1,000,000 a year", 1e6, "annual-revenue-usd", "royalty"),
        ("greater than 1 million MUUs in the preceding month; you must request a license", 1e6, "monthly-active-users", "limit"),
    ],
)  # fmt: skip
def test_size(text: str, number: float, unit: str, effect: str) -> None:
    found = [clause for clause in clauses_of(text) if clause.facet is Facet.THRESHOLD]
    assert [(clause.number, clause.unit, clause.value) for clause in found] == [(number, unit, effect)]


def test_quotes_are_the_sentence_and_lines_count_from_one() -> None:
    text = (
        "Intro.\n\nYou may not use the Software,\nin whole or in part, for any\ncommercial purpose. Thanks.\n"
    )
    (clause,) = [item for item in clauses_of(text) if item.facet is Facet.COMMERCIAL_USE]
    assert clause.quote == "You may not use the Software, in whole or in part, for any commercial purpose."
    assert clause.line == 3


def test_a_list_is_governed_by_its_lead_and_ends_with_it() -> None:
    text = "You must not use it:\n1. for weapons;\n2. for spying.\n\nWe love medical advice and children.\n"
    assert {item[2] for item in read(text) if item[0] == "field-of-use"} == {"weapons", "surveillance"}


def test_lost_list_markers_and_broken_words() -> None:
    text = "You will not use it to\n\nhelp any military purpose;\n\nspread dis-\ninformation; disinformation is bad.\n"
    assert ("field-of-use", "limited", "disinformation") in read(text)


def test_a_clause_in_a_table_of_markup_is_read() -> None:
    assert ("commercial-use", "no") in read(
        "> **You may <b>not</b> use** this model for _commercial_ purposes."
    )


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=3000))
def test_no_text_raises(text: str) -> None:
    for clause in clauses_of(text):
        assert len(clause.quote) <= QUOTE_CHARS + 2
        assert clause.line is not None
        assert 1 <= clause.line <= text.count("\n") + 1


_WORDS = st.sampled_from(
    [
        *[
            "you",
            "may",
            "not",
            "shall",
            "use",
            "the",
            "model",
            "commercial",
            "non-commercial",
            "output",
            "train",
            "other",
            "models",
            "license",
            "terminate",
            "patent",
            "million",
            "monthly",
            "active",
            "users",
            "revenue",
            "$",
            "5",
            ";",
            ".",
            "(",
            "a)",
            '"',
            "display",
            "built",
            "with",
            "european",
            "union",
            "-",
            "不得",
            "military",
        ],
        "\n",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(_WORDS, max_size=400).map(" ".join))
def test_no_wording_raises(text: str) -> None:
    for clause in clauses_of(text):
        assert clause.quote


def test_sentences_are_bounded_and_lose_nothing() -> None:
    text = "word " * 2000
    found = sentences_of(text)
    assert all(len(item.text) <= SENTENCE_CHARS for item in found)
    assert sum(len(item.text.split()) for item in found) == 2000


EVIL = (
    "not commercial ", "you may not (", "output train ", "a-\n", "1. ", "million monthly ", "((((", "patent terminate ",
    'display "', "revenue exceeds 5 ", "licen", "non-", "e.g.", "terminate at any time ", "; ", "more than one hundred ",
    "laws of the ", "not granted to the european union ", "“", "\n\n", "you must ",
    "but not commercial output, ", "if you, ", "only research use; ", "no model may, ", "users in germany may not ",
)  # fmt: skip


@pytest.mark.parametrize("evil", EVIL)
def test_work_is_linear(evil: str) -> None:
    def seconds(size: int) -> float:
        text = (evil * (size // len(evil) + 1))[:size]
        started = time.process_time()
        clauses_of(text)
        return time.process_time() - started

    clauses_of("warm")
    # The best of some runs: what else the machine does must not look like growth.
    small = max(min(seconds(10_000) for _ in range(3)), 0.002)
    large = min(seconds(80_000) for _ in range(2))
    assert large < small * 8 * 4, (small, large)
    assert large < 6
