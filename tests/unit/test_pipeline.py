"""The whole way through, in one process: limits, progress, and what must not change a verdict."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

import ajar
from ajar.config import Limits, Options
from ajar.model.evidence import GapReason
from ajar.model.judgement import DOORS, Door
from ajar.model.report import Report
from tests.build.releases import apache_text, write_release


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return write_release(tmp_path / "tiny", licence=apache_text())


def levels(report: Report) -> list[tuple[str, str, str]]:
    return [(verdict.at_least, verdict.declared, verdict.at_most) for verdict in report.verdicts]


def reasons(report: Report) -> set[GapReason]:
    return {gap.reason for gap in report.gaps}


@pytest.mark.parametrize(
    "limits",
    [Limits(read_bytes=64), Limits(seconds=-1.0), Limits(text_bytes=16), Limits(header_bytes=4)],
    ids=["bytes", "time", "text", "header"],
)
def test_a_limit_is_a_gap_and_never_raises_a_verdict(release: Path, limits: Limits) -> None:
    whole, cut = ajar.audit(release), ajar.audit(release, Options(limits=limits))
    assert cut.gaps
    assert reasons(cut) <= {GapReason.OVER_BUDGET, GapReason.MALFORMED}
    assert DOORS.index(Door(cut.verdict("g7").at_least)) <= DOORS.index(Door(whole.verdict("g7").at_least))
    assert cut.verdict("g7").at_least == "shut" or limits.text_bytes == 16


def test_progress_is_told_from_the_first_file_to_the_last(release: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    ajar.audit(release, progress=lambda *step: seen.append(step))
    assert seen[0][1] == 0
    assert seen[-1][1] == seen[-1][2] == 4
    assert [step[1] for step in seen] == sorted(step[1] for step in seen)


def test_two_audits_say_the_same(release: Path) -> None:
    from ajar.reports import json_v1

    first, second = (json_v1.to_json(ajar.audit(release)) for _ in range(2))
    first["cost"]["seconds"] = second["cost"]["seconds"] = 0
    assert first == second


def test_files_that_say_nothing_change_no_verdict(release: Path, tmp_path: Path) -> None:
    more = tmp_path / "more" / "tiny"
    shutil.copytree(release, more)
    (more / "notes.txt").write_text("Buy milk.\n", "utf-8")
    (more / "data.xyz").write_bytes(random.Random(1).randbytes(5000))
    (more / "tests").mkdir()
    (more / "tests" / "train.py").write_text("import torch\nloss.backward()\n" * 20, "utf-8")
    assert levels(ajar.audit(release)) == levels(ajar.audit(more))


@pytest.mark.parametrize("name", ["model.safetensors", "LICENSE", "config.json", "README.md"])
def test_losing_a_file_never_opens_the_door_further(release: Path, name: str) -> None:
    before = ajar.audit(release).verdict("g7")
    (release / name).unlink()
    after = ajar.audit(release).verdict("g7")
    assert DOORS.index(Door(after.at_least)) <= DOORS.index(Door(before.at_least))


def test_a_fault_in_one_format_is_a_gap_and_the_audit_goes_on(
    release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from ajar.formats import registry

    def fails(*_: object) -> object:
        raise KeyError("a fault")

    load = registry._load
    monkeypatch.setattr(
        registry,
        "_load",
        lambda module: replace(load(module), inspect=fails) if module == "safetensors" else load(module),
    )
    report = ajar.audit(release)
    assert [gap.inspector for gap in report.gaps if gap.reason is GapReason.INTERNAL_ERROR] == ["safetensors"]
    assert report.verdict("g7").at_least == "shut"
    assert report.safety.level != "clean"


def test_a_report_of_a_file_is_about_that_file(release: Path) -> None:
    report = ajar.audit(release / "model.safetensors")
    assert [item.path for item in report.files] == ["model.safetensors"]
    assert report.safety.level == "clean"
