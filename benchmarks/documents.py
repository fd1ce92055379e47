"""Every document for a report on 1,000 files: how long it takes to write, once the audit is done."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import ajar
from ajar.cli.outputs import OUTPUTS, OWN, render
from ajar.model.fingerprint import fingerprints
from ajar.model.waiver import Waiver
from benchmarks import large_repo

BUDGET_MS = 50
ROUNDS = 7


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of `(what, measured, budget, holds)`, best of seven; half of the findings are waived."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        large_repo.build(Path(folder), 1)
        for number in range(100):  # findings to write of
            (Path(folder) / f"part{number % 10}" / f"{number}.pkl").write_bytes(b"cos\nsystem\n(S'id'\ntR.")
        report = ajar.audit(folder)
    waiver = Waiver(id="W-1", reason="ours", owner="us", expires="2099-01-01")
    waivers = dict.fromkeys(fingerprints(report.findings)[::2], waiver)
    for output in OUTPUTS:
        if output.id in OWN:
            continue
        best = 1e9
        for _ in range(ROUNDS):
            started = time.perf_counter()
            text = render(output.id, [report], waivers=waivers)
            best = min(best, (time.perf_counter() - started) * 1000)
        what = f"{output.id} of {len(report.files)} files, {len(report.findings)} findings"
        holds = "yes" if best <= BUDGET_MS else "NO"
        rows.append((what, f"{best:.1f} ms, {len(text) / 1000:.0f} kB", f"{BUDGET_MS} ms", holds))
    return rows


if __name__ == "__main__":
    for row in measure():
        print(*row, sep="  |  ")
