"""One SELECT over a survey's rows. It reads the store's parts and nothing else, within bounds of memory and time.

DuckDB's own locks keep it from files, the network and its settings; the bounds of the process hold where a single
function of DuckDB neither counts its memory nor lets itself be interrupted.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from ajar.errors import AjarError, ExitCode, UsageError
from ajar.survey import parts
from ajar.survey.store import Reader, part_path

if TYPE_CHECKING:
    import duckdb

MEMORY_BYTES = 1 << 30  # DuckDB's own account
_BESIDE_BYTES = 1 << 30  # of address space beside it: threads' stacks, and the rows as Python has them
SECONDS = 30.0
_GRACE_S = 3.0  # from the interruption until it is given up
ROWS = 10_000  # of an answer: more is a table for DuckDB itself, which reads the same parts
SQL_CHARS = 100_000
_BATCH = 500


class QueryStuckError(AjarError):
    """A query that runs on after it was interrupted. The process must end for it to end."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Names of columns and rows of plain values; `is_cut` when there were more rows than asked for."""

    names: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    is_cut: bool = False


def ask(folder: Path, sql: str, *, seconds: float = SECONDS, limit: int = ROWS) -> Answer:
    """What one SELECT gives over the table `releases`. Raises `UsageError`, `QueryStuckError`, `TargetNotFound`."""
    if len(sql) > SQL_CHARS:
        raise UsageError(f"SQL of {len(sql):,} characters", hint=f"at most {SQL_CHARS:,}")
    reader = Reader(folder, memory=f"{MEMORY_BYTES >> 20}MiB")
    is_stuck = False
    try:
        lock(reader)
        _one_select(reader.duckdb, sql)
        with _bounded():
            return _run(reader.duckdb, sql, seconds, limit)
    except QueryStuckError:
        is_stuck = True
        raise
    finally:
        if not is_stuck:  # closing would wait for it
            reader.duckdb.close()


def lock(reader: Reader) -> None:
    """From here on the connection reads the store's parts alone, and its settings stay as they are."""
    paths = [str(part_path(reader.folder, number)) for number in reader.parts]
    reader.duckdb.execute("SET temp_directory = ''")
    reader.duckdb.execute(f"SET allowed_paths = [{', '.join(map(_quoted, paths))}]")
    reader.duckdb.execute("SET enable_external_access = false")
    reader.duckdb.execute("SET lock_configuration = true")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _one_select(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    import duckdb

    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as error:
        raise _refused(error) from None
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise UsageError(
            "only one SELECT is run", hint="such as: SELECT maker, count(*) FROM releases GROUP BY maker"
        )


def _run(connection: duckdb.DuckDBPyConnection, sql: str, seconds: float, limit: int) -> Answer:
    """On a thread of its own, so that time is kept here."""
    answers: list[Answer] = []
    faults: list[Exception] = []

    def go() -> None:
        try:
            answers.append(_answer(connection, sql, limit))
        except (parts.database_error(), MemoryError, ValueError, OverflowError) as error:
            faults.append(error)

    worker = Thread(target=go, daemon=True)
    worker.start()
    worker.join(seconds)
    if worker.is_alive():
        connection.interrupt()
        worker.join(_GRACE_S)
        kind = QueryStuckError if worker.is_alive() else UsageError
        raise kind(f"the query took more than {seconds:g} s", hint="ask for less, or give --seconds")
    if faults:
        raise _refused(faults[0])
    return answers[0]


def _answer(connection: duckdb.DuckDBPyConnection, sql: str, limit: int) -> Answer:
    found = connection.execute(sql)
    names = tuple(column[0] for column in found.description or ())
    rows: list[tuple[Any, ...]] = []
    while len(rows) <= limit and (batch := found.fetchmany(min(_BATCH, limit + 1 - len(rows)))):
        rows += batch
    return Answer(names=names, rows=rows[:limit], is_cut=len(rows) > limit)


def _refused(error: Exception) -> UsageError:
    words = " ".join(str(error).split())[:300] or "not enough memory"
    return UsageError(f"SQL: {words}", hint="ajar survey schema lists the columns of the table releases")


@contextmanager
def _bounded() -> Iterator[None]:
    """The address space of the process held to what it has and what a query may take, where the system tells."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except (OSError, ValueError):
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = pages * resource.getpagesize() + MEMORY_BYTES + _BESIDE_BYTES
    most = min(value for value in (most, soft, hard) if value != resource.RLIM_INFINITY)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
