"""The catalogue: loading it in a fresh interpreter, a name with a slip, and one system judged."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

ROUNDS = 15
LOAD_MS, NEAR_MS, JUDGED_MS = 50, 2, 5
_LOAD = "import time; from ajar.catalogue import load; t = time.perf_counter(); load(); print(time.perf_counter() - t)"


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of `(what, measured, budget, holds)`, each the best of fifteen."""
    from ajar.catalogue import load
    from ajar.known import report_of

    known = load()
    command = [sys.executable, "-c", _LOAD]
    loads = [
        float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        for _ in range(ROUNDS)
    ]
    report_of(known.systems[0])  # reads the licence data
    names = len(list(known.entities()))
    return [
        _row(f"catalogue, load ({names} names, {len(known.events)} events)", min(loads), LOAD_MS),
        _row("a name with a slip", min(_timed(lambda: known.find("Mistol")) for _ in range(ROUNDS)), NEAR_MS),
        _row(
            "one system, six verdicts",
            min(_timed(lambda: report_of(known.systems[0])) for _ in range(ROUNDS)),
            JUDGED_MS,
        ),
    ]


def _timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _row(what: str, seconds: float, budget_ms: int) -> tuple[str, str, str, str]:
    return what, f"{seconds * 1000:.1f} ms", f"{budget_ms} ms", "yes" if seconds * 1000 <= budget_ms else "NO"
