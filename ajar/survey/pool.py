"""Worker processes that may die, hang or fill up, and lose nothing by it.

A worker has several releases under way. When it ends on its own, each of them may be the cause: each gets strikes
and is done again alone, in a worker of its own; the innocent ones pass then. A worker past the deadline of one
release or past its memory is ended from here, and the cause is known or nearly so.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from base64 import b64decode
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from ajar.errors import AjarError
from ajar.survey.ledger import Task
from ajar.survey.limits import Limiter
from ajar.survey.packs import REPORT_BYTES
from ajar.survey.work import Outcome, Settings

MESSAGE_BYTES = 2 * REPORT_BYTES  # a line from a worker: a report in base64, and its row
GRACE_S = 30.0  # a worker's own deadline ends first where it can
START_S = 120.0  # for a worker to be ready, on a machine that is busy
WATCH_S = 0.5
# A crash is the doing of a release: the second one fails it. A kill from outside is mostly chance, which falls on the
# releases that take long; only what meets it twenty times is taken for what calls it up, by filling the machine.
CRASH, KILLED, OUT = 10, 1, 20
RECYCLE = 0.7  # of its memory, at which a worker gets nothing new, and ends when it is done
_START_TRIES = 5
# -P: what lies in the folder that a survey is started in is no module of ours.
COMMAND = (sys.executable, "-P", "-m", "ajar.survey.child")


class PoolError(AjarError):
    """Workers cannot be kept running."""


@dataclass(slots=True)
class _Worker:
    """One process and what it has under way: task and when it was given."""

    process: subprocess.Popen[bytes]
    under_way: dict[int, tuple[Task, float]] = field(default_factory=dict)
    is_alone: bool = False
    is_leaving: bool = False
    ended_for: str = ""  # why it was ended from here
    culprit: int | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_ready: bool = False
    since: float = field(default_factory=time.monotonic)  # started, then ready
    reader: threading.Thread | None = None

    def send(self, message: dict[str, Any]) -> None:
        """A worker that is gone is noticed by its reader."""
        with self.lock, suppress(OSError, ValueError):
            assert self.process.stdin is not None
            self.process.stdin.write(json.dumps(message).encode() + b"\n")
            self.process.stdin.flush()


class Pool:
    """Workers on this machine. `submit`, `poll` and `close` are for one thread."""

    def __init__(
        self, settings: Settings, limiter: Limiter, workers: int, command: Sequence[str] = COMMAND
    ) -> None:
        self._command = command
        self._settings, self._limiter = settings, limiter
        self._events: SimpleQueue[tuple[_Worker, dict[str, Any] | None]] = SimpleQueue()
        self._waiting: deque[Task] = deque()
        self._alone: deque[Task] = deque()
        self._size = workers
        self._failed_starts = 0
        self._workers = [self._start() for _ in range(workers)]
        self._watched = time.monotonic()

    @property
    def free(self) -> int:
        """How many more tasks keep every worker busy."""
        held = len(self._waiting) + len(self._alone) + sum(len(one.under_way) for one in self._workers)
        return max(self._size * (self._settings.threads + 2) - held, 0)

    @property
    def is_idle(self) -> bool:
        return not (self._waiting or self._alone or any(one.under_way for one in self._workers))

    def submit(self, task: Task) -> None:
        (self._alone if task.strikes else self._waiting).append(task)
        self._feed()

    def poll(self, timeout_s: float) -> list[Outcome]:
        """What came since the last time, waiting for something up to `timeout_s`."""
        found: list[Outcome] = []
        until = time.monotonic() + timeout_s
        while True:
            left = until - time.monotonic()
            try:
                worker, message = self._events.get(timeout=max(0.0, min(left, WATCH_S)) if not found else 0)
            except Empty:
                self._watch()
                if found or left <= 0:
                    break
                continue
            found += self._ended(worker) if message is None else self._answered(worker, message)
        self._feed()
        return found

    def close(self) -> None:
        for one in self._workers:
            with suppress(OSError):
                one.process.kill()
        for one in self._workers:
            if one.reader is not None:
                one.reader.join()

    # workers

    def _start(self) -> _Worker:
        process = subprocess.Popen(  # noqa: S603  our own interpreter with our own module
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        worker = _Worker(process=process)
        worker.send(asdict(self._settings))
        worker.reader = threading.Thread(target=self._read, args=(worker,), daemon=True)
        worker.reader.start()
        return worker

    def _read(self, worker: _Worker) -> None:
        """Messages of one worker, until it ends. Requests for leave are answered here, at once."""
        stream = worker.process.stdout
        assert stream is not None
        with suppress(OSError, ValueError), stream:
            while line := stream.readline(MESSAGE_BYTES):
                message = json.loads(line)
                if "take" in message:
                    granted, wait = self._limiter.take(message["take"], message["most"])
                    worker.send({"go": message["take"], "granted": granted, "wait": wait})
                elif "slow" in message:
                    self._limiter.slow(message["slow"], message["seconds"])
                else:
                    self._events.put((worker, message))
        with suppress(OSError):
            worker.process.kill()
        worker.process.wait()
        with worker.lock, suppress(OSError):
            assert worker.process.stdin is not None
            worker.process.stdin.close()
        self._events.put((worker, None))

    def _feed(self) -> None:
        """Give out what waits. What has strikes goes to a worker that has nothing else."""
        for one in self._workers:
            if one.is_alone or one.is_leaving:
                continue
            if self._alone:
                if not one.under_way:
                    one.is_alone = True
                    self._give(one, self._alone.popleft())
                    continue
                if one is self._workers[0]:
                    continue  # it runs empty for what waits to be alone
            while self._waiting and len(one.under_way) < self._settings.threads:
                self._give(one, self._waiting.popleft())

    def _give(self, worker: _Worker, task: Task) -> None:
        worker.under_way[task.id] = task, time.monotonic()
        worker.send({"id": task.id, "target": task.target, "listed": task.listed})

    # what happens to them

    def _answered(self, worker: _Worker, message: dict[str, Any]) -> list[Outcome]:
        self._failed_starts = 0
        if not worker.is_ready:
            worker.is_ready, worker.since = True, time.monotonic()
        known = worker.under_way.pop(message.get("id", -1), None)
        if known is None:
            return []
        if worker.is_alone:
            worker.is_alone = False
        if worker.is_leaving and not worker.under_way:
            worker.process.kill()
        report = message.pop("report")
        return [Outcome(**message, report=b64decode(report) if report else None)]

    def _ended(self, worker: _Worker) -> list[Outcome]:
        """A worker is gone: another takes its place, and what it had under way is done again."""
        self._failed_starts += not worker.is_ready
        if self._failed_starts > _START_TRIES * self._size:
            raise PoolError("workers end as soon as they start", hint="see what they wrote to standard error")
        self._workers[self._workers.index(worker)] = self._start()
        status = worker.process.returncode
        charge = KILLED if status == -signal.SIGKILL else CRASH
        found = []
        for key, (task, _) in worker.under_way.items():
            if not worker.is_ready:
                strikes, reason, words = 0, "", "its worker did not start"
            elif not worker.ended_for:
                strikes, reason, words = charge, "worker-died", f"its worker ended with {_words(status)}"
            elif worker.culprit in {None, key}:
                strikes, reason, words = CRASH, worker.ended_for, "see docs/survey.md"
            else:
                strikes, reason, words = 0, "", ""
            is_out = task.strikes + strikes >= OUT
            found.append(
                Outcome(
                    id=key,
                    strikes=strikes,
                    reason=reason if is_out else None,
                    detail=f"again: {words}" if is_out else words,
                )
            )
        return found

    def _watch(self) -> None:
        """End workers past a release's deadline or past their memory; let those leave that grow."""
        now = time.monotonic()
        if now - self._watched < WATCH_S:
            return
        self._watched = now
        for one in self._workers:
            allowed = self._settings.deadline_s + GRACE_S if one.is_ready else START_S
            late = [key for key, (_, since) in one.under_way.items() if now - max(since, one.since) > allowed]
            used = _memory(one.process.pid)
            if late and not one.ended_for:
                one.ended_for, one.culprit = "worker-hung", late[0]
                one.process.kill()
            elif used > self._settings.memory_bytes and not one.ended_for:
                one.ended_for = "worker-memory"
                one.process.kill()
            elif used > RECYCLE * self._settings.memory_bytes and not one.is_leaving:
                one.is_leaving = True
                if not one.under_way:
                    one.process.kill()


def _memory(pid: int) -> int:
    """Resident bytes of a process; 0 where the system does not say."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0


def _words(status: int | None) -> str:
    if status is None or status >= 0:
        return f"status {status}"
    with suppress(ValueError):
        return signal.Signals(-status).name
    return f"signal {-status}"
