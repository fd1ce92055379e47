"""A stratified sample of what was listed, drawn from a seed: the same listing gives the same sample.

The sample is allotted to strata by their size, at least one to each. Where there are more strata than half the
sample, the smallest are pooled into one, so that no stratum is drawn too thin to estimate its variance.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ajar.errors import UsageError
from ajar.survey.ledger import Ledger
from ajar.survey.schema import Row, plain_text

KEYS: Mapping[str, str] = {
    "maker": "maker",
    "country": "country",
    "year": "year",
    "task": "task",
    "library": "library",
    "licence": "tagged_licence",
    "gated": "gated",
    "downloads": "downloads",  # by powers of ten
}
POOLED = "(other)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """How many releases, by which columns, from which seed."""

    count: int
    by: tuple[str, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        unknown = [key for key in self.by if key not in KEYS]
        if unknown:
            raise UsageError(f"--by {unknown[0]}: not a key", hint=f"one of: {', '.join(KEYS)}")


def stratum_of(row: Row, by: Sequence[str]) -> str:
    """A release's stratum: `maker=mistral-ai,year=2025`."""
    return plain_text(",".join(f"{key}={_value(row, key)}" for key in by) or "all")


def _value(row: Row, key: str) -> str:
    value = row.get(KEYS[key])
    if key == "downloads":
        return f"1e{len(str(value)) - 1}" if isinstance(value, int) and value > 0 else "0"
    return "unknown" if value is None else str(value).replace(",", " ")


def draw(ledger: Ledger, sample: Sample) -> int:
    """Keep a sample of what is planned, with weights. Returns how many. Done once a survey."""
    members: dict[str, list[int]] = defaultdict(list)
    for key, _, row in ledger.planned_rows():
        members[stratum_of(row, sample.by)].append(key)
    strata = _pooled(members, sample.count)
    sizes = allotted({name: len(keys) for name, keys in strata.items()}, sample.count)
    chosen: list[tuple[int, str, float]] = []
    for name in sorted(strata):
        keys, size = strata[name], sizes[name]
        # Each stratum from a seed of its own: one that grows does not change what is drawn from the others.
        drawn = random.Random(f"{sample.seed}:{name}").sample(keys, size)  # noqa: S311  a sample, no secret
        chosen += [(key, name, len(keys) / size) for key in drawn]
    ledger.keep_sample(chosen, [(name, len(keys), sizes[name]) for name, keys in strata.items()])
    return len(chosen)


def _pooled(members: Mapping[str, list[int]], count: int) -> dict[str, list[int]]:
    kept = max(count // 2, 1)
    ordered = sorted(members, key=lambda name: (-len(members[name]), name))
    if len(ordered) <= kept:
        return dict(members)
    strata = {name: members[name] for name in ordered[: kept - 1]}
    strata[POOLED] = [key for name in ordered[kept - 1 :] for key in members[name]]
    return strata


def allotted(sizes: Mapping[str, int], count: int) -> dict[str, int]:
    """How many of each stratum: in proportion, at least one, and no more than there are.

    By largest remainders; what rounding leaves over goes to the largest strata.
    """
    total = sum(sizes.values())
    if count >= total:
        return dict(sizes)
    exact = {name: count * size / total for name, size in sizes.items()}
    found = {name: min(max(int(exact[name]), 1), size) for name, size in sizes.items()}
    by_rest = sorted(sizes, key=lambda name: (found[name] - exact[name], name))
    left = count - sum(found.values())
    while left:
        before = left
        for name in by_rest if left > 0 else reversed(by_rest):
            if left > 0 and found[name] < sizes[name]:
                found[name], left = found[name] + 1, left - 1
            elif left < 0 and found[name] > 1:
                found[name], left = found[name] - 1, left + 1
            if not left:
                break
        if left == before:
            break
    return found
