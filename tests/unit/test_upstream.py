"""Base models asked on a hub: their licences bind the release, up to the root, and whatever fails is told."""

from __future__ import annotations

import dataclasses

import pytest

import ajar
from ajar.config import Options
from ajar.model.judgement import Outcome
from ajar.model.lineage import Relation
from ajar.rights.data_store import store
from tests.unit.sources.conftest import running, standin  # noqa: F401  fixtures
from tests.unit.test_chain import model

ASK = Options(lineage=True)
LIMITS = "base-model-limits-are-passed-on"


def gemma(base: str = "") -> dict[str, object]:
    return {**model(base, "gemma"), "LICENSE": store().text("gemma").encode()}


def told(report) -> dict[str, object]:
    return {item.rule: item for item in report.findings}


def test_an_audit_asks_for_nothing_beyond_its_target(standin):  # noqa: F811
    standin.add("me/child", model("org/root"))
    standin.add("org/root", gemma())
    report = ajar.audit("me/child")
    assert not [path for _, path, _ in standin.asked if "org/root" in path]
    assert LIMITS not in told(report)


def test_both_texts_are_quoted(standin):  # noqa: F811
    standin.add("me/child", model("org/root", "mit"))
    standin.add("org/root", gemma())
    report = ajar.audit("me/child", ASK)
    finding = told(report)[LIMITS]
    assert finding.outcome is Outcome.UNMET
    grounds = {str(item.location): item for item in finding.because}
    theirs = next(
        item for place, item in grounds.items() if place.startswith("hf:org/root@0123456789//LICENSE:")
    )
    words = " ".join(store().text("gemma").split())
    assert theirs.quote[20:80] in words
    assert any(place.startswith("README.md") for place in grounds)
    (parent,) = report.lineage
    assert [licence.id for licence in parent.licences] == ["gemma"]
    assert parent.licence_source == "hf:org/root@0123456789"
    assert report.cost.requests == sum(1 for _ in standin.asked)


def test_terms_reach_through_a_base_that_dropped_them(standin):  # noqa: F811
    standin.add("me/child", model("org/mid", "mit"), tags=("base_model:finetune:org/mid",))
    standin.add("org/mid", model("goo/root", "mit"))
    standin.add("goo/root", gemma())
    report = ajar.audit("me/child", ASK)
    assert [(parent.id, parent.of, parent.depth) for parent in report.lineage] == [
        ("org/mid", "", 1),
        ("goo/root", "org/mid", 2),
    ]
    assert "by way of org/mid" in told(report)[LIMITS].message


def test_whoever_made_both_may_license_the_later_one_anew(standin):  # noqa: F811
    standin.add("me/child", model("org/mid", "mit"))
    standin.add("org/mid", model("org/root", "mit"))
    standin.add("org/root", gemma())
    report = ajar.audit("me/child", ASK)
    assert len(report.lineage) == 2
    assert LIMITS not in told(report)


def test_a_circle_is_shown_and_ends(standin):  # noqa: F811
    standin.add("me/a", model("org/b"))
    standin.add("org/b", model("org/c"))
    standin.add("org/c", model("org/b"))
    report = ajar.audit("me/a", ASK)
    last = report.lineage[-1]
    assert (last.id, last.of, last.problem) == ("org/b", "org/c", "leads back to a model of its own line")
    assert not last.binds


def test_the_release_itself_in_its_line(standin):  # noqa: F811
    standin.add("me/a", model("org/b"))
    standin.add("org/b", model("me/a"))
    report = ajar.audit("me/a", ASK)
    assert [parent.problem for parent in report.lineage] == ["", "leads back to a model of its own line"]


def test_two_ways_to_one_root(standin):  # noqa: F811
    standin.add(
        "me/a", {**model(), "README.md": b"---\nbase_model: [org/b, org/c]\nlicense: mit\n---\n# A\n"}
    )
    standin.add("org/b", model("org/root"))
    standin.add("org/c", model("org/root"))
    standin.add("org/root", model())
    report = ajar.audit("me/a", ASK)
    assert [parent.problem for parent in report.lineage] == ["", "", "", "stands in the line already"]


@pytest.mark.parametrize("how", ["missing", "gated", "offline", "broken"])
def test_a_base_that_cannot_be_had_is_a_gap(standin, how, monkeypatch):  # noqa: F811
    monkeypatch.setattr("ajar.sources._transport.BACKOFF_S", 0.001)
    standin.add("me/a", model("org/b"))
    ajar.audit("me/a")
    if how == "gated":
        standin.add("org/b", model(), gated="manual")
    elif how == "broken":
        standin.add("org/b", model(), info={"sha": "no commit"})
    report = ajar.audit("me/a", dataclasses.replace(ASK, offline=how == "offline"))
    (gap,) = [gap for gap in report.gaps if gap.location.path == "hf:org/b"]
    assert "could not be asked" in gap.detail
    assert gap.reason.value == ("offline" if how == "offline" else "unreadable")
    (parent,) = report.lineage
    assert parent.problem
    assert told(report)["base-model-licence-is-known"].outcome is Outcome.UNKNOWN


def test_a_folder_s_bases_are_asked_too(standin, tmp_path):  # noqa: F811
    standin.add("org/root", gemma())
    (tmp_path / "README.md").write_text("---\nbase_model: org/root\nlicense: mit\n---\n# Mine\n")
    (tmp_path / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    report = ajar.audit(tmp_path, ASK)
    assert told(report)[LIMITS].outcome is Outcome.UNMET
    assert report.cost.requests > 0


def test_a_long_line_ends(standin):  # noqa: F811
    for number in range(20):
        standin.add(f"o{number}/deep{number}", model(f"o{number + 1}/deep{number + 1}"))
    report = ajar.audit("o0/deep0", ASK)
    assert [parent.depth for parent in report.lineage] == list(range(1, 13))
    assert "not followed further" in report.lineage[-1].problem


def test_a_base_the_host_alone_names(standin):  # noqa: F811
    standin.add("me/a", model(), tags=("base_model:quantized:org/b",))
    (parent,) = ajar.audit("me/a").lineage
    assert (parent.id, parent.relation) == ("org/b", Relation.QUANTIZED)
    assert parent.location.path == "hub:me/a"


def test_outputs_do_not_pass_down(standin):  # noqa: F811
    standin.add("me/a", model("org/b"), tags=("base_model:finetune:org/b",))
    text = b"---\nlicense: mit\n---\n# B\n\nB was trained on outputs of GPT-4.\n"
    standin.add("org/b", {**model(), "README.md": text})
    report = ajar.audit("me/a", ASK)
    assert not [parent for parent in report.lineage if parent.depth > 1 and parent.binds]


def test_one_base_of_two_models_is_followed_once(standin):  # noqa: F811
    text = b"""---
license: mit
---
# Two

| Model | Base model | License |
|---|---|---|
| [one](https://huggingface.co/me/one) | [org/b](https://huggingface.co/org/b) | MIT |
| [two](https://huggingface.co/me/two) | [org/b](https://huggingface.co/org/b) | MIT |
"""
    standin.add("me/a", {**model(), "README.md": text}, tags=("base_model:finetune:org/b",))
    standin.add("org/b", model("org/root"))
    standin.add("org/root", gemma())
    above = [parent for parent in ajar.audit("me/a", ASK).lineage if parent.depth > 1]
    assert [(parent.id, parent.problem) for parent in above] == [("org/root", "")]
