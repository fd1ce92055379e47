"""The summary of a job: short, safe, and within the limit."""

from __future__ import annotations

import re
from dataclasses import replace

from ajar.model.report import Report
from ajar.reports import github_summary
from tests.unit.reports.conftest import waive
from tests.unit.reports.test_markdown import read, visible


def test_one_release(dangerous: Report) -> None:
    text = visible(read(github_summary.render([dangerous])))
    assert "dangerous" in text
    assert dangerous.findings[0].message in text


def test_several_are_folded_and_the_only_html_is_the_fold(good: Report, bad: Report) -> None:
    text = github_summary.render([good, bad])
    tags = set(re.findall(r"(?<!\\)</?[a-z]+", text))
    assert tags == {"<details", "</details", "<summary", "</summary"}
    assert text.count("<details>") == 2


def test_waived_findings_are_counted(dangerous: Report) -> None:
    assert "Waived findings: 1." in github_summary.render(
        [dangerous], waivers=waive(dangerous, "weights-licence-text-is-present")
    )


def test_it_stays_within_a_step_s_limit(dangerous: Report) -> None:
    many = [replace(dangerous, title=f"org/model-{number}") for number in range(1200)]
    text = github_summary.render(many)
    assert len(text.encode()) < 2**20
    assert re.search(r"\d+ releases are left off", text)
    assert "org/model" in text.replace("\\", "")
