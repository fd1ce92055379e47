"""Threads that audit what waits in the store. Pages are answered by other threads, so none waits for an audit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Condition, Thread

from ajar.config import Limits, Options
from ajar.errors import AjarError
from ajar.interfaces import Progress
from ajar.pipeline import audit
from ajar.reports import json_v1
from ajar.web.store import Audit, Store
from ajar.web.targets import allowed

# An audit mostly waits for its host; more threads would only slow the pages down.
_THREADS = 2
# Well above what a release with a hundred shards takes, and no more than a visitor waits for.
LIMITS = replace(Limits(), seconds=90.0, read_bytes=512 * 2**20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """How far an audit is."""

    words: str
    done: int
    total: int


class Jobs:
    """The threads, and how far each audit is."""

    def __init__(self, store: Store, options: Options | None = None) -> None:
        self.store = store
        self._options = options or Options(limits=LIMITS, keep=False)
        self._stages: dict[str, Stage] = {}
        self._wake = Condition()
        self._is_over = False
        self._threads = [Thread(target=self._work, daemon=True, name=f"audit-{n}") for n in range(_THREADS)]

    def start(self) -> None:
        """Take up what an earlier server left, and begin."""
        self.store.resume()
        for thread in self._threads:
            thread.start()

    def stop(self, wait_s: float = 2.0) -> None:
        """Take no more. What is under way is taken up again by the next server."""
        with self._wake:
            self._is_over = True
            self._wake.notify_all()
        for thread in self._threads:
            thread.join(wait_s)

    def ask(self, target: str, client: str) -> str:
        """Queue an audit. Raises `UsageError` for a target that is not allowed, `Full` for too many."""
        key = self.store.add(str(allowed(target)), client)
        with self._wake:
            self._wake.notify()
        return key

    def stage(self, found: Audit) -> Stage:
        waiting = self.store.ahead(found)
        words = f"waiting, {waiting} before it" if waiting else "waiting"
        return self._stages.get(found.id) or Stage(words=words, done=0, total=0)

    def _work(self) -> None:
        while True:
            with self._wake:
                if self._is_over:
                    return
                found = self.store.take()
                if found is None:
                    self._wake.wait(5.0)
                    continue
            self._audit(found)

    def _audit(self, found: Audit) -> None:
        try:
            report = audit(allowed(found.target), self._options, progress=self._reporting(found.id))
            self.store.done(found.id, json_v1.dumps(report))
        except AjarError as error:
            self._failed(found, error.message, error.hint)
        except Exception as error:  # noqa: BLE001  a fault of ajar's own ends one audit, not the thread
            self._failed(found, f"a fault in ajar itself: {type(error).__name__}", "please report it")
        finally:
            self._stages.pop(found.id, None)

    def _failed(self, found: Audit, message: str, hint: str) -> None:
        """Not while the server stops: what fails then may fail for that, and is taken up again."""
        if not self._is_over:
            self.store.failed(found.id, message, hint)

    def _reporting(self, key: str) -> Progress:
        def report(stage: str, done: int, total: int) -> None:
            self._stages[key] = Stage(words=stage, done=done, total=total)

        return report
