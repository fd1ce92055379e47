"""Audits that wait, run, end and are found again; limits; a broken file."""

import sqlite3
from pathlib import Path
from threading import Thread

import pytest

from ajar.catalogue import load
from ajar.errors import MalformedError, UsageError
from ajar.known import report_of
from ajar.reports import json_v1
from ajar.web.store import Full, State, Store
from ajar.web.targets import allowed

REPORT = json_v1.dumps(report_of(load().system("grok-2")))


def test_an_audit_from_asked_to_found() -> None:
    store = Store()
    key = store.add("hf:a/b", "1")
    assert store.add("hf:a/b", "2") == key  # the same is not audited twice at once
    taken = store.take()
    assert taken is not None
    assert taken.id == key
    assert store.take() is None
    store.done(key, REPORT)
    found = store.get(key)
    assert found is not None
    assert (found.state, found.title, found.door) == (State.DONE, "Grok-2", "chained")
    assert store.report(key)["schema"] == "ajar-report/1"
    assert [item.id for item in store.finished("grok")] == [key]
    assert [item.id for item in store.finished()] == [key]
    assert store.finished("nowhere") == ()
    assert store.finished('" OR * NEAR(') == ()  # words of a query are never its language
    assert store.get("other") is None


def test_what_was_under_way_is_taken_up_once_more(tmp_path: Path) -> None:
    path = tmp_path / "audits.db"
    key = Store(path).add("hf:a/b", "1")
    for _ in range(2):
        store = Store(path)
        store.resume()
        assert store.take() is not None
        store.close()
    store = Store(path)
    store.resume()
    found = store.get(key)
    assert found is not None
    assert found.state is State.FAILED
    assert "stopped twice" in found.message


def test_a_thousand_audits_are_not_taken_in() -> None:
    store = Store()
    refused = 0
    for number in range(1000):
        try:
            store.add(f"hf:a/{number}", str(number))
        except Full:
            refused += 1
    assert refused == 900
    store = Store()
    for number in range(5):
        store.add(f"hf:a/{number}", "one")
    with pytest.raises(Full, match="yours"):
        store.add("hf:a/6", "one")
    assert store.add("hf:a/6", "two")


def test_a_store_is_read_while_it_is_written(tmp_path: Path) -> None:
    store = Store(tmp_path / "audits.db")

    def write() -> None:
        for number in range(40):
            key = store.add(f"hf:a/{number}", str(number))
            store.take()
            store.done(key, REPORT)

    writer = Thread(target=write)
    writer.start()
    other = Store(tmp_path / "audits.db")
    seen = [len(other.finished("grok")) for _ in range(50)]
    writer.join()
    assert seen == sorted(seen)
    assert len(other.finished()) == 40


def test_a_file_that_is_no_store_and_a_report_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear reader " * 100)
    with pytest.raises(UsageError, match="letter"):
        Store(tmp_path / "letter.txt")
    store = Store(tmp_path / "audits.db")
    key = store.add("hf:a/b", "1")
    with pytest.raises(MalformedError):
        store.report(key)
    with sqlite3.connect(tmp_path / "audits.db") as base:
        base.execute("UPDATE audits SET state = 'done', report = '{\"schema\":'")
    with pytest.raises(MalformedError, match="broken"):
        store.report(key)


@pytest.mark.parametrize(
    ("text", "locator"),
    [
        ("org/name", "hf:org/name"),
        (" hf:org/name@v1 ", "hf:org/name@v1"),
        ("https://huggingface.co/org/name/", "hf:org/name"),
        ("ollama:llama3.2:1b", "ollama:llama3.2:1b"),
        ("ollama:user/model", "ollama:user/model"),
        ("modelscope:org/name", "modelscope:org/name"),
    ],
)
def test_what_public_hubs_hold_may_be_audited(text: str, locator: str) -> None:
    assert str(allowed(text)) == locator


@pytest.mark.parametrize(
    "text",
    [
        "", "/etc/passwd", "./here", "../x/y", "~/x", "C:/x", "file:/etc", "a/../b", "org/name//sub", "x", "a/b/c",
        "http://[::1]/x", "https://169.254.169.254/latest", "https://example.org/a/b", "s3:bucket/x", "runs:a/b",
        "ollama:localhost/x", "ollama:127.0.0.1/x", "ollama:host:8080/x", "ollama:evil.example/a/b", "ollama:evil.example/x",
        "oci://host/x", "git+https://x/y", "hf:dataset/a/b", "datasets/x", "org/name\nfile:/x", "modelscope:../x", "org/..",
        "hf:org/name@../../x", "https://huggingface.co.evil.example/a/b", "оrg/name",
    ],
)  # fmt: skip
def test_nothing_else_may(text: str) -> None:
    with pytest.raises(UsageError, match="public hub"):
        allowed(text)
