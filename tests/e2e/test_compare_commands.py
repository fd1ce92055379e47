"""`ajar compare` and `ajar questions` as a user runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.build.releases import apache_text, write_release
from tests.unit.sources.conftest import running, standin  # noqa: F401  fixtures


def ajar(
    *arguments: str | Path, columns: int = 80, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ajar", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=cwd,
        env={**os.environ, "COLUMNS": str(columns), "PYTHONPATH": str(Path(__file__).parents[2])},
    )


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return write_release(tmp_path / "my-model", licence=apache_text())


@pytest.mark.parametrize("columns", [80, 200])
def test_known_systems_and_a_folder_side_by_side(release: Path, columns: int) -> None:
    names = ("grok-1", "gpt-oss-120b", "llama-4-scout", "mistral-large-3", "gemma-4")
    done = ajar("compare", *names, release, columns=columns)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.split("\n")
    assert lines[0].startswith("They differ in")
    assert max(map(len, lines)) <= columns
    assert "my-model" in done.stdout


def test_a_repository_that_is_a_known_system_too_says_how_to_ask_for_that(standin, tmp_path: Path) -> None:  # noqa: F811
    standin.add("xai-org/grok-1", write_release(tmp_path / "grok", licence=apache_text()))
    done = ajar("compare", "xai-org/grok-1", "grok-1")
    assert done.returncode == 0, done.stderr
    flat = " ".join(done.stdout.split())
    assert "xai-org/grok-1: read from its files; as published: catalogue:grok-1" in flat
    body = json.loads(ajar("compare", "xai-org/grok-1", "grok-1", "-f", "json").stdout)
    assert [release["from"] for release in body["releases"]] == ["audit", "catalogue"]
    assert {release["maker"] for release in body["releases"]} == {"xAI"}


def test_what_is_a_folder_and_a_known_system_says_which_was_taken(tmp_path: Path) -> None:
    write_release(tmp_path / "grok-1")
    done = ajar("compare", "grok-1", "catalogue:grok-1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "as published: catalogue:grok-1" in " ".join(done.stdout.split())


@pytest.mark.parametrize("form", ["html", "json", "csv", "markdown"])
def test_every_form_of_a_comparison_and_of_makers(tmp_path: Path, form: str) -> None:
    for number, arguments in enumerate((["grok-1", "gpt-4"], ["--maker", "xai,Mistral"], ["--maker"])):
        path = tmp_path / f"{number}.{form}"
        done = ajar("compare", *arguments, "-f", form, "-o", path)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        assert path.stat().st_size > 300


def test_one_that_cannot_be_had_is_told_and_the_others_are_compared() -> None:
    done = ajar("compare", "grok-1", "gpt-4", "./nothing-here")
    assert done.returncode == 3
    assert "nothing-here" in done.stderr
    assert "They differ in" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["compare"], 2, "0 to compare"),
        (["compare", "grok-1"], 2, "1 to compare"),
        (["compare", "grok-1", "grok-1"], 2, "1 to compare"),
        (["compare", "grok-1", "--maker", "xai"], 2, "compared apart"),
        (["compare", "--maker", "nobody at all"], 3, "nobody at all"),
        (["compare", "xai", "gpt-4"], 2, "--maker xai"),
        (["questions", "grok"], 2, "grok-1"),
        (["questions", "no such name"], 3, "no such name"),
    ],
)
def test_what_makes_no_sense_says_what_to_do(arguments: list[str], code: int, told: str) -> None:
    done = ajar(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_questions_of_a_system_a_maker_and_a_folder(release: Path) -> None:
    for name, kind in (("grok-1", "release"), ("OpenAI", "maker"), (str(release), "release")):
        text = ajar("questions", name)
        assert text.returncode == 0, text.stderr
        assert all(word in text.stdout for word in ("Privacy.", "Security.", "Ethics.", "Monopoly.", "HHI"))
        body = json.loads(ajar("questions", name, "--format", "json").stdout)
        assert (body["schema"], body["kind"]) == ("ajar-questions/1", kind)


def test_an_audit_answers_them_too(release: Path) -> None:
    assert "The four questions" in ajar("audit", release, "-v").stdout
    assert "The four questions" in ajar("audit", release, "--format", "html").stdout
    assert "The four questions" in ajar("show", "grok-1").stdout
