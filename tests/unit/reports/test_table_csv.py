"""CSV, read back, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from ajar.model.report import Report
from ajar.reports import table_csv
from tests.unit.reports.conftest import waive


def rows(*reports: Report, **options) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table_csv.render(reports, **options), newline="")))


def test_a_row_a_release(good: Report, dangerous: Report, several: Report) -> None:
    found = rows(good, dangerous, several)
    assert len(found) == 4
    assert all(None not in row and None not in row.values() for row in found)
    first, second = found[:2]
    assert (first["door_at_least"], first["licence"], first["safety"]) == ("ajar", "Apache-2.0", "clean")
    assert second["safety"] == "dangerous"
    assert int(second["critical"]) + int(second["high"]) > 0


def test_waived_findings_are_counted_apart(dangerous: Report) -> None:
    (row,) = rows(dangerous, waivers=waive(dangerous, "weights-licence-text-is-present"))
    (plain,) = rows(dangerous)
    assert (row["waived"], plain["waived"]) == ("1", "0")
    assert int(row["medium"]) == int(plain["medium"]) - 1


@pytest.mark.parametrize("lead", ["=", "+", "-", "@"])
def test_no_cell_is_a_formula(lead: str, good: Report) -> None:
    (row,) = rows(replace(good, title=f'{lead}HYPERLINK("https://evil.example")'))
    assert row["name"].startswith(f"'{lead}")


def test_hostile_strings_are_spelled_out(bad: Report) -> None:
    assert "\x1b" not in table_csv.render([bad])
