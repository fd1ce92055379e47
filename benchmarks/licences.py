"""Licence identification: a quick check on the texts here, and the mutation benchmark with its peers.

    python benchmarks/licences.py --spdx DIR --mutate PROGRAM [--seed N] [--skip BENCH] [--clauses FILE]
    python benchmarks/licences.py --bench FILE [--peer scancode=PYTHON …] [--sample N]

--spdx     `licenses/` of the npm package spdx-license-list
--mutate   the program that makes the texts: one JSON object a line with id, kind, gold and text
--bench    its output from before; --peer asks other identifiers the same questions (licence_peers.py)
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from ajar.model.component import MatchKind
from ajar.rights.data_store import store
from ajar.rights.match import identify

CLAUSE = (
    "\n\nNotwithstanding the above, no rights are granted to anyone who earned more than ten million dollars in "
    "the preceding year, until the licensor agrees in writing.\n\n"
)
SAMPLE = 5
CLEAN = {MatchKind.EXACT, MatchKind.TEMPLATE}
TEMPLATE = ("reflow", "copyright", "html", "markdown", "typography", "comment")
MODIFIED = ("drop5", "append", "insert", "negate")
# A peer that gives no verdict counts as calling the text untouched from this score on.
UNTOUCHED = 99.5


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of `(what, measured, budget, holds)`."""
    started = time.perf_counter()
    known = store()
    load_ms = (time.perf_counter() - started) * 1000
    verbatim = silent = shown = 0
    times = []
    names = [name for name in known.ids if _has_text(name)][::SAMPLE]
    for name in names:
        text = known.text(name)
        started = time.perf_counter()
        found = identify(text)
        times.append((time.perf_counter() - started) * 1000)
        verbatim += len(found) == 1 and found[0].licence.id == name and found[0].match is MatchKind.EXACT
        lines = text.splitlines(keepends=True)
        found = identify("".join(lines[: len(lines) // 2]) + CLAUSE + "".join(lines[len(lines) // 2 :]))
        silent += bool(found) and all(item.match in CLEAN for item in found)
        shown += any("ten million" in difference.text for item in found for difference in item.differences)
    times.sort()
    median = times[len(times) // 2]
    count = len(names)
    return [
        ("licence index, load", f"{load_ms:.0f} ms", "100 ms", "yes" if load_ms <= 100 else "NO"),
        (f"{count} texts verbatim, median", f"{median:.2f} ms", "1 ms", "yes" if median <= 1 else "NO"),
        (
            "verbatim texts named exactly",
            f"{100 * verbatim / count:.1f} %",
            "99.5 %",
            "yes" if verbatim >= 0.995 * count else "NO",
        ),
        (
            "a clause put in, passed for the licence",
            f"{100 * silent / count:.1f} %",
            "0.5 %",
            "yes" if silent <= 0.005 * count else "NO",
        ),
        ("a clause put in, shown", f"{100 * shown / count:.1f} %", "", ""),
    ]


def _has_text(name: str) -> bool:
    try:
        return bool(store().text(name))
    except KeyError:
        return False


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--spdx", type=Path)
    parser.add_argument("--mutate", type=Path)
    parser.add_argument("--seed", type=int, default=4242)
    parser.add_argument("--skip", type=Path)
    parser.add_argument("--clauses", type=Path, default=HERE / "data" / "clauses-held-out.txt")
    parser.add_argument("--bench", type=Path)
    parser.add_argument("--peer", action="append", default=[])
    parser.add_argument("--sample", type=int, default=0, help="texts of each kind, 0 for all")
    arguments = parser.parse_args()
    lines = arguments.bench.read_text("utf-8").splitlines() if arguments.bench else _made(arguments)
    rows = _sampled([json.loads(line) for line in lines], arguments.sample)
    print(f"{len(rows)} texts, CPU time of one core\n")
    print(
        "| tool | verbatim right | template right / clean | modified named / silent | both of two | false on prose | ms median / mean / p95 | load s | RSS MB |"
    )
    print("|-|-|-|-|-|-|-|-|-|")
    for peer in (f"ajar={sys.executable}", *arguments.peer):
        name, _, python = peer.partition("=")
        command = [python, str(HERE / "licence_peers.py"), name]
        asked = "".join(json.dumps(row) + "\n" for row in rows)
        done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, text=True, check=True)
        print(scored(name, rows, [json.loads(line) for line in done.stdout.splitlines()]), flush=True)
    return 0


def _made(arguments: argparse.Namespace) -> list[str]:
    command = [
        sys.executable,
        str(arguments.mutate),
        "--spdx",
        str(arguments.spdx),
        "--seed",
        str(arguments.seed),
    ]
    command += ["--sample", "200", "--clauses", str(arguments.clauses)]
    command += ["--skip", str(arguments.skip)] if arguments.skip else []
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def _sampled(rows: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    if not count:
        return rows
    kinds = defaultdict(list)
    for row in rows:
        kinds[row["kind"]].append(row)
    chance = random.Random(5)
    return [row for found in kinds.values() for row in chance.sample(found, min(count, len(found)))]


def scored(name: str, rows: list[dict[str, Any]], answers: Iterable[Mapping[str, Any]]) -> str:
    """One line of the table. Right: exactly the licences that are there; clean: right, and called untouched."""
    by_id = {row["id"]: row for row in rows}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    facts: dict[str, float] = {}
    times = []
    for answer in answers:
        row = by_id.get(answer.get("id", ""))
        if row is None:
            facts.update(answer)
            continue
        times.append(answer["ms"])
        named = all(any(one in answer["ids"] for one in group) for group in row["gold"])
        extra = [one for one in answer["ids"] if not any(one in group for group in row["gold"])]
        right = (named and not extra) if row["gold"] else not answer["ids"]
        untouched = answer["verdict"] == "exact" if answer["verdict"] else answer["score"] >= UNTOUCHED
        counts[row["kind"]].update(
            n=1, right=right, named=named and bool(row["gold"]), clean=right and untouched
        )
    times.sort()

    def share(kinds: Iterable[str], what: str) -> str:
        total = sum(counts[kind]["n"] for kind in kinds)
        return f"{100 * sum(counts[kind][what] for kind in kinds) / total:.1f}" if total else "-"

    prose = share(["readme"], "right")
    cells = (
        name,
        share(["verbatim"], "right"),
        f"{share(TEMPLATE, 'right')} / {share(TEMPLATE, 'clean')}",
        f"{share(MODIFIED, 'named')} / {share(MODIFIED, 'clean')}",
        share(["concat"], "named"),
        "-" if prose == "-" else f"{100 - float(prose):.1f}",
        f"{times[len(times) // 2]:.2f} / {sum(times) / len(times):.1f} / {times[int(0.95 * len(times))]:.1f}",
        f"{facts.get('load_s', 0):.2f}",
        f"{facts.get('rss_mb', 0):.0f}",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
