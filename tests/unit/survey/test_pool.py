"""Workers that are ended by what they audit: the culprit fails with its reason, everything else is done."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ajar.survey import pool as module
from ajar.survey.ledger import Task
from ajar.survey.limits import Limiter
from ajar.survey.pool import Pool, PoolError
from ajar.survey.work import Outcome, Settings

ROOT = Path(__file__).parents[3]
COMMAND = (sys.executable, "-m", "tests.standin.crashing_child")


@contextmanager
def pool(monkeypatch: pytest.MonkeyPatch, **settings: object) -> Iterator[Pool]:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    chosen = Settings(**{"depth": "safety", "threads": 3, **settings})  # type: ignore[arg-type]
    made = Pool(chosen, Limiter("none"), 2, COMMAND)
    try:
        yield made
    finally:
        made.close()


def finished(made: Pool, targets: list[str], timeout_s: float = 40) -> dict[str, Outcome]:
    """What comes of targets, with those that come back to be done again handed in again as the desk does."""
    tasks = {number: Task(id=number, target=target, listed={}, attempts=0, strikes=0) for number, target in enumerate(targets)}  # fmt: skip
    for task in tasks.values():
        made.submit(task)
    found: dict[str, Outcome] = {}
    until = time.monotonic() + timeout_s
    while len(found) < len(tasks):
        assert time.monotonic() < until, f"only {sorted(found)}"
        for outcome in made.poll(0.2):
            task = tasks[outcome.id]
            if outcome.row is None and outcome.reason is None:
                tasks[task.id] = Task(id=task.id, target=task.target, listed={}, attempts=0, strikes=task.strikes + outcome.strikes)  # fmt: skip
                made.submit(tasks[task.id])
            else:
                assert task.target not in found
                found[task.target] = outcome
    assert made.is_idle
    return found


@pytest.fixture
def releases(tmp_path: Path) -> list[str]:
    for name in ("one", "two", "print", "four", "five", "six"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "README.md").write_text("---\nlicense: mit\n---\n# A model\n")
    return [str(tmp_path / name) for name in ("one", "two", "print", "four", "five", "six")]


def test_a_release_that_ends_its_worker_twice_fails_alone(
    monkeypatch: pytest.MonkeyPatch, releases: list[str]
) -> None:
    with pool(monkeypatch) as made:
        found = finished(made, [*releases[:3], "/x/crash-1", *releases[3:], "/x/crash-2"])
    assert {key: one.reason for key, one in found.items() if one.reason} == {
        "/x/crash-1": "worker-died",
        "/x/crash-2": "worker-died",
    }
    assert "SIGABRT" in found["/x/crash-1"].detail
    assert all(found[name].row and found[name].report for name in releases)


def test_a_release_that_hangs_is_ended_at_its_deadline(
    monkeypatch: pytest.MonkeyPatch, releases: list[str]
) -> None:
    monkeypatch.setattr(module, "GRACE_S", 1.0)
    with pool(monkeypatch, deadline_s=3.0) as made:
        found = finished(made, [*releases, "/hang"])
    assert found["/hang"].reason == "worker-hung"
    assert sum(one.reason is not None for one in found.values()) == 1


def test_a_release_that_fills_its_worker_is_ended_before_the_machine_is(
    monkeypatch: pytest.MonkeyPatch, releases: list[str]
) -> None:
    with pool(monkeypatch, memory_bytes=300_000_000) as made:
        found = finished(made, [*releases, "/leak"])
    assert found["/leak"].reason == "worker-memory"
    assert sum(one.reason is not None for one in found.values()) == 1


def test_a_worker_that_grew_leaves_when_it_is_done(
    monkeypatch: pytest.MonkeyPatch, releases: list[str], tmp_path: Path
) -> None:
    (tmp_path / "big").mkdir()
    (tmp_path / "big" / "README.md").write_text("# A model\n")
    with pool(monkeypatch, memory_bytes=450_000_000) as made:
        before = {one.process.pid for one in made._workers}
        found = finished(made, [str(tmp_path / "big")])
        until = time.monotonic() + 10
        while {one.process.pid for one in made._workers} == before and time.monotonic() < until:
            made.poll(0.2)
        assert {one.process.pid for one in made._workers} != before
        found |= finished(made, releases)
    assert all(one.row for one in found.values())


def test_workers_that_cannot_start_are_an_error() -> None:
    made = Pool(Settings(depth="safety"), Limiter("none"), 1, (sys.executable, "-c", "raise SystemExit(3)"))
    with pytest.raises(PoolError, match="as soon as they start"):
        finished(made, ["/x"])
    made.close()
