"""Progress: counts, rate and time left in a file that is whole, a log that can be read by line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ajar.survey import progress as module
from ajar.survey.progress import Progress, read_status


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        return self.now


def test_rate_and_time_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    told: list[dict[str, Any]] = []
    made = Progress(tmp_path, {"planned": 100}, {}, "headers", report=told.append, started=clock.now)
    made.stage = "auditing"
    made.tick()
    for _ in range(20):
        clock.now += 3
        made.moved("planned", "running")
        made.moved("running", "done")
        made.finished += 1
        made.tick()
    status = read_status(tmp_path)
    assert status == told[-1]
    assert status["releases"] == {"done": 20, "planned": 80}
    assert status["per_minute"] == pytest.approx(20, abs=0.2)
    assert status["seconds_left"] == pytest.approx(240, abs=3)
    count = len(told)
    clock.now += 0.5
    made.tick()
    assert len(told) == count
    made.tick(now=True)
    assert len(told) == count + 1


def test_the_log_has_a_line_an_event(tmp_path: Path) -> None:
    made = Progress(tmp_path, {}, {}, "headers")
    made.log("failed", target="a\nb\x1b", reason="gated")
    made.log("done")
    lines = (tmp_path / "log.jsonl").read_text().splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["failed", "done"]
    assert json.loads(lines[0])["target"] == "a\nb\x1b"


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b"\xff"])
def test_a_status_that_cannot_be_read_is_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "status.json").write_bytes(data)
    assert read_status(tmp_path) == {}
    assert read_status(tmp_path / "nowhere") == {}


def test_a_disk_that_is_full_does_not_end_it(tmp_path: Path) -> None:
    made = Progress(tmp_path / "gone", {"planned": 1}, {}, "headers")
    made.log("started")
    made.tick(now=True)


def test_a_status_in_words_drives_no_terminal() -> None:
    from ajar.cli.surveys import _said

    status = {
        "stage": "auditing",
        "at": "now",
        "releases": {"done": 1200, "planned": 5},
        "failures": {"ga\x1b[2Jted": 3},
        "per_minute": 60.0,
        "seconds_left": 3725,
        "this_run": {"finished": 1200, "retried": 1, "seconds": 9.0, "bytes_read": 5_000_000, "requests": 7},
    }
    text = _said(status, Path("st\x1bore"))
    assert "\x1b" not in text
    assert "1,200 done, 5 planned" in text
    assert "1 h 2 min left" in text
    assert _said({}, Path("x")) == "x: not begun\n  releases   none\n"
