"""Records for the Model Openness Tool: its schema, its evaluator, and back."""

from __future__ import annotations

import jsonschema_rs
import pytest
import yaml

from ajar.frameworks import mot as tool
from ajar.frameworks.record import evaluate_record
from ajar.model.evidence import Basis
from ajar.model.report import Report
from ajar.reports import mot
from ajar.rights import resolve
from tests.unit.reports.conftest import schema

VALIDATOR = jsonschema_rs.validator_for(schema("mot.json"), validate_formats=True)


def record(report: Report) -> dict:
    found = yaml.safe_load(mot.render([report]))
    VALIDATOR.validate(found)
    return found


@pytest.mark.parametrize("name", ["good", "bad", "dangerous", "several", "remote"])
def test_every_report_gives_a_valid_record(name: str, request: pytest.FixtureRequest) -> None:
    record(request.getfixturevalue(name))


@pytest.mark.parametrize("name", ["good", "dangerous", "remote"])
def test_the_tool_gives_it_the_class_that_ajar_foretold(name: str, request: pytest.FixtureRequest) -> None:
    report = request.getfixturevalue(name)
    foretold = dict(report.verdict("mof").details)
    found = tool.classify(record(report))
    assert found.class_ == foretold["mot_class"]
    assert {key: round(value, 2) for key, value in found.progress.items()} == {
        key: foretold[f"mot_progress_{key}"] for key in ("1", "2", "3")
    }


def test_only_what_is_public_is_listed(good: Report) -> None:
    names = {item["kind"]: item["name"] for item in tool.components()}
    listed = {item["name"] for item in record(good)["release"]["components"]}
    expected = {
        names[part.kind] for part in good.components if part.state in {Basis.VERIFIED, Basis.DECLARED}
    }
    assert listed == expected


def test_what_is_only_said_says_so(good: Report) -> None:
    words = {item["name"]: item["description"] for item in record(good)["release"]["components"]}
    assert words["Model parameters (Final)"].startswith("here: model.safetensors")
    assert words["Datasets"].startswith("only said: ")


def test_the_fields_of_a_hub_repository(remote: Report) -> None:
    release = record(remote)["release"]
    assert release["huggingface"] == "https://huggingface.co/org/rich"
    assert (release["producer"], release["origin"]) == ("org", "org/parent")
    assert (release["type"], release["architecture"]) == ("language", "transformer decoder")
    assert release["date"] == "2026-02-28"


def test_ajar_reads_its_own_record(good: Report) -> None:
    result = evaluate_record(mot.render([good]), resolve)
    assert result.name == "tiny"
    assert result.warnings == ()
