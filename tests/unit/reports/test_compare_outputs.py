"""A comparison as text, page, JSON, CSV and Markdown: fits, says, and lets no name of a release do more than be read."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import jsonschema_rs
import pytest

import ajar
from ajar.comparing import compare
from ajar.model.comparison import Comparison, Entry, From, Standing
from ajar.reports import compare_data, compare_html, compare_text
from tests.build.entries import FREE, HOSTED, LIMITED, UNTOLD, entry
from tests.build.releases import apache_text, write_release

STYLE = re.compile(r"\x1b\[\d*m")
HOSTILE = '=cmd|"<script>alert(1)</script>\x1b[2J\u202e | `x` \n# head'
SNAPSHOT = Path(__file__).parent / "compare-80.txt"


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    report = ajar.audit(write_release(tmp_path_factory.mktemp("r") / "tiny", licence=apache_text()))
    audited = Entry(asked="./tiny", report=report, origin=From.AUDIT, note="read from its files")
    return compare([entry(FREE), entry(LIMITED), entry(HOSTED), audited])


@pytest.fixture(scope="module")
def hostile() -> Comparison:
    first = entry(FREE)
    named = replace(
        first,
        asked=HOSTILE,
        maker=HOSTILE,
        note=HOSTILE,
        parameters=HOSTILE,
        report=replace(first.report, title=HOSTILE),
    )
    return compare([named, entry(HOSTED)])


def shown(found: Comparison, width: int = 80, *, colour: bool = False, verbose: bool = False) -> str:
    return compare_text.render(found, colour=colour, width=width, verbose=verbose)


def test_the_text_is_as_it_was(four: Comparison) -> None:
    assert shown(four) == SNAPSHOT.read_text("utf-8")


@pytest.mark.parametrize("width", [60, 80, 100, 137, 200])
@pytest.mark.parametrize("verbose", [False, True])
def test_no_line_is_wider_than_the_page(four: Comparison, width: int, verbose: bool) -> None:
    many = compare([*four.entries, *four.entries, *four.entries])
    for found in (four, many):
        for colour in (False, True):
            text = STYLE.sub("", shown(found, width, colour=colour, verbose=verbose))
            assert [line for line in text.split("\n") if len(line) > width] == []


def test_colour_adds_nothing_that_is_not_said_without_it(four: Comparison) -> None:
    bare = STYLE.sub("", shown(four, colour=True)).split("\n")
    assert [line.rstrip() for line in bare] == shown(four).split("\n")
    assert "\x1b" not in shown(four)


def test_seven_releases_stand_in_one_table_on_eighty_columns(four: Comparison) -> None:
    text = shown(compare([*four.entries, *four.entries[:3]]))
    assert text.count("─" * 60) == 1


def test_what_differs_stands_before_what_is_shared(four: Comparison) -> None:
    text = shown(four)
    assert (
        text.index("They differ in")
        < text.index("The same, as far as is known")
        < text.index("OSAID 1.0: fail")
    )


def test_a_condition_is_told_below_the_table(four: Comparison) -> None:
    assert "Limited, if: get a licence from the licensor above 700 million" in " ".join(shown(four).split())


def test_unknown_is_a_question_mark(four: Comparison) -> None:
    text = shown(compare([entry(UNTOLD), entry(FREE)]), verbose=True)
    line = next(line for line in text.split("\n") if "commercially" in line or "use it" in line)
    assert "?" in line
    assert "✗" not in line


def test_nothing_of_a_release_drives_the_terminal(hostile: Comparison) -> None:
    text = shown(hostile, verbose=True)
    unseen = {char for char in text if unicodedata.category(char) in {"Cc", "Cf", "Cs"} and char != "\n"}
    assert unseen == set()
    assert "\\x1b" in text


def test_nothing_of_a_release_is_markup_on_the_page(hostile: Comparison) -> None:
    page = compare_html.render(hostile)
    assert "<script" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;" in page


def test_the_page_has_no_script_and_asks_nobody(four: Comparison) -> None:
    page = compare_html.render(four)
    assert "<script" not in page
    assert not re.findall(r"(?:src|href)=\"(?!#)", page)
    assert page.count('<th scope="col"') == 4 * sum(bool(four.of(item)) for item in list(Standing)[:3])
    assert 'data-head="Limited"' in page
    for found in four.rows:
        if found.standing is Standing.DIFFERS:
            assert len(found.cells) == 4


def test_the_data_hold_to_their_schema(four: Comparison, hostile: Comparison) -> None:
    text = (files("ajar.reports") / "schema" / "ajar-compare-1.json").read_text("utf-8")
    validator = jsonschema_rs.validator_for(json.loads(text))
    for found in (four, hostile):
        body = json.loads(compare_data.dumps(found))
        validator.validate(body)
        assert all(len(row["cells"]) == len(body["releases"]) for row in body["rows"])
    unknown = [cell for row in body["rows"] for cell in row["cells"] if not cell["known"]]
    assert unknown
    assert {cell["value"] for cell in unknown} == {"unknown"}


def test_the_csv_is_read_back_whole_and_runs_nothing(four: Comparison, hostile: Comparison) -> None:
    rows = list(csv.reader(io.StringIO(compare_data.to_csv(four))))
    assert len(rows) == len(four.rows) + 1
    assert {len(row) for row in rows} == {3 + 3 * 4}
    heads = next(csv.reader(io.StringIO(compare_data.to_csv(hostile))))
    assert not [head for head in heads if head.startswith(("=", "+", "-", "@"))]


def test_markdown_keeps_its_tables_whatever_a_name_holds(hostile: Comparison) -> None:
    text = compare_data.to_markdown(hostile)
    tables = [line for line in text.split("\n") if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in tables} == {4}
    assert "\\<script\\>" in text
    assert "\n# head" not in text
