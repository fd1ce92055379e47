"""The process that audits: tasks come as lines of JSON, outcomes go as lines of JSON. `python -m ajar.survey.child`.

It is the one that hostile bytes may crash, hang or fill; whoever started it watches it and starts another. Nothing
but JSON passes between the two, so that a worker that was taken over has no object to hand up.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
import threading
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

from ajar.survey.limits import RECHECK_S, kind_of
from ajar.survey.work import Outcome, Settings, work

LEASE = 8  # requests that are asked for at once
LEASE_S = 1.0  # and how long they are good for: the host may have asked for a pause since


class Wire:
    """The way back: one line a message, from any thread."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._lock = threading.Lock()

    def send(self, message: dict[str, Any]) -> None:
        data = json.dumps(message).encode() + b"\n"
        with self._lock:
            while data:
                try:
                    data = data[os.write(self._handle, data) :]
                except OSError:  # nobody is there any more
                    os._exit(0)


class Gate:
    """The process's gate: requests are leased from whoever started it, a few at a time."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._locks = {kind: threading.Lock() for kind in ("api", "resolve", "other")}
        self._leases: dict[str, tuple[int, float]] = {}
        self._answers: dict[str, tuple[int, float]] = {}
        self._come = {kind: threading.Event() for kind in self._locks}

    def hold(self, url: str) -> None:
        kind = kind_of(url)
        with self._locks[kind]:  # one asks, the others of its kind wait behind it
            left, until = self._leases.get(kind, (0, 0.0))
            while not left or time.monotonic() > until:
                left, wait = self._asked(kind)
                until = time.monotonic() + LEASE_S
                if not left:
                    time.sleep(min(wait, RECHECK_S))
            self._leases[kind] = left - 1, until

    def _asked(self, kind: str) -> tuple[int, float]:
        self._come[kind].clear()
        self._wire.send({"take": kind, "most": LEASE})
        self._come[kind].wait()
        return self._answers[kind]

    def slow(self, url: str, seconds: float) -> None:
        kind = kind_of(url)
        self._leases[kind] = 0, 0.0
        self._wire.send({"slow": kind, "seconds": seconds})

    def lost(self, url: str) -> None:
        """Counted by the gate of each audit."""

    def answer(self, kind: str, granted: int, wait: float) -> None:
        self._answers[kind] = granted, wait
        self._come[kind].set()


def encoded(outcome: Outcome) -> dict[str, Any]:
    """An outcome as JSON takes it."""
    return {**asdict(outcome), "report": b64encode(outcome.report).decode() if outcome.report else None}


def _warm_up() -> None:
    """Load what every audit needs before the first is on the clock, and before there are threads."""
    from ajar import catalogue, pipeline  # noqa: F401

    catalogue.load()


def main() -> None:
    """Serve until the other end closes; then end at once, whatever is under way."""
    wire = Wire(os.dup(sys.stdout.fileno()))
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what anything prints is no message
    faulthandler.enable()
    settings = Settings(**json.loads(sys.stdin.buffer.readline()))
    gate = Gate(wire)
    _warm_up()

    def one(message: dict[str, Any]) -> None:
        wire.send(encoded(work(message["id"], message["target"], message["listed"], settings, gate)))

    pool = ThreadPoolExecutor(settings.threads, thread_name_prefix="ajar-audit")
    wire.send({"ready": os.getpid()})
    for line in sys.stdin.buffer:
        message = json.loads(line)
        if "go" in message:
            gate.answer(message["go"], message["granted"], message["wait"])
        else:
            pool.submit(one, message)
    os._exit(0)


if __name__ == "__main__":
    main()
