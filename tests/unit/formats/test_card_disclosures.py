"""What a card discloses on personal data, opting out, bias and safety: said, denied, and not said."""

from __future__ import annotations

import pytest

from ajar.formats import _card_disclosures
from ajar.formats.data_card import FORMAT as DATA_CARD
from ajar.formats.model_card import FORMAT
from ajar.model.evidence import Basis
from tests.build.text_files import look

KEYS = ("personal-data", "data-opt-out", "bias-evaluation", "safety-evaluation")


def disclosed(sentence: str) -> list[tuple[str, object]]:
    seen = look(FORMAT, f"# Tiny\n\n{sentence}\n", "README.md")
    return [(kind, value) for kind in KEYS for value in seen.all(f"card.{kind}")]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("All personal information was removed from the training data.", [("personal-data", "removed")]),
        ("We used a named-entity model to redact PII in the corpus.", [("personal-data", "removed")]),
        ("Personal data were not filtered from the training set.", [("personal-data", "not-removed")]),
        (
            "Neither the pretraining nor the tuning datasets include Meta user data.",
            [("personal-data", "none")],
        ),
        (
            "The training data may contain personal information of real people.",
            [("personal-data", "contained")],
        ),
        ("Do not enter personal information into the chat window.", []),
        ("Developers should filter personal data from their datasets.", []),
        ("Authors can opt out of having their code in the dataset.", [("data-opt-out", "offered")]),
        ("The crawl respects robots.txt.", [("data-opt-out", "honoured")]),
        ("Repositories of developers who opted out were excluded.", [("data-opt-out", "honoured")]),
        ("There is no opt-out for content creators.", [("data-opt-out", "none")]),
        ("Opt out of telemetry with an environment variable.", []),
        ("You can opt out of training the vision module to save memory.", []),
        ("We evaluated the model for gender bias on two benchmarks.", [("bias-evaluation", "done")]),
        ("Scores on BBQ are in the table.", [("bias-evaluation", "done")]),
        ("The model has not been evaluated for social bias.", [("bias-evaluation", "not-done")]),
        ("The attention bias is tested for shape.", []),
        ("To report to Weights & Biases, set a flag; tests use it.", []),
        ("The model may be biased.", []),
        ("We conducted red teaming exercises before release.", [("safety-evaluation", "done")]),
        ("Results on ToxiGen and HarmBench are below.", [("safety-evaluation", "done")]),
        ("No red teaming was carried out.", [("safety-evaluation", "not-done")]),
        ("It has not undergone any safety evaluation.", [("safety-evaluation", "not-done")]),
        ("Before deploying, developers should perform safety testing.", []),
        ("It stores weights as safetensors, for safety.", []),
    ],
)
def test_what_a_sentence_discloses(sentence: str, expected: list[tuple[str, object]]) -> None:
    assert disclosed(sentence) == expected


def test_a_disclosure_is_the_makers_word_with_its_line_and_its_words() -> None:
    seen = look(FORMAT, "# Tiny\n\nSmall.\n\nWe conducted red teaming.\n", "README.md")
    (item,) = [item for item in seen.evidence if item.key == "card.safety-evaluation"]
    assert (item.basis, item.location.line, item.quote) == (Basis.DECLARED, 5, "We conducted red teaming.")


def test_code_and_headings_disclose_nothing() -> None:
    assert disclosed("## Red teaming\n\n```\nWe conducted red teaming.\n```") == []


def test_many_such_sentences_are_bounded() -> None:
    text = "\n\n".join(f"We conducted red teaming, round {number}." for number in range(100))
    assert len(disclosed(text)) == 8


def test_how_many_sentences_are_looked_at_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_card_disclosures, "SENTENCE_LIMIT", 20)
    last = "We conducted red teaming."
    assert disclosed("Harm is not spoken of.\n\n" * 19 + last) == [("safety-evaluation", "done")]
    assert disclosed("Harm is not spoken of.\n\n" * 20 + last) == []


def test_a_data_card_keeps_its_own_keys() -> None:
    text = "---\ndataset_info: {}\n---\n# Tiny\n\nAll personal information was removed from the dataset.\n"
    assert look(DATA_CARD, text, "README.md").all("data-card.personal-data") == ["removed"]
