"""Load-safety scans against picklescan, in one run: `python benchmarks/scanners.py PEERS_BIN`.

PEERS_BIN is the folder with the `picklescan` command of an environment that has it. Inputs are made here.
"""

from __future__ import annotations

import json
import os
import pickle
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_ROWS, _PICKLES, _FILES = 600_000, 2_000, 5_000


def _made(root: Path) -> list[tuple[str, Path]]:
    """The inputs, made in a child: a parent's own memory would count as that of every command it starts."""
    child = os.fork()
    if child == 0:
        list(_inputs(root, write=True))
        os._exit(0)
    os.waitpid(child, 0)
    return list(_inputs(root, write=False))


def _inputs(root: Path, *, write: bool) -> Iterator[tuple[str, Path]]:
    """`(what it is, where)`: one pickle of many opcodes, many small ones, a mixed tree, a large safetensors."""
    if write:
        _write(root)
    yield "one pickle of 12.6 million opcodes, 31 MB", root / "rows.pkl"
    yield f"{_PICKLES:,} small pickles", root / "small"
    yield f"{_FILES:,} mixed files", root / "tree"
    yield "one safetensors of 2 GB", root / "big.safetensors"


def _write(root: Path) -> None:
    rows = [{"id": i, "name": f"item{i % 1000}", "v": [i * 0.5, (i, i + 1)], "t": True} for i in range(_ROWS)]
    (root / "rows.pkl").write_bytes(pickle.dumps(rows, protocol=4))
    small = root / "small"
    small.mkdir()
    chance = random.Random(7)
    for number in range(_PICKLES):
        value = {
            "id": number,
            "w": [chance.random() for _ in range(200)],
            "names": [f"f{j}" for j in range(50)],
        }
        (small / f"m{number}.pkl").write_bytes(pickle.dumps(value, protocol=4))
    tree = root / "tree"
    for number in range(_FILES):
        folder = tree / f"d{number % 40}"
        folder.mkdir(parents=True, exist_ok=True)
        kind, body = _KINDS[number % len(_KINDS)]
        (folder / f"f{number}.{kind}").write_bytes(body)
    header = json.dumps({"w": {"dtype": "U8", "shape": [2**31], "data_offsets": [0, 2**31]}}).encode()
    with (root / "big.safetensors").open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        file.truncate(8 + len(header) + 2**31)


_KINDS = (
    ("json", json.dumps({"k": 1, "v": list(range(60))}).encode()),
    ("md", b"# title\ntext https://example.com\n" * 40),
    ("txt", b"token\n" * 200),
    ("py", b"import torch\n\ndef f(x):\n    return x + 1\n" * 20),
    ("yaml", b"a: 1\nb: [1, 2]\n" * 20),
    ("pkl", pickle.dumps({"a": list(range(100))})),
    ("png", b"\x89PNG\r\n\x1a\n" + bytes(2000)),
)


def _run(command: list[str]) -> tuple[float, int]:
    """`(seconds, peak resident megabytes)`, the best of three."""
    best, peak = float("inf"), 0
    for _ in range(3):
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        best = min(best, time.perf_counter() - started)
        peak = max(peak, usage.ru_maxrss // 1024)
    return best, peak


def main() -> None:
    peer = Path(sys.argv[1]) / "picklescan" if len(sys.argv) > 1 else None
    ajar = str(Path(sys.executable).with_name("ajar"))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.write("| input | ajar scan | picklescan | ratio |\n|---|---|---|---|\n")
    with tempfile.TemporaryDirectory() as folder:
        for what, path in _made(Path(folder)):
            own, memory = _run([ajar, "scan", "-q", str(path)])
            cells = [what, f"{own:.2f} s, {memory} MB", "", ""]
            if peer is not None and peer.is_file():
                other, peak = _run([str(peer), "-p", str(path)])
                cells[2:] = [f"{other:.2f} s, {peak} MB", f"{other / own:.1f} ×"]
            sys.stdout.write(f"| {' | '.join(cells)} |\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
