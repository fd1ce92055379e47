"""Reports that every document is written from: a plain release, one with much to say, a dangerous one, a hostile one."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

import ajar
from ajar.model.fingerprint import fingerprints
from ajar.model.report import Report
from ajar.model.waiver import Waiver
from tests.build import hostile
from tests.build.releases import CARD, apache_text, safetensors_bytes, write_release
from tests.standin.hub import Hub, hub

RICH_CARD = CARD.replace(
    "license: apache-2.0\n",
    "license: apache-2.0\nlanguage: en\nbase_model: org/parent\nbase_model_relation: finetune\n",
).replace(
    "## Evaluation",
    "It was trained on 8 A100 GPUs for three days. See [our paper](https://arxiv.org/abs/2401.00001) and"
    " [the code](https://github.com/org/rich).\n\n## Bias and risks\n\nIt repeats what it has read.\n\n## Evaluation",
)


class _Shell:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        import os

        return os.system, ("id",)


def write_rich(root: Path) -> Path:
    """A release that says something of everything, with a pickle beside its weights."""
    write_release(root, card=RICH_CARD, licence=apache_text())
    (root / "pyproject.toml").write_text(
        '[project]\nname = "rich"\nversion = "1"\ndependencies = ["torch>=2"]\n'
    )
    return root


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return ajar.audit(write_release(tmp_path_factory.mktemp("good") / "tiny", licence=apache_text()))


@pytest.fixture(scope="session")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return ajar.audit(hostile.write(tmp_path_factory.mktemp("bad") / "bad"))


@pytest.fixture(scope="session")
def dangerous(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """A pickle that runs a command, and one that cannot be read."""
    root = write_release(tmp_path_factory.mktemp("dangerous") / "tiny")
    (root / "pytorch_model.bin").write_bytes(pickle.dumps(_Shell(), protocol=2))
    (root / "broken.safetensors").write_bytes(safetensors_bytes({"a": ("F32", [8])})[:60])
    return ajar.audit(root)


@pytest.fixture(scope="session")
def several(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """One repository with two releases, each under its own licence."""
    root = tmp_path_factory.mktemp("several") / "repo"
    write_release(root / "a", licence=apache_text())
    write_release(root / "b", licence=apache_text())
    report = ajar.audit(root)
    assert len(report.releases) == 2
    return report


@pytest.fixture(scope="session")
def host() -> Iterator[Hub]:
    with hub() as running:
        yield running


@pytest.fixture(scope="session")
def remote(host: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Report]:
    """The rich release, read from a hub that states digests, dates and tags."""
    root = write_rich(tmp_path_factory.mktemp("remote") / "rich")
    (root / "model.safetensors").write_bytes(
        safetensors_bytes({"a": ("F32", [64, 64])})
    )  # large enough for a digest
    facts = {"createdAt": "2026-01-31T12:00:00.000Z", "lastModified": "2026-02-28T12:00:00.000Z"}
    host.add("org/rich", root, tags=("base_model:finetune:org/parent", "license:apache-2.0"), info=facts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_ENDPOINT", host.endpoint)
        patch.setenv("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")
        patch.setenv("AJAR_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield ajar.audit("org/rich")


@pytest.fixture(autouse=True)
def _fixed_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1780000000")


def waive(report: Report, rule: str) -> dict[str, Waiver]:
    """A waiver for every finding of a rule."""
    marks = zip(report.findings, fingerprints(report.findings), strict=True)
    waiver = Waiver(id="W-1", reason="our own file", owner="ml-team", expires="2027-01-31")
    found = {mark: waiver for finding, mark in marks if finding.rule == rule}
    assert found, [finding.rule for finding in report.findings]
    return found


def schema(name: str) -> dict:
    return json.loads((Path(__file__).parents[2] / "schemas" / name).read_text("utf-8"))
