"""A policy held against releases: what each rule asked, how it ended, why, and what would mend it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from ajar.model.change import Diff
from ajar.model.evidence import Ground
from ajar.model.fingerprint import fingerprints
from ajar.model.report import Report
from ajar.model.waiver import NO_WAIVERS, Waiver, Waivers


class RuleOutcome(StrEnum):
    """How a rule ends. `unknown` is neither: the evidence does not decide it."""

    PASS = "pass"  # noqa: S105  the word of the field
    FAIL = "fail"
    UNKNOWN = "unknown"


class Effect(StrEnum):
    """What becomes of an outcome, worst first."""

    FAIL = "fail"
    WARN = "warn"
    WAIVED = "waived"  # it fails, and somebody answers for it
    KNOWN = "known"  # it failed in the baseline already
    PASS = "pass"  # noqa: S105


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyWaiver:
    """A failure that somebody answers for, until a day."""

    rule: str  # of the policy, or of a finding
    target: str  # glob
    reason: str
    owner: str
    expires: str  # ISO 8601, the last day that it holds
    about: str = "*"  # glob: file, licence, base model
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """One rule on one thing of one release."""

    rule: str
    asks: str
    outcome: RuleOutcome
    why: str
    about: str = ""  # the one file, licence, base model or use that it is about
    got: str = ""  # what was found there, as a word that changes only when the thing does
    because: tuple[Ground, ...] = ()
    remedy: str = ""
    effect: Effect = Effect.PASS
    waiver: PolicyWaiver | None = None
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetResult:
    """One release. `problem` says why it could not be judged at all."""

    target: str
    title: str = ""
    revision: str | None = None
    results: tuple[RuleResult, ...] = ()
    waived: Waivers = field(default_factory=lambda: NO_WAIVERS)  # findings of the audit, by fingerprint
    used: tuple[PolicyWaiver, ...] = ()  # that findings or files were let stand for
    diff: Diff | None = None  # against the lock
    report: Report | None = None  # what was judged, for documents
    problem: str = ""
    hint: str = ""
    exit_code: int = 0

    @property
    def effect(self) -> Effect:
        if self.problem:
            return Effect.FAIL
        order = tuple(Effect)
        # A release that nothing was asked of has not passed.
        return min((item.effect for item in self.results), key=order.index, default=Effect.FAIL)

    @property
    def failing(self) -> tuple[RuleResult, ...]:
        return tuple(item for item in self.results if item.effect is Effect.FAIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateReport:
    """Every target, and what concerns the policy itself."""

    tool_version: str
    policy: str
    about: str
    targets: tuple[TargetResult, ...]
    own: tuple[RuleResult, ...] = ()  # on the policy and the lock themselves: an expired waiver
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return bool(self.targets) and not any(
            effect is Effect.FAIL
            for effect in (*(item.effect for item in self.targets), *(item.effect for item in self.own))
        )

    @property
    def waived(self) -> Waivers:
        """Findings let stand in every release that has them: one document for all knows them by fingerprint alone."""
        found: dict[str, Waiver] = {}
        refused: set[str] = set()
        for item in self.targets:
            found |= item.waived
            if item.report is not None:
                refused |= set(fingerprints(item.report.findings)) - item.waived.keys()
        return {name: waiver for name, waiver in found.items() if name not in refused}

    @property
    def headline(self) -> str:
        """What a reader must not miss: what moved since the lock, else the first failure."""
        failing = [(item.target, result) for item in self.targets for result in item.failing]
        moved = [pair for pair in failing if pair[1].rule == "lock"]
        licence = [pair for pair in moved if pair[1].about.startswith("licence")]
        for target, result in (*licence, *moved, *failing):
            rule = "" if result.rule == "lock" else f"{result.rule}: "
            return f"{target}: {rule}{result.why}"
        for item in self.targets:
            if item.problem:
                return item.problem
        return next((item.why for item in self.own if item.effect is Effect.FAIL), "")


def fingerprint(*parts: str) -> str:
    """A name for a result that stays while the thing it is about does."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:32]
