"""The ledger: every release of a survey with its state, in one SQLite file that survives `kill -9`.

planned → running → (journal) → done | failed. What a worker found is first kept in the journal, the table
`finished`, and leaves it in the transaction that names the part of the store it was written to.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ajar.errors import AjarError, ExitCode, UsageError
from ajar.survey.schema import SCHEMA, Row

DEPTHS = ("metadata", "documents", "headers", "safety")
_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE releases (
  id INTEGER PRIMARY KEY, target TEXT NOT NULL UNIQUE, listed TEXT NOT NULL, stamp TEXT NOT NULL,
  stratum TEXT, weight REAL, state TEXT NOT NULL DEFAULT 'planned', depth INTEGER NOT NULL DEFAULT -1,
  attempts INTEGER NOT NULL DEFAULT 0, strikes INTEGER NOT NULL DEFAULT 0, not_before REAL NOT NULL DEFAULT 0,
  reason TEXT, part INTEGER
);
CREATE INDEX waiting ON releases (id) WHERE state = 'planned';
CREATE TABLE finished (id INTEGER PRIMARY KEY, row TEXT NOT NULL, digest BLOB, report BLOB);
CREATE TABLE parts (number INTEGER PRIMARY KEY, rows INTEGER NOT NULL, bytes INTEGER NOT NULL);
CREATE TABLE reports (
  digest BLOB PRIMARY KEY, pack INTEGER NOT NULL, start INTEGER NOT NULL, length INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE strata (name TEXT PRIMARY KEY, population INTEGER NOT NULL, sampled INTEGER NOT NULL) WITHOUT ROWID;
"""
_PLAN_NEW = "INSERT INTO releases (target, listed, stamp) VALUES (?, ?, ?) ON CONFLICT (target) DO NOTHING"
_PLAN_CHANGED = """
INSERT INTO releases (target, listed, stamp) VALUES (?, ?, ?) ON CONFLICT (target) DO UPDATE SET
  listed = excluded.listed, stamp = excluded.stamp, state = 'planned', depth = -1,
  attempts = 0, strikes = 0, not_before = 0
  WHERE stamp != excluded.stamp OR excluded.stamp = ''
"""
_PLAN_KNOWN = """
UPDATE releases SET listed = ?2, stamp = ?3, state = 'planned', depth = -1, attempts = 0, strikes = 0, not_before = 0
  WHERE target = ?1 AND (stamp != ?3 OR ?3 = '')
"""
_CACHE_KIB = 16_384  # of pages in memory, whatever the ledger's size


class LedgerError(AjarError):
    """The ledger cannot be written or is not what it should be."""

    exit_code = ExitCode.TARGET


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A release as a source lists it. `stamp` changes when the release may have: its revision, else its date."""

    target: str
    stamp: str
    row: Row  # columns that the listing knows


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A release to look at. `strikes` counts the workers that it may have ended."""

    id: int
    target: str
    listed: Row
    attempts: int
    strikes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What came of a task: its row, and its report's digest and compressed frame if it has one."""

    id: int
    row: Row
    digest: str | None = None
    report: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a stored report is: pack, offset and length in bytes."""

    pack: int
    start: int
    length: int


class Ledger:
    """One writer. Every public method is a transaction of its own, or none."""

    def __init__(self, path: Path, *, is_new: bool) -> None:
        """`is_new` lets an empty file become a ledger: a disk may have been full when it was made."""
        self._path = path
        try:
            self._db = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
            self._db.execute("PRAGMA auto_vacuum = INCREMENTAL")
            self._db.execute("PRAGMA journal_mode = WAL")
            # A power cut may lose the last transactions, never the order: what they held is done again.
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            is_empty = not self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if is_new and is_empty:
                self._make()
            found = None if is_empty and not is_new else self.get("schema")
        except sqlite3.Error as error:
            raise self._trouble(error) from error
        if found != SCHEMA:
            raise UsageError(
                f"{path.parent}: a store of schema {found}; this version reads and writes {SCHEMA}",
                hint="survey into a new folder, or read it with the version that wrote it",
            )

    def _make(self) -> None:
        """The tables and what says of which schema they are, at once or not at all."""
        with self._change() as db:
            for statement in _TABLES.split(";"):
                db.execute(statement)
            _set(db, "schema", SCHEMA)

    def shrink(self) -> None:
        """Give back the room that the journal took."""
        with suppress(sqlite3.Error):
            # As a script: a statement of its own would give back one page.
            self._db.executescript("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE);")

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of the block, or nothing."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._trouble(error) from error

    def _trouble(self, error: sqlite3.Error) -> LedgerError:
        if self.__dict__.get("_db") is not None and self._db.in_transaction:
            self._db.execute("ROLLBACK")
        return LedgerError(
            f"{self._path}: {error}", hint="make room or mend the disk, then run the same command: it goes on"
        )

    # what is known of the survey itself

    def get(self, key: str) -> str | None:
        found = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return found[0] if found else None

    def set(self, key: str, value: str | None) -> None:
        with self._change() as db:
            _set(db, key, value)

    # the plan

    def plan(self, items: Iterable[Listed], cursor: str | None, *, is_refresh: bool = False) -> int:
        """Add a page of a listing and remember where the next one begins. Returns how many are planned by it.

        A refresh plans again what changed; of a sample it adds nothing.
        """
        is_sample = self.get("sampled") is not None
        rows = [(item.target, json.dumps(item.row), item.stamp) for item in items]
        with self._change() as db:
            before = db.total_changes
            statement = _PLAN_NEW if not is_refresh else _PLAN_KNOWN if is_sample else _PLAN_CHANGED
            db.executemany(statement, rows)
            planned = db.total_changes - before
            _set(db, "cursor", cursor)
        return planned

    def plan_deeper(self, depth: str, *, with_failed: bool) -> int:
        """Plan again what was looked at less deeply or was out of reach, and if asked what failed. Returns how many."""
        with self._change() as db:
            found = db.execute(
                "UPDATE releases SET state = 'planned', attempts = 0, strikes = 0, not_before = 0"
                " WHERE (state = 'done' AND depth < ?) OR (state = 'failed' AND (? OR depth < ? OR reason IN ('unreachable', 'offline')))",
                (DEPTHS.index(depth), with_failed, DEPTHS.index(depth)),
            )
            return found.rowcount

    def planned_rows(self) -> Iterator[tuple[int, str, Row]]:
        """Id, target and listing of all that is planned, by target."""
        for key, target, listed in self._db.execute(
            "SELECT id, target, listed FROM releases WHERE state = 'planned' ORDER BY target"
        ):
            yield key, target, json.loads(listed)

    def keep_sample(
        self, chosen: Iterable[tuple[int, str, float]], strata: Iterable[tuple[str, int, int]]
    ) -> None:
        """Of what is planned keep `(id, stratum, weight)` alone, and the strata `(name, population, sampled)`."""
        with self._change() as db:
            db.execute("CREATE TEMP TABLE chosen (id INTEGER PRIMARY KEY, stratum TEXT, weight REAL)")
            db.executemany("INSERT INTO chosen VALUES (?, ?, ?)", chosen)
            db.execute("DELETE FROM releases WHERE id NOT IN (SELECT id FROM chosen)")
            db.execute(
                "UPDATE releases SET (stratum, weight) = (SELECT stratum, weight FROM chosen c WHERE c.id = releases.id)"
            )
            db.executemany("INSERT OR REPLACE INTO strata VALUES (?, ?, ?)", strata)
            db.execute("DROP TABLE chosen")
            _set(db, "sampled", "yes")

    def strata(self) -> list[tuple[str, int, int]]:
        return self._db.execute("SELECT name, population, sampled FROM strata ORDER BY name").fetchall()

    # the work

    def recover(self) -> int:
        """What was running when the last run ended is planned again, but for what the journal holds."""
        with self._change() as db:
            return db.execute(
                "UPDATE releases SET state = 'planned' WHERE state = 'running' AND id NOT IN (SELECT id FROM finished)"
            ).rowcount

    def claim(self, count: int) -> list[Task]:
        """Up to `count` planned releases, in the order of the plan, now running."""
        with self._change() as db:
            rows = db.execute(
                "SELECT id, target, listed, attempts, strikes FROM releases WHERE state = 'planned' AND not_before <= ?"
                " ORDER BY id LIMIT ?",
                (time.time(), count),
            ).fetchall()
            db.executemany("UPDATE releases SET state = 'running' WHERE id = ?", [(row[0],) for row in rows])
        return [
            Task(id=row[0], target=row[1], listed=json.loads(row[2]), attempts=row[3], strikes=row[4])
            for row in rows
        ]

    def release(
        self, ids: Iterable[int], *, attempts: int = 0, strikes: int = 0, after_s: float = 0.0
    ) -> None:
        """Plan running releases again, charging what they took, and not before some seconds have passed."""
        with self._change() as db:
            db.executemany(
                "UPDATE releases SET state = 'planned', attempts = attempts + ?, strikes = strikes + ?, not_before = ?"
                " WHERE id = ?",
                [(attempts, strikes, time.time() + after_s if after_s else 0, key) for key in ids],
            )

    def uncharge(self, ids: Iterable[int]) -> None:
        """Take back one attempt each: it was the network's fault."""
        with self._change() as db:
            db.executemany(
                "UPDATE releases SET attempts = max(attempts - 1, 0), not_before = 0 WHERE id = ?",
                [(key,) for key in ids],
            )

    def finish(self, found: Sequence[Finished]) -> None:
        """Keep results in the journal until a part holds them."""
        with self._change() as db:
            db.executemany(
                "INSERT OR REPLACE INTO finished VALUES (?, ?, ?, ?)",
                [
                    (
                        one.id,
                        json.dumps(one.row),
                        bytes.fromhex(one.digest) if one.digest else None,
                        one.report,
                    )
                    for one in found
                ],
            )

    def journal(self, count: int) -> list[Finished]:
        """The oldest results that no part holds yet, with what the plan knows of them in their rows."""
        rows = self._db.execute(
            "SELECT f.id, f.row, f.digest, f.report, r.stratum, r.weight FROM finished f JOIN releases r USING (id)"
            " ORDER BY f.id LIMIT ?",
            (count,),
        )
        return [
            Finished(
                id=row[0],
                row={**json.loads(row[1]), "stratum": row[4], "weight": row[5] or 1.0},
                digest=row[2].hex() if row[2] else None,
                report=row[3],
            )
            for row in rows
        ]

    def commit_part(
        self, number: int, found: Sequence[Finished], places: dict[str, Place], size_bytes: int
    ) -> None:
        """A part is written: its releases are done or failed, and leave the journal."""
        with self._change() as db:
            db.execute("INSERT INTO parts VALUES (?, ?, ?)", (number, len(found), size_bytes))
            db.executemany(
                "INSERT OR IGNORE INTO reports VALUES (?, ?, ?, ?)",
                [(bytes.fromhex(key), at.pack, at.start, at.length) for key, at in places.items()],
            )
            db.executemany(
                "UPDATE releases SET state = ?, reason = ?, depth = ?, part = ?, not_before = 0 WHERE id = ?",
                [
                    (one.row["state"], one.row["reason"], DEPTHS.index(one.row["depth"]), number, one.id)
                    for one in found
                ],
            )
            db.executemany("DELETE FROM finished WHERE id = ?", [(one.id,) for one in found])

    def place(self, digest: str) -> Place | None:
        """Where a report with this digest is stored already."""
        found = self._db.execute(
            "SELECT pack, start, length FROM reports WHERE digest = ?", (bytes.fromhex(digest),)
        ).fetchone()
        return Place(pack=found[0], start=found[1], length=found[2]) if found else None

    # what there is

    def parts(self) -> dict[int, int]:
        """Number and rows of every part."""
        return dict(self._db.execute("SELECT number, rows FROM parts ORDER BY number").fetchall())

    def listed(self) -> int:
        """How many releases are in the plan."""
        return int(self._db.execute("SELECT count(*) FROM releases").fetchone()[0])

    def counts(self) -> dict[str, int]:
        """Releases by state; those in the journal are `finished`."""
        found = dict(self._db.execute("SELECT state, count(*) FROM releases GROUP BY state").fetchall())
        waiting = self._db.execute("SELECT count(*) FROM finished").fetchone()[0]
        if waiting:
            found["finished"] = waiting
            found["running"] = found.get("running", 0) - waiting
        return {state: count for state, count in found.items() if count}

    def reasons(self) -> dict[str, int]:
        """Failures by reason."""
        return dict(
            self._db.execute(
                "SELECT reason, count(*) FROM releases WHERE state = 'failed' GROUP BY reason ORDER BY 2 DESC"
            ).fetchall()
        )

    def next_ready(self) -> float | None:
        """Seconds until a planned release may be claimed; `None` when nothing is planned."""
        found = self._db.execute("SELECT min(not_before) FROM releases WHERE state = 'planned'").fetchone()[0]
        return None if found is None else max(found - time.time(), 0.0)


def _set(db: sqlite3.Connection, key: str, value: str | None) -> None:
    if value is None:
        db.execute("DELETE FROM meta WHERE key = ?", (key,))
    else:
        db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))
