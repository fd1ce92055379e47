"""Commands that read from hosts, as a user runs them against the stand-in."""

from __future__ import annotations

import json
from pathlib import Path

from ajar.rights.data_store import store
from tests.build.releases import apache_text, write_release
from tests.e2e.test_command_line import ajar
from tests.unit.sources.conftest import running, standin  # noqa: F401  fixtures
from tests.unit.sources.test_hub import card
from tests.unit.test_chain import model


def test_audit_scan_and_licence_of_a_repository(standin, tmp_path: Path) -> None:  # noqa: F811
    standin.add("org/tiny", write_release(tmp_path / "tiny", licence=apache_text()))
    report = json.loads(ajar("audit", "org/tiny", "--format", "json").stdout)
    assert report["door"]["declared"] == "ajar"
    assert report["cost"]["requests"] > 0
    again = ajar("audit", "org/tiny", "--offline", "--format", "json")
    assert json.loads(again.stdout)["cost"]["requests"] == 0
    assert json.loads(ajar("scan", "hf:org/tiny", "--format", "json").stdout)["level"] == "clean"
    assert "Apache-2.0" in ajar("licence", "org/tiny", "--offline").stdout
    assert "files" in ajar("cache").stdout
    assert "removed" in ajar("cache", "--clear").stdout
    gone = ajar("audit", "org/tiny", "--offline")
    assert gone.returncode == 3
    assert "not in the cache" in gone.stderr


def test_many_targets_from_arguments_a_file_and_a_project(standin, tmp_path: Path) -> None:  # noqa: F811
    standin.add("org/one", model())
    standin.add("org/two", model(licence="mit"))
    (tmp_path / "targets.txt").write_text("# ours\norg/one\n\norg/none\n")
    (tmp_path / "app.py").write_text('AutoModel.from_pretrained("org/two")\n')
    done = ajar(
        "audit", "--targets", tmp_path / "targets.txt", "--from", tmp_path / "app.py", "--format", "json"
    )
    assert done.returncode == 3  # one is not there, and the others are answered
    assert "org/none" in done.stderr
    assert "app.py:1: hf:org/two" in done.stderr
    titles = [report["title"] for report in json.loads(done.stdout)]
    assert titles == ["org/one", "org/two"]
    listed = json.loads(ajar("uses", tmp_path, "--format", "json").stdout)
    assert {use["target"] for use in listed} == {"hf:org/two"}


def test_a_tree_of_base_models(standin) -> None:  # noqa: F811
    standin.add("org/child", model("org/parent"), tags=("base_model:finetune:org/parent",))
    standin.add("org/parent", model("org/root", "mit"))
    standin.add("org/root", model(licence="llama3.1"))
    done = ajar("lineage", "org/child")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "└─ fine-tuned from org/parent: MIT" in lines[1]
    assert "org/root: llama3.1" in lines[2]
    rows = json.loads(ajar("lineage", "org/child", "--format", "json").stdout)["links"]
    assert [row["depth"] for row in rows] == [1, 2]


def test_two_revisions_and_a_date(standin) -> None:  # noqa: F811
    commits = ("a" * 40, "b" * 40)
    standin.add(
        "org/a",
        model(),
        history=((commits[0], "2026-03-01"), (commits[1], "2026-01-01")),
        revisions=("main", *commits),
    )
    same = ajar("diff", "org/a", "--since", "2026-02-01")
    assert same.returncode == 0, same.stderr
    assert "nothing" in same.stdout
    standin.add("org/b", {**model(), "README.md": card("cc-by-nc-4.0")})
    found = json.loads(ajar("diff", "org/a", "org/b", "--format", "json").stdout)
    assert found["headline"].startswith("licence of the weights: Apache-2.0")
    for arguments, words in ((["org/a"], "--since"), (["org/a", "--since", "soon"], "not a date")):
        wrong = ajar("diff", *arguments)
        assert wrong.returncode == 2
        assert words in wrong.stderr


def test_reports_of_many_targets_come_in_their_order(standin) -> None:  # noqa: F811
    names = [f"org/number-{number}" for number in range(20)]
    for name in names:
        standin.add(name, model())
    reports = json.loads(ajar("audit", *names, "--format", "json").stdout)
    found = [report["release"]["locator"].split("@")[0] for report in reports]
    assert found == [f"hf:{name}" for name in names]


def test_a_licence_swapped_since_a_date_is_the_headline(standin) -> None:  # noqa: F811
    apache = {**model(), "LICENSE": apache_text().encode()}
    gemma = {**model(licence="gemma"), "LICENSE": store().text("gemma").encode()}
    history = (("a" * 40, "2026-03-01", "Change the licence"), ("b" * 40, "2026-01-01", "First"))
    standin.add("org/model", gemma, history=history, past={"b" * 40: apache})
    done = ajar("diff", "org/model", "--since", "2026-02-01")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("hf:org/model@bbbbbbbbbb")
    assert lines[2].strip() == "licence of the weights: Apache-2.0 → gemma, which is no longer as open"
    assert "since 2026-02-03 Change the licence" in done.stdout
    for date in ("yesterday", "2026-02-31", "2026"):
        assert ajar("diff", "org/model", "--since", date).returncode == 2
    early = ajar("diff", "org/model", "--since", "2025-01-01")
    assert early.returncode == 3
    assert "no commit before" in early.stderr


def test_a_tree_as_a_page_and_bases_that_bind(standin, tmp_path: Path) -> None:  # noqa: F811
    standin.add("me/child", model("org/parent", "mit"), tags=("base_model:finetune:org/parent",))
    standin.add("org/parent", model("goo/root"))
    standin.add("goo/root", {**model("me/child", "gemma"), "LICENSE": store().text("gemma").encode()})
    done = ajar("lineage", "me/child", "--html", tmp_path / "line.html")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "line.html").read_text()
    assert "<strong>gemma</strong>" in page
    assert "leads back to a model of its own line" in page
    audited = ajar("audit", "me/child", "--lineage", "--html", tmp_path / "audit.html")
    assert "by way of org/parent" in audited.stdout
    assert "└─ fine-tuned from org/parent: Apache-2.0" in audited.stdout
    assert '<ul class="tree">' in (tmp_path / "audit.html").read_text()
    assert "by way of" not in ajar("audit", "me/child").stdout


def test_releases_on_a_host_are_locked_and_gated(standin, tmp_path: Path, monkeypatch) -> None:  # noqa: F811
    monkeypatch.chdir(tmp_path)
    standin.add("org/one", {**model(), "LICENSE": apache_text().encode()})
    (tmp_path / "app.py").write_text('AutoModel.from_pretrained("org/one")\n')
    done = ajar("lock", "--from", "app.py")
    assert done.returncode == 0, done.stderr
    (locked,) = json.loads((tmp_path / "ajar.lock").read_text("utf-8"))["targets"]
    assert locked["target"] == "hf:org/one"
    assert len(locked["revision"]) == 40
    assert ajar("gate", "--locked").returncode == 0
    standin.add(
        "org/one", {**model(licence="cc-by-nc-4.0"), "LICENSE": apache_text().encode()}, commit="f" * 40
    )
    moved = ajar("gate", "--locked", "--no-cache")
    assert moved.returncode == 1, moved.stdout + moved.stderr
    assert "licence of the weights: Apache-2.0 → Apache-2.0, CC-BY-NC-4.0" in moved.stdout
    gone = ajar("gate", "org/none", "--policy", "safe-to-load")
    assert gone.returncode == 3


def test_a_gate_that_was_put_up_is_a_warning(standin, tmp_path: Path, monkeypatch) -> None:  # noqa: F811
    monkeypatch.chdir(tmp_path)
    standin.add("org/one", model())
    assert ajar("lock", "org/one").returncode == 0
    standin.add("org/one", model(), tags=("region:us", "license:apache-2.0", "base_model:org/base"))
    done = ajar("gate", "--locked", "--no-cache", "--format", "json")
    assert done.returncode == 0, done.stdout
    (target,) = json.loads(done.stdout)["targets"]
    assert target["effect"] == "warn"
    assert {item["about"].partition(":")[0] for item in target["results"]} == {"host"}
