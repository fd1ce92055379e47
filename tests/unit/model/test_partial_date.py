import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ajar.model.partial_date import PartialDate, Precision, holds_at

DAYS = st.dates(min_value=dt.date(1990, 1, 1), max_value=dt.date(2099, 12, 31))


@pytest.mark.parametrize(
    ("text", "precision", "earliest", "latest"),
    [
        ("2015", Precision.YEAR, "2015-01-01", "2015-12-31"),
        ("2024-02", Precision.MONTH, "2024-02-01", "2024-02-29"),
        ("2015-12-11", Precision.DAY, "2015-12-11", "2015-12-11"),
        ("2018-02-20?", Precision.DAY, "2018-02-20", "2018-02-20"),
    ],
)
def test_what_a_date_may_mean(text: str, precision: Precision, earliest: str, latest: str) -> None:
    date = PartialDate(text)
    assert (date.precision, str(date.earliest), str(date.latest)) == (precision, earliest, latest)
    assert date.is_uncertain is text.endswith("?")
    assert date == text


@pytest.mark.parametrize(
    "text", ["", "15", "2015-1", "2015-13", "2015-02-30", "2015-12-11T00", "２０１５", "2015??"]
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match=r"no date|month|day|range"):
        PartialDate(text)


@pytest.mark.parametrize(
    ("left", "right", "is_before"),
    [
        ("2015", "2016-01", True),
        ("2016-01", "2015", False),
        ("2015", "2015-12-11", None),
        ("2015-12-10", "2015-12-11", True),
        ("2015-12-11", "2015-12-11", False),
    ],
)
def test_before_has_three_answers(left: str, right: str, is_before: bool | None) -> None:
    assert PartialDate(left).is_before(PartialDate(right)) is is_before


@pytest.mark.parametrize(
    ("since", "until", "at", "holds"),
    [
        ("2015-12-11", "2018-02-20?", "2016", True),
        ("2015-12-11", "2018-02-20?", "2018-02", None),
        ("2015-12-11", "2018-02-20?", "2018-03-01", False),
        ("2015-12-11", None, "2015", None),
        ("2015-12-11", None, "2014", False),
        (None, "2023-07-23", "2022-12", True),
        (None, "2023-07-23", "2023-07-23", False),
        (None, None, "1999", True),
    ],
)
def test_spans(since: str | None, until: str | None, at: str, holds: bool | None) -> None:
    ends = [None if text is None else PartialDate(text) for text in (since, until)]
    assert holds_at(ends[0], ends[1], PartialDate(at)) is holds


@given(DAYS, DAYS)
def test_order_is_that_of_the_days(left: dt.date, right: dt.date) -> None:
    one, other = PartialDate(left.isoformat()), PartialDate(right.isoformat())
    assert (one < other) == (left < right)
    assert (one >= other) == (left >= right)
    assert one.is_before(other) is (left < right)


@given(DAYS)
def test_a_coarser_date_holds_the_finer(day: dt.date) -> None:
    text = day.isoformat()
    for coarse in (PartialDate(text[:4]), PartialDate(text[:7])):
        assert coarse.earliest <= day <= coarse.latest
        assert coarse.is_before(PartialDate(text)) is None
