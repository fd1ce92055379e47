"""Dates as sources give them: a year, a month or a day, and whether the source is sure.

The text form is that of ISO 8601-2 (EDTF level 1): `2023`, `2023-07`, `2023-07-12`, and `?` behind an uncertain one.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from enum import StrEnum
from typing import Self

_FORM = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?(?P<unsure>\?)?", re.ASCII)


class Precision(StrEnum):
    """How much of a date is known."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"


class PartialDate(str):
    """A date of limited precision. It is its own text, so it is written and compared for equality as one.

    Among dates, order goes by the first day that each may mean, then by the last: `2015-01` stands before `2015`.
    Raises `ValueError` for what is no date.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError(
                f"{text[:40]!r} is no date: YYYY, YYYY-MM or YYYY-MM-DD, with ? behind it when unsure"
            )
        dt.date(int(found["year"]), int(found["month"] or 1), int(found["day"] or 1))
        return super().__new__(cls, text)

    @property
    def is_uncertain(self) -> bool:
        """Whether sources leave the last given part in doubt."""
        return self.endswith("?")

    @property
    def precision(self) -> Precision:
        return (Precision.YEAR, Precision.MONTH, Precision.DAY)[self.count("-")]

    @property
    def year(self) -> int:
        return int(self[:4])

    @property
    def earliest(self) -> dt.date:
        """The first day that it may mean."""
        parts = [int(part) for part in self.rstrip("?").split("-")]
        return dt.date(*(*parts, 1, 1)[:3])

    @property
    def latest(self) -> dt.date:
        """The last day that it may mean."""
        first = self.earliest
        if self.precision is Precision.DAY:
            return first
        month = first.month if self.precision is Precision.MONTH else 12
        return dt.date(first.year, month, calendar.monthrange(first.year, month)[1])

    def is_before(self, other: PartialDate) -> bool | None:
        """Whether it lies before another; `None` when the two overlap and neither can be said."""
        if self.latest < other.earliest:
            return True
        return False if self.earliest > other.latest or self == other else None

    def __lt__(self, other: str) -> bool:
        return self._key() < other._key() if isinstance(other, PartialDate) else str.__lt__(self, other)

    def __gt__(self, other: str) -> bool:
        return self._key() > other._key() if isinstance(other, PartialDate) else str.__gt__(self, other)

    def __le__(self, other: str) -> bool:
        return self._key() <= other._key() if isinstance(other, PartialDate) else str.__le__(self, other)

    def __ge__(self, other: str) -> bool:
        return self._key() >= other._key() if isinstance(other, PartialDate) else str.__ge__(self, other)

    def _key(self) -> tuple[dt.date, dt.date]:
        return self.earliest, self.latest


def holds_at(since: PartialDate | None, until: PartialDate | None, date: PartialDate) -> bool | None:
    """Whether a span with these ends holds at a date; `None` when their precision does not tell.

    An end that is not given is open: what has no `until` goes on, what has no `since` has always been so.
    """
    begun = True if since is None else _at_or_after(date, since)
    over = False if until is None else _at_or_after(date, until)
    if begun is False or over is True:
        return False
    return None if None in {begun, over} else True


def _at_or_after(date: PartialDate, mark: PartialDate) -> bool | None:
    if date.earliest >= mark.latest:
        return True
    return False if date.latest < mark.earliest else None
