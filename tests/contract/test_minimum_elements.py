"""The table of the G7's minimum elements says what the documents hold: no more, no less."""

from __future__ import annotations

import json

import pytest

from ajar.model.report import Report
from ajar.reports import cyclonedx, spdx
from tests.unit.reports.conftest import host, remote  # noqa: F401  fixtures
from tools.document_pages import elements

ROWS = elements()["element"]


@pytest.fixture(scope="module")
def bill(remote: Report) -> dict:  # noqa: F811
    return json.loads(cyclonedx.render([remote]))


@pytest.fixture(scope="module")
def graph(remote: Report) -> list[dict]:  # noqa: F811
    return json.loads(spdx.render([remote]))["@graph"]


def pointed(found: object, steps: list[str]) -> list:
    """Everything that a pointer of the table reaches: `*` is any item, `?name` the item of that name or type."""
    if not steps:
        return [found]
    step, rest = steps[0], steps[1:]
    key, _, named = step.partition("?")
    if named:
        items = found.get(key, []) if isinstance(found, dict) else []
        return [
            end
            for item in items
            if named in (item.get("name"), item.get("type"))
            for end in pointed(item, rest)
        ]
    if step == "*":
        return [end for item in found for end in pointed(item, rest)] if isinstance(found, list) else []
    if isinstance(found, list):
        return pointed(found[int(step)], rest) if len(found) > int(step) else []
    return pointed(found[step], rest) if isinstance(found, dict) and step in found else []


def test_the_table_is_whole() -> None:
    assert len(ROWS) == 50
    assert len({row["id"] for row in ROWS}) == 50
    assert [row["cluster"] for row in ROWS] == sorted(
        (row["cluster"] for row in ROWS), key=list(dict.fromkeys(row["cluster"] for row in ROWS)).index
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_row_that_is_filled_has_a_place_and_one_that_is_not_has_none(row: dict) -> None:
    assert row["filled"] in {"yes", "part", "no"}
    assert bool(row["cyclonedx"] or row["spdx"]) == (row["filled"] != "no")
    assert row["evidence"]


@pytest.mark.parametrize("row", [row for row in ROWS if row["cyclonedx"]], ids=lambda row: row["id"])
def test_the_place_in_cyclonedx_is_filled(row: dict, bill: dict) -> None:
    found = pointed(bill, row["cyclonedx"].removeprefix("/").split("/"))
    assert [item for item in found if item not in (None, "", [], {})], row["cyclonedx"]


@pytest.mark.parametrize("row", [row for row in ROWS if row["spdx"]], ids=lambda row: row["id"])
def test_the_place_in_spdx_is_filled(row: dict, graph: list[dict]) -> None:
    kind, _, relation = row["spdx"].partition(":")
    if relation:
        assert any(item.get("relationshipType") == relation for item in graph)
        return
    kind, _, name = kind.partition(".")
    assert [item[name] for item in graph if item["type"] == kind and item.get(name)], row["spdx"]
