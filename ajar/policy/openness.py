"""Rules on levels by published instruments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from ajar.frameworks import INSTRUMENTS
from ajar.frameworks.explain import TABLES
from ajar.frameworks.instrument import Instrument, table
from ajar.frameworks.ways import shortest
from ajar.model.gate import RuleOutcome, RuleResult
from ajar.model.judgement import Criterion, Outcome, Verdict
from ajar.policy.case import Case, Rule, result

_BOUNDS = {"at-least": "proven", "declared": "declared", "at-most": "possible"}
_SHOWN = 4  # things that would mend a failure; `ajar prepare` lists all


def _rank(level: str | float, instrument: Instrument) -> float:
    """The place of a level; points for an instrument without levels."""
    if instrument.levels and isinstance(level, str):
        return instrument.levels.index(level)
    return float(str(level).partition("/")[0])


def _check(instrument: Instrument, rule: Mapping[str, Any], case: Case) -> Iterator[RuleResult]:
    verdict = case.report.verdict(instrument.id)
    bound, wanted = rule.get("by", "at-least"), rule["min"]
    got: str = getattr(verdict, bound.replace("-", "_"))
    least = _rank(wanted, instrument)
    told = partial(result, asks=f"{wanted} or more by {instrument.id}, {_BOUNDS[bound]}", got=got)
    why = f"{_BOUNDS[bound]}: {got}"
    if _rank(got, instrument) >= least:
        yield told(True, why=why)
    elif _rank(verdict.at_most, instrument) >= least:
        open_ones = _settling(verdict)
        yield told(
            RuleOutcome.UNKNOWN,
            why=f"{why}; possible: {verdict.at_most}",
            because=(ground for item in open_ones for ground in item.because[:2]),
            remedy=f"settle: {verdict.moved_by[0]}" if verdict.moved_by else "",
        )
    else:
        missing = _missing(verdict, instrument, int(least))
        yield told(
            False,
            why=why,
            because=(ground for item in missing for ground in item.because[:2]),
            remedy=_remedy(instrument, missing),
        )


def _settling(verdict: Verdict) -> list[Criterion]:
    """The undecided criterion that moves the verdict most; all of them when none is named."""
    first = verdict.moved_by[0] if verdict.moved_by else ""
    open_ones = [item for item in verdict.criteria if item.outcome is Outcome.UNKNOWN]
    return [item for item in open_ones if first.endswith(item.reason)] or open_ones


def _missing(verdict: Verdict, instrument: Instrument, least: int) -> list[Criterion]:
    """The criteria on the shortest way to the level; without levels, all that are not met."""
    if instrument.reach is not None and verdict.criteria:
        chosen = shortest(verdict.criteria, least, instrument.reach)
        if chosen is not None:
            return [item for item in verdict.criteria if item.id in chosen]
    return [item for item in verdict.criteria if item.outcome in {Outcome.UNMET, Outcome.PARTIAL}]


def _remedy(instrument: Instrument, missing: list[Criterion]) -> str:
    """What the instrument's own data call the things that are missing, and why they do not hold."""
    data = next(table(name) for name in TABLES if table(name)["id"] == instrument.id)
    words = {item["id"]: item.get("moved", item["question"]) for item in data["criterion"]}
    said = [f"{words.get(item.id, item.id)} ({item.reason})" for item in missing[:_SHOWN]]
    more = f" and {len(missing) - _SHOWN} more, see `ajar prepare`" if len(missing) > _SHOWN else ""
    return f"{'; '.join(said)}{more}"


RULES: Mapping[str, Rule] = {f"openness.{item.id}": partial(_check, item) for item in INSTRUMENTS}
