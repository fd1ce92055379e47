"""The hook for pre-commit and the pages about CI name things that exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from ajar.cli.commands import cli

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")
SNIPPETS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_the_hook_is_well_formed_and_its_entry_exists() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert {"id", "name", "entry", "language"} <= hook.keys()
    assert (hook["id"], hook["language"], hook["require_serial"]) == ("ajar-scan", "python", True)
    program, command = hook["entry"].split()
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert program in scripts
    assert command in cli.commands
    assert hook["types"] == ["file"]


def test_snippets_are_yaml() -> None:
    assert len(SNIPPETS) == 3
    assert all(isinstance(yaml.safe_load(text), dict) for text in SNIPPETS)
    (hook,) = yaml.safe_load(SNIPPETS[0])["repos"][0]["hooks"]
    assert hook["id"] == "ajar-scan"


@pytest.mark.parametrize("option", sorted(set(re.findall(r"ajar scan[^\n|`]*?(--[a-z-]+)", PAGE))))
def test_options_in_the_page_exist(option: str) -> None:
    assert any(option in param.opts for param in cli.commands["scan"].params)


def test_the_page_s_exit_codes_are_all_of_them() -> None:
    from ajar.errors import ExitCode

    assert {int(code) for code in re.findall(r"^\| (\d) \|", PAGE, re.MULTILINE)} == {*map(int, ExitCode)}
