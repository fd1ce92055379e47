"""A repository of 1,000 files with 1, 4 and 16 GB of weights: time, memory, bytes. Sparse files, real headers."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SHARDS = 16
FILES = 1000
BUDGET_S, BUDGET_MB = 1.0, 150
PROBE = """
import resource, subprocess, sys, time
started = time.perf_counter()
done = subprocess.run([sys.executable, "-m", "ajar", "audit", sys.argv[1], "--format", "json"], capture_output=True)
seconds = time.perf_counter() - started
assert done.returncode == 0, done.stderr
import json
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, json.loads(done.stdout)["cost"]["bytes_read"]]))
"""


def build(root: Path, gigabytes: int) -> None:
    """Shards with an index, a card, a configuration, and small files up to a thousand."""
    share = gigabytes * 2**30 // SHARDS
    weight_map: dict[str, str] = {}
    for number in range(SHARDS):
        name = f"model-{number + 1:05}-of-{SHARDS:05}.safetensors"
        each = share // 20 // 2 * 2
        header = {
            f"model.layers.{number}.part.{part}.weight": {
                "dtype": "BF16",
                "shape": [each // 2],
                "data_offsets": [part * each, (part + 1) * each],
            }
            for part in range(20)
        }
        weight_map |= dict.fromkeys(header, name)
        text = json.dumps(header).encode()
        with (root / name).open("wb") as handle:
            handle.write(struct.pack("<Q", len(text)) + text)
            handle.truncate(8 + len(text) + 20 * each)
    (root / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": weight_map}))
    (root / "config.json").write_text(
        json.dumps({"model_type": "llama", "architectures": ["LlamaForCausalLM"]})
    )
    (root / "README.md").write_text(
        "---\nlicense: apache-2.0\n---\n# Big\n\n## Intended use\n\nNone.\n" + "words " * 500
    )
    for number in range(FILES - SHARDS - 3):
        folder = root / f"part{number % 10}"
        folder.mkdir(exist_ok=True)
        kind = number % 3
        if kind == 0:
            (folder / f"{number}.json").write_text(json.dumps({"step": number, "loss": 1.0}))
        elif kind == 1:
            (folder / f"{number}.py").write_text(
                f"import math\n\n\ndef f(x):\n    return math.sqrt(x) + {number}\n"
            )
        else:
            (folder / f"{number}.md").write_text(f"# Note {number}\n\nSome words on step {number}.\n")


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of `(what, measured, budget, holds)`, best of three."""
    rows = []
    for gigabytes in (1, 4, 16):
        with tempfile.TemporaryDirectory() as folder:
            build(Path(folder), gigabytes)
            runs = [
                json.loads(
                    subprocess.run(
                        [sys.executable, "-c", PROBE, folder], capture_output=True, check=True
                    ).stdout
                )
                for _ in range(3)
            ]
        seconds, megabytes, read = min(runs)
        holds = "yes" if seconds <= BUDGET_S and megabytes <= BUDGET_MB else "NO"
        rows.append(
            (
                f"{FILES} files, {gigabytes} GB of weights",
                f"{seconds:.2f} s, {megabytes:.0f} MB, {read / 1e6:.1f} MB read",
                f"{BUDGET_S:g} s, {BUDGET_MB} MB",
                holds,
            )
        )
    return rows


if __name__ == "__main__":
    started = time.perf_counter()
    for row in measure():
        print(*row, sep="  |  ")
    print(f"{time.perf_counter() - started:.0f} s")
