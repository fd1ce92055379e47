"""SARIF 2.1.0, for code scanning: every rule declared, findings as results, what could not be read as notifications.

Spec: OASIS, https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. What a forge does with it beyond
the standard (severities, fingerprints, limits): GitHub, "SARIF support for code scanning", read 2026-11-25.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ajar.model.evidence import GapReason
from ajar.model.fingerprint import VERSION as FINGERPRINT
from ajar.model.fingerprint import fingerprints
from ajar.model.judgement import Finding, Outcome, Severity
from ajar.model.report import Report
from ajar.model.waiver import NO_WAIVERS, Waiver, Waivers
from ajar.reports._json_text import dumps
from ajar.reports._places import RELEASE, ROOT, Anchor, Place, Places
from ajar.reports._rules import RuleRow, rule_rows

Json = dict[str, Any]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
RESULTS = 25_000  # a run with more is refused by GitHub
NOTIFICATIONS = 1_000
_LEVELS = {
    Severity.INFO: "note",
    Severity.LOW: "note",
    Severity.MEDIUM: "warning",
    Severity.HIGH: "error",
    Severity.CRITICAL: "error",
}
# The middle of CVSS 4.0's bands, by which GitHub sorts alerts about security.
_SCORES = {
    Severity.INFO: 0.0,
    Severity.LOW: 2.0,
    Severity.MEDIUM: 5.5,
    Severity.HIGH: 8.0,
    Severity.CRITICAL: 9.5,
}
_BASES = {
    ROOT: {"description": {"text": "The repository that the audit ran in."}},
    RELEASE: {"description": {"text": "The release that was audited, which is not in the repository."}},
}


def render(
    reports: Sequence[Report],
    *,
    waivers: Waivers = NO_WAIVERS,
    anchors: Mapping[str, Anchor] | None = None,
) -> str:
    """One run over all reports. `anchors` says by target where the project names what a host has."""
    rows = rule_rows()
    numbers = {rule: number for number, rule in enumerate(rows)}
    worst: dict[str, Severity] = {}
    results: list[Json] = []
    notes: list[Json] = []
    for report in reports:
        places = Places(report, anchors or {})
        for finding, mark in zip(report.findings, fingerprints(report.findings), strict=True):
            worst[finding.rule] = max(
                worst.get(finding.rule, finding.severity), finding.severity, key=_weight
            )
            results.append(_result(finding, mark, places, numbers, waivers))
        notes += [
            _notification(str(places.of(gap.location).uri), gap.location.path, gap.reason, gap.detail)
            for gap in report.gaps[: NOTIFICATIONS - len(notes)]
        ]
    results.sort(key=lambda item: -_ORDER[item["level"]])
    run: Json = {
        "tool": {"driver": _driver(reports, rows, worst)},
        "automationDetails": {"id": f"ajar/{_run_id(reports)}/"},
        "originalUriBaseIds": _BASES,
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notes}],
        "results": results[:RESULTS],
        "properties": {"releases": [_about(report) for report in reports]},
    }
    if len(results) > RESULTS:
        run["properties"]["results_left_off"] = len(results) - RESULTS
    return dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


_ORDER = {"note": 0, "warning": 1, "error": 2}


def _weight(severity: Severity) -> int:
    return tuple(Severity).index(severity)


def _run_id(reports: Sequence[Report]) -> str:
    return reports[0].title if len(reports) == 1 else f"{len(reports)} releases"


def _about(report: Report) -> Json:
    door = report.verdict("g7")
    return {
        "target": report.target,
        "revision": report.release.revision,
        "door": {"at_least": door.at_least, "declared": door.declared, "at_most": door.at_most},
        "safety": report.safety.level,
    }


def _driver(reports: Sequence[Report], rows: Mapping[str, RuleRow], worst: Mapping[str, Severity]) -> Json:
    version = reports[0].tool_version
    return {
        "name": "ajar",
        "version": version,
        "semanticVersion": version,
        "shortDescription": {
            "text": "Says from its files how open a model release is, and whether it is safe to load."
        },
        "rules": [_rule(row, worst.get(row.id, Severity.MEDIUM)) for row in rows.values()],
    }


def _rule(row: RuleRow, severity: Severity) -> Json:
    help_text = f"{row.why}\n\nWhat to do: {row.remedy}"
    if row.advisories:
        help_text += f"\n\nKnown as: {', '.join(row.advisories)}"
    properties: Json = {
        "tags": ["security", "ai"] if row.is_safety else ["licence", "ai"],
        "precision": "high",
    }
    if row.is_safety:
        properties["security-severity"] = f"{_SCORES[severity]:.1f}"
    return {
        "id": row.id,
        "name": "".join(word.capitalize() for word in row.id.split("-")),
        "shortDescription": {"text": row.statement},
        "fullDescription": {"text": row.why},
        "help": {"text": help_text, "markdown": help_text},
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": properties,
    }


def _result(
    finding: Finding, mark: str, places: Places, numbers: Mapping[str, int], waivers: Waivers
) -> Json:
    place = places.first(finding)
    result: Json = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": _message(finding)},
        "locations": [_location(place)],
        "partialFingerprints": {
            FINGERPRINT: mark,
            # The one name that GitHub tells alerts apart by; computed by itself it would follow the line.
            "primaryLocationLineHash": f"{mark[:16]}:{mark.partition('-')[2] or 1}",
        },
        "properties": {
            "severity": finding.severity.value,
            "confidence": finding.confidence.value,
            "outcome": finding.outcome.value,
        },
    }
    if finding.rule in numbers:
        result["ruleIndex"] = numbers[finding.rule]
    related = [_location(item) for item in places.rest(finding)]
    if related:
        result["relatedLocations"] = related
    if waivers:
        result["suppressions"] = _suppressions(waivers.get(mark))
    return result


def _message(finding: Finding) -> str:
    unsure = " (could not be decided)" if finding.outcome is Outcome.UNKNOWN else ""
    remedy = f" To mend it: {finding.remedy.rstrip('.')}." if finding.remedy else ""
    return f"{finding.message.rstrip('.')}{unsure}.{remedy}"


def _suppressions(waiver: Waiver | None) -> list[Json]:
    if waiver is None:
        return []
    return [
        {
            "kind": "external",
            "status": "accepted",
            "justification": waiver.reason,
            "properties": {"id": waiver.id, "owner": waiver.owner, "expires": waiver.expires},
        }
    ]


def _location(place: Place) -> Json:
    physical: Json = {"artifactLocation": {"uri": place.uri, "uriBaseId": place.base}}
    # A line in every case: GitHub takes no region without one, and reads no bytes.
    region: Json = {"startLine": max(place.line or 1, 1)}
    if place.quote:
        region["snippet"] = {"text": place.quote}
    if place.start is not None and place.end is not None:
        region["properties"] = {"byteOffset": place.start, "byteLength": max(place.end - place.start, 0)}
    physical["region"] = region
    location: Json = {"physicalLocation": physical}
    if place.inside:
        location["logicalLocations"] = [{"fullyQualifiedName": place.inside, "kind": "member"}]
    return location


def _notification(uri: str, path: str, reason: GapReason, detail: str) -> Json:
    level = "note" if reason in {GapReason.ABSENT, GapReason.UNSUPPORTED} else "warning"
    return {
        "level": level,
        "message": {"text": f"{path}: {reason.value}: {detail}"},
        "descriptor": {"id": f"gap-{reason.value}"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri}}}] if uri else [],
    }
