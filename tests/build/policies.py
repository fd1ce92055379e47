"""Policies and cases made by hand, to test rules without a release."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from ajar.gating import read_policy
from ajar.model.gate import PolicyWaiver, RuleResult
from ajar.model.report import Report
from ajar.policy.case import Case
from ajar.policy.examples import imagined
from ajar.policy.judge import RULES
from ajar.policy.policy import Policy

TODAY = date(2026, 11, 25)


def policy(body: str, path: str = "policy.yaml") -> Policy:
    """A policy from its text, without the line that names the format."""
    return read_policy(f"schema: ajar-policy/1\n{body}", path)


def case(
    given: dict[str, Any] | None = None, *, waivers: tuple[PolicyWaiver, ...] = (), **changes: Any
) -> Case:
    """A case on an imagined release, with fields of its report replaced."""
    report: Report = imagined(given or {}, TODAY)
    return Case(report=replace(report, **changes), waivers=waivers, today=TODAY)


def outcomes(rule: str, asked: Any, about: Case) -> list[str]:
    return [item.outcome.value for item in results(rule, asked, about)]


def results(rule: str, asked: Any, about: Case) -> list[RuleResult]:
    return list(RULES[rule](asked, about))
