"""What a name stands for: a known system, what is on disk, or an error that says what to type."""

from __future__ import annotations

from pathlib import Path

import pytest

from ajar.catalogue import load
from ajar.config import Options
from ajar.entrants import entry_of, maker_named
from ajar.errors import TargetNotFound, UsageError
from ajar.model.comparison import From
from tests.build.releases import apache_text, write_release

OFFLINE = Options(offline=True, keep=False)


@pytest.mark.parametrize("name", ["grok-1", "Grok 1", "GROK-1", "catalogue:grok-1", "catalogue:Grok-1"])
def test_a_known_system_by_any_of_its_names(name: str) -> None:
    entry = entry_of(name, OFFLINE)
    assert (entry.report.title, entry.origin, entry.maker) == ("Grok-1", From.CATALOGUE, "xAI")
    assert entry.note == ""


def test_a_folder_goes_before_the_system_of_its_name_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_release(tmp_path / "grok-1")
    monkeypatch.chdir(tmp_path)
    taken = entry_of("grok-1", OFFLINE)
    assert taken.origin is From.AUDIT
    assert "catalogue:grok-1" in taken.note
    other = entry_of("catalogue:grok-1", OFFLINE)
    assert other.origin is From.CATALOGUE


def test_a_folder_of_no_known_name_has_no_note(tmp_path: Path) -> None:
    entry = entry_of(str(write_release(tmp_path / "tiny")), OFFLINE)
    assert (entry.origin, entry.note, entry.report.title) == (From.AUDIT, "", "tiny")
    assert entry.parameters == "256 parameters"


def test_a_repository_of_several_releases_says_which_is_shown(tmp_path: Path) -> None:
    for name in ("small", "large"):
        write_release(tmp_path / "many" / name, licence=apache_text())
    entry = entry_of(str(tmp_path / "many"), OFFLINE)
    assert entry.note == "holds 2 releases; the least open of them is shown"


def test_a_hub_name_that_is_known_too_is_asked_of_the_hub() -> None:
    with pytest.raises(Exception, match=r"xai-org/grok-1"):
        entry_of("xai-org/grok-1", OFFLINE)


@pytest.mark.parametrize(
    ("name", "error", "told"),
    [
        ("grok", UsageError, "grok-1"),
        ("xai", UsageError, "--maker xai"),
        ("Sam Altman", UsageError, "a person"),
        ("grok-1x", TargetNotFound, "grok-1"),
        ("no such thing at all", TargetNotFound, "org/name"),
        ("catalogue:nothing-of-it", TargetNotFound, ""),
        ("./not-here", TargetNotFound, ""),
        ("", TargetNotFound, ""),
        ("x" * 5000, TargetNotFound, ""),
        ("\x1b[31m\u202e", TargetNotFound, ""),
    ],
)
def test_what_is_no_release_says_what_to_type(name: str, error: type[Exception], told: str) -> None:
    with pytest.raises(error) as raised:
        entry_of(name, OFFLINE)
    assert told in f"{raised.value.message} {raised.value.hint}"


def test_a_name_of_a_release_and_of_a_line_is_taken_as_the_release_and_says_so() -> None:
    entry = entry_of("llama", OFFLINE)
    assert entry.note == "taken as the release llama-1; it is the name of a product too"


def test_makers_are_told_from_releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = load()
    maker = maker_named("Mistral", catalogue)
    assert maker is not None
    assert maker.id == "mistral-ai"
    assert maker_named("grok-1", catalogue) is None
    assert maker_named("nobody-of-that-name", catalogue) is None
    (tmp_path / "mistral").mkdir()
    monkeypatch.chdir(tmp_path)
    assert maker_named("mistral", catalogue) is None
