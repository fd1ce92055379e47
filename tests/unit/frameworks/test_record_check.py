"""A record held against what is there."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import ajar
from ajar.frameworks.record_check import check_record
from ajar.model.judgement import ClaimFinding
from ajar.model.report import Report
from ajar.reports import mot
from ajar.rights import resolve
from tests.build.releases import apache_text, write_release


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return ajar.audit(write_release(tmp_path_factory.mktemp("r") / "tiny", licence=apache_text()))


def findings(report: Report, *entries: dict) -> dict[str, ClaimFinding]:
    record = {"release": {"name": "tiny", "components": list(entries)}}
    return {row.name: row.finding for row in check_record(record, report.components, resolve)}


def test_its_own_record_is_upheld(report: Report) -> None:
    record = yaml.safe_load(mot.render([report]))
    found = {row.finding for row in check_record(record, report.components, resolve)}
    assert found <= {ClaimFinding.UPHELD, ClaimFinding.UNPROVEN}


@pytest.mark.parametrize(
    ("entry", "finding"),
    [
        ({"name": "Model parameters (Final)", "license": "Apache-2.0"}, ClaimFinding.UPHELD),
        ({"name": "Model parameters (Final)", "license": "MIT"}, ClaimFinding.OVERSTATED),
        ({"name": "Model parameters (Final)", "license": "unlicensed"}, ClaimFinding.UNDERSTATED),
        ({"name": "Training code", "license": "Apache-2.0"}, ClaimFinding.OVERSTATED),
        ({"name": "Datasets", "license": "CC-BY-4.0"}, ClaimFinding.UNPROVEN),
    ],
)
def test_entries(entry: dict, finding: ClaimFinding, report: Report) -> None:
    assert findings(report, entry)[entry["name"]] is finding


def test_what_is_there_and_not_listed(report: Report) -> None:
    assert findings(report)["Model card"] is ClaimFinding.UNDERSTATED
    assert "Research paper" not in findings(report)  # neither knows of one


def test_the_command(tmp_path: Path) -> None:
    from tests.e2e.test_command_line import ajar as run

    root = write_release(tmp_path / "tiny", licence=apache_text())
    path = tmp_path / "record.yml"
    record = {"name": "Training code", "license": "MIT"}
    path.write_text(yaml.safe_dump({"release": {"name": "x", "components": [record]}}))
    done = run("evaluate", path, "--against", root)
    assert done.returncode == 1
    assert "✗ overstated  Training code" in done.stdout
    assert '"finding": "overstated"' in run("evaluate", path, "--against", root, "--format", "json").stdout
    path.write_text(run("audit", root, "--format", "mot").stdout)
    assert run("evaluate", path, "--against", root).returncode == 0
    assert run("evaluate", path, "--against", tmp_path / "gone").returncode == 3
