"""Runs a policy's rules, and says what becomes of each outcome: waived, known already, or failing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fnmatch import fnmatchcase

from ajar.model.change import Diff
from ajar.model.evidence import Gap, GapReason, Location
from ajar.model.fingerprint import fingerprints
from ajar.model.gate import (
    Effect,
    PolicyWaiver,
    RuleOutcome,
    RuleResult,
    TargetResult,
    fingerprint,
)
from ajar.model.report import Report
from ajar.model.waiver import Waiver, Waivers
from ajar.policy import loading, openness, origin, terms
from ajar.policy.case import Case, Rule
from ajar.policy.policy import Policy

RULES: Mapping[str, Rule] = {**openness.RULES, **terms.RULES, **loading.RULES, **origin.RULES}
_ON_UNKNOWN = {"fail": Effect.FAIL, "warn": Effect.WARN, "pass": Effect.PASS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Fingerprints of what failed before."""

    fingerprints: frozenset[str] = field(default_factory=frozenset)


def judge(
    policy: Policy,
    report: Report,
    *,
    target: str,
    today: date,
    texts: Mapping[str, str] | None = None,
    baseline: Baseline | None = None,
    more: Iterable[RuleResult] = (),
    diff: Diff | None = None,
) -> TargetResult:
    """Every rule of a policy on one release. `more` are results that other parts found, judged alike."""
    waivers = tuple(
        item
        for item in policy.waivers
        if item.expires >= today.isoformat() and _covers(item.target, target, report)
    )
    case = Case(report=report, texts=texts or {}, waivers=waivers, today=today)
    found = [
        replace(item, rule=name) for name, rule in policy.rules.items() for item in RULES[name](rule, case)
    ]
    results = tuple(_settled(item, target, policy, waivers, baseline) for item in (*more, *found))
    waived, used = _waived(report, case)
    return TargetResult(
        target=target,
        title=report.title,
        revision=report.release.revision,
        results=results,
        waived=waived,
        used=used,
        diff=diff,
        report=report,
    )


def _covers(glob: str, target: str, report: Report) -> bool:
    return any(fnmatchcase(name, glob) for name in (target, report.target, report.title))


def _settled(
    item: RuleResult,
    target: str,
    policy: Policy,
    waivers: Sequence[PolicyWaiver],
    baseline: Baseline | None,
) -> RuleResult:
    name = fingerprint(item.rule, target, item.about, item.outcome.value, item.got)
    effect, waiver = _effect(item, policy), None
    if effect is Effect.FAIL:
        waiver = next(
            (one for one in waivers if one.rule == item.rule and fnmatchcase(item.about, one.about)), None
        )
        if waiver is not None:
            effect = Effect.WAIVED
        elif baseline is not None and name in baseline.fingerprints:
            effect = Effect.KNOWN
    return replace(item, effect=effect, waiver=waiver, fingerprint=name)


def _effect(item: RuleResult, policy: Policy) -> Effect:
    if item.outcome is RuleOutcome.PASS:
        return Effect.PASS
    if item.effect is Effect.WARN:  # by whoever made it
        return Effect.WARN
    if item.outcome is RuleOutcome.FAIL:
        return Effect.FAIL
    rule = policy.rules.get(item.rule, {})
    if isinstance(rule, list):
        rule = next((one for one in rule if one["use"] == item.about), {})
    return _ON_UNKNOWN[rule.get("on-unknown", policy.on_unknown)]


def _waived(report: Report, case: Case) -> tuple[Waivers, tuple[PolicyWaiver, ...]]:
    """Findings of the report that somebody answers for, by their fingerprints, and the waivers that do."""
    found: dict[str, Waiver] = {}
    used: dict[PolicyWaiver, None] = {}
    for finding, mark in zip(report.findings, fingerprints(report.findings), strict=True):
        entry = case.waiver_of_finding(finding.rule, finding.because[0].location.path)
        if entry is not None:
            used[entry] = None
            found[mark] = Waiver(id=entry.rule, reason=entry.reason, owner=entry.owner, expires=entry.expires)
    return found, tuple(used)


def own_results(policy: Policy, today: date) -> tuple[RuleResult, ...]:
    """What fails about the policy itself: waivers past their day."""
    return tuple(
        RuleResult(
            rule="waivers",
            asks="no waiver is past its day",
            outcome=RuleOutcome.FAIL,
            effect=Effect.FAIL,
            why=f"the waiver of {item.rule} for {item.target} expired on {item.expires} ({item.owner}: {item.reason})",
            about=f"{item.rule} {item.target}",
            got=item.expires,
            because=(
                Gap(
                    location=Location(path=policy.path, line=item.line),
                    reason=GapReason.ABSENT,
                    detail="nobody answers for it any more",
                ),
            ),
            remedy="mend what it waived, or have its owner set another day",
            fingerprint=fingerprint("waivers", item.rule, item.target, item.expires),
        )
        for item in policy.waivers
        if item.expires < today.isoformat()
    )


def unused_waivers(policy: Policy, targets: Iterable[TargetResult], today: date) -> tuple[PolicyWaiver, ...]:
    """Waivers that hold and were not needed."""
    used = [
        waiver
        for target in targets
        for waiver in (*(item.waiver for item in target.results), *target.used)
        if waiver is not None
    ]
    return tuple(item for item in policy.waivers if item not in used and item.expires >= today.isoformat())


def results_of_changes(diff: Diff) -> tuple[RuleResult, ...]:
    """What moved since a release was locked, the weightiest first. What only the host counts is a warning."""
    if not diff.changes:
        return (
            RuleResult(
                rule="lock", asks="as it was locked", outcome=RuleOutcome.PASS, why="nothing has moved"
            ),
        )
    return tuple(
        RuleResult(
            rule="lock",
            asks="as it was locked",
            outcome=RuleOutcome.FAIL,
            effect=Effect.WARN if change.about == "host" else Effect.PASS,
            why=f"{change.what}: {change.before or 'nothing'} → {change.after or 'nothing'}",
            about=f"{change.about}: {change.what}",
            got=change.after,
            remedy="look at what changed (`ajar diff`); if it is right, lock again",
        )
        for change in diff.changes
    )
