"""Workflow commands: one a line, nothing of a release can start another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ajar
from ajar.model.report import Report
from ajar.reports import github_annotations
from ajar.reports._places import Anchor
from tests.build.releases import write_release
from tests.unit.reports.conftest import waive

COMMAND = re.compile(r"::(error|warning|notice) (?:file=[^,:\n]+,)?(?:line=\d+,)?title=[^,:\n]+::[^\n]+")


@pytest.mark.parametrize("name", ["good", "bad", "dangerous", "several", "remote"])
def test_every_line_is_one_command(name: str, request: pytest.FixtureRequest) -> None:
    text = github_annotations.render([request.getfixturevalue(name)])
    for line in text.splitlines():
        assert COMMAND.fullmatch(line), line


def test_a_hostile_name_starts_no_command(tmp_path: Path) -> None:
    root = write_release(tmp_path / "tiny")
    (root / "a\n::set-output name=x::y.pkl").write_bytes(b"cos\nsystem\n.")
    lines = github_annotations.render([ajar.audit(root)]).splitlines()
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines)
    assert any("a%5C" in line or "a\\n" in line for line in lines)


def test_lines_of_files_of_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_release(tmp_path / "tiny")
    monkeypatch.chdir(tmp_path)
    text = github_annotations.render([ajar.audit("tiny")])
    assert re.search(r"^::\w+ file=tiny/README.md,line=2,", text, re.MULTILINE)


def test_a_host_s_file_is_marked_where_it_is_named(remote: Report) -> None:
    anchors = {"hf:org/rich": Anchor(path="app.py", line=3)}
    text = github_annotations.render([remote], anchors=anchors)
    assert "file=app.py,line=3," in text
    assert "file=" not in github_annotations.render([remote])


def test_a_waived_finding_marks_nothing(dangerous: Report) -> None:
    rule = dangerous.findings[0].rule
    assert f"title=ajar {rule}" in github_annotations.render([dangerous])
    assert f"title=ajar {rule}" not in github_annotations.render([dangerous], waivers=waive(dangerous, rule))
