"""Sentences, words, dates, figures, names and clauses: the stages below the grammar."""

from __future__ import annotations

import pytest

from ajar.catalogue import load
from ajar.catalogue.names import fold
from ajar.model.partial_date import PartialDate
from ajar.reading.clauses import views
from ajar.reading.items import items, licences, titles
from ajar.reading.language import language_of
from ajar.reading.lexicon import lexicon
from ajar.reading.mention import Mention
from ajar.reading.mentions import Finder
from ajar.reading.quantities import dates, numbers_of, quantities
from ajar.reading.tokens import sentences

DAY = PartialDate("2024-06-12")


def names(text: str) -> list[tuple[str, str]]:
    parts = sentences(text)
    finder = Finder(lexicon())
    finder.prepare(parts)
    return [(item.text, item.id) for part in parts for item in finder.find(part)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two! Three? “Four.” Five", 5),
        ("Mr. Musk spoke to Dr. A. Smith of X Corp. in the U.S. on Jan. 5.", 1),
        ("Grok 1.5 came. xAI made it. gpt-oss-120b followed.", 3),
        ("A heading\nThen text that goes on\nover lines.", 2),
        ("- one\n- two\n", 2),
        ("", 0),
    ],
)
def test_sentences(text: str, count: int) -> None:
    found = sentences(text)
    assert len(found) == count
    for part in found:
        for token in part.tokens:
            assert text[token.start : token.end] == token.text


def test_words() -> None:
    (part,) = sentences("OpenAI's GPT-4o isn't Google-owned; Command R+'s DALL·E cost $97.4bn.")
    assert [token.lower for token in part.tokens] == [
        "openai", "'s", "gpt-4o", "is", "n't", "google", "-owned", ";", "command", "r+", "'s", "dall·e", "cost", "$",
        "97.4bn", ".",
    ]  # fmt: skip


def test_quoted_words_are_known() -> None:
    (part,) = sentences("He said “it is open” twice.")
    assert [token.text for token in part.tokens if token.quoted] == ["“", "it", "is", "open"]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("on 12 March 2024", "2024-03-12"),
        ("on March 12, 2024", "2024-03-12"),
        ("on the 12th of March 2024", "2024-03-12"),
        ("on the fifth of August 2025", "2025-08-05"),
        ("in Sept. 2023", "2023-09"),
        ("2024-03-17", "2024-03-17"),
        ("in 2019", "2019"),
        ("since November", "2023-11"),
        ("on 17 March", "2024-03-17"),
        ("on June 20", "2023-06-20"),
        ("yesterday", "2024-06-11"),
        ("last year", "2023"),
        ("the summer of 2025", "2025"),
    ],
)
def test_dates(text: str, date: str) -> None:
    (found,) = dates(text, 0, len(text), DAY)
    assert found.resolved(DAY) == date


@pytest.mark.parametrize("text", ["May I?", "2024 parameters", "$2024", "version 20.24", "12 of them"])
def test_what_is_no_date(text: str) -> None:
    assert dates(text, 0, len(text), DAY) == []


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("314 billion parameters", 314e9, "parameters"),
        ("314B", 314e9, "parameters"),
        ("1.6 trillion parameters", 1.6e12, "parameters"),
        ("seventy billion parameters", 70e9, "parameters"),
        ("one hundred and eighty billion parameters", 180e9, "parameters"),
        ("half a trillion parameters", 0.5e12, "parameters"),
        ("a trillion total parameters", 1e12, "parameters"),
        ("$1bn", 1e9, "USD"),
        ("$97.4 billion", 97.4e9, "USD"),
        ("13 billion dollars", 13e9, "USD"),
        ("€15 million", 15e6, "EUR"),
        ("EUR 15M", 15e6, "EUR"),
        ("27 percent", 27, "percent"),
        ("26%", 26, "percent"),
        ("700 million weekly users", 700e6, "users"),
        ("1,500,000,000 parameters", 1.5e9, "parameters"),
    ],
)
def test_figures(text: str, value: float, unit: str) -> None:
    (found,) = quantities(text, 0, len(text))
    assert found.value == pytest.approx(value)
    assert found.unit == unit


def test_figures_share_a_unit() -> None:
    text = "in sizes of 8 and 70 billion parameters"
    assert [item.value for item in quantities(text, 0, len(text))] == [8e9, 70e9]
    assert list(numbers_of("671B total, 37B active (MoE)")) == [671e9, 37e9]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Meta's Llama 3.1 405B was praised.", [("Meta", "meta"), ("Llama 3.1 405B", "llama-3.1")]),
        ("He uses GPT-4 and R1.", [("GPT-4", "gpt-4"), ("R1", "deepseek-r1")]),
        ("So said Facebook.", [("Facebook", "meta")]),
        ("Kimbal Musk spoke.", [("Kimbal Musk", "")]),
        ("It is run by Google Cloud.", [("Google Cloud", "")]),
        ("Claude Monet painted.", [("Claude Monet", "")]),
        ("Whisper softly.", []),
        ("The falcon flew.", []),
        ("The French Mistol spoke.", [("Mistol", "mistral-ai")]),
        ("A mistrial was declared.", []),
        ("Mr. Sam Altmann of OpenAI spoke.", [("Sam Altmann", "sam-altman"), ("OpenAI", "openai")]),
    ],
)
def test_names(text: str, found: list[tuple[str, str]]) -> None:
    assert names(text) == found


def test_a_version_that_is_not_known_is_not_taken_for_one_that_is() -> None:
    parts = sentences("They wait for Grok 7 and Claude 3.5 Sonnet.")
    finder = Finder(lexicon())
    finder.prepare(parts)
    assert all(item.is_vague for item in finder.find(parts[0]))


def test_every_entity_is_found_by_its_own_name() -> None:
    barred = set(lexicon().words["common_names"]["never"])
    missed = []
    for entity in load().entities():
        name = entity.name.partition(" (")[0].partition(" / ")[0]
        if name in barred or len(lexicon().entries[fold(name)]) > 1:
            continue
        if entity.id not in {key for _, key in names(f"They spoke of {name} there.")}:
            missed.append(name)
    assert missed == []


def lines(text: str) -> list[str]:
    """The clauses of a sentence in words, each name as it stands."""
    (part,) = sentences(text)
    finder = Finder(lexicon())
    finder.prepare([part])
    refs = [*licences(text, 0, len(text)), *finder.find(part), *titles(part.tokens)]
    return [
        " ".join(
            item.ref.text if isinstance(item.ref, Mention) else item.code for item in view if item.cls != "R"
        )
        for view in views(items(part, refs))
    ]


def test_clauses_out_of_one_sentence() -> None:
    found = lines("Grok, which xAI made, is open, and Musk left OpenAI in 2018 and founded xAI.")
    assert any(line.startswith("xAI made Grok") for line in found)
    assert any(line.startswith("Grok is open") for line in found)
    assert any(line.startswith("Musk founded xAI") or "Musk left OpenAI" in line for line in found)


def test_an_insertion_in_an_insertion_belongs_to_the_inner_name() -> None:
    found = lines("Musk launched Grok, a venture under X (formerly known as Google), to rival OpenAI.")
    assert any(line.startswith("X is formerly known as Google") for line in found)
    assert not any("Grok , formerly" in line or "Grok is formerly" in line for line in found)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The model was made by the company and it is said to be one of the best that they have ever released to us all.", "en"),
        ("Le modèle est publié par la société et il est dit que les poids sont dans le domaine public pour tous les autres.", "French"),
        ("Das Modell wurde von der Firma veröffentlicht und es ist nicht zu sagen, ob die Daten auch frei sind oder eben nicht.", "German"),
        ("Модель была выпущена компанией, и её веса доступны всем желающим без ограничений.", "Russian or another Cyrillic language"),
        ("模型由公司发布并且权重可以下载使用没有任何限制条件以及其他要求", "Chinese or Japanese"),
        ("Grok", ""),
    ],
)  # fmt: skip
def test_languages(text: str, language: str) -> None:
    assert language_of(sentences(f"{text} {text}")) == language
