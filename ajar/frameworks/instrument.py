"""What an instrument is, and how its criteria become an interval."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ajar.model.dossier import Subject
from ajar.model.evidence import Basis, Ground
from ajar.model.judgement import Criterion, Outcome, Verdict

DECLARED_BASES = frozenset({Basis.DECLARED, Basis.INFERRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A published way to say how open a release is."""

    id: str
    name: str
    version: str
    source: str
    levels: tuple[str, ...]
    evaluate: Callable[[Subject], Verdict]
    # The index of the level that criteria, once decided, prove; `None` where there are points and no levels.
    reach: Callable[[Sequence[Criterion]], int] | None = None


@cache
def table(name: str) -> Mapping[str, Any]:
    """An instrument's data file: levels and criteria with question, rule and citation."""
    import tomllib
    from importlib.resources import files

    return tomllib.loads((files("ajar.frameworks") / "data" / f"{name}.toml").read_text("utf-8"))


def criterion(
    id: str,  # noqa: A002  the field's own word
    outcome: Outcome,
    basis: Basis,
    reason: str,
    because: Iterable[Ground] = (),
) -> Criterion:
    return Criterion(id=id, outcome=outcome, basis=basis, reason=reason, because=tuple(because)[:8])


Holds = Callable[[str], bool]
"""Whether the criterion of an id counts as met, in one of the three readings."""


def readings(criteria: Sequence[Criterion]) -> tuple[Holds, Holds, Holds]:
    """The three readings: proven (unknown is unmet), declared (the publisher's word), possible."""
    by_id = {item.id: item for item in criteria}

    def proven(name: str) -> bool:
        return by_id[name].outcome is Outcome.MET

    def declared(name: str) -> bool:
        item = by_id[name]
        return item.outcome is Outcome.MET or (
            item.outcome is Outcome.UNKNOWN and item.basis in DECLARED_BASES
        )

    def possible(name: str) -> bool:
        return by_id[name].outcome in {Outcome.MET, Outcome.UNKNOWN}

    return proven, declared, possible


def movers(
    criteria: Sequence[Criterion], level: Callable[[Holds], int], phrases: Mapping[str, str]
) -> tuple[str, ...]:
    """Facts that would move a bound, the one that moves it furthest first.

    Each open criterion is settled alone, to met and to unmet; what raises the lower bound or lowers the
    upper one counts. When none moves a bound alone, all that stand in the way are named.
    """
    low, _, high = (level(holds) for holds in readings(criteria))
    open_ones = [item for item in criteria if item.outcome is Outcome.UNKNOWN]
    if low == high:
        return ()
    gains: list[tuple[int, int, Criterion]] = []
    for number, item in enumerate(open_ones):
        settled = [_settled(other, item) for other in criteria]
        refused = [_settled(other, item, Outcome.UNMET) for other in criteria]
        up = level(readings(settled)[0]) - low
        down = high - level(readings(refused)[2])
        if up > 0 or down > 0:
            gains.append((-max(up, 0) * 10 - max(down, 0), number, item))
    ordered = [item for _, _, item in sorted(gains, key=lambda gain: gain[:2])] or open_ones
    return tuple(f"{phrases.get(item.id, item.id)}: {item.reason}" for item in ordered[:4])


def _settled(item: Criterion, wanted: Criterion, outcome: Outcome = Outcome.MET) -> Criterion:
    if item.id != wanted.id:
        return item
    return Criterion(id=item.id, outcome=outcome, basis=Basis.VERIFIED, reason=item.reason)
