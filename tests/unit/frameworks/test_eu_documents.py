"""The two documents that the EU AI Act asks for in any case: here, in part, only linked, or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

import ajar
from ajar.model.evidence import Basis
from ajar.model.judgement import Criterion, Outcome
from tests.build.releases import CARD, write_release

SUMMARY = """# Public summary of training content

## 1. General information

A provider, a model, some modalities.

## 2. List of data sources

WikiText.

## 3. Data processing aspects

Opt-outs were honoured.
"""


def judged(root: Path, name: str = "training-content-summary-is-published") -> Criterion:
    criteria = ajar.audit(root).verdict("eu-ai-act").criteria
    return next(item for item in criteria if item.id == name)


@pytest.mark.parametrize("name", ["SUMMARY.md", "docs/training-content-summary.md"])
def test_a_summary_by_the_template(name: str, tmp_path: Path) -> None:
    root = write_release(tmp_path / "tiny")
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text(SUMMARY)
    found = judged(root)
    assert (found.outcome, found.basis) == (Outcome.MET, Basis.VERIFIED)
    assert name in found.reason


def test_a_summary_with_a_part_missing(tmp_path: Path) -> None:
    root = write_release(tmp_path / "tiny")
    (root / "SUMMARY.md").write_text(SUMMARY.replace("## 3. Data processing aspects", "## Notes"))
    found = judged(root)
    assert found.outcome is Outcome.PARTIAL
    assert "2 of the template's 3 parts" in found.reason


def test_a_summary_that_is_only_linked(tmp_path: Path) -> None:
    card = CARD + "\nSee the [summary of training content](https://example.org/summary.pdf).\n"
    found = judged(write_release(tmp_path / "tiny", card=card))
    assert (found.outcome, found.basis) == (Outcome.UNKNOWN, Basis.DECLARED)


def test_a_pdf_s_name_is_not_its_content(tmp_path: Path) -> None:
    root = write_release(tmp_path / "tiny")
    (root / "training_content_summary.pdf").write_bytes(b"%PDF-1.7\n%%EOF\n")
    found = judged(root)
    assert (found.outcome, found.basis) == (Outcome.UNKNOWN, Basis.DECLARED)


def test_none(tmp_path: Path) -> None:
    root = write_release(tmp_path / "tiny", card=CARD + "\n## Summary\n\nWe trained on content.\n")
    assert judged(root).outcome is Outcome.UNMET
    assert judged(root, "copyright-policy-is-published").outcome is Outcome.UNMET


def test_a_copyright_policy(tmp_path: Path) -> None:
    card = CARD + "\n## Copyright policy\n\nReservations of rights are honoured.\n"
    found = judged(write_release(tmp_path / "tiny", card=card), "copyright-policy-is-published")
    assert (found.outcome, found.basis) == (Outcome.MET, Basis.VERIFIED)
