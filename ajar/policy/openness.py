"""Rules on levels by published instruments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from ajar.frameworks import INSTRUMENTS
from ajar.frameworks.explain import TABLES
from ajar.frameworks.instrument import table
from ajar.model.gate import RuleOutcome, RuleResult
from ajar.model.judgement import Criterion, Outcome, Verdict
from ajar.policy.case import Case, Rule, result

_BOUNDS = {"at-least": "proven", "declared": "declared", "at-most": "possible"}


def _rank(level: str | float, levels: Sequence[str]) -> float:
    """The place of a level; points for an instrument without levels."""
    if levels and isinstance(level, str):
        return levels.index(level)
    return float(str(level).partition("/")[0])


def _check(instrument: str, rule: Mapping[str, Any], case: Case) -> Iterator[RuleResult]:
    levels = next(item.levels for item in INSTRUMENTS if item.id == instrument)
    verdict = case.report.verdict(instrument)
    bound, wanted = rule.get("by", "at-least"), rule["min"]
    asks = f"{wanted} or more by {instrument}, {_BOUNDS[bound]}"
    got: str = getattr(verdict, bound.replace("-", "_"))
    least = _rank(wanted, levels)
    if _rank(got, levels) >= least:
        yield result(True, asks, f"{_BOUNDS[bound]}: {got}", got=got)
        return
    why = f"{_BOUNDS[bound]}: {got}"
    if _rank(verdict.at_most, levels) >= least:
        remedy = f"settle: {verdict.moved_by[0]}" if verdict.moved_by else ""
        first = verdict.moved_by[0] if verdict.moved_by else ""
        open_ones = [
            item
            for item in verdict.criteria
            if item.outcome is Outcome.UNKNOWN and (not first or first.endswith(item.reason))
        ]
        yield result(
            RuleOutcome.UNKNOWN,
            asks,
            f"{why}; possible: {verdict.at_most}",
            got=got,
            because=(ground for item in open_ones for ground in item.because[:2]),
            remedy=remedy,
        )
        return
    failing = _failing(verdict)
    reasons = "; ".join(f"{item.id}: {item.reason}" for item in failing[:3])
    yield result(
        False,
        asks,
        f"{why}{f' ({reasons})' if reasons else ''}",
        got=got,
        because=(ground for item in failing for ground in item.because[:2]),
        remedy=_remedy(instrument, failing),
    )


def _failing(verdict: Verdict) -> list[Criterion]:
    return [item for item in verdict.criteria if item.outcome in {Outcome.UNMET, Outcome.PARTIAL}]


def _remedy(instrument: str, failing: Sequence[Criterion]) -> str:
    """What the instrument's own data call the thing that is missing."""
    data = next(table(name) for name in TABLES if table(name)["id"] == instrument)
    words = {item["id"]: item.get("moved", item["question"]) for item in data["criterion"]}
    missing = list(dict.fromkeys(words.get(item.id, item.id) for item in failing))
    return f"missing: {'; '.join(missing[:3])}" if missing else ""


RULES: Mapping[str, Rule] = {f"openness.{item.id}": partial(_check, item.id) for item in INSTRUMENTS}
