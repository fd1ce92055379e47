"""The plugin for pytest, in a pytest of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ajar.rights.data_store import store
from tests.build.releases import apache_text, write_release

ROOT = Path(__file__).parents[2]
NC = "---\nlicense: cc-by-nc-4.0\n---\n# Nc\n"


def run(folder: Path, body: str, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_models.py").write_text(body)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, "test_models.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_release(tmp_path / "open", licence=apache_text())
    write_release(tmp_path / "nc", card=NC, licence=store().text("CC-BY-NC-4.0"))
    return tmp_path


def test_fixtures_audit_and_gate(project: Path) -> None:
    body = (
        "def test_door(ajar_audit):\n"
        "    assert ajar_audit('open').verdict('g7').at_least == 'ajar'\n"
        "    assert ajar_audit('open') is ajar_audit('open')\n"
        "def test_open(ajar_gate):\n    assert ajar_gate('open').passed\n"
        "def test_nc(ajar_gate):\n    ajar_gate('open', 'nc')\n"
        "def test_own(ajar_gate):\n    ajar_gate('nc', policy='safe-to-load')\n"
    )
    done = run(project, body, "--ajar-policy", "commercial-product", "--ajar-offline")
    assert "1 failed, 3 passed" in done.stdout, done.stdout + done.stderr
    assert "licences.weights: CC-BY-NC-4.0 sets a limit that is denied: non-commercial" in done.stdout
    assert "to mend it" in done.stdout


def test_the_policy_may_stand_in_the_settings_and_has_to_stand_somewhere(project: Path) -> None:
    body = "def test_open(ajar_gate):\n    ajar_gate('open')\n"
    assert "no policy: give --ajar-policy" in run(project, body).stdout
    (project / "pytest.ini").write_text("[pytest]\najar_policy = safe-to-load\n")
    assert "1 passed" in run(project, body).stdout


def test_unused_it_loads_nothing(project: Path) -> None:
    body = (
        "import sys\n"
        "def test_light():\n"
        "    own = {name for name in sys.modules if name.split('.')[0] == 'ajar'}\n"
        "    assert 'ajar.pytest_plugin' in own\n"
        "    assert own <= {'ajar', 'ajar.pytest_plugin', 'ajar.config', 'ajar.errors', 'ajar.model', 'ajar.model.locator'}\n"
    )
    done = run(project, body)
    assert "1 passed" in done.stdout, done.stdout
