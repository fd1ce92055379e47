"""A JSON report in the words of a page: whole, broken, hostile."""

import copy

import pytest

from ajar.catalogue import load
from ajar.errors import MalformedError
from ajar.known import report_of
from ajar.reports import json_v1
from ajar.web.report_view import link, place, view

REPORT = json_v1.to_json(report_of(load().system("grok-2")))


def test_a_report_becomes_a_view() -> None:
    seen = view(REPORT)
    assert (seen.title, seen.door) == ("Grok-2", "chained")
    assert [verdict.id for verdict in seen.verdicts] == [
        "g7",
        "mof",
        "osaid",
        "eu-ai-act",
        "osai",
        "solaiman",
    ]
    assert sum(len(parts) for _, parts in seen.parts) == 17
    assert all(item.asks.endswith("?") for item in seen.verdicts[0].criteria)
    assert seen.claims[0].finding == "overstated"


@pytest.mark.parametrize("broken", [None, [], {}, {"schema": "other/1"}, {**REPORT, "door": None}, "text", 7])
def test_what_is_no_report_is_said_to_be_broken(broken: object) -> None:
    with pytest.raises(MalformedError):
        view(broken)


@pytest.mark.parametrize(
    "key", [key for key in REPORT if key not in {"control", "evidence", "tool", "schema"}]
)
def test_a_report_without_a_part_that_is_shown_is_broken(key: str) -> None:
    cut = copy.deepcopy(REPORT)
    del cut[key]
    with pytest.raises(MalformedError, match="broken report"):
        view(cut)


def test_only_web_addresses_become_links() -> None:
    assert link("https://example.org/x") == "https://example.org/x"
    for other in ("javascript:alert(1)", "README.md:3", "data:text/html,x", "https://a b", ""):
        assert link(other) == ""


def test_places_are_told_by_line_bytes_or_pointer() -> None:
    assert place({"path": "a", "line": 3}) == "a:3"
    assert place({"path": "a", "pointer": "/x"}) == "a#/x"
    assert place({"path": "a", "start": 1, "end": 9}) == "a bytes 1–9"
    assert place({"path": "a"}) == "a"
    assert place(None) == ""
