"""How fast the pages are: readers at once on the real server, the static copy, and search over many stored reports.

python benchmarks/web.py [--readers 50] [--seconds 15] [--stored 100000] [--datasette PATH]

With the path of a `datasette` command, the same search is put to it over the same SQLite file in the same run.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import httpx2

from ajar.catalogue import load
from ajar.known import report_of
from ajar.reports import json_v1
from ajar.web.store import Store
from tests.build.sites import serving

BATCH = 5000
LOOPBACK = "127.0.0.1"
OTHER = f"http://{LOOPBACK}:8641"


def timed(client: httpx2.Client, path: str) -> tuple[float, int]:
    started = time.perf_counter()
    answer = client.get(path)
    answer.raise_for_status()
    return time.perf_counter() - started, int(answer.headers.get("content-length", 0))


def read(address: str, paths: Sequence[str], readers: int, seconds: float) -> list[float]:
    """Seconds a page, by so many readers at once, each with a connection of its own."""
    times: list[float] = []
    until = time.perf_counter() + seconds

    def reader(seed: int) -> None:
        chosen, own = random.Random(seed), []
        with httpx2.Client(base_url=address, timeout=60) as client:
            while time.perf_counter() < until:
                own.append(timed(client, chosen.choice(paths))[0])
                time.sleep(chosen.uniform(0.5, 1.5))  # a reader reads
        times.extend(own)

    threads = [threading.Thread(target=reader, args=(seed,)) for seed in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def told(name: str, times: Sequence[float]) -> None:
    cuts = quantiles(times, n=100)
    print(
        f"{name:<44} n={len(times):<6} p50 {cuts[49] * 1e3:7.1f} ms   p95 {cuts[94] * 1e3:7.1f} ms   p99 {cuts[98] * 1e3:7.1f} ms"
    )


def filled(path: Path, count: int) -> None:
    """A store with so many reports: those of the catalogue over and over, each under a name of its own."""
    reports = [json_v1.to_json(report_of(system)) for system in load().systems[:40]]
    bodies = [json.dumps({**item, "evidence": [], "gaps": []})[:4000] for item in reports]
    Store(path).close()
    base = sqlite3.connect(path)
    for start in range(0, count, BATCH):
        rows = range(start, min(start + BATCH, count))
        with base:
            base.executemany(
                "INSERT INTO audits (id, target, client, state, asked, ended, title, door, report) VALUES (?, ?, 'x', 'done', ?, ?, ?, ?, ?)",
                (
                    (
                        f"k{n}",
                        f"hf:org{n % 997}/model-{n}",
                        n,
                        n,
                        f"org{n % 997}/model-{n}",
                        reports[n % 40]["door"]["declared"],
                        bodies[n % 40],
                    )
                    for n in rows
                ),
            )
            base.executemany(
                "INSERT INTO words (id, title, target, licences, body) VALUES (?, ?, ?, ?, ?)",
                (
                    (
                        f"k{n}",
                        f"org{n % 997}/model-{n}",
                        f"hf:org{n % 997}/model-{n}",
                        "Apache-2.0",
                        bodies[n % 40][:400],
                    )
                    for n in rows
                ),
            )
    base.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--stored", type=int, default=100_000)
    parser.add_argument("--datasette", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "ajar", "site", "build", f"{folder}/site", "-q"],
            check=True,
            capture_output=True,
        )
        print(f"static copy of the whole catalogue: {time.perf_counter() - started:.1f} s")
        pages = [f"/systems/{system.id}/" for system in load().systems] + [
            "/",
            "/timeline/",
            "/makers/",
            "/licences/",
            "/?q=grok",
            "/?door=ajar",
        ]
        store = Path(folder) / "audits.db"
        started = time.perf_counter()
        filled(store, given.stored)
        print(
            f"{given.stored:,} reports stored in {time.perf_counter() - started:.1f} s, {store.stat().st_size / 1e6:.0f} MB"
        )
        words = [f"model-{n}" for n in range(0, given.stored, max(1, given.stored // 200))]
        with serving("--store", str(store)) as address:
            with httpx2.Client(base_url=address, timeout=60) as client:
                heaviest = max((timed(client, page)[1], page) for page in pages[-6:])
                print(f"heaviest page as sent: {heaviest[0] / 1000:.0f} kB ({heaviest[1]})")
            with httpx2.Client(base_url=address, timeout=60) as client:
                told("a page for the first time, one reader", [timed(client, page)[0] for page in pages])
            told(f"pages, {given.readers} readers", read(address, pages, given.readers, given.seconds))
            told(
                f"search of {given.stored:,} reports, {given.readers} readers",
                read(address, [f"/audits/?q={word}" for word in words], given.readers, given.seconds),
            )
        if given.datasette:
            with subprocess.Popen(
                [given.datasette, str(store), "-p", "8641"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ) as other:
                try:
                    _await(f"{OTHER}/")
                    told(
                        "the same search by Datasette",
                        read(
                            OTHER,
                            [f'/audits/words?_search="{word}"' for word in words],
                            given.readers,
                            given.seconds,
                        ),
                    )
                finally:
                    other.terminate()


def _await(address: str) -> None:
    for _ in range(100):
        try:
            httpx2.get(address)
        except httpx2.TransportError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"{address} does not answer")


if __name__ == "__main__":
    main()
