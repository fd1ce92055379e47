"""A survey from plan to store: list, sample, audit by an engine, write parts. Each step goes on where it was cut."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ajar.config import Options
from ajar.errors import AjarError, ExitCode
from ajar.survey import listing, sampling
from ajar.survey.ledger import DEPTHS, Finished, Task
from ajar.survey.limits import Limiter, WaitingGate
from ajar.survey.progress import Progress, Report
from ajar.survey.rows import failed_row, listed_row
from ajar.survey.sampling import Sample
from ajar.survey.store import PART_ROWS, Store
from ajar.survey.work import Outcome, Settings

ATTEMPTS = 4  # at a release that lost requests to the network; then it is taken as it is
GIVE_UP = 40  # releases in a row that the network failed: it is gone, and trying on would blame them
POLL_S = 0.5


class Engine(Protocol):
    """Where tasks are done. The same tasks give the same outcomes in every engine."""

    @property
    def free(self) -> int:
        """How many more tasks it would take."""

    @property
    def is_idle(self) -> bool: ...

    def submit(self, task: Task) -> None: ...

    def poll(self, timeout_s: float) -> list[Outcome]: ...

    def close(self) -> None: ...


class SurveyStopped(AjarError):
    """The survey cannot go on now; the same command goes on later."""

    exit_code = ExitCode.TARGET


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What is asked for."""

    source: listing.Source
    store: Path
    settings: Settings
    limit: int | None = None
    sample: Sample | None = None
    is_refresh: bool = False
    retry_failed: bool = False
    workers: int = 1
    cluster: str | None = None  # an address, or `local`; None is the engine of this process

    def plan(self) -> dict[str, Any]:
        """What a store keeps to from run to run. The depth may change: what is not deep enough is done again."""
        drawn = self.sample
        return {
            **self.source.plan,
            "limit": self.limit,
            "sample": {"count": drawn.count, "by": list(drawn.by), "seed": drawn.seed} if drawn else None,
        }


def run(survey: Survey, *, report: Report | None = None) -> dict[str, Any]:
    """Do a survey, or go on with it. Returns its last status. Raises `AjarError` when it cannot go on now."""
    with Store.open(survey.store) as store:
        store.plan(survey.plan())
        ledger = store.ledger
        progress = Progress(
            survey.store, ledger.counts(), ledger.reasons(), survey.settings.depth, report=report
        )
        limiter = Limiter(survey.settings.plan)
        progress.log("started", depth=survey.settings.depth, releases=progress.counts)
        try:
            _list(survey, store, progress, limiter)
            if survey.sample and ledger.get("sampled") is None:
                progress.log("sampled", releases=sampling.draw(ledger, survey.sample))
            ledger.plan_deeper(survey.settings.depth, with_failed=survey.retry_failed)
            progress.counts, progress.reasons = ledger.counts(), ledger.reasons()
            progress.stage = "auditing"
            if survey.settings.depth == DEPTHS[0]:
                _keep_listing(store, progress)
            else:
                _audit(survey, store, progress, limiter)
            progress.stage = "done"
        except BaseException as error:
            progress.stage = "stopped"
            words = error.message if isinstance(error, AjarError) else type(error).__name__
            progress.log("stopped", why=words)
            raise
        finally:
            progress.counts, progress.reasons = ledger.counts(), ledger.reasons()
            progress.tick(now=True)
        progress.log("done", releases=progress.counts, failures=progress.reasons)
        return progress.status()


def _list(survey: Survey, store: Store, progress: Progress, limiter: Limiter) -> None:
    """List what is not listed yet, from the page where it was cut; a refresh lists again."""
    ledger = store.ledger
    listed = ledger.get("listed")
    if listed == "yes" and survey.is_refresh:
        ledger.set("listed", "again")
        ledger.set("cursor", None)
        listed = "again"
    if listed == "yes":
        return
    if isinstance(survey.source, listing.Table):
        survey.source.folder = store.folder
    options = Options(keep=False, offline=survey.settings.offline, gate=WaitingGate(limiter))
    known = ledger.listed() if listed is None else 0
    for items, cursor in survey.source.pages(ledger.get("cursor"), options):
        wanted = items if survey.limit is None else items[: max(survey.limit - known, 0)]
        planned = ledger.plan(wanted, cursor, is_refresh=listed == "again")
        known += len(wanted)
        progress.moved("", "planned", planned)
        progress.tick()
        if survey.limit is not None and known >= survey.limit:
            break
    ledger.set("listed", "yes")
    progress.log("listed", releases=ledger.listed())


def _keep_listing(store: Store, progress: Progress) -> None:
    """The depth that asks nothing: rows of what the listing says."""
    while True:
        while store.flush():
            pass
        tasks = store.ledger.claim(PART_ROWS)
        if not tasks:
            return
        store.ledger.finish(
            [Finished(id=task.id, row=listed_row(task.target, task.listed)) for task in tasks]
        )
        progress.moved("planned", "done", len(tasks))
        progress.finished += len(tasks)
        progress.tick()


def _audit(survey: Survey, store: Store, progress: Progress, limiter: Limiter) -> None:
    ledger = store.ledger
    while store.flush() == PART_ROWS:
        pass
    if ledger.next_ready() is not None:
        with _engine(survey, limiter) as engine:
            _Desk(survey, store, progress, engine).work()
    while store.flush():
        pass


@contextmanager
def _engine(survey: Survey, limiter: Limiter) -> Iterator[Engine]:
    if survey.cluster is not None:
        from ajar.survey.cluster import Cluster

        made: Engine = Cluster(survey.cluster, survey.settings, survey.workers)
    else:
        from ajar.survey.pool import Pool

        made = Pool(survey.settings, limiter, survey.workers)
    try:
        yield made
    finally:
        made.close()


class _Desk:
    """Hands out what is planned and decides on what comes back."""

    def __init__(self, survey: Survey, store: Store, progress: Progress, engine: Engine) -> None:
        self._depth, self._backoff_s = survey.settings.depth, survey.settings.backoff_s
        self._store, self._ledger = store, store.ledger
        self._progress, self._engine = progress, engine
        self._tasks: dict[int, Task] = {}
        self._unheard: list[int] = []  # failed by the network since anything was heard from it
        self._journalled = 0

    def work(self) -> None:
        """Until nothing is planned and nothing under way."""
        while True:
            self._hand_out()
            if self._engine.is_idle and not self._wait():
                return
            self._decide(self._engine.poll(POLL_S))
            if self._journalled >= PART_ROWS:
                self._journalled -= self._store.flush()
            self._progress.tick()

    def _hand_out(self) -> None:
        free = self._engine.free
        for task in self._ledger.claim(free) if free else ():
            self._tasks[task.id] = task
            self._progress.moved("planned", "running")
            self._engine.submit(task)

    def _wait(self) -> bool:
        """Whether anything is still to be done, after a pause when it may not be done yet."""
        seconds = self._ledger.next_ready()
        if seconds:
            time.sleep(min(seconds, POLL_S))
        return seconds is not None

    def _decide(self, outcomes: list[Outcome]) -> None:
        found: list[Finished] = []
        for outcome in outcomes:
            task = self._tasks.pop(outcome.id)
            if outcome.row is None and outcome.reason is None:
                self._ledger.release([task.id], strikes=outcome.strikes)
                self._again(task, outcome.detail or "its worker was ended for another release")
            elif outcome.lost or outcome.reason == "unreachable":
                found += self._unlucky(task, outcome)
            else:
                self._unheard.clear()
                found.append(self._finished(task, outcome))
        if found:
            self._ledger.finish(found)
            self._journalled += len(found)

    def _unlucky(self, task: Task, outcome: Outcome) -> list[Finished]:
        """The network failed a release: later again, and after enough times as it is."""
        if outcome.row is None:
            self._unheard.append(task.id)
        else:
            self._unheard.clear()
        if len(self._unheard) >= GIVE_UP:
            self._ledger.release([task.id])
            self._ledger.uncharge(self._unheard)
            raise SurveyStopped(
                f"the network failed {GIVE_UP} releases in a row, last {task.target}: {outcome.detail or 'requests were given up'}",
                hint="when it is back, run the same command: it goes on where it was",
            )
        if task.attempts + 1 >= ATTEMPTS:
            return [self._finished(task, outcome)]
        # Its worker outlived it: what ended others before was not its doing.
        self._ledger.release(
            [task.id], attempts=1, strikes=-task.strikes, after_s=self._backoff_s * 2**task.attempts
        )
        self._again(task, outcome.detail or f"{outcome.lost} requests were given up")
        return []

    def _again(self, task: Task, why: str) -> None:
        self._progress.moved("running", "planned")
        self._progress.retried += 1
        self._progress.log("again", target=task.target, why=why)

    def _finished(self, task: Task, outcome: Outcome) -> Finished:
        self._progress.finished += 1
        if outcome.row is None:
            reason = outcome.reason or "internal-error"
            self._progress.moved("running", "failed")
            self._progress.failed(reason)
            self._progress.log("failed", target=task.target, reason=reason, detail=outcome.detail)
            row = failed_row(task.target, task.listed, self._depth, reason, outcome.detail)
            return Finished(id=task.id, row=row)
        self._progress.moved("running", "done")
        self._progress.bytes_read += outcome.row["bytes_read"] or 0
        self._progress.requests += outcome.row["requests"] or 0
        return Finished(id=task.id, row=outcome.row, digest=outcome.digest, report=outcome.report)
