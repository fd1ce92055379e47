"""An audit that was stopped midway, and started again: what was read is not read again, and the report is the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.build.sparse import torch_zip
from tests.e2e.test_command_line import ajar
from tests.unit.sources.conftest import running, standin  # noqa: F401  fixtures

LATENCY_S = 0.15


@pytest.fixture(autouse=True)
def _no_coverage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that are killed leave halves of coverage data, which spoil all of it when they are put together."""
    for name in ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def big(standin):  # noqa: F811
    standin.add(
        "org/big",
        {
            "README.md": b"---\nlicense: mit\n---\n# Big\n",
            "config.json": b"{}",
            "pytorch_model.bin": torch_zip(1 << 30, storages=40),
        },
    )
    return standin


def fresh(folder: Path) -> dict[str, str]:
    return {**os.environ, "AJAR_CACHE": str(folder)}


def interruptible() -> None:
    """A runner in the background passes on that it ignores Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def report_of(done) -> dict:
    found = json.loads(done.stdout)
    return {name: value for name, value in found.items() if name != "cost"}


def asked_of_files(hub) -> int:
    return sum(role in {"resolve", "store"} for role, _, _ in hub.asked)


def whole(hub, folder: Path):
    hub.asked.clear()
    done = ajar("audit", "org/big", "--format", "json", AJAR_CACHE=str(folder))
    assert done.returncode == 0, done.stderr
    return report_of(done), asked_of_files(hub)


@pytest.mark.parametrize(
    ("sign", "after"), [(signal.SIGKILL, 5), (signal.SIGKILL, 12), (signal.SIGINT, 12), (signal.SIGTERM, 5)]
)
def test_a_killed_audit_goes_on_where_it_was(big, tmp_path: Path, sign, after) -> None:
    expected, requests = whole(big, tmp_path / "other")
    big.asked.clear()
    big.faults.latency = LATENCY_S
    command = [sys.executable, "-m", "ajar", "audit", "org/big", "--format", "json", "--quiet"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=fresh(tmp_path / "c"),
        preexec_fn=interruptible,  # noqa: PLW1509  it takes no lock
    ) as run:
        deadline = time.monotonic() + 30
        while big.requests() < after + 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        run.send_signal(sign)
        out, told = run.communicate(timeout=20)
    assert run.returncode != 0
    assert not out
    assert b"Traceback" not in told
    big.faults.latency = 0.0
    time.sleep(LATENCY_S)  # the stand-in may still answer what was asked before
    found, again = whole(big, tmp_path / "c")
    assert found == expected
    assert again < requests


def test_an_audit_whose_network_went_away_goes_on_where_it_was(big, tmp_path: Path) -> None:
    expected, requests = whole(big, tmp_path / "other")
    big.faults.stop_after = 6
    done = ajar("audit", "org/big", "--format", "json", AJAR_CACHE=str(tmp_path / "c"))
    cut = json.loads(done.stdout)
    assert cut["safety"]["level"] == "unknown"
    assert any("503" in gap["detail"] for gap in cut["gaps"])
    big.faults.stop_after = -1
    found, again = whole(big, tmp_path / "c")
    assert found == expected
    assert again < requests


def test_a_cache_with_turned_bits_costs_requests_and_nothing_else(big, tmp_path: Path) -> None:
    expected, _ = whole(big, tmp_path / "c")
    for number, page in enumerate(sorted((tmp_path / "c").rglob("*-*"))):
        if page.is_file():
            data = page.read_bytes()
            page.write_bytes(data[: len(data) // 2] if number % 2 else data[:-1] + bytes([data[-1] ^ 4]))
    found, again = whole(big, tmp_path / "c")
    assert found == expected
    assert again > 0
