"""The development corpus of hostile and honest files, generated anew: recall and false alarms, by label."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from ajar.scanning import scan

GENERATOR = Path(__file__).parents[3] / "shared" / "corpora" / "scanners" / "gen_dev.py"
WORST = ("clean", "unknown", "caution", "dangerous")


@pytest.fixture(scope="module")
def levels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Counter[str]]:
    if not GENERATOR.is_file():
        pytest.skip("the corpus's generator is not beside the project")
    out = tmp_path_factory.mktemp("corpus")
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(
        [sys.executable, str(GENERATOR), str(out)],
        check=True,
        capture_output=True,
        env=environment,
        timeout=120,
    )
    found: dict[str, Counter[str]] = {}
    for manifest in out.glob("manifest*.jsonl"):
        for row in map(json.loads, manifest.read_text("utf-8").splitlines()):
            report = scan([out / row["dir"]])
            level = max((file.level for file in report.files), key=WORST.index)
            found.setdefault(row["label"], Counter())[level] += 1
    return found


def test_hostile_files(levels: dict[str, Counter[str]]) -> None:
    hostile = levels["malicious"]
    assert hostile["clean"] == 0
    assert (hostile["caution"] + hostile["dangerous"]) / hostile.total() >= 0.995
    assert hostile["dangerous"] / hostile.total() >= 0.95


def test_honest_files(levels: dict[str, Counter[str]]) -> None:
    honest = levels["benign"]
    assert honest["dangerous"] == 0
    assert honest["clean"] / honest.total() >= 0.98


def test_files_that_exhaust_or_lie_are_named(levels: dict[str, Counter[str]]) -> None:
    assert levels["dos"]["clean"] == 0
    assert levels["malformed"]["clean"] == 0
