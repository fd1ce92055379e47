"""The shortest way up: which criteria, met, would prove the next level. Computed from the instruments' own rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb

from ajar.frameworks import INSTRUMENTS
from ajar.frameworks.explain import TABLES
from ajar.frameworks.instrument import table
from ajar.model.judgement import Criterion, Outcome, Verdict

# Sets of one size that are tried, beyond what every way needs: as many as take 0.2 s. Instruments leave far fewer.
TRIES = 2_000
_HARDEST_FIRST = (Outcome.UNMET, Outcome.PARTIAL, Outcome.UNKNOWN)
Reach = Callable[[Sequence[Criterion]], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One thing to add or settle: the criterion, what its instrument calls it, and why it does not hold."""

    criterion: str
    what: str
    why: str
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What one level of an instrument still needs, and what of that the levels below do not."""

    instrument: str
    level: str
    label: str
    things: tuple[Thing, ...]
    more: tuple[Thing, ...]


def ways(verdicts: Sequence[Verdict]) -> Iterator[Way]:
    """For every instrument with levels, the way to each level above the proven one, the next first."""
    for verdict in verdicts:
        instrument = next(item for item in INSTRUMENTS if item.id == verdict.instrument)
        if instrument.reach is None:
            continue
        data = next(table(name) for name in TABLES if table(name)["id"] == instrument.id)
        labels = {item["id"]: item["label"] for item in data["level"]}
        words = {item["id"]: item.get("moved", item["question"]) for item in data["criterion"]}
        before: set[str] = set()
        start = instrument.levels.index(verdict.at_least)
        reached = start
        for goal in range(start + 1, len(instrument.levels)):
            if goal <= reached:
                continue  # the things for the level below carry further
            chosen = shortest(verdict.criteria, goal, instrument.reach, frozenset(before))
            if chosen is None:
                break
            reached = instrument.reach(_met(verdict.criteria, chosen))
            things = tuple(_thing(item, words) for item in verdict.criteria if item.id in chosen)
            level = instrument.levels[reached]
            yield Way(
                instrument=instrument.id,
                level=level,
                label=labels[level],
                things=things,
                more=tuple(item for item in things if item.criterion not in before),
            )
            before = set(chosen)


def _thing(item: Criterion, words: dict[str, str]) -> Thing:
    return Thing(criterion=item.id, what=words[item.id], why=item.reason, outcome=item.outcome)


def shortest(
    criteria: Sequence[Criterion], goal: int, reach: Reach, wanted: frozenset[str] = frozenset()
) -> frozenset[str] | None:
    """The fewest criteria that, met, prove level `goal`; `None` when no set does.

    Of equally short ways one that leads to that level and no further is taken, then the one that goes on
    with `wanted` and asks for what is easiest: to settle what is unknown is easier than to complete a
    part, and that than to make what is not there.
    """
    open_ones = [item for item in criteria if item.outcome in _HARDEST_FIRST]
    if reach(_met(criteria, frozenset(item.id for item in open_ones))) < goal:
        return None
    everything = frozenset(item.id for item in open_ones)
    needed = frozenset(item.id for item in open_ones if reach(_met(criteria, everything - {item.id})) < goal)
    rest = sorted(
        (item for item in open_ones if item.id not in needed),
        key=lambda item: (item.id not in wanted, -_HARDEST_FIRST.index(item.outcome)),
    )
    names = [item.id for item in rest]
    for size in range(len(names) + 1):
        if comb(len(names), size) > TRIES:
            break
        found = [needed | set(chosen) for chosen in combinations(names, size)]
        reaching = [chosen for chosen in found if reach(_met(criteria, chosen)) >= goal]
        if reaching:
            exact = (chosen for chosen in reaching if reach(_met(criteria, chosen)) == goal)
            return next(exact, reaching[0])
    return everything


def _met(criteria: Sequence[Criterion], chosen: frozenset[str]) -> tuple[Criterion, ...]:
    return tuple(replace(item, outcome=Outcome.MET) if item.id in chosen else item for item in criteria)
