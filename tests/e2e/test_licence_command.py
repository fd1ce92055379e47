"""`ajar licence` as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.build.releases import apache_text, write_release
from tests.e2e.test_command_line import ajar

CLAUSE = (
    "You may not use the Work for military purposes or if your annual revenue exceeds 10 million US dollars."
)


def test_a_file_that_is_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text(apache_text())
    done = ajar("licence", tmp_path / "LICENSE")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Apache-2.0  Apache License 2.0\n  whole text")
    assert "pass a NOTICE file on" in done.stdout
    assert done.stdout.count("no legal advice") == 1


def test_a_text_that_is_piped_in() -> None:
    command = [sys.executable, "-m", "ajar", "licence", "-"]
    done = subprocess.run(
        command, input=apache_text(), capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.startswith("Apache-2.0  Apache License 2.0\n  whole text, -:2")


def test_a_file_with_other_words_in_it(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text(f"{apache_text()}\n{CLAUSE}\n")
    done = ajar(
        "licence", tmp_path / "LICENSE", "--format", "json", "--for", "commercial product, $20M revenue"
    )
    found = json.loads(done.stdout)
    (licence,) = found["licences"]
    assert (licence["id"], licence["match"]) == ("Apache-2.0", "modified")
    (departure,) = found["departures"]
    assert "military" in departure["text"]
    assert {clause["facet"] for clause in departure["touches"]} >= {"threshold", "field-of-use"}
    assert found["answer"] in {"no", "conditional"}
    assert found["rights"]["commercial-use"]["answer"] == "conditional"
    assert "10 million" in found["rights"]["commercial-use"]["quote"]
    shown = ajar("licence", tmp_path / "LICENSE").stdout
    assert "this one need not be" in shown


@pytest.mark.parametrize(
    ("question", "answer", "words"),
    [
        ("commercial product, 2 million users, Germany", "yes", ""),
        ("commercial product, 800 million users", "no", "700 million"),
        ("fine-tune and sell", "conditional", "Llama"),
    ],
)
def test_a_question_to_an_id(question: str, answer: str, words: str) -> None:
    done = ajar("licence", "llama3.1", "--for", question, "--format", "json")
    found = json.loads(done.stdout)
    assert found["answer"] == answer
    assert words in json.dumps(found["answers"])
    assert all(item["quote"] for item in found["answers"] if item["answer"] != "yes")


def test_what_is_not_understood_is_said() -> None:
    done = ajar("licence", "MIT", "--for", "commercial product, frobnicate the quux")
    assert "not understood" in done.stdout
    assert "quux" in done.stdout


def test_a_release(tmp_path: Path) -> None:
    release = write_release(tmp_path / "tiny", licence=apache_text())
    found = json.loads(ajar("licence", release, "--format", "json").stdout)
    assert found["licences"][0]["id"] == "Apache-2.0"
    states = {duty["id"]: duty["state"] for duty in found["duties"]}
    assert states["licence-text"] == "met"
    assert states["notice-file"] in {"unmet", "unknown"}


def test_lists_and_single_licences() -> None:
    rows = json.loads(ajar("licence", "list", "llama", "--format", "json").stdout)
    assert {row["id"] for row in rows} >= {"llama2", "llama3", "llama3.1"}
    limited = json.loads(ajar("licence", "list", "--limit", "territory", "--format", "json").stdout)
    assert all("territory" in row["limits"] for row in limited)
    assert limited
    facets = json.loads(ajar("licence", "show", "apache-2.0", "--format", "json").stdout)["facets"]
    assert {item["facet"] for item in facets} >= {"patents", "notices"}
    assert "TERMS AND CONDITIONS" in ajar("licence", "show", "Apache-2.0", "--text").stdout


def test_two_licences_facet_by_facet() -> None:
    found = json.loads(ajar("licence", "compare", "llama3", "llama3.1", "--format", "json").stdout)
    assert "outputs" in {row["facet"] for row in found["differences"]}
    assert "say the same" in ajar("licence", "compare", "MIT", "MIT").stdout


def test_a_file_against_a_licence_that_it_is_not(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(f"{apache_text()}\n{CLAUSE}\n")
    done = ajar("licence", "diff", tmp_path / "x", "Apache-2.0", "--format", "json")
    assert "military" in json.loads(done.stdout)["departures"][0]["text"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["show", "Apach-2.0"], 2, "did you mean Apache-2.0"),
        (["no/such/file.txt"], 3, "no such file"),
        (["compare", "MIT"], 2, "Missing argument"),
    ],
)
def test_mistakes_are_named(arguments: list[str], code: int, words: str, tmp_path: Path) -> None:
    (tmp_path / "no").mkdir()
    done = ajar("licence", *arguments)
    assert done.returncode == code, done.stdout
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("data", [b"", b"\0\1\2", "Не используйте.".encode(), b"%PDF-1.7 x", b"{\\rtf1 MIT}"])
def test_files_that_are_no_licence(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_bytes(data)
    done = ajar("licence", tmp_path / "LICENSE")
    assert done.returncode in {0, 2, 3}
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stdout
