"""`ajar gate --locked` over fifty releases on disk of which none moved: the command, best of five.

Processor time decides, so that other work on the machine does not; the time by the clock stands beside it.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.build.releases import apache_text, write_release

BUDGET_S = 2.0
TARGETS = 50
ROUNDS = 5
VOCABULARY = 8_000  # words of each tokenizer
LARGE_BYTES = 200 * 2**20  # of one file of weights in every tenth release; sparse on disk


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of `(what, measured, budget, holds)`."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        names = [str(_release(root / f"model-{number}", number)) for number in range(TARGETS)]
        lock = root / "ajar.lock"
        _run("lock", *names, "--output", str(lock), "--quiet")
        cpu, wall = min(
            _run("gate", "--locked", "--lock", str(lock), "--policy", "commercial-product", "--quiet")
            for _ in range(ROUNDS)
        )
    what = f"`ajar gate --locked`, {TARGETS} releases on disk, a policy of 6 rules"
    measured = f"{cpu:.2f} s of processor, {wall:.2f} s by the clock"
    return [(what, measured, f"{BUDGET_S:g} s", "yes" if cpu <= BUDGET_S else "NO")]


def _release(path: Path, number: int) -> Path:
    write_release(path, licence=apache_text())
    vocabulary = {f"word{word}": word for word in range(VOCABULARY)}
    tokenizer = {"version": "1.0", "model": {"type": "BPE", "vocab": vocabulary, "merges": []}}
    (path / "tokenizer.json").write_text(json.dumps(tokenizer))
    if number % 10 == 0:
        with (path / "sparse.bin").open("wb") as weights:
            weights.truncate(LARGE_BYTES)
    return path


def _run(*arguments: str) -> tuple[float, float]:
    """Seconds of processor and by the clock."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "ajar", "--no-config", *arguments], check=True, stdout=subprocess.DEVNULL
    )
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


if __name__ == "__main__":
    for row in measure():
        print(f"| {' | '.join(row)} |")
