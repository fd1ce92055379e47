"""A gate's result for programs, `ajar-gate/1`; it is also what a later gate takes as its baseline."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from ajar.model.gate import GateReport, PolicyWaiver, RuleResult, TargetResult
from ajar.reports.json_v1 import grounds

SCHEMA = "ajar-gate/1"
Json = dict[str, Any]


def schema() -> Json:
    """The JSON Schema that every result holds to."""
    loaded: Json = json.loads((files("ajar.reports") / "schema" / "ajar-gate-1.json").read_text("utf-8"))
    return loaded


def dumps(report: GateReport) -> str:
    """The result as text, in a fixed order."""
    value = {
        "schema": SCHEMA,
        "tool": {"name": "ajar", "version": report.tool_version},
        "policy": report.policy,
        "passed": report.passed,
        "headline": report.headline,
        "targets": [_target(item) for item in report.targets],
        "own": [_result(item) for item in report.own],
        "notes": list(report.notes),
    }
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def _target(item: TargetResult) -> Json:
    changes = item.diff.changes if item.diff else ()
    return {
        "target": item.target,
        "title": item.title,
        "revision": item.revision,
        "effect": item.effect.value,
        "problem": item.problem or None,
        "results": [_result(one) for one in item.results],
        "waived_findings": {
            mark: {"id": one.id, "reason": one.reason, "owner": one.owner, "expires": one.expires}
            for mark, one in item.waived.items()
        },
        "changes": [
            {"about": one.about, "what": one.what, "before": one.before, "after": one.after}
            for one in changes
        ],
    }


def _result(item: RuleResult) -> Json:
    return {
        "rule": item.rule,
        "asks": item.asks,
        "outcome": item.outcome.value,
        "effect": item.effect.value,
        "about": item.about,
        "got": item.got,
        "why": item.why,
        "because": grounds(item.because),
        "remedy": item.remedy,
        "waiver": _waiver(item.waiver) if item.waiver else None,
        "fingerprint": item.fingerprint,
    }


def _waiver(item: PolicyWaiver) -> Json:
    return {
        "rule": item.rule,
        "target": item.target,
        "about": item.about,
        "reason": item.reason,
        "owner": item.owner,
        "expires": item.expires,
    }
