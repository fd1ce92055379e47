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


HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_hooks_are_well_formed_and_their_entries_exist(hook: dict) -> None:
    assert {"id", "name", "entry", "language"} <= hook.keys()
    assert (hook["language"], hook["require_serial"]) == ("python", True)
    program, command, *options = hook["entry"].split()
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert program in scripts
    known = {word for param in cli.commands[command].params for word in param.opts}
    assert set(options) <= known


def test_the_scan_gets_files_and_the_gate_none() -> None:
    scan, gate = HOOKS
    assert (scan["id"], scan["types"]) == ("ajar-scan", ["file"])
    assert (gate["id"], gate["pass_filenames"], gate["always_run"]) == ("ajar-gate", False, True)


def test_snippets_are_yaml_and_name_hooks_that_exist() -> None:
    assert len(SNIPPETS) == 6
    snippets = [yaml.safe_load(text) for text in SNIPPETS]
    assert all(isinstance(snippet, dict) for snippet in snippets)
    named = {
        hook["id"] for snippet in snippets for repo in snippet.get("repos", ()) for hook in repo["hooks"]
    }
    assert named == {hook["id"] for hook in HOOKS}


def test_inputs_in_the_page_are_inputs_of_the_action_and_of_the_component() -> None:
    snippets = [yaml.safe_load(text) for text in SNIPPETS]
    steps = [
        step for snippet in snippets for step in snippet.get("jobs", {}).get("gate", {}).get("steps", ())
    ]
    (used,) = [step["with"] for step in steps if "ajar" in step["uses"]]
    assert set(used) <= set(ACTION["inputs"])
    component = next(yaml.safe_load_all((ROOT / "templates" / "gate.yml").read_text("utf-8")))
    (included,) = [snippet["include"][0]["inputs"] for snippet in snippets if "include" in snippet]
    assert set(included) <= set(component["spec"]["inputs"])


def test_the_action_reads_each_of_its_inputs_as_a_variable_and_never_as_text() -> None:
    steps = ACTION["runs"]["steps"]
    given = " ".join(
        str(value)
        for step in steps
        for value in (*step.get("env", {}).values(), *step.get("with", {}).values())
    )
    assert all(f"inputs.{name} " in given for name in ACTION["inputs"])
    assert not any("${{" in step.get("run", "") for step in steps)


@pytest.mark.parametrize("option", sorted(set(re.findall(r"ajar scan[^\n|`]*?(--[a-z-]+)", PAGE))))
def test_options_in_the_page_exist(option: str) -> None:
    assert any(option in param.opts for param in cli.commands["scan"].params)


def test_the_page_s_exit_codes_are_all_of_them() -> None:
    from ajar.errors import ExitCode

    assert {int(code) for code in re.findall(r"^\| (\d) \|", PAGE, re.MULTILINE)} == {*map(int, ExitCode)}
