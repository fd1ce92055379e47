"""Gate, lock, policy and prepare, as a user and as a build run them."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from ajar.reports import gate_json
from ajar.rights.data_store import store
from tests.build.pickles import command
from tests.build.releases import apache_text, write_release
from tests.e2e.test_command_line import ajar

ROOT = Path(__file__).parents[2]
BASH = shutil.which("bash")


def run(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ajar", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "COLUMNS": "100", "PYTHONPATH": str(ROOT), **environment},
    )


def program(folder: Path) -> Path:
    """`ajar` as one file to call, whatever is installed."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "ajar"
    path.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m ajar "$@"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with five models."""
    models = tmp_path / "project" / "models"
    write_release(models / "whole", licence=apache_text())
    write_release(models / "tagged")
    write_release(
        models / "llama", card="---\nlicense: llama3.1\n---\n# L\n", licence=store().text("llama3.1")
    )
    nc = "---\nlicense: cc-by-nc-4.0\n---\n# Nc\n"
    write_release(models / "research", card=nc, licence=store().text("CC-BY-NC-4.0"))
    write_release(models / "pickled", licence=apache_text())
    (models / "pickled" / "extra.pkl").write_bytes(command())
    return tmp_path / "project"


@pytest.mark.skipif(BASH is None, reason="the script is for bash")
def test_a_build_with_a_policy_a_waiver_and_a_lock(project: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(BASH), str(Path(__file__).parent / "ci_gate.sh")],
        cwd=project,
        env={**os.environ, "AJAR": str(program(tmp_path / "bin"))},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    validator = jsonschema_rs.validator_for(gate_json.schema())
    results = {}
    for name in ("first", "second", "third", "moved", "expired"):
        results[name] = json.loads((project / f"{name}.json").read_text("utf-8"))
        validator.validate(results[name])

    def failing(name: str) -> dict[str, set[str]]:
        found = {
            target["target"]: {item["rule"] for item in target["results"] if item["effect"] == "fail"}
            for target in results[name]["targets"]
        }
        return {target: rules for target, rules in found.items() if rules}

    assert failing("first") == {
        "models/pickled": {"safety"},
        "models/research": {"licences.weights", "rights"},
    }
    assert failing("second") == {"models/pickled": {"safety"}}
    waived = next(item for item in results["third"]["targets"] if item["target"] == "models/research")
    assert waived["effect"] == "waived"
    assert {item["waiver"]["owner"] for item in waived["results"] if item["waiver"]} == {"ml@example.org"}
    assert results["moved"]["headline"] == "models/tagged: licence of the weights: Apache-2.0 → CC-BY-NC-4.0"
    assert (project / "moved.txt").read_text("utf-8").splitlines()[-1].strip() == results["moved"]["headline"]
    assert [item["rule"] for item in results["expired"]["own"]] == ["waivers", "waivers"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["gate", "models/whole"], 2, "nothing to hold it against"),
        (["gate", "--policy", "safe-to-load"], 2, "no target"),
        (["gate", "models/whole", "--policy", "safe-to-laod"], 2, "did you mean safe-to-load?"),
        (["gate", "models/whole", "--policy", "none.yaml"], 2, "No such file"),
        (["gate", "models/whole", "--policy", "research", "--today", "soon"], 2, "not a day"),
        (["gate", "models/none", "--policy", "safe-to-load"], 3, ""),
        (["gate", "--locked"], 2, "ajar lock"),
        (["lock"], 2, "no target"),
        (["lock", "--update"], 2, "no lock to update"),
        (["lock", "models/none"], 3, "no such file"),
        (["policy", "init"], 2, "nothing to ask for"),
        (["policy", "init", "--use", "frobnicate"], 2, "not understood"),
        (["policy", "show", "safe"], 2, "no such preset"),
        (["policy", "tset"], 2, "No such command"),
        (["prepare", "models"], 0, ""),
        (["prepare", "models/whole/README.md", "--write"], 2, "no folder"),
        (["completion", "tcsh"], 2, "tcsh"),
    ],
)
def test_mistakes_are_named_and_have_their_code(
    project: Path, arguments: list[str], code: int, words: str
) -> None:
    done = run(*arguments, cwd=project)
    assert done.returncode == code, done.stdout + done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_is_never_a_pass_by_default(project: Path) -> None:
    (project / "models" / "tagged" / "model.safetensors").write_bytes(b"\xff" * 40)
    done = run("gate", "models/tagged", "--policy", "air-gapped", "--format", "json", cwd=project)
    assert done.returncode == 1
    results = json.loads(done.stdout)["targets"][0]["results"]
    assert {"unknown"} <= {item["outcome"] for item in results if item["effect"] == "fail"}


def test_a_policy_is_made_and_used_without_a_terminal(project: Path) -> None:
    made = run("policy", "init", "--extends", "safe-to-load", "--allow", "MIT OR Apache-2.0", cwd=project)
    assert made.returncode == 0, made.stderr
    text = (project / "policy.yaml").read_text("utf-8")
    assert text.startswith("# yaml-language-server: $schema=ajar-policy-1.json\n")
    schema = json.loads((project / "ajar-policy-1.json").read_text("utf-8"))
    jsonschema_rs.validator_for(schema).validate(yaml.safe_load(text))
    assert run("gate", "models/whole", "--policy", "policy.yaml", cwd=project).returncode == 0
    assert run("gate", "models/llama", "--policy", "policy.yaml", cwd=project).returncode == 1
    again = run("policy", "init", "--door", "ajar", cwd=project)
    assert again.returncode == 2
    assert "is there already" in again.stderr
    assert (project / "policy.yaml").read_text("utf-8") == text


def test_a_policy_s_examples_are_tried(project: Path) -> None:
    assert run("policy", "test", "commercial-product", cwd=project).returncode == 0
    (project / "p.yaml").write_text(
        "schema: ajar-policy/1\nsafety: {max: clean}\nexamples:\n- {name: wrong, given: {safety: clean}, expect: fail}\n"
    )
    done = run("policy", "test", "p.yaml", "--format", "json", cwd=project)
    assert done.returncode == 1
    assert json.loads(done.stdout)["examples"][0]["got"] == "pass"


@pytest.mark.parametrize("name", ["safe-to-load", "air-gapped"])
def test_a_preset_that_is_shown_is_a_policy(project: Path, name: str) -> None:
    assert run("policy", "show", name, "--output", "p.yaml", cwd=project).returncode == 0
    assert run("gate", "models/whole", "--policy", "p.yaml", cwd=project).returncode == 0
    assert name in run("policy", "show", cwd=project).stdout


def test_variables_and_files_set_options_and_the_command_line_wins(project: Path) -> None:
    (project / "ajar.toml").write_text('[gate]\npolicy = "safe-to-load"\n')
    research = project / "models" / "research"
    from_file = run("gate", research, cwd=project)
    assert from_file.returncode == 0
    assert "settings from" in from_file.stderr
    assert run("gate", research, cwd=project, AJAR_GATE_POLICY="commercial-product").returncode == 1
    by_hand = run("gate", research, "-p", "safe-to-load", cwd=project, AJAR_GATE_POLICY="commercial-product")
    assert by_hand.returncode == 0
    without = run("--no-config", "gate", research, cwd=project)
    assert (without.returncode, "settings" in without.stderr) == (2, False)
    (project / "ajar.toml").write_text('[gate]\npolcy = "safe-to-load"\n')
    wrong = run("gate", research, cwd=project)
    assert wrong.returncode == 2
    assert "did you mean policy?" in wrong.stderr


def test_drafts_are_written_and_what_is_there_is_kept(project: Path) -> None:
    folder = project / "models" / "llama"
    first = run("prepare", folder, "--write", cwd=project)
    assert first.returncode == 0, first.stderr
    assert {"MODEL_CARD.md", "DATA_CARD.md", "DATA_INFORMATION.md"} <= {
        path.name for path in folder.iterdir()
    }
    (folder / "DATA_CARD.md").write_text("mine\n")
    second = run("prepare", folder, "--write", cwd=project)
    assert "left as it is" in second.stderr
    assert (folder / "DATA_CARD.md").read_text() == "mine\n"
    ways = json.loads(run("prepare", folder, "--format", "json", cwd=project).stdout)["ways"]
    assert {way["instrument"] for way in ways} >= {"g7", "mof", "osaid"}


def test_a_link_in_the_place_of_a_draft_is_not_written_through(project: Path) -> None:
    folder = project / "models" / "llama"
    (project / "outside.md").write_text("precious\n")
    (folder / "DATA_CARD.md").symlink_to(project / "outside.md")
    done = run("prepare", folder, "--write", "--force", cwd=project)
    assert "is a link" in done.stderr
    assert (project / "outside.md").read_text() == "precious\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands_and_options(shell: str) -> None:
    made = ajar("completion", shell)
    assert made.returncode == 0, made.stderr
    assert "_AJAR_COMPLETE" in made.stdout
    asked = {"_AJAR_COMPLETE": "bash_complete", "COMP_WORDS": "ajar gate --pol", "COMP_CWORD": "2"}
    assert "--policy" in ajar(**asked).stdout


@pytest.mark.skipif(BASH is None, reason="the step is for bash")
@pytest.mark.parametrize(("target", "code"), [("models/whole", 0), ("models/research", 1)])
def test_the_step_of_the_action_gates_and_writes_the_summary(
    project: Path, tmp_path: Path, target: str, code: int
) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    step = next(item for item in action["runs"]["steps"] if item.get("id") == "gate")
    runner = tmp_path / "runner"
    program(runner / "ajar" / "bin")
    given = {"TARGETS": target, "POLICY": "commercial-product", "LOCKED": "false", "LOCK": "ajar.lock"}
    files = {"GITHUB_OUTPUT": str(runner / "output"), "GITHUB_STEP_SUMMARY": str(runner / "summary")}
    done = subprocess.run(
        [str(BASH), "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=project,
        env={**os.environ, **dict.fromkeys(step["env"], ""), **given, **files, "RUNNER_TEMP": str(runner)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert (runner / "output").read_text() == f"result={runner}/ajar-gate.json\n"
    assert "## commercial-product: " in (runner / "summary").read_text("utf-8")
    assert json.loads((runner / "ajar-gate.json").read_text("utf-8"))["passed"] is (code == 0)


def test_on_a_terminal_init_asks(project: Path) -> None:
    import pty

    main, other = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "-m", "ajar", "policy", "init"],
        cwd=project,
        stdin=other,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    os.close(other)
    os.write(main, b"research\najar\nMIT, Apache-2.0\nfine-tune\n")
    shown, _ = done.communicate(timeout=60)
    os.close(main)
    assert done.returncode == 0, shown
    value = yaml.safe_load((project / "policy.yaml").read_text("utf-8"))
    assert (value["extends"], value["openness"]["g7"]["min"]) == ("research", "ajar")
    assert value["licences"]["weights"]["allow"] == ["MIT", "Apache-2.0"]
    assert value["rights"] == [{"use": "fine-tune", "accept": "conditional"}]


def test_documents_of_a_gate_mark_what_is_let_stand(project: Path) -> None:
    (project / "policy.yaml").write_text(
        "schema: ajar-policy/1\nname: loads\nabout: loading runs no code\nsafety:\n  max: caution\n"
        "waivers:\n  - rule: pickle-calls-only-what-rebuilds-data\n    target: models/pickled\n    reason: our own file\n"
        "    owner: ml@example.org\n    expires: 2099-12-31\n"
    )
    done = run(
        *("gate", "models/whole", "models/pickled", "--policy", "policy.yaml"),
        *("--document", "sarif=out.sarif", "--document", "openvex=out.vex.json"),
        cwd=project,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((project / "out.sarif").read_text("utf-8"))["runs"][0]["results"]
    stands = [item for item in results if item.get("suppressions")]
    assert {item["ruleId"] for item in stands} == {"pickle-calls-only-what-rebuilds-data"}
    assert "our own file" in stands[0]["suppressions"][0]["justification"]
    statements = json.loads((project / "out.vex.json").read_text("utf-8"))["statements"]
    assert any("our own file" in json.dumps(item) for item in statements)
    wrong = run("gate", "models/whole", "--policy", "policy.yaml", "--document", "badge=x.svg", cwd=project)
    assert wrong.returncode == 2
    assert "formats of many releases" in wrong.stderr
