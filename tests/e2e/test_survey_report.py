"""A survey of a hub of made releases, told by the command: its figures against what is true of the releases."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from ajar.survey.run import run
from tests.build.synthetic import Releases
from tests.standin.hub import hub
from tests.standin.surveying import survey

COUNT = 98  # every kind of hostile and broken one


def ajar(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ajar", *words], capture_output=True, text=True, timeout=120, check=False
    )  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with hub() as made, pytest.MonkeyPatch.context() as patch:
        made.repositories, made.is_noting = Releases(5, COUNT), False
        patch.setenv("HF_ENDPOINT", made.endpoint)
        folder = tmp_path_factory.mktemp("told") / "store"
        run(survey(folder, "safety"))
        yield folder


@pytest.fixture(scope="module")
def told(store: Path) -> dict[str, Any]:
    done = ajar("survey", "report", str(store), "--format", "json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def figure(told: dict[str, Any], key: str) -> dict[str, Any]:
    return next(item for item in told["figures"] if item["id"] == key)


def test_the_figures_are_what_is_true(told: dict[str, Any]) -> None:
    every = list(Releases(5, COUNT).all())
    failed = [made for made in every if made.state == "failed"]
    assert (told["n"], told["failed"], told["unfinished"]) == (COUNT, len(failed), 0)
    stated = {group["name"]: group for group in figure(told, "licences")["groups"]}
    # Of each release that names mit and was read, mit is on the weights.
    read = [made for made in every if "license:mit" in made.tags and made.state == "done" and made.licence]
    shares = {share["category"]: share["n"] for share in stated["mit"]["shares"]}
    assert shares["same, by name"] + shares["same, text found"] >= len(read)
    assert shares["another found"] == 0
    texts = {share["category"]: share["n"] for share in stated["apache-2.0"]["shares"]}
    assert texts["same, text found"] == sum(made.kind == "open" for made in every)
    unsafe = sum(
        share["n"]
        for group in figure(told, "safety")["groups"]
        for share in group["shares"]
        if share["category"] == "dangerous"
    )
    assert unsafe >= sum(made.safety == "dangerous" for made in every) > 0
    doors = next(group for group in figure(told, "doors")["groups"] if group["name"] == "declared")
    assert (doors["n"], doors["unknown"]) == (COUNT - len(failed), len(failed))
    makers = {made.name.split("/")[0] for made in every}
    releases = next(item for item in told["concentrations"] if item["id"] == "releases")["rows"][0]
    assert (releases["n"], releases["holders"]) == (COUNT, len(makers))


def test_every_output_tells_the_same(store: Path, told: dict[str, Any], tmp_path: Path) -> None:
    text = ajar("survey", "report", str(store)).stdout
    page = tmp_path / "report.html"
    assert ajar("survey", "report", str(store), "-f", "html", "-o", str(page)).returncode == 0
    table = list(csv.DictReader(io.StringIO(ajar("survey", "report", str(store), "-f", "csv").stdout)))
    shares = [share for item in told["figures"] for group in item["groups"] for share in group["shares"]]
    assert sum(line["least"] != "" for line in table) == len(shares)
    for item in told["figures"]:
        assert item["title"] in text
        assert item["title"] in page.read_text("utf-8")
    assert "\x1b" not in text + page.read_text("utf-8")


def test_charts_are_files_of_their_own(store: Path, told: dict[str, Any], tmp_path: Path) -> None:
    assert ajar("survey", "report", str(store), "--charts", str(tmp_path / "charts")).returncode == 0
    for path in (tmp_path / "charts").glob("*.svg"):
        root = ET.fromstring(path.read_text("utf-8"))
        bars = [item for item in root.iter() if item.tag.endswith("}rect")]
        chart = json.loads(path.with_suffix(".vl.json").read_text("utf-8"))
        known = [group for group in figure(told, path.stem)["groups"] if group["shares"]]
        assert (
            len(bars) - 1 == len(chart["data"]["values"]) == sum(len(group["shares"]) for group in known) > 0
        )
    (tmp_path / "file").write_text("")
    assert ajar("survey", "report", str(store), "--charts", str(tmp_path / "file/x")).returncode == 2


def test_a_row_leads_to_its_report(store: Path) -> None:
    rows = json.loads(
        ajar("survey", "sql", str(store), "SELECT target, door_declared FROM releases WHERE state = 'done' ORDER BY 1 LIMIT 3", "-f", "json").stdout
    )["rows"]  # fmt: skip
    for target, door in rows:
        report = json.loads(ajar("survey", "show", str(store), target).stdout)
        verdict = next(item for item in report["verdicts"] if item["instrument"] == "g7")
        assert verdict["declared"] == door


def test_a_store_that_is_none_or_of_another_schema_is_refused(store: Path, tmp_path: Path) -> None:
    assert ajar("survey", "report", str(tmp_path)).returncode == 3
    (tmp_path / "old").mkdir()
    with (
        sqlite3.connect(store / "ledger.sqlite") as db,
        sqlite3.connect(tmp_path / "old/ledger.sqlite") as old,
    ):
        db.backup(old)
        old.execute("UPDATE meta SET value = 'ajar-survey/0' WHERE key = 'schema'")
    db.close()
    old.commit()
    old.close()
    for words in (("report",), ("sql", "SELECT 1"), ("show", "a/b")):
        refused = ajar("survey", words[0], str(tmp_path / "old"), *words[1:])
        assert refused.returncode == 2
        assert "ajar-survey/0" in refused.stderr
