"""Digests: ajar's against sha256sum, b3sum, blake3's own memory map and model_signing's, on the same files in the same run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from ajar.hashing import Part, digests

ROUNDS = 15
BUDGET = 1.10  # of the fastest other
LARGE_BYTES, SMALL_BYTES, SMALL = 192 * 2**20, 2**20, 64


def build(root: Path) -> list[Path]:
    """One large file and many small ones, of bytes that do not repeat within a page."""
    block = os.urandom(2**22)
    paths = [root / "large.bin", *(root / f"small-{number}.bin" for number in range(SMALL))]
    for path in paths:
        size = LARGE_BYTES if path.name == "large.bin" else SMALL_BYTES
        with path.open("wb") as handle:
            for _ in range(size // len(block) or 1):
                handle.write(block[: min(size, len(block))])
    return paths


def part(path: Path, algorithm: str) -> Part:
    @contextmanager
    def opened() -> Iterator[int]:
        fd = os.open(path, os.O_RDONLY)
        try:
            yield fd
        finally:
            os.close(fd)

    return Part(key=path.name, algorithm=algorithm, size=path.stat().st_size, open=opened)


def ours(paths: list[Path], algorithm: str) -> None:
    digests([part(path, algorithm) for path in paths])


def command(name: str) -> Callable[[list[Path]], None]:
    def run(paths: list[Path]) -> None:
        subprocess.run([name, *map(str, paths)], stdout=subprocess.DEVNULL, check=True)

    return run


def mapped(paths: list[Path]) -> None:
    from blake3 import blake3

    for path in paths:
        blake3(max_threads=blake3.AUTO).update_mmap(path).hexdigest()


def model_signing(algorithm: str) -> Callable[[list[Path]], None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from model_signing import hashing

    def run(paths: list[Path]) -> None:
        hashing.Config().use_file_serialization(hashing_algorithm=algorithm).hash(paths[0].parent)

    return run


def peers(algorithm: str) -> dict[str, Callable[[list[Path]], None]]:
    tool = {"sha256": "sha256sum", "blake3": "b3sum"}[algorithm]
    found = {"model_signing": model_signing(algorithm)}
    if shutil.which(tool):
        found[tool] = command(tool)
    if algorithm == "blake3":
        found["blake3's memory map"] = mapped
    return found


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of `(what, measured, budget, holds)`; all took turns, the best of each counts."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        paths = build(Path(folder))
        size = sum(path.stat().st_size for path in paths)
        for algorithm in ("sha256", "blake3"):
            runs: dict[str, Callable[[list[Path]], None]] = {
                "ajar": lambda paths, algorithm=algorithm: ours(paths, algorithm),  # type: ignore[misc]
                **peers(algorithm),
            }
            best = dict.fromkeys(runs, 1e9)
            for _ in range(ROUNDS):
                for name, run in runs.items():
                    started = time.perf_counter()
                    run(paths)
                    best[name] = min(best[name], time.perf_counter() - started)
            own = best.pop("ajar")
            fastest = min(best, key=lambda name: best[name])
            others = ", ".join(f"{name} {size / seconds / 1e9:.2f}" for name, seconds in best.items())
            ratio = own / best[fastest]
            rows.append(
                (
                    f"{algorithm} of {size / 1e6:.0f} MB in {len(paths)} files",
                    f"{size / own / 1e9:.2f} GB/s ({others}); {ratio:.2f} of {fastest}'s time",
                    f"{BUDGET:.2f}",
                    "yes" if ratio <= BUDGET else "NO",
                )
            )
    return rows


if __name__ == "__main__":
    for row in measure():
        print(*row, sep="  |  ")
