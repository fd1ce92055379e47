"""The store: rows and reports in, the same out; whatever is interrupted leaves it whole."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ajar.errors import MalformedError, TargetNotFound, UsageError
from ajar.survey import packs, store
from ajar.survey.ledger import Finished, Ledger, Listed
from ajar.survey.schema import columns, fitted, moment, stable
from ajar.survey.store import Reader, Store, StoreError, part_path


def planned(made: Store, count: int) -> None:
    items = [Listed(target=f"hf:o/m{number}", stamp="1", row={"likes": number}) for number in range(count)]
    made.ledger.plan(items, None)


def finish(made: Store, count: int, text: str = '{"cost": {}}') -> None:
    found = []
    for task in made.ledger.claim(count):
        digest, frame = packs.compress(text.encode())
        row = {**task.listed, "target": task.target, "state": "done", "reason": None, "depth": "headers"}
        found.append(Finished(id=task.id, row=row, digest=digest, report=frame))
    made.ledger.finish(found)


def test_rows_and_reports_come_back(tmp_path: Path) -> None:
    with Store.open(tmp_path) as made:
        planned(made, 3)
        finish(made, 3)
        assert made.ledger.counts() == {"finished": 3}
        assert made.flush() == 3
        assert made.flush() == 0
        assert made.ledger.counts() == {"done": 3}
    with Reader(tmp_path) as reader:
        rows = list(reader.rows())
        assert [row["likes"] for row in rows] == [0, 1, 2]
        assert reader.report(rows[1])["cost"]["seconds"] is None
        # The same report is stored once.
        assert len({(row["report_pack"], row["report_offset"]) for row in rows}) == 1


@pytest.mark.parametrize("name", ["a[b]", "it's", "a?b", "é"])
def test_a_store_may_have_any_name(tmp_path: Path, name: str) -> None:
    with Store.open(tmp_path / name) as made:
        planned(made, 1)
        finish(made, 1)
        made.flush()
    with Reader(tmp_path / name) as reader:
        assert len(list(reader.rows())) == 1


def test_a_report_is_stored_once_over_all_parts(tmp_path: Path) -> None:
    with Store.open(tmp_path) as made:
        planned(made, 4)
        finish(made, 2)
        made.flush()
        finish(made, 2)
        made.flush()
    assert len(list(tmp_path.glob("reports/*/*.pack"))) == 1
    with Reader(tmp_path) as reader:
        assert {row["report_pack"] for row in reader.rows()} == {1}


def test_what_was_running_is_planned_again_and_the_journal_is_not(tmp_path: Path) -> None:
    with Store.open(tmp_path) as made:
        planned(made, 5)
        finish(made, 2)
        made.ledger.claim(2)
    with Store.open(tmp_path) as made:
        assert made.ledger.counts() == {"planned": 3, "finished": 2}
        assert made.flush() == 2


@pytest.mark.parametrize("step", ["pack renamed", "part renamed"])
def test_a_crash_between_file_and_ledger_loses_and_doubles_nothing(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Crash(BaseException):
        pass

    def crash(*_: Any) -> None:
        raise Crash

    made = Store.open(tmp_path)
    planned(made, 3)
    finish(made, 3)
    with monkeypatch.context() as patch:
        if step == "part renamed":
            patch.setattr(Ledger, "commit_part", crash)
        else:
            patch.setattr(store, "_sync_folder", crash)
        with pytest.raises(Crash):
            made.flush()
    made.close()
    assert list(tmp_path.glob("reports/*/0000001.pack"))
    with Store.open(tmp_path) as again:
        assert not list(tmp_path.glob("parts/*"))
        assert again.flush() == 3
    with Reader(tmp_path) as reader:
        assert len(list(reader.rows())) == 3


def test_a_ledger_gives_back_what_its_journal_took(tmp_path: Path) -> None:
    with Store.open(tmp_path) as made:
        planned(made, 50)
        for number in range(50):
            finish(made, 1, json.dumps({"cost": {}, "words": [f"{number * 7919 + k}" for k in range(3000)]}))
        made.flush()
    assert (tmp_path / "ledger.sqlite").stat().st_size < 100_000
    assert not list(tmp_path.glob("ledger.sqlite-*"))


def test_of_two_rows_of_a_release_the_later_counts(tmp_path: Path) -> None:
    with Store.open(tmp_path) as made:
        planned(made, 2)
        finish(made, 2)
        made.flush()
        changed = Listed(target="hf:o/m1", stamp="2", row={"likes": 99})
        same = Listed(target="hf:o/m0", stamp="1", row={"likes": 98})
        assert made.ledger.plan([changed, same], None, is_refresh=True) == 1
        finish(made, 5)
        assert made.flush() == 1
    with Reader(tmp_path) as reader:
        assert [row["likes"] for row in reader.rows()] == [0, 99]


def test_a_store_of_another_schema_is_refused(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    with sqlite3.connect(tmp_path / "ledger.sqlite") as db:
        db.execute("UPDATE meta SET value = 'ajar-survey/0' WHERE key = 'schema'")
    db.close()
    with pytest.raises(UsageError, match="ajar-survey/0"):
        Reader(tmp_path)
    with pytest.raises(UsageError, match="ajar-survey/0"):
        Store.open(tmp_path)


def test_a_second_run_and_another_plan_are_refused(tmp_path: Path) -> None:
    with Store.open(tmp_path) as made:
        made.plan({"source": "hub:"})
        with pytest.raises(UsageError, match="another run"):
            Store.open(tmp_path)
    with Store.open(tmp_path) as made:
        made.plan({"source": "hub:"})
        with pytest.raises(UsageError, match="source: 'hub:', not 'x'"):
            made.plan({"source": "x"})


def test_no_store_an_empty_one_and_one_with_a_part_gone(tmp_path: Path) -> None:
    with pytest.raises(TargetNotFound):
        Reader(tmp_path)
    with Store.open(tmp_path) as made:
        planned(made, 1)
    with Reader(tmp_path) as reader:
        assert list(reader.rows()) == []
    with Store.open(tmp_path) as made:
        finish(made, 1)
        made.flush()
    part_path(tmp_path, 1).unlink()
    with pytest.raises(StoreError, match="gone"):
        Store.open(tmp_path)


def test_a_pack_that_was_changed_is_not_believed(tmp_path: Path) -> None:
    with Store.open(tmp_path) as made:
        planned(made, 1)
        finish(made, 1)
        made.flush()
    with Reader(tmp_path) as reader:
        row = next(reader.rows())
        path = packs.pack_path(tmp_path, 1)
        data = path.read_bytes()
        for broken in (data[:-1], data[:-1] + b"x", b"x" + data[1:], b""):
            path.write_bytes(broken)
            with pytest.raises(MalformedError):
                reader.report(row)
        with pytest.raises(MalformedError):
            reader.report({**row, "report_offset": -5})
        with pytest.raises(TargetNotFound):
            reader.report({**row, "report": None})


hostile = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=4
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.sampled_from([column.name for column in columns()]), hostile))
def test_any_value_fits_its_column(tmp_path_factory: pytest.TempPathFactory, row: dict[str, Any]) -> None:
    from ajar.survey import parts

    folder = tmp_path_factory.mktemp("parts")
    made = fitted(row)
    json.dumps(made).encode()
    connection = parts.connect()
    parts.write(connection, [made, fitted({})], folder / "rows.json", folder / "rows.parquet")
    parts.view(connection, [folder / "rows.parquet"], is_superseded=False)
    found = connection.execute("SELECT target, title, tags, downloads FROM releases").fetchall()
    connection.close()
    assert (made["target"], made["title"], made["tags"], made["downloads"]) in found


def test_a_name_that_is_no_column_is_a_slip() -> None:
    with pytest.raises(KeyError, match="licens"):
        fitted({"licens": "mit"})
    assert "seconds" not in stable({"seconds": 3})


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2025-01-02T03:04:05.000Z", "2025-01-02 03:04:05"),
        ("2025-01-02", "2025-01-02 00:00:00"),
        ("2025-02-31", None),
        ("2025-01-02T03:04:05+05:00", None),
        ("soon", None),
        (7, None),
    ],
)
def test_a_moment(text: Any, wanted: str | None) -> None:
    assert moment(text) == wanted
