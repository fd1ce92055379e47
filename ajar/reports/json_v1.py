"""The JSON report, `ajar-report/1`. It has its own shape, so that the inside may change and it does not."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

from ajar.model.component import LicenceMatch
from ajar.model.evidence import Evidence, Gap, Ground, Location
from ajar.model.fingerprint import fingerprints
from ajar.model.judgement import DOOR_LABELS, Door, Finding, Verdict
from ajar.model.lineage import Parent
from ajar.model.report import Report

SCHEMA = "ajar-report/1"
Json = dict[str, Any]


def dumps(report: Report) -> str:
    """The report as text, in a fixed order. Lone surrogates are written as escapes."""
    text = json.dumps(to_json(report), indent=2, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def schema() -> Json:
    """The JSON Schema that every report holds to."""
    text = (files("ajar.reports") / "schema" / "ajar-report-1.json").read_text("utf-8")
    loaded: Json = json.loads(text)
    return loaded


def to_json(report: Report) -> Json:
    """The report as plain data."""
    door = report.verdict("g7")
    return {
        "schema": SCHEMA,
        "tool": {"name": "ajar", "version": report.tool_version},
        "target": report.target,
        "title": report.title,
        "release": {
            "locator": str(report.release.locator),
            "revision": report.release.revision,
            "files": len(report.release.files),
            "size_bytes": report.release.size_bytes,
        },
        "door": {
            "at_least": door.at_least,
            "declared": door.declared,
            "at_most": door.at_most,
            "certain": door.certain,
            "label": DOOR_LABELS[Door(door.declared)],
            "moved_by": list(door.moved_by),
        },
        "verdicts": [verdict_json(verdict) for verdict in report.verdicts],
        "components": [
            {
                "kind": part.kind.value,
                "state": part.state.value,
                "reason": part.reason,
                "files": list(part.files),
                "licences": list(dict.fromkeys(match.licence.id for match in part.licences)),
                "because": grounds(part.because),
            }
            for part in report.components
        ],
        "licences": [_licence(match) for match in report.licences],
        "rights": {
            right.id: {"answer": right.answer, "quote": right.quote, "location": _place(right.location)}
            for right in report.rights
        },
        "obligations": list(report.obligations),
        "safety": {
            "level": report.safety.level,
            "files": [
                {
                    "path": file.path,
                    "format": file.format,
                    "level": file.level,
                    "findings": _findings(file.findings),
                }
                for file in report.safety.files
            ],
        },
        "claims": [
            {
                "quote": claim.quote,
                "location": _place(claim.location),
                "about": claim.about,
                "says": claim.says,
                "finding": claim.finding.value,
                "because": list(claim.because),
            }
            for claim in report.claims
        ],
        "control": {
            "hosted_only": report.control.hosted_only,
            "gated": report.control.gated,
            "signed": report.control.signed,
            "signature": report.control.signature,
            "revocable": report.control.revocable,
            "base_models": list(report.control.base_models),
        },
        "lineage": [_parent(parent) for parent in report.lineage],
        "findings": _findings(report.findings),
        "evidence": [_evidence(item) for item in report.evidence],
        "gaps": [_gap(gap) for gap in report.gaps],
        "cost": {
            "bytes_read": report.cost.bytes_read,
            "bytes_total": report.cost.bytes_total,
            "requests": report.cost.requests,
            "seconds": report.cost.seconds,
        },
        "releases": [to_json(inner) for inner in report.releases],
    }


def verdict_json(verdict: Verdict) -> Json:
    """One verdict as plain data."""
    found: Json = {
        "instrument": verdict.instrument,
        "version": verdict.version,
        "at_least": verdict.at_least,
        "declared": verdict.declared,
        "at_most": verdict.at_most,
        "certain": verdict.certain,
        "summary": verdict.summary,
        "criteria": [
            {
                "id": item.id,
                "outcome": item.outcome.value,
                "basis": item.basis.value,
                "reason": item.reason,
                "because": grounds(item.because),
            }
            for item in verdict.criteria
        ],
        "moved_by": list(verdict.moved_by),
        "notes": list(verdict.notes),
    }
    details = dict(verdict.details)
    if "mot_class" in details:
        found["mot"] = {
            "class": details["mot_class"],
            "label": details["mot_label"],
            "progress": {key: details[f"mot_progress_{key}"] for key in ("1", "2", "3")},
        }
    return found


def _licence(match: LicenceMatch) -> Json:
    return {
        "id": match.licence.id,
        "name": match.licence.name,
        "match": match.match.value,
        "applies_to": [scope.value for scope in match.applies_to],
        "location": _place(match.location),
        "because": match.because,
        "quote": match.quote,
        "differences": [
            {"change": item.change, "text": item.text, "line": item.line} for item in match.differences
        ],
        "openness": match.licence.openness.value,
        "limits": list(match.licence.limits),
        "osi": match.licence.osi,
        "text_present": match.text_present,
        "subject": match.subject,
        "choice": match.choice,
        "companions": [_place(place) for place in match.companions],
    }


def _parent(parent: Parent) -> Json:
    joint = " OR " if parent.choice else " AND "
    return {
        "parent": parent.id,
        "relation": parent.relation.value,
        "location": _place(parent.location),
        "licence": joint.join(licence.id for licence in parent.licences) or None,
        "source": parent.licence_source,
        "read": parent.licence_date or None,
        "basis": parent.basis.value,
        "hint": parent.is_hint,
        "subject": parent.subject,
        "quote": parent.quote,
        "of": parent.of,
        "depth": parent.depth,
        "problem": parent.problem,
    }


def _findings(findings: Sequence[Finding]) -> list[Json]:
    marks = fingerprints(findings)
    return [_finding(finding, mark) for finding, mark in zip(findings, marks, strict=True)]


def _finding(finding: Finding, mark: str) -> Json:
    return {
        "rule": finding.rule,
        "fingerprint": mark,
        "outcome": finding.outcome.value,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "message": finding.message,
        "because": grounds(finding.because),
        "remedy": finding.remedy,
    }


def grounds(found: Iterable[Ground]) -> list[Json]:
    """Facts and gaps as plain data."""
    return [_evidence(item) if isinstance(item, Evidence) else _gap(item) for item in found]


def _evidence(item: Evidence) -> Json:
    return {
        "key": item.key,
        "value": item.value
        if not isinstance(item.value, float) or math.isfinite(item.value)
        else str(item.value),
        "location": _place(item.location),
        "quote": item.quote,
        "inspector": item.inspector,
        "basis": item.basis.value,
    }


def _gap(gap: Gap) -> Json:
    return {
        "location": _place(gap.location),
        "reason": gap.reason.value,
        "detail": gap.detail,
        "inspector": gap.inspector,
    }


def _place(location: Location | None) -> Mapping[str, Any] | None:
    if location is None:
        return None
    place: Json = {"path": location.path}
    if location.start is not None:
        place |= {"start": location.start, "end": location.end}
    if location.line is not None:
        place["line"] = location.line
    if location.pointer is not None:
        place["pointer"] = location.pointer
    return place
