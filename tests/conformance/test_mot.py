"""The Model Openness Tool's own 27 records: the same class, the same three progress figures."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from ajar.frameworks import mot

RECORDS = Path(__file__).parents[3] / "shared" / "conformance" / "mot"

pytestmark = pytest.mark.skipif(
    not RECORDS.is_dir(), reason="the tool's test records are not beside this tree"
)


def expected() -> dict[str, dict]:
    text = (RECORDS / "expected_results.json").read_text("utf-8")
    lenient = re.sub(r",(\s*[}\]])", r"\1", text)
    return {item["release"]["name"]: item["classification"] for item in json.loads(lenient)["models"]}


@pytest.mark.parametrize("path", sorted(RECORDS.glob("*.yml")), ids=lambda path: path.stem)
def test_class_and_progress(path: Path) -> None:
    record = yaml.safe_load(path.read_text("utf-8"))
    wanted = expected()[record["release"]["name"]]
    found = mot.classify(record)
    assert (found.class_, found.label) == (wanted["class"], wanted["label"])
    assert {key: round(value, 4) for key, value in found.progress.items()} == pytest.approx(
        wanted["progress"], abs=0.01
    )


def test_there_are_27_records_and_226_open_licences() -> None:
    assert len(list(RECORDS.glob("*.yml"))) == 27
    assert len(mot.open_licences()) == 226
