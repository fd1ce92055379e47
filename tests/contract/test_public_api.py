"""What users build on: names, exit codes, commands, options. A change here is a change for them."""

from __future__ import annotations

import dataclasses
import inspect
import tomllib
from pathlib import Path

import click
import pytest

import ajar
from ajar.errors import BudgetExceeded, MalformedError
from tools.docs import PAGES, stale

ROOT = Path(__file__).parents[2]


def test_public_names() -> None:
    assert ajar.__all__ == [
        "AjarError",
        "ExitCode",
        "LicenceMatch",
        "Limits",
        "Locator",
        "Options",
        "Report",
        "TargetError",
        "TargetNotFound",
        "TargetUnreadable",
        "UsageError",
        "__version__",
        "audit",
        "identify_licence",
    ]
    assert all(getattr(ajar, name) is not None for name in ajar.__all__)


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="no attribute 'scan'"):
        ajar.scan  # noqa: B018


def test_version_is_the_project_s() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert ajar.__version__ == project["version"]
    assert f"[{ajar.__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_exit_codes() -> None:
    assert {code.name: code.value for code in ajar.ExitCode} == {
        "OK": 0,
        "POLICY": 1,
        "USAGE": 2,
        "TARGET": 3,
        "INCOMPLETE": 4,
        "INTERNAL": 5,
    }


def test_errors_and_their_exit_codes() -> None:
    codes = {
        ajar.UsageError: 2,
        ajar.TargetError: 3,
        ajar.TargetNotFound: 3,
        ajar.TargetUnreadable: 3,
        MalformedError: 5,
        BudgetExceeded: 5,
    }
    for error, code in codes.items():
        assert issubclass(error, ajar.AjarError)
        assert error("what").exit_code == code
    assert ajar.UsageError("what", hint="what next").hint == "what next"


def test_signature_of_audit() -> None:
    signature = inspect.signature(ajar.audit)
    assert [(name, item.kind.name) for name, item in signature.parameters.items()] == [
        ("target", "POSITIONAL_OR_KEYWORD"),
        ("options", "POSITIONAL_OR_KEYWORD"),
        ("progress", "KEYWORD_ONLY"),
    ]


def test_signature_of_identify_licence() -> None:
    signature = inspect.signature(ajar.identify_licence)
    assert [(name, item.kind.name) for name, item in signature.parameters.items()] == [
        ("text", "POSITIONAL_OR_KEYWORD")
    ]
    assert [item.name for item in dataclasses.fields(ajar.LicenceMatch)][:4] == [
        "licence",
        "match",
        "location",
        "applies_to",
    ]


def test_fields_of_a_report() -> None:
    assert [item.name for item in dataclasses.fields(ajar.Report)] == [
        "tool_version",
        "target",
        "title",
        "release",
        "files",
        "components",
        "licences",
        "rights",
        "obligations",
        "safety",
        "claims",
        "control",
        "verdicts",
        "findings",
        "evidence",
        "gaps",
        "cost",
        "releases",
        "lineage",
    ]


def test_commands_and_options() -> None:
    from ajar.cli.commands import cli

    found = {
        " ".join((name, *inner)): sorted(word for param in leaf.params for word in param.opts)
        for name, command in cli.commands.items()
        for inner, leaf in _leaves(command)
    }
    network = ["--no-cache", "--offline", "-q", "--quiet"]
    shown = ["-f", "--format", "-o", "--output"]
    signers = ["--certificate", "--identity", "--issuer", "--key"]
    assert found == {
        "audit": sorted(
            [
                *network,
                *shown,
                *["--base", "--explain", "--fail-on", "--from", "--history", "--html", "--lineage", "--mot"],
                "--strict",
                *signers,
                "--targets",
                "--verbose",
                "-v",
                "targets",
            ]
        ),
        "cache": ["--clear"],
        "catalogue arguments": sorted(["--on", *shown]),
        "catalogue check": [],
        "catalogue list": sorted(
            ["--door", "--kind", "--maker", "--modality", "--since", "--until", "--weights", *shown]
        ),
        "compare": sorted([*network, *shown, "--maker", "--verbose", "-v", "names"]),
        "questions": sorted([*network, *shown, "name"]),
        "completion": ["shell"],
        "diff": sorted([*network, *shown, "--since", "after", "before"]),
        "evaluate": sorted([*network, *shown, "--against", "record"]),
        "explain": ["id"],
        "gate": sorted(
            [
                *network,
                *shown,
                *[
                    "--baseline",
                    "--document",
                    "--from",
                    "--json",
                    "--lock",
                    "--locked",
                    "--markdown",
                    "--policy",
                    "-p",
                ],
                *["--targets", "--today", "--verbose", "-v", "targets"],
            ]
        ),
        "instruments": [],
        "licence compare": sorted(["-f", "--format", "a", "b"]),
        "licence diff": sorted(["-f", "--format", "file", "id"]),
        "licence list": sorted(["-f", "--format", "--limit", "--open", "words"]),
        "licence read": sorted([*network, *shown, "--for", "what"]),
        "licence show": sorted(["-f", "--format", "--text", "id"]),
        "lineage": sorted([*network, *shown, "--html", "target"]),
        "read": sorted(
            [
                *shown,
                *["--date", "--key-from", "--model", "--strict", "--verbose", "--with-model"],
                *["-q", "--quiet", "-v", "article"],
            ]
        ),
        "positions": sorted(["--on", "--party", "--since", "--until", *shown]),
        "lock": sorted([*network, "-o", "--output", "--from", "--targets", "--update", "--whole", "targets"]),
        "policy init": sorted(
            [
                *["--allow", "--door", "--extends", "--force", "--name", "--on-unknown", "--schema", "--use"],
                *["-o", "--output"],
            ]
        ),
        "policy schema": sorted(["-o", "--output"]),
        "policy show": sorted(["-o", "--output", "policy_name"]),
        "policy test": sorted([*shown, "--no-cache", "--offline", "--today", "policy_name"]),
        "prepare": sorted([*network, *shown, "--all", "--force", "--write", "path"]),
        "scan": sorted([*network, *shown, "--fail-on", "--strict", "--verbose", "-v", "paths"]),
        "serve": ["--host", "--name", "--port", "--store"],
        "show": sorted(["--at", "name", *shown]),
        "site build": sorted(["--url", "-q", "--quiet", "folder"]),
        "survey run": sorted(
            [
                *[
                    "--author",
                    "--by",
                    "--cluster",
                    "--deadline",
                    "--depth",
                    "--keep",
                    "--library",
                    "--licence",
                ],
                *[
                    "--limit",
                    "--memory",
                    "--offline",
                    "--output",
                    "--plan",
                    "--quiet",
                    "--refresh",
                    "--retry-failed",
                ],
                *["--sample", "--seed", "--sort", "--task", "--workers", "-o", "-q", "source"],
            ]
        ),
        "survey status": sorted(["-f", "--format", "store"]),
        "survey report": sorted(["--charts", "--format", "--output", "-f", "-o", "store"]),
        "survey schema": sorted(["--format", "--output", "-f", "-o"]),
        "survey show": sorted(["--output", "-o", "name", "store"]),
        "survey sql": sorted(["--format", "--output", "--rows", "--seconds", "-f", "-o", "query", "store"]),
        "timeline": sorted(["--about", "--case", "--kind", "--since", "--until", *shown]),
        "uses": sorted(["-f", "--format", "path"]),
        "verify": sorted(
            [
                *network,
                *shown,
                *signers,
                *["--allow-unsigned", "--at", "--hash", "--signature", "--verbose", "-v", "target"],
            ]
        ),
    }


def _leaves(command: click.Command) -> list[tuple[tuple[str, ...], click.Command]]:
    if isinstance(command, click.Group):
        return [((name,), leaf) for name, leaf in command.commands.items()]
    return [((), command)]


def test_help_shows_examples_and_no_escapes() -> None:
    from ajar.cli.commands import cli

    for command in (cli, *cli.commands.values()):
        assert "\\b" not in f"{command.help}{command.epilog}", f"{command.name}: an escape shows in the help"
        assert all(param.help for param in command.params if param.param_type_name == "option")


@pytest.mark.parametrize("page", PAGES)
def test_reference_pages_are_what_code_and_data_say(page: str) -> None:
    assert stale([page]) == [], "run `make docs`"


def test_a_page_that_is_out_of_date_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tools.docs

    monkeypatch.setattr(tools.docs, "REFERENCE", tmp_path)
    assert tools.docs.main(["--check", "doors"]) == 1
    assert tools.docs.main(["doors"]) == 0
    assert tools.docs.main(["--check", "doors"]) == 0
    (tmp_path / "doors.md").write_text("# Doors\n", encoding="utf-8")
    assert tools.docs.main(["--check", "doors"]) == 1
    assert tools.docs.main(["windows"]) == 2
