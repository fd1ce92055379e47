"""The day that an article is judged by: given, in its fields, in its text, or inferred from what it speaks of."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from ajar.model.article import DateBasis
from ajar.model.partial_date import PartialDate
from ajar.reading.pages import Page
from ajar.reading.quantities import DateMention, dates
from ajar.reading.tokens import Sentence

_ISO = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
_HEAD_SENTENCES = 12
_LINE_CHARS = 110
_MARKER = re.compile(
    r"\b(?:published|posted|updated|last updated|written|by|date|release date|first published)\b|[—–:|]\s*$",
    re.IGNORECASE,
)
_SLACK_DAYS = 30  # an article is written within a month of the newest thing it speaks of
EARLIEST = 2015


def stated(page: Page, sentences: Sequence[Sentence]) -> tuple[PartialDate, DateBasis, str] | None:
    """The date in the page's fields, or in a short line or dateline near its head or foot."""
    field = _read(page.date)
    if field is not None:
        return field, DateBasis.METADATA, page.date_where
    near = [(part.start, part.end) for part in (*sentences[:_HEAD_SENTENCES], *sentences[-3:])]
    for start, end in sorted({*_lines(page.prose), *near}):
        if end - start > _LINE_CHARS:
            continue
        found = [item for item in dates(page.prose, start, end) if item.year and item.month]
        said = found[0].resolved(None) if found else None
        if said is not None and _is_dateline(page.prose, start, end, found[0]):
            return said, DateBasis.TEXT, f"“{page.prose[start:end].strip()[:80]}”"
    return None


def _lines(prose: str) -> list[tuple[int, int]]:
    """The first lines that hold something, and the last few."""
    found: list[tuple[int, int]] = []
    at = 0
    for line in prose.split("\n"):
        if line.strip():
            found.append((at, at + len(line)))
        at += len(line) + 1
    return [*found[:_HEAD_SENTENCES], *found[-3:]]


def _is_dateline(prose: str, start: int, end: int, found: DateMention) -> bool:
    """A line that has little besides the date: no verb can be seen, or a word such as `published`."""
    rest = prose[start : found.start] + prose[found.end : end]
    words = re.findall(r"[A-Za-z]+", rest)
    if _MARKER.search(prose[start : found.start]):
        return len(words) <= 10
    return len(words) <= 6 and all(word[0].isupper() or word in {"by", "on", "at", "and"} for word in words)


def _read(value: str) -> PartialDate | None:
    if not value:
        return None
    iso = _ISO.match(value)
    try:
        if iso:
            return PartialDate("-".join(part for part in iso.groups() if part))
        found = dates(value, 0, len(value))
        return found[0].resolved(None) if found else None
    except ValueError:
        return None


def inferred(spoken: Sequence[PartialDate], limit: PartialDate) -> PartialDate | None:
    """The month that ends the stretch in which an article with this newest event was written."""
    past = [date for date in spoken if date.earliest <= limit.latest and date.year >= EARLIEST]
    if not past:
        return None
    newest = max(past, key=lambda date: date.earliest)
    day = min(newest.earliest + dt.timedelta(days=_SLACK_DAYS), limit.latest)
    return PartialDate(f"{day.year:04}-{day.month:02}")
