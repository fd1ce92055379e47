"""SQL over a store: what it answers, and what it refuses to read, write or run for ever."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ajar.errors import TargetNotFound, UsageError
from ajar.survey.query import QueryStuckError, ask
from ajar.survey.store import Store, StoreError, part_path
from tests.build.surveys import population, store


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = population(50)
    rows[0] |= {"title": "\x1b[2J\u202e<b>", "target": "=cmd()"}
    return store(tmp_path_factory.mktemp("store"), rows)


def ajar(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ajar", *words], capture_output=True, text=True, timeout=60, check=False
    )


def test_it_answers(made: Path) -> None:
    found = ask(made, "WITH a AS (SELECT * FROM releases) SELECT count(*) AS n, min(weight) FROM a;")
    assert found.names[0] == "n"
    assert found.rows == [(50, 1.0)]
    cut = ask(made, "SELECT target FROM releases", limit=7)
    assert (len(cut.rows), cut.is_cut) == (7, True)
    assert not ask(made, "SELECT target FROM releases", limit=50).is_cut
    assert ask(made, "DESCRIBE releases").rows[0][0] == "target"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_blob('{store}/ledger.sqlite')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM sniff_csv('/etc/passwd')",
        "SELECT * FROM read_parquet('https://example.com/x.parquet')",
        "SELECT * FROM sqlite_scan('{store}/ledger.sqlite', 'meta')",
        "SELECT getenv('HOME')",
        "SELECT * FROM query('COPY (SELECT 1) TO ''{store}/x''')",
        "COPY releases TO '{store}/x.csv'",
        "ATTACH '{store}/x.db'",
        "SET enable_external_access = true",
        "SET VARIABLE parts = ['/etc/passwd']",
        "INSTALL httpfs",
        "LOAD httpfs",
        "DROP VIEW releases",
        "SELECT 1; SELECT 2",
        "EXPORT DATABASE '{store}/x'",
        "PRAGMA version",
        "EXPLAIN ANALYZE COPY releases TO '{store}/x.csv'",
        "SELECT nothing FROM releases",
        "SELEKT",
        "",
        "\0",
    ],
)
def test_it_refuses(made: Path, sql: str) -> None:
    before = sorted(made.rglob("*"))
    with pytest.raises(UsageError):
        ask(made, sql.format(store=made))
    assert sorted(made.rglob("*")) == before


def test_a_path_with_quotes_is_one_path(tmp_path: Path) -> None:
    made = store(tmp_path / "it's]'; SELECT", population(3))
    assert ask(made, "SELECT count(*) FROM releases").rows == [(3,)]


def test_memory_and_time_are_bounded(made: Path) -> None:
    with pytest.raises(UsageError, match="more than 0"):
        ask(made, "SELECT count(*) FROM range(100000000000) a, range(100000) b", seconds=0.3)
    with pytest.raises(UsageError, match="more than 0"):
        ask(made, "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM t) SELECT sum(x) FROM t", seconds=0.3)  # fmt: skip
    with pytest.raises(UsageError):
        ask(made, "SELECT list(range) FROM range(10000000000)")


def test_a_function_that_cannot_be_interrupted_ends_with_the_process(made: Path) -> None:
    done = ajar("survey", "sql", str(made), "SELECT repeat('x', 1000000000)", "--seconds", "0.2")
    assert done.returncode == 2
    assert "ajar: " in done.stderr
    assert QueryStuckError.exit_code == 2


def test_no_store_an_empty_one_and_one_being_written(tmp_path: Path) -> None:
    with pytest.raises(TargetNotFound):
        ask(tmp_path, "SELECT 1")
    with Store.open(tmp_path / "new"):
        assert ask(tmp_path / "new", "SELECT count(*) FROM releases").rows == [(0,)]
    part = part_path(store(tmp_path / "broken", population(2)), 1)
    part.write_bytes(b"PAR1")
    with pytest.raises(StoreError, match="Parquet"):
        ask(tmp_path / "broken", "SELECT count(*) FROM releases")


def test_the_commands(made: Path) -> None:
    query = "SELECT target, title, tags, downloads / 0 AS odd, audited FROM releases ORDER BY 1"
    told = ajar("survey", "sql", str(made), query)
    assert told.returncode == 0
    assert "\x1b" not in told.stdout
    assert "\u202e" not in told.stdout
    assert (
        ajar("survey", "sql", str(made), query, "--format", "csv").stdout.splitlines()[1].startswith("'=cmd")
    )
    rows = json.loads(ajar("survey", "sql", str(made), query, "--format", "json").stdout)["rows"]
    assert rows[0][:2] == ["=cmd()", "\x1b[2J\u202e<b>"]
    assert "door_declared" in ajar("survey", "schema").stdout
    title = population(50)[3]["title"]
    assert json.loads(ajar("survey", "show", str(made), title).stdout)["cost"]["seconds"] is None
    lost = ajar("survey", "show", str(made), "nobody/none")
    assert lost.returncode == 3
    assert "not in this survey" in lost.stderr
