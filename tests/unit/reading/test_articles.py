"""Whole articles: the one that the project starts from, and the four marked ones with their precision and recall."""

from __future__ import annotations

import pytest

from ajar.model.article import ArticleReading, DateBasis, Judgement
from ajar.model.partial_date import PartialDate
from ajar.reading import read
from benchmarks.reading import Score, add, articles, score

TITANS = """Elon Musk vs OpenAI

We're talking about some of the wealthiest figures in the tech world: Elon Musk and the leadership at OpenAI, including notable figures like Jack Dorsey.

The saga began when Elon Musk, once a co-founder of OpenAI, parted ways with the organization. Musk launched Grok, a new venture under X (formerly known as Google), aiming to rival OpenAI. The crux of Musk's contention? Accusing OpenAI of betraying its original non-profit ethos.

OpenAI's transition from a non-profit entity to a profit-driven organization has sparked controversy, particularly regarding its decision to develop and release closed AI models.

The legal battle between Musk and OpenAI is more than a personal feud.

Supporters of open-source AI, like the AI chief at Meta, advocate for the democratization of AI technology. Critics of closed AI models, including influential tech figures like Mark Andreessen, echo this sentiment.

Major tech companies, including Google and Amazon, have largely embraced closed AI models. Meanwhile, proponents of open-source AI, from innovative startups like the French Mistol to tech giants like Meta, champion the cause of open innovation.

With the future of AI at stake, the stakes have never been higher.
"""


def told(reading: ArticleReading) -> set[tuple[str, str, str]]:
    return {(item.kind.value, item.about, item.verdict.value) for item in reading.statements}


@pytest.fixture(scope="module")
def titans() -> ArticleReading:
    return read(TITANS.encode(), "titans.txt")


def test_the_date_is_inferred_from_the_newest_thing(titans: ArticleReading) -> None:
    assert titans.date == "2024-03"
    assert titans.date_basis is DateBasis.INFERRED
    assert "2024-02-29" in titans.date_because


@pytest.mark.parametrize(
    "statement",
    [
        ("role", "Jack Dorsey: among the leadership of OpenAI", "contradicted"),
        ("role", "Elon Musk: co-founder of OpenAI", "supported"),
        ("role", "Elon Musk left OpenAI", "supported"),
        ("makes-owns-funds", "Elon Musk makes Grok", "supported"),
        ("makes-owns-funds", "X makes Grok", "imprecise"),
        ("identity", "X was called Google", "contradicted"),
        ("stance", "Elon Musk accuses OpenAI", "supported"),
        ("identity", "OpenAI: non-profit", "supported"),
        ("openness", "OpenAI: closed", "imprecise"),
        ("event", "Elon Musk sues OpenAI", "supported"),
        ("stance", "Yann LeCun: for open models", "supported"),
        ("spelling", "spelt Mark Andreessen", "contradicted"),
        ("stance", "Marc Andreessen: for open models", "supported"),
        ("openness", "Google: closed", "imprecise"),
        ("openness", "Amazon: closed", "imprecise"),
        ("spelling", "spelt Mistol", "contradicted"),
        ("openness", "Mistral AI: open source", "imprecise"),
        ("openness", "Meta: open source", "imprecise"),
    ],
)
def test_statements_of_the_article(titans: ArticleReading, statement: tuple[str, str, str]) -> None:
    assert statement in told(titans)


def test_nothing_else_of_it_is_contradicted(titans: ArticleReading) -> None:
    wrong = [item.about for item in titans.statements if item.verdict is Judgement.CONTRADICTED]
    assert sorted(wrong) == [
        "Jack Dorsey: among the leadership of OpenAI",
        "X was called Google",
        "spelt Mark Andreessen",
        "spelt Mistol",
    ]


def test_spans_lie_in_their_sentences(titans: ArticleReading) -> None:
    for item in titans.statements:
        assert titans.text[item.span.start : item.span.end] in item.sentence
        assert item.verdict in {Judgement.NOT_CHECKABLE, Judgement.UNKNOWN} or item.fact
        assert item.verdict is not Judgement.CONTRADICTED or item.sources


def test_the_same_article_is_judged_by_its_date() -> None:
    text = b"Grok-1 is a closed model. Llama 4 Scout was released by Meta in April 2025. X belongs to xAI."
    before = told(read(text, "a.txt", date=PartialDate("2024-01-15")))
    after = told(read(text, "a.txt", date=PartialDate("2025-06-01")))
    assert ("openness", "Grok-1: closed", "supported") in before
    assert ("openness", "Grok-1: closed", "contradicted") in after
    assert ("makes-owns-funds", "xAI owns X", "supported") in after
    assert ("makes-owns-funds", "xAI owns X", "supported") not in before


@pytest.mark.parametrize(
    ("text", "date", "basis"),
    [
        ("Published on 3 May 2024\n\nOpenAI is closed.", "2024-05-03", DateBasis.TEXT),
        (
            "A headline that says much of what follows and does not end in a stop\nPublished May 3, 2024\n\nOpenAI is closed.",
            "2024-05-03",
            DateBasis.TEXT,
        ),
        ("PARIS, 2 December 2025 –\n\nOpenAI is closed.", "2025-12-02", DateBasis.TEXT),
        ("---\ndate: 2025-01-09\n---\n\nOpenAI is closed.", "2025-01-09", DateBasis.METADATA),
        ("Musk bought Twitter in October 2022. That was a surprise to all.", "2022-10", DateBasis.INFERRED),
        ("Somebody said something about somebody.", "", DateBasis.NONE),
    ],
)
def test_how_the_date_is_known(text: str, date: str, basis: DateBasis) -> None:
    found = read(text.encode(), "a.md" if text.startswith("---") else "a.txt")
    assert (found.date, found.date_basis) == (date, basis)


# A little under what is measured (docs/reading.md), so that a step back is seen.
@pytest.mark.parametrize(
    ("group", "recall", "precision"), [("dev", 0.94, 0.98), ("heldout", 0.94, 0.96), ("fresh", 0.88, 0.96)]
)
def test_precision_and_recall(group: str, recall: float, precision: float) -> None:
    total = score(group)
    assert total.recall() >= recall, total.misses
    assert total.precision() >= precision, total.false_alarms


def test_the_score_counts_what_is_wrong() -> None:
    (path, _), *_ = articles("dev")
    found = read(path.read_bytes(), path.name)
    quote = found.statements[0].sentence[:30]
    total = Score()
    add(total, found, [{"quote": quote, "kind": "licence", "verdict": "contradicted"}], "x")
    assert total.recall() == 0
    assert total.misses
