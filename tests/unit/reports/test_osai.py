"""Rows for the European index, in the shape of its own files."""

from __future__ import annotations

import pytest
import yaml

from ajar.model.judgement import Outcome
from ajar.model.report import Report
from ajar.reports import osai

# The keys of every file of the index's main database at 5a388e8 (2026-06-12), in its order.
KEYS = [
    "system",
    "org",
    "datasources_basemodel",
    "datasources_endmodel",
    "weights_basemodel",
    "weights_endmodel",
    "trainingcode",
    "code",
    "hardware_architecture",
    "preprint",
    "paper",
    "modelcard",
    "datasheet",
    "licenses",
]
SYSTEM = [
    "name",
    "link",
    "type",
    "performanceclass",
    "basemodelname",
    "endmodelname",
    "endmodellicense",
    "releasedate",
    "notes",
]


@pytest.mark.parametrize("name", ["good", "bad", "dangerous", "several", "remote"])
def test_every_report_gives_a_row_of_the_index_s_shape(name: str, request: pytest.FixtureRequest) -> None:
    row = yaml.safe_load(osai.render([request.getfixturevalue(name)]))
    assert list(row) == KEYS
    assert list(row["system"]) == SYSTEM
    for key in KEYS[2:]:
        assert list(row[key]) == ["class", "link", "notes"]
        assert row[key]["class"] in {"open", "partial", "closed", None}


def test_classes_are_the_verdict_s_and_unknown_is_left_empty(dangerous: Report) -> None:
    row = yaml.safe_load(osai.render([dangerous]))
    words = {Outcome.MET: "open", Outcome.PARTIAL: "partial", Outcome.UNMET: "closed", Outcome.UNKNOWN: None}
    outcomes = set()
    for item in dangerous.verdict("osai").criteria:
        cell = row[item.id.replace("-", "_")]
        assert cell["class"] == words[item.outcome]
        assert cell["notes"].startswith("not verified: ") == (item.outcome is Outcome.UNKNOWN)
        outcomes.add(item.outcome)
    assert Outcome.UNKNOWN in outcomes


def test_links_lead_to_the_pinned_file(remote: Report) -> None:
    row = yaml.safe_load(osai.render([remote]))
    assert row["system"]["link"] == "https://huggingface.co/org/rich"
    assert row["system"]["basemodelname"] == "org/parent"
    links = row["weights_endmodel"]["link"]
    first = links[0] if isinstance(links, list) else links
    assert first == f"https://huggingface.co/org/rich/blob/{remote.release.revision}/model.safetensors"
