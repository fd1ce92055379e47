"""Audits that visitors asked for, and their reports: one SQLite file, or memory. Found again by full text.

Every change is one transaction, so that what was accepted outlives the server, and readers never wait for a writer.
"""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from secrets import token_urlsafe
from threading import RLock
from typing import Any

from ajar.errors import MalformedError, UsageError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS audits (
  id TEXT PRIMARY KEY, target TEXT NOT NULL, client TEXT NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
  asked REAL NOT NULL, ended REAL, message TEXT NOT NULL DEFAULT '', hint TEXT NOT NULL DEFAULT '',
  title TEXT NOT NULL DEFAULT '', door TEXT NOT NULL DEFAULT '', report TEXT);
CREATE INDEX IF NOT EXISTS audits_by_state ON audits (state, asked);
CREATE VIEW IF NOT EXISTS listed AS SELECT id, target, state, asked, ended, message, hint, title, door FROM audits;
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (id UNINDEXED, title, target, licences, body);
"""
_OPEN_ALL = 100  # audits waiting or under way; at a minute each the last would wait an hour
_OPEN_CLIENT = 5  # of them for one client
_TRIES = 2  # a release during whose audit the server died twice is not tried again
_SHOWN = 50
_BODY = 20_000  # characters of a report that are searched
_WORD = re.compile(r"\w+")


class State(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Full(UsageError):
    """Too many audits wait already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """One audit that somebody asked for. `title` and `door` are there when it is done."""

    id: str
    target: str
    state: State
    asked: float
    message: str
    hint: str
    title: str
    door: str


class Store:
    """The audits in one database. Raises `UsageError` for a file that is none."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = RLock()  # one connection for all threads
        try:
            self._base = sqlite3.connect(
                str(path or ":memory:"), check_same_thread=False, isolation_level=None
            )
            self._base.row_factory = sqlite3.Row
            self._base.executescript(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=5000;"
            )
            self._base.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise UsageError(f"{path}: {error}", hint="give a file of ajar's, or a new one") from error

    def close(self) -> None:
        with self._lock:
            self._base.close()

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield self._base
            except BaseException:
                self._base.execute("ROLLBACK")
                raise
            self._base.execute("COMMIT")

    def resume(self) -> None:
        """After a start: what was under way waits again, unless it was so twice."""
        message = "the server stopped twice while this was audited"
        with self._change() as base:
            base.execute(
                "UPDATE audits SET state = 'failed', message = ?, hint = 'audit it with the command', ended = ? "
                "WHERE state = 'running' AND tries >= ?",
                (message, time.time(), _TRIES),
            )
            base.execute("UPDATE audits SET state = 'queued' WHERE state = 'running'")

    def add(self, target: str, client: str) -> str:
        """Queue an audit, and return its id; one that waits for the same target is taken. Raises `Full`."""
        with self._change() as base:
            same = base.execute(
                "SELECT id FROM audits WHERE target = ? AND state IN ('queued', 'running')", (target,)
            ).fetchone()
            if same:
                return str(same["id"])
            every, own = base.execute(
                "SELECT count(*), coalesce(sum(client = ?), 0) FROM audits WHERE state IN ('queued', 'running')",
                (client,),
            ).fetchone()
            if own >= _OPEN_CLIENT:
                raise Full(f"{own} audits of yours wait already", hint="come back when one is done")
            if every >= _OPEN_ALL:
                raise Full(f"{every} audits wait already", hint="try again in a few minutes")
            key = token_urlsafe(12)
            base.execute(
                "INSERT INTO audits (id, target, client, state, asked) VALUES (?, ?, ?, 'queued', ?)",
                (key, target, client, time.time()),
            )
            return key

    def take(self) -> Audit | None:
        """The audit that waits longest, now under way."""
        with self._change() as base:
            row = base.execute(
                "SELECT * FROM listed WHERE state = 'queued' ORDER BY asked LIMIT 1"
            ).fetchone()
            if row is None:
                return None
            base.execute("UPDATE audits SET state = 'running', tries = tries + 1 WHERE id = ?", (row["id"],))
            return _audit(row)

    def ahead(self, audit: Audit) -> int:
        """How many wait before it."""
        with self._lock:
            row = self._base.execute(
                "SELECT count(*) FROM audits WHERE state = 'queued' AND asked < ?", (audit.asked,)
            ).fetchone()
            return int(row[0])

    def done(self, key: str, report: str) -> None:
        """Keep the report of an audit."""
        body = json.loads(report)
        licences = " ".join(str(item["id"]) for item in body["licences"])
        with self._change() as base:
            base.execute(
                "UPDATE audits SET state = 'done', ended = ?, title = ?, door = ?, report = ? WHERE id = ?",
                (time.time(), body["title"], body["door"]["declared"], report, key),
            )
            base.execute(
                "INSERT INTO words (id, title, target, licences, body) VALUES (?, ?, ?, ?, ?)",
                (key, body["title"], body["target"], licences, report[:_BODY]),
            )

    def failed(self, key: str, message: str, hint: str = "") -> None:
        with self._change() as base:
            base.execute(
                "UPDATE audits SET state = 'failed', ended = ?, message = ?, hint = ? WHERE id = ?",
                (time.time(), message, hint, key),
            )

    def get(self, key: str) -> Audit | None:
        with self._lock:
            row = self._base.execute("SELECT * FROM listed WHERE id = ?", (key,)).fetchone()
        return _audit(row) if row else None

    def report(self, key: str) -> Any:
        """The report of an audit as plain data. Raises `MalformedError` when what is stored is none."""
        with self._lock:
            row = self._base.execute("SELECT report FROM audits WHERE id = ?", (key,)).fetchone()
        try:
            return json.loads(row["report"])
        except (TypeError, ValueError) as error:
            raise MalformedError("the stored report is broken; audit the release again") from error

    def finished(self, words: str = "") -> tuple[Audit, ...]:
        """Audits that are done, the latest first; with words, those whose report has all of them."""
        asked = " ".join(f'"{word}"' for word in _WORD.findall(words))
        with self._lock:
            if asked:
                rows = self._base.execute(
                    "SELECT listed.* FROM words JOIN listed USING (id) WHERE words MATCH ? ORDER BY rank LIMIT ?",
                    (asked, _SHOWN),
                ).fetchall()
            else:
                rows = self._base.execute(
                    "SELECT * FROM listed WHERE state = 'done' ORDER BY ended DESC LIMIT ?",
                    (_SHOWN,),
                ).fetchall()
        return tuple(map(_audit, rows))


def _audit(row: sqlite3.Row) -> Audit:
    return Audit(
        id=row["id"],
        target=row["target"],
        state=State(row["state"]),
        asked=row["asked"],
        message=row["message"],
        hint=row["hint"],
        title=row["title"],
        door=row["door"],
    )
