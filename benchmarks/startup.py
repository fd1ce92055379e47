"""Start-up: `ajar --version` and `--help` over a bare interpreter, interleaved, best of fifteen."""

from __future__ import annotations

import subprocess
import sys
import time

BUDGET_MS = 60
ROUNDS = 15
COMMANDS = {
    "bare interpreter": [sys.executable, "-c", "pass"],
    "ajar --version": [sys.executable, "-m", "ajar", "--version"],
    "ajar --help": [sys.executable, "-m", "ajar", "--help"],
}


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of `(what, measured, budget, holds)`."""
    best = dict.fromkeys(COMMANDS, 1e9)
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            started = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            best[name] = min(best[name], (time.perf_counter() - started) * 1000)
    bare = best.pop("bare interpreter")
    return [
        (
            f"{name}, over {bare:.1f} ms bare",
            f"{value - bare:.0f} ms",
            f"{BUDGET_MS} ms",
            _holds(value - bare),
        )
        for name, value in best.items()
    ]


def _holds(value: float) -> str:
    return "yes" if value <= BUDGET_MS else "NO"
