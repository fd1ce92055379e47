"""OpenVEX, held against its schema."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

from ajar.model.report import Report
from ajar.reports import openvex
from tests.unit.reports.conftest import schema, waive

VALIDATOR = jsonschema_rs.validator_for(schema("openvex-0.2.0.json"), validate_formats=True)


def document(*reports: Report, **options) -> dict:
    found = json.loads(openvex.render(reports, **options))
    VALIDATOR.validate(found)
    return found


def test_nothing_to_state_is_no_document(good: Report) -> None:
    assert openvex.render([good]) == ""


@pytest.mark.parametrize("name", ["bad", "dangerous"])
def test_what_stands_in_the_way_of_loading_is_affected(name: str, request: pytest.FixtureRequest) -> None:
    found = document(request.getfixturevalue(name))
    assert {item["status"] for item in found["statements"]} <= {"affected", "under_investigation"}
    affected = [item for item in found["statements"] if item["status"] == "affected"]
    assert all(item["action_statement"] for item in affected)


def test_a_waived_finding_is_not_affected_and_says_why(dangerous: Report) -> None:
    rule = dangerous.findings[0].rule
    found = document(dangerous, waivers=waive(dangerous, rule))
    assert found["author"] == "ml-team"
    own = [item for item in found["statements"] if item["vulnerability"]["name"] == f"ajar:{rule}"]
    assert own
    for item in own:
        assert item["status"] == "not_affected"
        assert item["impact_statement"] == "our own file"
        assert "2027-01-31" in item["status_notes"]


def test_a_waived_licence_finding_is_stated_too(dangerous: Report) -> None:
    rule = "weights-licence-text-is-present"
    found = document(dangerous, waivers=waive(dangerous, rule))
    assert any(item["vulnerability"]["name"] == f"ajar:{rule}" for item in found["statements"])


def test_the_product_is_named_by_its_package_url(remote: Report) -> None:
    found = document(remote, waivers=waive(remote, remote.findings[0].rule))
    (product,) = found["statements"][0]["products"]
    assert product["@id"] == f"pkg:huggingface/org/rich@{remote.release.revision}"
