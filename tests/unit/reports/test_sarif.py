"""SARIF: held against OASIS's schema, and against what code scanning asks beyond it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema_rs
import pytest

import ajar
from ajar.model.fingerprint import fingerprints
from ajar.model.report import Report
from ajar.reports import sarif
from ajar.reports._places import Anchor
from ajar.reports._rules import rule_rows
from tests.build.releases import write_release
from tests.unit.reports.conftest import schema, waive

VALIDATOR = jsonschema_rs.validator_for(schema("sarif-2.1.0.json"))


def run_of(*reports: Report, **options) -> dict:
    document = json.loads(sarif.render(reports, **options))
    VALIDATOR.validate(document)
    return document["runs"][0]


@pytest.mark.parametrize("name", ["good", "bad", "dangerous", "several", "remote"])
def test_every_report_gives_a_valid_document(name: str, request: pytest.FixtureRequest) -> None:
    report = request.getfixturevalue(name)
    run = run_of(report)
    assert len(run["results"]) == len(report.findings)


def test_all_rules_are_declared_and_results_point_at_theirs(dangerous: Report) -> None:
    run = run_of(dangerous)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(rule_rows())
    assert run["results"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_levels_and_scores(dangerous: Report) -> None:
    run = run_of(dangerous)
    worst = run["results"][0]
    assert worst["level"] == "error"
    rule = run["tool"]["driver"]["rules"][worst["ruleIndex"]]
    assert float(rule["properties"]["security-severity"]) >= 8.0
    assert "security" in rule["properties"]["tags"]
    levels = [result["level"] for result in run["results"]]
    assert levels == sorted(levels, key=["error", "warning", "note"].index)


def test_fingerprints_are_the_findings_own(dangerous: Report) -> None:
    marks = {result["partialFingerprints"]["ajar/v1"] for result in run_of(dangerous)["results"]}
    assert marks == set(fingerprints(dangerous.findings))


def test_a_waived_finding_stays_and_is_suppressed(dangerous: Report) -> None:
    rule = dangerous.findings[0].rule
    run = run_of(dangerous, waivers=waive(dangerous, rule))
    assert len(run["results"]) == len(dangerous.findings)
    for result in run["results"]:
        suppressed = result["suppressions"]
        assert bool(suppressed) == (result["ruleId"] == rule)
        if suppressed:
            assert suppressed[0]["justification"] == "our own file"
            assert suppressed[0]["properties"]["owner"] == "ml-team"


def test_without_waivers_nothing_is_said_of_suppression(dangerous: Report) -> None:
    assert all("suppressions" not in result for result in run_of(dangerous)["results"])


def test_places_are_files_of_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_release(tmp_path / "models" / "tiny")
    monkeypatch.chdir(tmp_path)
    for target in ("models/tiny", "./models/tiny/", str(tmp_path / "models" / "tiny")):
        for result in run_of(ajar.audit(target))["results"]:
            place = result["locations"][0]["physicalLocation"]
            assert place["artifactLocation"]["uriBaseId"] == "%SRCROOT%"
            assert (tmp_path / place["artifactLocation"]["uri"]).is_file(), place


def test_a_release_elsewhere_is_not_said_to_be_in_the_repository(good: Report, dangerous: Report) -> None:
    place = run_of(dangerous)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uriBaseId"] == "RELEASE"
    assert not place["uri"].startswith(("/", ".."))


def test_what_a_host_has_is_shown_where_the_project_names_it(remote: Report) -> None:
    anchors = {"hf:org/rich": Anchor(path="app/requirements.txt", line=7)}
    results = run_of(remote, anchors=anchors)["results"]
    assert results
    for result in results:
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"] == {"uri": "app/requirements.txt", "uriBaseId": "%SRCROOT%"}
        assert place["region"] == {"startLine": 7}
        assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]
    outside = run_of(remote)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert outside["uri"].startswith("hf/org/rich%40" + str(remote.release.revision))
    assert outside["uriBaseId"] == "RELEASE"


def test_what_could_not_be_read_is_a_notification(dangerous: Report) -> None:
    run = run_of(dangerous)
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert dangerous.gaps
    assert any("broken.safetensors" in note["message"]["text"] for note in notes)


def test_hostile_strings_are_spelled_out(bad: Report) -> None:
    text = sarif.render([bad])
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\u001b" not in text


def test_several_reports_share_a_run(good: Report, dangerous: Report) -> None:
    run = run_of(good, dangerous)
    assert len(run["results"]) == len(good.findings) + len(dangerous.findings)
    assert len(run["properties"]["releases"]) == 2


def test_the_same_report_gives_the_same_bytes(dangerous: Report) -> None:
    assert sarif.render([dangerous]) == sarif.render([dangerous])
    assert os.fspath(Path.cwd()) not in sarif.render([dangerous])
