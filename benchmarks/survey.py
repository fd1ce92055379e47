"""Surveys of made releases on a stand-in hub: rate, memory, size, growth. `python benchmarks/survey.py [PART …]`.

Parts: rate, growth, cluster, faults; all of them take about ten minutes. The hub runs in a process of its own and
takes a core that the survey then lacks, so that rates are per second of the survey's own processor time.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from ajar.config import VERSION
from ajar.survey import packs
from ajar.survey.ledger import Task
from ajar.survey.listing import Targets
from ajar.survey.run import Survey, run
from ajar.survey.schema import stable
from ajar.survey.store import Reader
from ajar.survey.work import Outcome, Settings

SEED = 1
KILLS = 25


@contextmanager
def host(count: int, kind: str = "honest") -> Iterator[None]:
    command = [sys.executable, "-m", "tests.standin.synthetic_hub", str(SEED), str(count), kind]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        assert server.stdin
        os.environ["HF_ENDPOINT"] = server.stdout.readline().strip()
        yield
        server.stdin.close()


@contextmanager
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="ajar-survey-"))
    yield made
    shutil.rmtree(made)


def survey(store: Path, *words: str, source: str | Path = "hub:") -> tuple[float, float, dict[str, Any]]:
    """Seconds by the clock and of processors, and the last status."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "ajar", "survey", str(source), "-o", str(store), *words]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    spent, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, cpu, json.loads((store / "status.json").read_text())


def targets_of(made: Path, store: str) -> Path:
    """What a store has, pinned: a listing needs the network, an audit from the cache does not."""
    with Reader(made / store) as reader:
        rows = [row["locator"] for row in reader.rows() if row["locator"]]
    path = made / "targets"
    path.write_text("\n".join(rows))
    return path


def size_of(path: Path) -> int:
    return sum(item.stat().st_size for item in path.rglob("*") if item.is_file())


def rate(count: int = 1200) -> Iterator[tuple[str, str, str, str]]:
    with folder() as made, host(count):
        os.environ["AJAR_CACHE"] = str(made / "cache")
        for depth in ("headers", "safety"):
            spent, cpu, _ = survey(made / depth, "--depth", depth)
            yield row(f"{depth}, a minute of one core", count / cpu * 60, 1000)
            yield row(f"{depth}, by the clock, hub beside it", count / spent * 60, None)
        survey(made / "fill", "--depth", "documents", "--keep")
        targets = targets_of(made, "fill")
        held = len(targets.read_text().splitlines())
        spent, cpu, _ = survey(made / "documents", "--depth", "documents", "--offline", source=targets)
        yield row("documents from a warm cache, a minute of one core", held / cpu * 60, 20_000)
        with Reader(made / "headers") as reader:
            reports = sum(row["report_bytes"] or 0 for row in reader.rows())
        own = size_of(made / "headers") - reports
        yield row("store a release besides its report, bytes", own / count, 2048, is_most=True)
        yield row("report, bytes", reports / count, None)


class Instant:
    """An engine that audits nothing: what remains is what a survey costs on top."""

    free, waiting = 64, 0
    text = json.dumps({"schema": "ajar-report/1", "words": "x" * 20_000})

    def __init__(self) -> None:
        self.held: list[Task] = []

    @property
    def is_idle(self) -> bool:
        return not self.held

    def submit(self, task: Task) -> None:
        self.held.append(task)

    def poll(self, _: float) -> list[Outcome]:
        done, self.held = self.held, []
        return [self.outcome(task) for task in done]

    def outcome(self, task: Task) -> Outcome:
        chance = random.Random(task.id)
        row = {
            "target": task.target, "state": "done", "reason": None, "depth": "headers", "title": task.target, "maker": "someone",
            "ajar_version": VERSION, "downloads": chance.randrange(10**6), "tags": ["en", "x"], "door_declared": "ajar",
            "bytes_read": 1, "requests": 1, "rules": ["weights-licence-text-is-present"], "licences": ["MIT"],
        }  # fmt: skip
        digest, frame = packs.compress(f"{self.text}{task.id}".encode())
        return Outcome(id=task.id, row=row, digest=digest, report=frame)

    def close(self) -> None: ...


def growth(counts: tuple[int, ...] = (1_000, 10_000, 100_000)) -> Iterator[tuple[str, str, str, str]]:
    for count in counts:
        command = [sys.executable, __file__, "grow", str(count)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        spent, memory, size = map(float, done.stdout.split())
        yield row(f"overhead a release of {count:,}, ms", spent / count * 1000, 5, is_most=True)
        yield row(f"memory with {count:,}, MB", memory, 400, is_most=True)
        yield row(
            f"store a release besides its report, of {count:,}, bytes", size / count, 2048, is_most=True
        )


def grow(count: int) -> None:
    """In a process of its own, for its memory."""
    import ajar.survey.run as module

    @contextmanager
    def instant(*_: object) -> Iterator[Instant]:
        yield Instant()

    module._engine = instant  # type: ignore[assignment]  # noqa: SLF001
    with folder() as made:
        targets = made / "targets"
        targets.write_text("".join(f"hf:someone/model-{number}\n" for number in range(count)))
        started = time.perf_counter()
        run(Survey(source=Targets(targets), store=made / "store", settings=Settings(depth="headers")))
        spent = time.perf_counter() - started
        reports = size_of(made / "store" / "reports")
        size = size_of(made / "store") - reports
    print(spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000, size)


def cluster(count: int = 2400) -> Iterator[tuple[str, str, str, str]]:
    with folder() as made, host(count):
        os.environ["AJAR_CACHE"] = str(made / "cache")
        survey(made / "fill", "--depth", "headers", "--keep")
        targets = targets_of(made, "fill")
        times = {}
        for workers in (1, 2):
            words = ("--depth", "headers", "--offline", "--cluster", "local", "--workers", str(workers))
            times[workers], _, _ = survey(made / str(workers), *words, source=targets)
        here, _, _ = survey(
            made / "here", "--depth", "headers", "--offline", "--workers", "2", source=targets
        )
        yield row("Dask, two workers over one", times[1] / times[2], 1.6)
        yield row("Dask over the engine of one process, two workers", times[2] / here, None)
        same = [[stable(one) for one in Reader(made / name).rows()] for name in ("1", "2", "here")]
        yield ("the same rows from all three", str(same[0] == same[1] == same[2]), "True", "")


def faults(count: int = 400) -> Iterator[tuple[str, str, str, str]]:
    """Killed every few seconds, itself or its workers, until it is done."""
    with folder() as made, host(count, "any"):
        survey(made / "calm", "--depth", "headers")
        chance, kills = random.Random(1), 0
        command = [
            sys.executable,
            "-m",
            "ajar",
            "survey",
            "hub:",
            "-o",
            str(made / "killed"),
            "--depth",
            "headers",
        ]
        while True:
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            # It is left alone in the end: what cannot be reached is tried again in every run.
            until = time.monotonic() + (chance.uniform(4, 20) if kills < KILLS else 600)
            while process.poll() is None and time.monotonic() < until:
                time.sleep(1)
                workers = [
                    int(pid)
                    for path in Path(f"/proc/{process.pid}/task").glob("*/children")
                    for pid in path.read_text().split()
                ]
                if workers and kills < KILLS and chance.random() < 0.4:
                    with suppress(ProcessLookupError):
                        os.kill(chance.choice(workers), signal.SIGKILL)
                    kills += 1
            if process.poll() is not None:
                break
            process.kill()
            process.wait()
            kills += 1
        calm, killed = ([stable(one) for one in Reader(made / name).rows()] for name in ("calm", "killed"))
        for one, other in zip(calm, killed, strict=True):
            for name in (key for key in one if one[key] != other[key]):
                sys.stderr.write(f"{one['target']}: {name}: {one[name]!r}, {other[name]!r}\n")
        yield (f"the same {count} rows after {kills} kills", str(calm == killed), "True", "")


def row(what: str, value: float, budget: float | None, *, is_most: bool = False) -> tuple[str, str, str, str]:
    holds = "" if budget is None else str(value <= budget if is_most else value >= budget)
    shown = f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
    return what, shown, "" if budget is None else f"{'≤' if is_most else '≥'} {budget:,}", holds


PARTS = {"rate": rate, "growth": growth, "cluster": cluster, "faults": faults}


def main() -> int:
    if sys.argv[1:2] == ["grow"]:
        grow(int(sys.argv[2]))
        return 0
    print("| what | measured | budget | holds |\n|---|---|---|---|")
    for name in sys.argv[1:] or PARTS:
        for found in PARTS[name]():
            print(f"| {' | '.join(found)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
