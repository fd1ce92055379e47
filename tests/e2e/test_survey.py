"""Surveys of a hub of made releases, a tenth of them hostile or broken. Whatever disturbs one, the result is the same."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ajar.errors import AjarError
from ajar.reports import json_v1
from ajar.survey.limits import PLANS
from ajar.survey.run import GIVE_UP, SurveyStopped, run
from ajar.survey.sampling import Sample
from ajar.survey.schema import Row, stable
from ajar.survey.store import Reader
from ajar.survey.work import Settings
from tests.build.synthetic import Releases
from tests.standin.hub import LOOPBACK, Hub, hub
from tests.standin.surveying import survey

ROOT = Path(__file__).parents[2]
COUNT, SEED = 48, 11


@pytest.fixture(scope="module")
def host() -> Iterator[Hub]:
    with hub() as made, pytest.MonkeyPatch.context() as patch:
        made.repositories, made.is_noting, made.page = Releases(SEED, COUNT), False, 20
        patch.setenv("HF_ENDPOINT", made.endpoint)
        yield made


def rows_of(store: Path) -> list[Row]:
    with Reader(store) as reader:
        return [stable(row) for row in reader.rows()]


@pytest.fixture(scope="module")
def undisturbed(host: Hub, tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("undisturbed")
    run(survey(store, "safety"))
    return store


@pytest.fixture(scope="module")
def wanted(undisturbed: Path) -> list[Row]:
    return rows_of(undisturbed)


def ajar(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ajar", *words], capture_output=True, text=True, timeout=120, check=False, **more
    )  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def _no_coverage() -> Iterator[None]:
    """Processes that are killed leave halves of coverage data, which spoil all of it when they are put together."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"):
            patch.delenv(name, raising=False)
        yield


def start(store: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.standin.surveying", str(store), "safety", *more]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def test_a_survey_finds_what_is_true(host: Hub, tmp_path: Path) -> None:
    # Enough releases for every kind of hostile and broken one.
    host.repositories = every = Releases(5, 98)
    try:
        status = run(survey(tmp_path, "safety"))
    finally:
        host.repositories = Releases(SEED, COUNT)
    with Reader(tmp_path) as reader:
        rows = {row["title"]: row for row in reader.rows()}
        for made in every.all():
            row = rows[made.name]
            assert (row["state"], row["reason"]) == (made.state, made.reason), made.kind
            if made.state == "done":
                assert (made.licence or "none") in [*map(str.lower, row["licences"]), "none"], made.kind
                report = reader.report(row)
                assert report["schema"] == json_v1.SCHEMA
                assert report["door"]["declared"] == row["door_declared"]
                assert len(report["gaps"]) == row["gaps"]
            if made.safety:
                assert row["safety_level"] == made.safety
            if made.kind in {"header-lies", "cut"}:
                assert row["gaps"] > 0, made.kind
    assert status["releases"] == {"done": reader.counts["done"], "failed": reader.counts["failed"]}
    assert status["failures"]["not-found"] == status["failures"]["unreachable"] == 1
    events = [json.loads(line)["event"] for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert (events[0], events[-1]) == ("started", "done")


def test_kill_at_any_moment_loses_and_doubles_nothing(host: Hub, wanted: list[Row], tmp_path: Path) -> None:
    chance = random.Random(7)
    # The first comes while it starts, on any machine; the others where they fall; then it may finish.
    moments = [0.3, *(chance.uniform(0.8, 4.0) for _ in range(9)), 120.0]
    kills = 0
    for moment in moments:
        process = start(tmp_path)
        try:
            _, words = process.communicate(timeout=moment)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            kills += 1
            continue
        assert process.returncode == 0, words
        break
    assert kills
    assert rows_of(tmp_path) == wanted
    with Reader(tmp_path) as reader:
        assert sum(reader.parts.values()) == COUNT  # no release has two rows


def test_workers_that_are_killed_lose_nothing(host: Hub, wanted: list[Row], tmp_path: Path) -> None:
    chance = random.Random(8)
    process = start(tmp_path)
    kills = 0
    while process.poll() is None:
        time.sleep(chance.uniform(1.0, 2.0))
        workers = children(process.pid)
        if workers and kills < 12:
            kill(chance.choice(workers))
            kills += 1
    _, words = process.communicate()
    assert process.returncode == 0, words
    assert kills
    assert rows_of(tmp_path) == wanted


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):  # it may have ended by itself
        os.kill(pid, signal.SIGKILL)


def children(pid: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, path.read_text().split())
        except OSError:
            continue
    return found


def test_bursts_of_refusals_change_nothing(host: Hub, wanted: list[Row], tmp_path: Path) -> None:
    host.bursts = [(9, 200), (6, 429), (20, 200), (25, 503), (30, 200), (40, 500), (9, 200), (3, 429)]
    try:
        run(survey(tmp_path, "safety"))
    finally:
        host.bursts = []
    assert rows_of(tmp_path) == wanted


def test_a_network_that_is_gone_stops_the_survey_and_blames_no_release(
    host: Hub, wanted: list[Row], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ajar.survey.run.GIVE_UP", 4)
    assert GIVE_UP > 4
    host.bursts = [(30, 200), (10**9, 503)]
    try:
        with pytest.raises(SurveyStopped, match="in a row"):
            run(survey(tmp_path, "safety"))
    finally:
        host.bursts = []
    assert json.loads((tmp_path / "status.json").read_text())["stage"] == "stopped"
    run(survey(tmp_path, "safety"))
    assert rows_of(tmp_path) == wanted


@pytest.mark.parametrize("limit", [30_000, 150_000])
def test_a_full_disk_stops_the_survey_and_breaks_nothing(
    host: Hub, wanted: list[Row], tmp_path: Path, limit: int
) -> None:
    process = start(tmp_path, str(limit))
    _, words = process.communicate(timeout=60)
    assert process.returncode == 3, words
    assert "goes on" in words
    assert "Traceback" not in words
    process = start(tmp_path)
    _, words = process.communicate(timeout=60)
    assert process.returncode == 0, words
    assert rows_of(tmp_path) == wanted


def test_a_cluster_gives_the_same_also_when_its_workers_are_killed(
    host: Hub, wanted: list[Row], undisturbed: Path, tmp_path: Path
) -> None:
    chance = random.Random(9)
    process = start(tmp_path, "", "local")
    kills = 0
    while process.poll() is None:
        time.sleep(2)
        audits = [pid for pid in descendants(process.pid) if b"ajar.survey.child" in command_of(pid)]
        if audits and kills < 3:
            # The Dask worker above an auditing process, and in turn the process itself.
            victim = chance.choice(audits)
            kill(parent_of(victim) if kills % 2 else victim)
            kills += 1
    _, words = process.communicate()
    assert process.returncode == 0, words
    assert kills
    assert rows_of(tmp_path) == wanted
    with Reader(tmp_path) as here, Reader(undisturbed) as there:
        for one, other in zip(here.rows(), there.rows(), strict=True):
            if one["report"]:
                assert here.report(one)["verdicts"] == there.report(other)["verdicts"]


def descendants(pid: int) -> list[int]:
    own = children(pid)
    return own + [deeper for child in own for deeper in descendants(child)]


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def parent_of(pid: int) -> int:
    """Itself, when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return pid


def test_a_refresh_audits_what_changed_alone(host: Hub, tmp_path: Path) -> None:
    run(survey(tmp_path, "documents"))
    before = {row["target"]: row["part"] for row in read(tmp_path)}
    status = run(survey(tmp_path, "documents", is_refresh=True))
    assert status["this_run"]["finished"] == 0

    class Changed(Releases):
        def __getitem__(self, name: str) -> Any:
            found = super().__getitem__(name)
            if name.endswith(("-3", "-47")):
                found.commit = "f" * 40
                found.revisions = ("main", "f" * 40)
            return found

    host.repositories = Changed(SEED, COUNT + 1)
    try:
        status = run(survey(tmp_path, "documents", is_refresh=True))
    finally:
        host.repositories = Releases(SEED, COUNT)
    assert status["this_run"]["finished"] == 3
    after = {row["target"]: row["part"] for row in read(tmp_path)}
    assert len(after) == COUNT + 1
    changed = {target for target, part in after.items() if before.get(target) != part}
    assert {target.rpartition("-")[2] for target in changed} == {"3", "47", str(COUNT)}


def read(store: Path) -> list[Row]:
    with Reader(store) as reader:
        return list(reader.rows())


def test_a_greater_depth_does_again_what_was_not_deep_enough(
    host: Hub, wanted: list[Row], tmp_path: Path
) -> None:
    run(survey(tmp_path, "metadata"))
    rows = read(tmp_path)
    assert len(rows) == COUNT
    assert {row["door_declared"] for row in rows} == {None}
    assert sum(row["downloads"] or 0 for row in rows) > 0
    run(survey(tmp_path, "safety"))
    assert rows_of(tmp_path) == wanted


def test_a_sample_is_drawn_once_and_its_weights_add_up(host: Hub, tmp_path: Path) -> None:
    asked = Sample(count=12, by=("licence",), seed=3)
    run(survey(tmp_path, "metadata", sample=asked))
    rows = read(tmp_path)
    assert len(rows) == 12
    assert sum(row["weight"] for row in rows) == pytest.approx(COUNT)
    assert {row["stratum"] for row in rows} >= {"licence=mit", "licence=apache-2.0"}
    run(survey(tmp_path, "documents", sample=asked))
    assert [row["target"] for row in read(tmp_path)] == [row["target"] for row in rows]
    with pytest.raises(AjarError, match="something else"):
        run(survey(tmp_path, "documents", sample=Sample(count=13, by=("licence",), seed=3)))


def test_the_command_says_what_it_did_and_where_it_is(host: Hub, tmp_path: Path) -> None:
    store = tmp_path / "store"
    done = ajar("survey", "hub:", "-o", str(store), "--limit", "9", "--depth", "headers", "--workers", "1")
    assert done.returncode == 0, done.stderr
    assert ": done\n  releases" in done.stdout
    told = ajar("survey", "status", str(store), "--format", "json")
    assert sum(json.loads(told.stdout)["releases"].values()) == 9
    assert ajar("survey", "status", str(tmp_path)).returncode == 3
    assert ajar("survey", "hub:", "-o", str(store), "--limit", "8").returncode == 2
    assert ajar("survey", "hub:", "-o", str(tmp_path / "x"), "--by", "year").returncode == 2
    assert ajar("survey", "hub:", "-o", str(tmp_path / "x"), "--cluster", "tcp://127.0.0.1:9").returncode == 2


def test_folders_are_surveyed_without_a_network(tmp_path: Path) -> None:
    for number in range(6):
        folder = tmp_path / "mirror" / f"model-{number}"
        folder.mkdir(parents=True)
        (folder / "README.md").write_text("---\nlicense: mit\n---\n# A model\n")
    environment = {**os.environ, "HF_ENDPOINT": f"http://{LOOPBACK}:9"}
    store = tmp_path / "store"
    done = ajar("survey", str(tmp_path / "mirror"), "-o", str(store), "--depth", "safety", env=environment)
    assert done.returncode == 0, done.stderr
    assert [row["licences"] for row in read(store)] == [["MIT"]] * 6


def test_limits_are_shared_by_all_workers(host: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PLANS, "free", {"resolve": 6000})
    started = time.monotonic()
    settings = Settings(depth="documents", plan="free", backoff_s=0.05)
    status = run(survey(tmp_path, "documents", settings=settings))
    spent = time.monotonic() - started
    files = status["this_run"]["requests"] - status["releases"]["done"]  # one of each release's is the API's
    # 18 a second, of which 108 may go out at once.
    assert files > 60
    assert spent >= (files - 6000 * 0.9 / 300 * 6 - 18) / 18


def test_threads_that_list_wait_at_the_gate() -> None:
    from ajar.survey.limits import Limiter, WaitingGate

    limiter = Limiter("none")
    gate = WaitingGate(limiter)
    gate.slow("https://x/api/models", 0.4)
    started = time.monotonic()
    threads = [threading.Thread(target=gate.hold, args=("https://x/api/models",)) for _ in range(3)]
    for thread in threads:
        thread.start()
    gate.hold("https://x/a/resolve/main/b")
    assert time.monotonic() - started < 0.3
    for thread in threads:
        thread.join()
    assert time.monotonic() - started >= 0.4
