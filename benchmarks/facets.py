"""How well the clause detectors alone read licences: precision and recall against the adjudicated records.

    python benchmarks/facets.py [--texts DIR] [--write docs/licences-facets.md] [--misses]

--texts  a folder of `<id>.txt` for records whose text is not in texts.zip

A clause counts as found when facet, value and what it names agree; for a policy and for terms that stand
elsewhere, when the facet agrees. Rows that rest on another document than the licence are left out.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from ajar.model.terms import Clause, Facet
from ajar.rights.clauses import clauses_of
from ajar.rights.data_store import store
from ajar.rights.records import record, recorded

LOOSE = {Facet.USE_POLICY, Facet.INCORPORATED, Facet.LAW}
MARK = "<!-- measured -->"


def keys(clauses: tuple[Clause, ...]) -> set[tuple[object, ...]]:
    found: set[tuple[object, ...]] = set()
    for clause in clauses:
        if clause.path:
            continue
        if clause.facet in {Facet.USE_POLICY, Facet.INCORPORATED}:
            found.add((clause.facet, clause.value))
        elif clause.facet is Facet.DISPLAY:
            found.add((clause.facet, clause.value, clause.items[:1]))
        else:
            found.add((clause.facet, clause.value, clause.items, clause.number, clause.unit))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--misses", action="store_true")
    arguments = parser.parse_args()
    hit: Counter[str] = Counter()
    extra: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    times: list[float] = []
    read = skipped = 0
    for name in recorded():
        text = text_of(name, arguments.texts)
        known = record(name)
        if text is None or known is None:
            skipped += 1
            continue
        read += 1
        clauses_of(text)
        started = time.process_time()
        found = clauses_of(text)
        times.append((time.process_time() - started) * 1000)
        wanted, got = keys(known.clauses), keys(found)
        for key in wanted | got:
            table = hit if key in wanted and key in got else missed if key in wanted else extra
            table[key[0].value] += 1  # type: ignore[attr-defined]
            if arguments.misses and table is not hit:
                print(f"{'-' if table is missed else '+'} {name:34} {' '.join(str(part) for part in key)}")
    lines = list(table_of(hit, extra, missed))
    lines.append("")
    lines.append(
        f"{read} texts with {hit.total() + missed.total()} adjudicated clauses; {skipped} records without a text here. "
        f"Detectors: median {statistics.median(times):.1f} ms, longest {max(times):.1f} ms of processor time a text."
    )
    print("\n".join(lines))
    if arguments.write:
        page = arguments.write.read_text("utf-8")
        before = page.split(MARK)[0]
        after = page.split(MARK)[2]
        arguments.write.write_text(f"{before}{MARK}\n" + "\n".join(lines) + f"\n{MARK}{after}", "utf-8")
    return 0


def text_of(name: str, folder: Path | None) -> str | None:
    try:
        return store().text(name)
    except KeyError:
        pass
    path = folder / f"{name}.txt" if folder else None
    return path.read_text("utf-8", errors="replace") if path and path.exists() else None


def table_of(hit: Counter[str], extra: Counter[str], missed: Counter[str]) -> list[str]:
    lines = ["| facet | adjudicated | found | precision | recall |", "|---|--:|--:|--:|--:|"]
    for facet in [*(item.value for item in Facet), "all"]:
        if facet == "all":
            right, wrong, lost = hit.total(), extra.total(), missed.total()
        else:
            right, wrong, lost = hit[facet], extra[facet], missed[facet]
        if right + wrong + lost:
            precision = f"{right / (right + wrong):.0%}" if right + wrong else "–"
            recall = f"{right / (right + lost):.0%}" if right + lost else "–"
            lines.append(f"| {facet} | {right + lost} | {right + wrong} | {precision} | {recall} |")
    return lines


if __name__ == "__main__":
    raise SystemExit(main())
