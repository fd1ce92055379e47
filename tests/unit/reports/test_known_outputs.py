"""Outputs of the catalogue: hostile strings stay strings, numbers and dates read well."""

import csv
import io
import json

import pytest

from ajar.catalogue import Catalogue, load
from ajar.model.catalogue import (
    Event,
    EventKind,
    Figure,
    Grade,
    Organisation,
    OrganisationKind,
    Position,
    Source,
    System,
)
from ajar.model.partial_date import PartialDate
from ajar.reports import known_json, known_text, tables
from ajar.reports.known_words import (
    EVENT_HEADS,
    SYSTEM_HEADS,
    event_row,
    figure_words,
    span,
    standing_rows,
    system_row,
)
from ajar.reports.page import Page
from ajar.showing import Wanted, listed, portrait, standing

HOSTILE = "=cmd|\x1b[31m\u202e<script>|`x`\n"
SOURCE = Source(url="https://example.org/\x1b]0;x", grade=Grade.DIGEST, read=PartialDate("2026"))
DAY = PartialDate("2024-03-01")
CATALOGUE = Catalogue(
    organisations=(
        Organisation(
            id="evil", name=HOSTILE, kinds=(OrganisationKind.MAKER,), sources=(SOURCE,), notes=HOSTILE
        ),
    ),
    systems=(
        System(
            id="evil-1",
            name=HOSTILE,
            makers=("evil",),
            sources=(SOURCE,),
            date=DAY,
            notes=HOSTILE,
            maker_words=HOSTILE,
            parameters=HOSTILE,
            base_models=(HOSTILE,),
            hub_repo=HOSTILE,
        ),
    ),
    events=(
        Event(
            id="e",
            date=DAY,
            kind=EventKind.RELEASE,
            text=HOSTILE,
            parties=("evil",),
            sources=(SOURCE,),
            outcome=HOSTILE,
        ),
    ),
    positions=(
        Position(
            id="p", parties=("evil",), date=DAY, topic="t", text=HOSTILE, sources=(SOURCE,), words=HOSTILE
        ),
    ),
)


def page() -> Page:
    return Page(width=80, colour=False)


def texts() -> list[str]:
    maker = CATALOGUE.organisation("evil")
    return [
        known_text.listing(listed(CATALOGUE, Wanted()), page()),
        known_text.names(CATALOGUE.organisations, page()),
        known_text.portrait(portrait(CATALOGUE, CATALOGUE.system("evil-1")), page()),
        known_text.portrait(portrait(CATALOGUE, maker), page()),
        known_text.timeline(CATALOGUE.events, page()),
        known_text.standing(standing(CATALOGUE, [maker], "", Wanted().period), page()),
    ]


@pytest.mark.parametrize("text", texts())
def test_no_string_drives_the_terminal(text: str) -> None:
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\x1b[31m" in text


def test_csv_cells_are_no_formulas_and_keep_their_columns() -> None:
    rows = [system_row(item) for item in listed(CATALOGUE, Wanted())]
    read = list(csv.reader(io.StringIO(tables.as_csv(SYSTEM_HEADS, rows))))
    assert len(read) == 2
    assert len(read[1]) == len(SYSTEM_HEADS)
    assert read[1][0].startswith("'=cmd")
    assert "\x1b" not in "".join(read[1])


def test_markdown_cells_hold_no_markup() -> None:
    text = tables.as_markdown(EVENT_HEADS, [event_row(event) for event in CATALOGUE.events])
    assert text.count("\n") == 3
    assert "<script>" not in text.replace("\\<script\\>", "")
    assert text.splitlines()[2].count(" | ") == len(EVENT_HEADS) - 1


def test_json_keeps_strings_whole_and_unknown_null() -> None:
    record = json.loads(known_json.portrait(portrait(CATALOGUE, CATALOGUE.system("evil-1")), "system"))
    assert record["record"]["name"] == HOSTILE
    assert record["record"]["weights"] is None
    assert record["report"]["schema"] == "ajar-report/1"
    assert record["report"]["door"]["at_most"] == "wide-open"


def test_pages_keep_to_their_width() -> None:
    for text in texts():
        body = text.partition("Sources (")[0]
        assert max(map(len, body.splitlines())) <= 80


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ("2024-03-02", "2024-03-03", "2024-03-02/03"),
        ("2019-02", "2019-11", "2019-02 to 2019-11"),
        ("2024", None, "2024"),
        (None, "2024-05-04", "2024-05-04"),
        (None, None, "unknown"),
    ],
)
def test_spans_of_dates(since: str | None, until: str | None, words: str) -> None:
    ends = [text and PartialDate(text) for text in (since, until)]
    assert span(*ends) == words  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("what", "value", "unit", "words"),
    [
        ("bid", 97.4e9, "USD", "bid: 97.4 billion USD"),
        ("parameters", 314e9, "parameters", "parameters: 314 billion"),
        ("share, about", 27, "percent", "share, about: 27%"),
        ("launches", 51, "count", "launches: 51"),
    ],
)
def test_figures(what: str, value: float, unit: str, words: str) -> None:
    assert figure_words(Figure(what=what, value=value, unit=unit, sources=(SOURCE,))) == words


def test_rows_of_words_and_releases_are_in_order_with_sources() -> None:
    known = load()
    rows = standing_rows(standing(known, [known.organisation("openai")], "", Wanted().period))
    assert {row[1] for row in rows} == {"said", "changed", "released"}
    assert all(row[-1].startswith("http") for row in rows)
    assert [row[0][:4] for row in rows] == sorted(row[0][:4] for row in rows)
