"""The most exposed targets for a moment in CI: the harness works, and no shallow fault comes back.

The long runs are by hand, see the README here and the figures in docs/fuzzing.md.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("atheris")

FUZZ = Path(__file__).with_name("fuzz.py")
RUNS = 1500
# The parsers that read the most hostile bytes, and the whole scan, which asks every other check.
SAFETY = ["scan", "scan-pickles", "scan-archives", "scan-settings", "scan-templates", "scan-python_code"]


def fuzz(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(FUZZ), *arguments],
        capture_output=True,
        text=True,
        errors="replace",
        cwd=tmp_path,
        timeout=60,
        check=False,
    )


def test_every_check_is_a_target(tmp_path: Path) -> None:
    listed = fuzz(tmp_path, "--list")
    assert {line for line in listed.stderr.split() if line.startswith("scan")} >= set(SAFETY)


@pytest.mark.parametrize("name", SAFETY)
def test_a_moment_of(name: str, tmp_path: Path) -> None:
    done = fuzz(tmp_path, name, f"-runs={RUNS}", "-seed=20261124", "-max_total_time=4")
    assert done.returncode == 0, done.stderr[-3000:]
    assert re.search(r"Done \d{3,} runs", done.stderr), done.stderr[-500:]
    assert not list(tmp_path.glob("crash-*"))
