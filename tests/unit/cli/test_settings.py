"""Defaults from files: the nearest wins, and a word that no command has is named."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from ajar.cli.commands import cli
from ajar.cli.settings import defaults, nearest
from ajar.errors import UsageError


def written(folder: Path, text: str, name: str = "ajar.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    return folder


def test_nothing_there_is_no_default(tmp_path: Path) -> None:
    written(tmp_path, "[tool.other]\nx = 1\n", "pyproject.toml")
    place = nearest(tmp_path)
    assert place is None or not place.is_relative_to(tmp_path)


def test_the_nearest_file_wins_whichever_it_is(tmp_path: Path) -> None:
    written(tmp_path, "[gate]\npolicy = 'research'\n")
    inner = written(tmp_path / "a", "[tool.ajar.gate]\npolicy = 'air-gapped'\n", "pyproject.toml")
    (inner / "b").mkdir()
    assert defaults(cli, inner / "b")["gate"]["policy_name"] == "air-gapped"
    assert defaults(cli, tmp_path)["gate"]["policy_name"] == "research"
    written(inner, "[gate]\npolicy = 'safe-to-load'\n")  # beside a pyproject.toml the own file goes first
    assert defaults(cli, inner)["gate"]["policy_name"] == "safe-to-load"


def test_shared_options_reach_every_command_that_has_them(tmp_path: Path) -> None:
    found = defaults(cli, written(tmp_path, "offline = true\nno-cache = true\n"))
    assert found["audit"] == {"offline": True, "no_cache": True}
    assert found["licence"]["read"]["offline"] is True
    assert found["uses"] == {}


def test_paths_are_meant_from_the_file(tmp_path: Path) -> None:
    written(tmp_path, "[gate]\nlock = 'locks/a.lock'\npolicy = 'p.yaml'\n[audit]\nbase = ['x', 'y']\n")
    (tmp_path / "p.yaml").write_text("")
    found = defaults(cli, tmp_path)
    assert found["gate"]["lock_path"] == str(tmp_path / "locks" / "a.lock")
    assert found["gate"]["policy_name"] == str(tmp_path / "p.yaml")
    assert found["audit"]["bases"] == ["x", "y"]


@pytest.mark.parametrize(
    ("text", "words", "hint"),
    [
        ("[gaet]\npolicy = 'x'", "gaet is not known", "gate"),
        ("[gate]\npolcy = 'x'", "gate.polcy is not known", "policy"),
        ("[policy.tset]\ntoday = 'x'", "policy.tset is not known", "test"),
        ("gate = 'x'", "gate is not a table", "[gate]"),
        ("[gate]\nlocked = 'yes'", "gate.locked: must be true or false", ""),
        ("[audit]\nbase = 'x'", "audit.base: must be a list", ""),
        ("[gate]\npolicy = ['x']", "gate.policy: must be one value", ""),
        ("[gate", "Expected", "--no-config"),
        ("[audit]\noutput = '/etc/x'", "audit.output writes", "command line"),
        ("[gate]\njson = 'x'", "gate.json writes", "command line"),
        ("[prepare]\nforce = true", "prepare.force writes", "command line"),
    ],
)
def test_mistakes_name_the_file_and_the_nearest_word(
    tmp_path: Path, text: str, words: str, hint: str
) -> None:
    written(tmp_path, text)
    with pytest.raises(UsageError) as raised:
        defaults(cli, tmp_path)
    assert str(tmp_path / "ajar.toml") in raised.value.message
    assert words in raised.value.message
    assert hint in raised.value.hint


def options(command: click.Command) -> list[click.Option]:
    found = [item for item in command.params if isinstance(item, click.Option)]
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        found += options(inner)
    return found


def test_every_option_has_a_variable_of_its_own() -> None:
    named = [item for item in options(cli) if item.expose_value]
    first = [item.envvar[0] for item in named]
    assert all(name.startswith("AJAR_") for name in first)
    assert len(set(first)) == len(first)
    (version,) = [item for item in options(cli) if not item.expose_value]
    assert version.envvar is None
