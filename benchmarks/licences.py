"""Licence identification on known texts: every SPDX text verbatim, and with a clause of ours put into it."""

from __future__ import annotations

import time

from ajar.model.component import MatchKind
from ajar.rights.data_store import store
from ajar.rights.match import identify

CLAUSE = (
    "\n\nNotwithstanding the above, no rights are granted to anyone who earned more than ten million dollars in "
    "the preceding year, until the licensor agrees in writing.\n\n"
)
SAMPLE = 5


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of `(what, measured, budget, holds)`."""
    started = time.perf_counter()
    known = store()
    load_ms = (time.perf_counter() - started) * 1000
    verbatim = silent = shown = spoilt = 0
    times = []
    names = list(known.ids)[::SAMPLE]
    for name in names:
        text = known.text(name)
        started = time.perf_counter()
        found = identify(text)
        times.append((time.perf_counter() - started) * 1000)
        verbatim += len(found) == 1 and found[0].licence.id == name and found[0].match is MatchKind.EXACT
        lines = text.splitlines(keepends=True)
        spoilt_text = "".join(lines[: len(lines) // 2]) + CLAUSE + "".join(lines[len(lines) // 2 :])
        spoilt += 1
        found = identify(spoilt_text)
        silent += bool(found) and all(item.match in {MatchKind.EXACT, MatchKind.TEMPLATE} for item in found)
        shown += any("ten million" in difference.text for item in found for difference in item.differences)
    times.sort()
    median = times[len(times) // 2]
    return [
        ("licence index, load", f"{load_ms:.0f} ms", "300 ms", "yes" if load_ms <= 300 else "NO"),
        (f"{len(names)} texts verbatim, median", f"{median:.2f} ms", "2 ms", "yes" if median <= 2 else "NO"),
        (
            "verbatim texts named exactly",
            f"{100 * verbatim / len(names):.1f} %",
            "99.5 %",
            "yes" if verbatim >= 0.995 * len(names) else "NO",
        ),
        (
            "a clause put in, passed for the licence",
            f"{100 * silent / spoilt:.1f} %",
            "0.5 %",
            "yes" if silent <= 0.005 * spoilt else "NO",
        ),
        ("a clause put in, shown", f"{100 * shown / spoilt:.1f} %", "", ""),
    ]
