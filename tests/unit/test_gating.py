"""A gate over real releases: policy, lock and baseline together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ajar import gating, lockfile
from ajar.config import Options
from ajar.errors import UsageError
from ajar.model.gate import Effect, GateReport
from ajar.reports import gate_json
from ajar.rights.data_store import store
from tests.build.pickles import command
from tests.build.policies import TODAY
from tests.build.releases import apache_text, write_release

CARD = "---\nlicense: cc-by-nc-4.0\n---\n# Nc\n"


@pytest.fixture
def open_one(tmp_path: Path) -> Path:
    return write_release(tmp_path / "open", licence=apache_text())


@pytest.fixture
def closed_one(tmp_path: Path) -> Path:
    return write_release(tmp_path / "closed", card=CARD, licence=store().text("CC-BY-NC-4.0"))


def run(*targets: Path | str, policy: str | None = "commercial-product", **more) -> GateReport:
    rules = gating.load_policy(policy) if policy else None
    gate = gating.Gate(policy=rules, today=TODAY, **more)
    return gating.run(gate, [str(target) for target in targets], Options(offline=True))


def locked(*targets: Path) -> lockfile.Lock:
    kept = gating.lock([str(target) for target in targets], Options())
    return lockfile.Lock(ajar="0.1.0", targets=kept)


def test_one_passes_and_one_fails(open_one: Path, closed_one: Path) -> None:
    report = run(open_one, closed_one)
    assert [item.effect for item in report.targets] == [Effect.PASS, Effect.FAIL]
    assert {item.rule for item in report.targets[1].failing} == {"licences.weights", "rights"}
    assert all(item.because and item.remedy and item.why for item in report.targets[1].failing)
    assert not report.passed


def test_a_target_that_cannot_be_had_fails_and_the_others_are_judged(open_one: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("no model")
    report = run(tmp_path / "none", tmp_path / "empty", tmp_path / "notes", open_one)
    assert [item.exit_code for item in report.targets] == [3, 3, 3, 0]
    assert [item.effect for item in report.targets] == [Effect.FAIL] * 3 + [Effect.PASS]
    with pytest.raises(UsageError, match="no target"):
        run()


def test_each_release_of_a_repository_is_judged(tmp_path: Path) -> None:
    write_release(tmp_path / "all" / "a", licence=apache_text())
    write_release(tmp_path / "all" / "b", card=CARD, licence=store().text("CC-BY-NC-4.0"))
    report = run(tmp_path / "all")
    assert [(item.target.rpartition("//")[2], item.effect) for item in report.targets] == [
        ("a", Effect.PASS),
        ("b", Effect.FAIL),
    ]


def test_the_lock_alone_passes_what_did_not_move(open_one: Path) -> None:
    report = run(open_one, policy=None, lock=locked(open_one))
    assert report.passed
    assert [item.why for item in report.targets[0].results] == ["nothing has moved"]


@pytest.mark.parametrize("change", ["licence", "file", "pickle", "gone", "swapped"])
def test_the_lock_names_what_moved(open_one: Path, change: str) -> None:
    lock = locked(open_one)
    if change == "licence":
        (open_one / "LICENSE").write_text(
            apache_text() + "\nYou may not use the Work for any commercial purpose.\n"
        )
    elif change == "file":
        (open_one / "config.json").write_text('{"model_type": "llama", "hidden_size": 16}')
    elif change == "pickle":
        (open_one / "extra.pkl").write_bytes(command())
    elif change == "gone":
        (open_one / "LICENSE").unlink()
    else:  # the same size and another byte
        weights = open_one / "model.safetensors"
        weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    report = run(open_one, policy=None, lock=lock)
    assert not report.passed
    words = {
        "licence": "text at LICENSE",
        "file": "config.json",
        "pickle": "safe to load: clean → dangerous",
        "gone": "licence of the code: Apache-2.0 → nothing",
        "swapped": "model.safetensors",
    }
    assert words[change] in report.headline


def test_what_is_not_locked_fails(open_one: Path, closed_one: Path) -> None:
    report = run(open_one, closed_one, policy=None, lock=locked(open_one))
    assert report.headline == f"{closed_one}: it is not in the lock"
    assert f"ajar lock --update {closed_one}" in report.targets[1].failing[0].remedy


def test_a_lock_of_another_ajar_is_noted(open_one: Path) -> None:
    lock = lockfile.Lock(ajar="0.0.1", targets=locked(open_one).targets)
    assert any("0.0.1" in note for note in run(open_one, policy=None, lock=lock).notes)


def test_only_what_is_new_fails_with_a_baseline(open_one: Path, closed_one: Path, tmp_path: Path) -> None:
    path = tmp_path / "gate.json"
    path.write_text(gate_json.dumps(run(open_one, closed_one)), "utf-8")
    baseline = gating.load_baseline(path)
    again = run(open_one, closed_one, baseline=baseline)
    assert again.passed
    assert again.targets[1].effect is Effect.KNOWN
    path.write_text(gate_json.dumps(again), "utf-8")  # a later baseline keeps what is known
    assert run(open_one, closed_one, baseline=gating.load_baseline(path)).passed
    (closed_one / "extra.pkl").write_bytes(command())
    worse = run(open_one, closed_one, baseline=baseline)
    assert {item.rule for item in worse.targets[1].failing} == {"safety"}


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": "ajar-gate/2"}', '{"schema": "ajar-report/1"}', "[" * 100_000]
)
def test_what_is_no_baseline_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "b.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"b\.json"):
        gating.load_baseline(path)


@pytest.mark.parametrize(
    "body",
    ['"targets": 1', '"targets": [1, {"results": 3}, {"results": [1, {"effect": "fail"}]}]', '"own": {}'],
)
def test_an_odd_baseline_knows_nothing(tmp_path: Path, body: str) -> None:
    path = tmp_path / "b.json"
    path.write_text('{"schema": "ajar-gate/1", ' + body + "}")
    assert gating.load_baseline(path).fingerprints == frozenset()


def test_examples_that_name_releases_are_audited(open_one: Path, closed_one: Path, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    examples = [
        {"name": "open", "target": "open", "expect": "pass"},
        {"name": "closed", "target": "closed", "expect": "fail", "fails": ["licences.weights"]},
        {"name": "wrong", "target": "closed", "expect": "pass"},
        {"name": "gone", "target": "nowhere", "expect": "fail"},
    ]
    rules = {"weights": {"deny-limits": ["non-commercial"]}}
    path.write_text(json.dumps({"schema": "ajar-policy/1", "licences": rules, "examples": examples}))
    tried = gating.try_policy(gating.load_policy(str(path)), tmp_path, Options(), TODAY)
    assert [item.holds for item in tried] == [True, True, False, True]
    assert "sets a limit that is denied" in tried[2].why[0]


def test_a_policy_file_that_is_none(tmp_path: Path) -> None:
    for name, data, words in (
        ("latin.yaml", b"name: caf\xe9", "not UTF-8"),
        ("large.yaml", b" " * (2**20 + 1), "larger than"),
        ("none.yaml", None, "No such file"),
    ):
        path = tmp_path / name
        if data is not None:
            path.write_bytes(data)
        with pytest.raises(UsageError, match=words):
            gating.load_policy(str(path))
    with pytest.raises(UsageError, match="no such preset") as raised:
        gating.load_policy("safe-to-laod")
    assert "safe-to-load" in raised.value.hint
