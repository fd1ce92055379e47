"""The same tasks on a Dask cluster: each of its threads keeps a worker process of ours, watched as on one machine.

What goes through Dask is text and bytes. The buckets of tokens live beside the scheduler, which outlives workers.
A Dask worker that dies loses what it had under way: that is planned again, and no release is blamed.
"""

from __future__ import annotations

import json
import threading
from base64 import b64decode
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

from ajar.errors import UsageError
from ajar.survey.child import encoded
from ajar.survey.ledger import Task
from ajar.survey.limits import Limiter
from ajar.survey.pool import CRASH, OUT, Pool, PoolError
from ajar.survey.work import Outcome, Settings

BATCH = 16  # releases a Dask task: its own cost, a few milliseconds, is shared by them
AHEAD = 2  # batches a thread, so that none waits for the next
_START_S = 15
_HANDLERS = ("ajar_take", "ajar_slow")


@dataclass(slots=True)
class _Batch:
    tasks: dict[int, Task]


class Cluster:
    """An engine over Dask. `address` is a scheduler's, or `local` for workers of this machine."""

    def __init__(self, address: str, settings: Settings, workers: int) -> None:
        try:
            from distributed import Client, LocalCluster
        except ImportError:
            raise UsageError("Dask is not installed", hint="pip install 'ajar[cluster]'") from None
        self._settings = json.dumps(asdict(settings))
        self._local: Any = None
        try:
            if address == "local":
                self._local = LocalCluster(
                    n_workers=workers, threads_per_worker=1, dashboard_address=None, processes=True
                )
                self._client = Client(self._local)
            else:
                self._client = Client(address, timeout=_START_S)
        except (OSError, ValueError, TimeoutError) as error:
            raise UsageError(f"{address}: no Dask scheduler answers", hint=f"{error}"[:200]) from error
        self._client.run_on_scheduler(_serve_limits, plan=settings.plan)
        self._batches: dict[Any, _Batch] = {}
        self._waiting: deque[Task] = deque()
        self._done: deque[Any] = deque()
        self._come = threading.Event()

    @property
    def free(self) -> int:
        try:
            threads = sum(self._client.nthreads().values()) or 1
        except (OSError, TimeoutError) as error:
            raise _gone() from error
        held = len(self._waiting) + sum(len(batch.tasks) for batch in self._batches.values())
        return max(threads * AHEAD * BATCH - held, 0)

    @property
    def is_idle(self) -> bool:
        return not (self._waiting or self._batches)

    def submit(self, task: Task) -> None:
        self._waiting.append(task)
        if len(self._waiting) >= BATCH:
            self._send()

    def _send(self) -> None:
        """The next batch. What may have ended a worker goes alone."""
        batch = [self._waiting.popleft()]
        while not batch[0].strikes and self._waiting and len(batch) < BATCH and not self._waiting[0].strikes:
            batch.append(self._waiting.popleft())
        text = json.dumps([asdict(task) for task in batch])
        future = self._client.submit(_work, text, self._settings, pure=False)
        self._batches[future] = _Batch({task.id: task for task in batch})
        future.add_done_callback(self._note)

    def _note(self, future: Any) -> None:
        self._done.append(future)
        self._come.set()

    def poll(self, timeout_s: float) -> list[Outcome]:
        while self._waiting:
            self._send()
        self._come.wait(timeout_s)
        self._come.clear()
        found: list[Outcome] = []
        while self._done:
            found += self._gather(self._done.popleft())
        return found

    def _gather(self, future: Any) -> list[Outcome]:
        batch = self._batches.pop(future)
        if future.status in {"cancelled", "lost"}:
            raise _gone()
        error = future.exception()
        if error is None:
            messages = json.loads(future.result())
            future.release()
            return [_decoded(message) for message in messages]
        if isinstance(error, PoolError):
            raise error
        # Dask gives up on a task under which its workers died: its releases are tried one by one.
        return [_charged(task, str(error)) for task in batch.tasks.values()]

    def close(self) -> None:
        for future in self._batches:
            future.cancel()
        self._client.close()
        if self._local is not None:
            self._local.close()


def _gone() -> PoolError:
    return PoolError(
        "Dask's scheduler is gone", hint="when it is back, run the same command: it goes on where it was"
    )


def _charged(task: Task, words: str) -> Outcome:
    """A release whose Dask workers died: done again, or failed when it was charged before."""
    is_out = task.strikes + CRASH >= OUT
    return Outcome(
        id=task.id,
        strikes=CRASH,
        reason="worker-died" if is_out else None,
        detail=f"{'again: ' if is_out else ''}{words}"[:300],
    )


def _decoded(message: dict[str, Any]) -> Outcome:
    report = message.pop("report")
    return Outcome(**message, report=b64decode(report) if report else None)


# What runs on the scheduler


def _serve_limits(dask_scheduler: Any, plan: str) -> None:
    """Let the scheduler answer for the buckets: one set for all workers. A new survey starts anew."""
    limiter = Limiter(plan)

    def take(kind: str, most: int) -> tuple[int, float]:
        return limiter.take(kind, most)

    def slow(kind: str, seconds: float) -> None:
        limiter.slow(kind, seconds)

    dask_scheduler.handlers.update(zip(_HANDLERS, (take, slow), strict=True))


# What runs on the workers


class _FarLimiter(Limiter):
    """The scheduler's buckets, asked from a worker."""

    def __init__(self, worker: Any) -> None:
        self._worker = worker

    def _ask(self, handler: str, **words: Any) -> Any:
        from distributed.utils import sync

        return sync(self._worker.loop, getattr(self._worker.scheduler, handler), **words)

    def take(self, kind: str, most: int = 1) -> tuple[int, float]:
        granted, wait = self._ask("ajar_take", kind=kind, most=most)
        return granted, wait

    def slow(self, kind: str, seconds: float) -> None:
        self._ask("ajar_slow", kind=kind, seconds=seconds)


_own = threading.local()


def _work(text: str, settings: str) -> str:
    """A batch of releases through this thread's own worker process."""
    from distributed import get_worker

    pool: Pool | None = getattr(_own, "pool", None)
    if pool is None or _own.settings != settings:
        if pool is not None:
            pool.close()
        pool = Pool(Settings(**json.loads(settings)), _FarLimiter(get_worker()), 1)
        _own.pool, _own.settings = pool, settings
    tasks = [Task(**row) for row in json.loads(text)]
    for task in tasks:
        pool.submit(task)
    found: list[Outcome] = []
    while len(found) < len(tasks):
        found += pool.poll(1.0)
    return json.dumps([encoded(outcome) for outcome in found])
