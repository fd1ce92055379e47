"""One release as the rules see it, and how a rule says what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from typing import Any

from ajar.model.evidence import Evidence, Ground
from ajar.model.gate import PolicyWaiver, RuleOutcome, RuleResult
from ajar.model.report import Report

GROUNDS = 6  # shown of what a result rests on


def _today() -> date:
    return datetime.now(UTC).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A release's report with the words of its documents, the waivers that apply to it, and the day."""

    report: Report
    texts: Mapping[str, str] = field(default_factory=dict)
    waivers: tuple[PolicyWaiver, ...] = ()
    today: date = field(default_factory=_today)

    def facts(self, *keys: str) -> tuple[Evidence, ...]:
        return tuple(item for item in self.report.evidence if item.key in keys)

    def waiver_of_finding(self, rule: str, about: str) -> PolicyWaiver | None:
        """Who answers for a finding by this rule on this thing."""
        return next(
            (item for item in self.waivers if item.rule == rule and fnmatchcase(about, item.about)), None
        )


Rule = Callable[[Any, Case], Iterator[RuleResult]]


def result(
    outcome: RuleOutcome | bool,
    asks: str,
    why: str,
    *,
    rule: str = "",
    about: str = "",
    got: str = "",
    because: Iterable[Ground] = (),
    remedy: str = "",
) -> RuleResult:
    """`True` is a pass, `False` a fail. The rule's name is set by whoever runs it, unless it is given."""
    if isinstance(outcome, bool):
        outcome = RuleOutcome.PASS if outcome else RuleOutcome.FAIL
    return RuleResult(
        rule=rule,
        asks=asks,
        outcome=outcome,
        why=why,
        about=about,
        got=got,
        because=tuple(dict.fromkeys(because))[:GROUNDS],
        remedy=remedy if outcome is not RuleOutcome.PASS else "",
    )
