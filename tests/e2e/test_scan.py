"""`ajar scan` as a user runs it: many paths, levels, exit codes, JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.build.pickles import command
from tests.build.releases import apache_text, write_release


def ajar(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ajar", "scan", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return write_release(tmp_path / "tiny", licence=apache_text())


def test_a_clean_release(release: Path) -> None:
    done = ajar(str(release))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("4 files: 4 clean; read ")


def test_a_dangerous_file_says_what_would_happen_and_what_to_do(release: Path) -> None:
    (release / "extra.bin").write_bytes(command())
    done = ajar(str(release))
    assert done.returncode == 1
    assert "extra.bin" in done.stdout
    assert "os.system('echo canary')" in done.stdout
    assert "Do not load the file" in done.stdout
    assert ajar(str(release), "--fail-on", "never").returncode == 0


def test_json_for_many_paths(release: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.pkl"
    bad.write_bytes(command())
    done = ajar(str(release), str(bad), "--format", "json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["level"], report["schema"]) == (1, "dangerous", "ajar-scan/1")
    assert {file["path"]: file["level"] for file in report["files"]}[str(bad)] == "dangerous"
    finding = report["files"][-1]["findings"][0]
    assert {"rule", "severity", "confidence", "message", "remedy", "location"} <= finding.keys()
    assert finding["location"]["path"] == str(bad)


def test_thresholds_and_strict(release: Path) -> None:
    (release / "broken.pkl").write_bytes(b"\x80\x04]")
    assert ajar(str(release)).returncode == 0
    assert ajar(str(release), "--fail-on", "unknown").returncode == 1
    assert ajar(str(release), "--strict").returncode == 4


def test_a_path_that_is_not_there(release: Path, tmp_path: Path) -> None:
    missing = str(tmp_path / "nothing")
    done = ajar(missing)
    assert (done.returncode, "no such file" in done.stderr) == (3, True)
    both = ajar(str(release), missing, "--format", "json")
    assert json.loads(both.stdout)["gaps"][0]["detail"].endswith("no such file or folder")


def test_traps_in_a_folder(release: Path, tmp_path: Path) -> None:
    os.mkfifo(release / "model.pkl")
    (release / "loop").symlink_to(release)
    (release / "zero").symlink_to("/dev/zero")
    with (release / "huge.safetensors").open("wb") as file:
        file.truncate(1 << 40)
    (release / "\x1b[2Jname.pkl").write_bytes(command())
    (release / os.fsdecode(b"\xff\xfe.pkl")).write_bytes(command())
    done = ajar(str(release))
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    assert "2 dangerous" in done.stdout
