"""JUnit XML, held against Ant's schema."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from ajar.model.judgement import Severity
from ajar.model.report import Report
from ajar.reports import junit
from tests.unit.reports.conftest import waive

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).parents[2] / "schemas" / "junit.xsd"))


def suites(*reports: Report, **options) -> list[ET.Element]:
    text = junit.render(reports, **options)
    SCHEMA.validate(text)
    return list(ET.fromstring(text.encode()))


@pytest.mark.parametrize("name", ["good", "bad", "dangerous", "several", "remote"])
def test_every_report_gives_a_valid_document(name: str, request: pytest.FixtureRequest) -> None:
    report = request.getfixturevalue(name)
    assert len(suites(report)) == max(len(report.releases), 1)


def test_counts_are_those_of_the_cases(dangerous: Report) -> None:
    (suite,) = suites(dangerous)
    for attribute, tag in (("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped")):
        assert int(suite.get(attribute, "-1")) == len(list(suite.iter(tag)))
    serious = [item for item in dangerous.findings if item.severity not in {Severity.INFO, Severity.LOW}]
    failed = [case for case in suite.iter("testcase") if case.find("failure") is not None]
    assert len([case for case in failed if case.get("classname") != "ajar.load-safety"]) >= len(serious) > 0


def test_a_file_that_runs_code_fails_and_one_that_does_not_passes(dangerous: Report) -> None:
    (suite,) = suites(dangerous)
    cases = {
        case.get("name"): case
        for case in suite.iter("testcase")
        if case.get("classname") == "ajar.load-safety"
    }
    assert cases["pytorch_model.bin"].find("failure") is not None
    assert list(cases["model.safetensors"]) == []


def test_a_waived_finding_is_skipped_with_its_reason(dangerous: Report) -> None:
    rule = dangerous.findings[0].rule
    (suite,) = suites(dangerous, waivers=waive(dangerous, rule))
    cases = [case for case in suite.iter("testcase") if case.get("classname") == f"ajar.{rule}"]
    assert cases
    for case in cases:
        skipped = case.find("skipped")
        assert skipped is not None
        assert "our own file" in skipped.get("message", "")
        assert "ml-team" in skipped.get("message", "")


def test_hostile_strings_are_escaped(bad: Report) -> None:
    text = junit.render([bad])
    assert "<script" not in text
    assert "\x1b" not in text
