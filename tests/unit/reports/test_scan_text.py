"""The text of a scan: worst first, what to do, at any width, with colour only where it is wanted."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ajar.cli.explaining import explain_id
from ajar.reports import scan_json, scan_text
from ajar.safety.rules import RULES
from ajar.scanning import scan
from tests.build import pickles as made
from tests.build.releases import safetensors_bytes


@pytest.fixture
def report(tmp_path: Path):
    (tmp_path / "a-clean.safetensors").write_bytes(safetensors_bytes({"a": ("F32", [1])}))
    (tmp_path / "b-class.pt").write_bytes(made.stream(made.call(made.name("mynet.model", "Net"))))
    (tmp_path / "c-broken.pkl").write_bytes(b"\x80\x04]")
    (tmp_path / "d-evil.pt").write_bytes(made.command())
    return scan([tmp_path])


def text(report, *, width: int = 80, verbose: bool = False, colour: bool = False) -> str:
    return scan_text.render(report, verbose=verbose, colour=colour, width=width)


def test_worst_first_and_clean_files_only_when_asked(report) -> None:
    marks = re.findall(r"^([✗?~✓]) \w+ +.*?/([a-d])-", text(report, width=110), re.MULTILINE)
    assert marks == [("✗", "d"), ("?", "c"), ("~", "b")]
    assert "a-clean" in text(report, verbose=True)
    assert "4 files: 1 dangerous, 1 unknown, 1 caution, 1 clean" in text(report)


@pytest.mark.parametrize("width", [40, 60, 80, 110])
def test_lines_stay_within_the_width_but_for_paths(report, width: int) -> None:
    for line in text(report, width=width).splitlines():
        assert len(line) <= width or len(max(line.split(), key=len)) > width - 14, line


def test_colour_is_only_for_those_who_want_it(report) -> None:
    assert "\x1b" not in text(report)
    coloured = text(report, colour=True)
    assert "\x1b[31m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == text(report)


def test_it_says_what_to_do_next(report) -> None:
    said = " ".join(text(report).split())
    assert "torch.load(path, weights_only=True)" in said
    assert "More: ajar explain pickle-calls-only-what-rebuilds-data" in said
    assert "Unknown is not clean" in said


def test_json_has_its_keys_and_no_others(report) -> None:
    found = json.loads(scan_json.dumps(report))
    assert found.keys() == {"schema", "tool", "level", "files", "gaps", "cost"}
    for file in found["files"]:
        assert file.keys() == {"path", "format", "level", "findings", "gaps"}
        for finding in file["findings"]:
            assert finding.keys() == {
                "rule", "severity", "confidence", "message", "remedy", "location", "quote",
            }  # fmt: skip
            assert finding["location"]["path"] == file["path"]


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_is_explained_in_three_lines(rule: str) -> None:
    lines = explain_id(rule).splitlines()
    assert lines[0] == f"{rule}: {RULES[rule].statement}"
    assert lines[1].startswith("Why it matters: ")
    assert lines[2].startswith("What to do: ")
    assert len(lines) == (4 if RULES[rule].advisories else 3)
    assert all(line.endswith(".") for line in lines[:3]), "sentences end"
