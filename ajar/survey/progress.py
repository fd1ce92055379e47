"""How far a survey is: counts, rate, time left, in a status file, a log of JSON lines and a callback."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ajar.survey.store import StoreError, write_whole

EVERY_S = 2.0
WINDOW_S = 300.0  # over which the rate is taken: a hub's own window
Report = Callable[[dict[str, Any]], None]


@dataclass(slots=True)
class Progress:
    """Counts of one run over what there was before. Nothing it does can end a survey."""

    folder: Path
    counts: dict[str, int]
    reasons: dict[str, int]
    depth: str
    report: Report | None = None
    stage: str = "listing"
    finished: int = 0
    retried: int = 0
    bytes_read: int = 0
    requests: int = 0
    started: float = field(default_factory=time.time)
    _told: float = 0.0
    _past: deque[tuple[float, int]] = field(default_factory=deque)

    def log(self, event: str, **more: Any) -> None:
        """One line in the log."""
        line = json.dumps({"at": _now(), "event": event, **more})
        with suppress(OSError), (self.folder / "log.jsonl").open("a", encoding="utf-8") as handle:
            handle.write(line + "\n")

    def moved(self, before: str, after: str, count: int = 1) -> None:
        """Releases went from one state to another."""
        for state, change in ((before, -count), (after, count)):
            if state:
                self.counts[state] = self.counts.get(state, 0) + change

    def failed(self, reason: str) -> None:
        self.reasons[reason] = self.reasons.get(reason, 0) + 1

    def tick(self, *, now: bool = False) -> None:
        """Write the status file, if it is time or at once."""
        moment = time.time()
        if not now and moment - self._told < EVERY_S:
            return
        self._told = moment
        self._past.append((moment, self.finished))
        while len(self._past) > 2 and self._past[0][0] < moment - WINDOW_S:
            self._past.popleft()
        status = self.status()
        with suppress(StoreError):
            write_whole(self.folder / "status.json", json.dumps(status, indent=2).encode() + b"\n")
        if self.report:
            self.report(status)

    def status(self) -> dict[str, Any]:
        """The status as plain data: the shape of `status.json`."""
        rate = self._rate()
        left = self.counts.get("planned", 0) + self.counts.get("running", 0)
        return {
            "at": _now(),
            "stage": self.stage,
            "depth": self.depth,
            "releases": {state: count for state, count in sorted(self.counts.items()) if count},
            "failures": dict(sorted(self.reasons.items())),
            "this_run": {
                "finished": self.finished,
                "retried": self.retried,
                "bytes_read": self.bytes_read,
                "requests": self.requests,
                "seconds": round(time.time() - self.started, 1),
            },
            "per_minute": round(rate * 60, 1),
            "seconds_left": round(left / rate) if rate and self.stage == "auditing" else None,
        }

    def _rate(self) -> float:
        if not self._past:
            return 0.0
        since, then = self._past[0] if len(self._past) > 1 else (self.started, 0)
        spent = time.time() - since
        return (self.finished - then) / spent if spent > 0 else 0.0


def read_status(folder: Path) -> dict[str, Any]:
    """What the last run wrote, empty when there is nothing."""
    with suppress(OSError, ValueError):
        found = json.loads((folder / "status.json").read_bytes())
        return found if isinstance(found, dict) else {}
    return {}


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
