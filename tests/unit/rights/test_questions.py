"""Questions in plain words: what is read, and what is given back as unread."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ajar.rights.places import covers, overlaps, places
from ajar.rights.questions import plan_of


def test_a_whole_question() -> None:
    plan = plan_of("commercial product, 2 million users, Germany, fine-tune and sell, train on outputs")
    assert plan.acts == ("fine-tune", "sell", "train-on-outputs")
    assert plan.is_commercial is True
    assert plan.users == 2_000_000
    assert plan.territories == ("DE",)
    assert plan.unread == ()


@pytest.mark.parametrize(
    ("words", "users"),
    [
        ("2 million users", 2_000_000),
        ("2M users", 2_000_000),
        ("700k MAU", 700_000),
        ("1,500,000 monthly active users", 1_500_000),
        ("two million users", 2_000_000),
        ("seven hundred million monthly active users", 700_000_000),
        ("50 customers", 50),
        ("3bn users", 3_000_000_000),
    ],
)
def test_users(words: str, users: int) -> None:
    assert plan_of(words).users == users


@pytest.mark.parametrize(
    ("words", "dollars"),
    [
        ("$5M revenue", 5_000_000),
        ("revenue of $5 million", 5_000_000),
        ("USD 10,000,000 turnover", 10_000_000),
        ("€1 million revenue", 1_100_000),
        ("$50k revenue per month", 600_000),
        ("$20M ARR", 20_000_000),
    ],
)
def test_revenue(words: str, dollars: int) -> None:
    plan = plan_of(words)
    assert plan.revenue_usd == dollars
    assert plan.is_commercial is True


@pytest.mark.parametrize(
    ("words", "inside", "outside"),
    [
        ("French customers", ("FR",), ()),
        ("in the UK and the United States", ("GB", "US"), ()),
        ("KR, JP", ("KR", "JP"), ()),
        ("no EU users", (), ("EU",)),
        ("not in South Korea", (), ("KR",)),
        ("outside the European Union", (), ("EU",)),
        ("for us", (), ()),
        ("US only", ("US",), ()),
        ("worldwide", ("WORLD",), ()),
    ],
)
def test_places(words: str, inside: tuple[str, ...], outside: tuple[str, ...]) -> None:
    plan = plan_of(words)
    assert (plan.territories, plan.not_in) == (inside, outside)


@pytest.mark.parametrize(
    ("words", "acts", "fields", "commercial"),
    [
        ("personal hobby", (), (), False),
        ("academic research", (), ("research",), False),
        ("host as an API", ("host",), (), None),
        ("merge and quantize", ("merge", "quantize"), (), None),
        ("distill into a startup product", ("train-on-outputs",), (), True),
        ("medical diagnosis for children", (), ("medical", "minors"), None),
        ("internal tool", ("use",), (), None),
        ("military", (), ("military",), None),
        ("redistribute", ("redistribute",), (), None),
        ("police and courts", (), ("law-enforcement",), None),
    ],
)
def test_acts_and_fields(
    words: str, acts: tuple[str, ...], fields: tuple[str, ...], commercial: bool | None
) -> None:
    plan = plan_of(words)
    assert (plan.acts, plan.field, plan.is_commercial) == (acts, fields, commercial)
    assert plan.unread == ()


def test_what_is_not_understood_is_given_back() -> None:
    plan = plan_of("frobnicate the weights in Germany on Tuesdays")
    assert plan.unread == ("frobnicate", "tuesdays")
    assert "not" in plan_of("not sell it").unread


def test_words_that_look_like_countries() -> None:
    plan = plan_of("our IT department IN house, NO fees")
    assert plan.territories == ()
    assert "department" in plan.unread


def test_the_union_has_27_members() -> None:
    known = places()
    assert len(known.eu) == 27
    assert len(known.eea) == 30
    assert covers("EU", "DE")
    assert not covers("EU", "GB")
    assert not covers("EU", "NO")
    assert covers("EEA", "NO")
    assert covers("EEA", "EU")
    assert not covers("DE", "EU")
    assert overlaps("DE", "EU")
    assert overlaps("KR", "WORLD")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_no_question_raises(words: str) -> None:
    plan = plan_of(words)
    assert plan.users is None or plan.users >= 0


def test_long_questions_are_cut() -> None:
    assert len(plan_of("frob " * 10_000).unread) <= 400
