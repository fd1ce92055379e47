"""A scan as JSON, schema `ajar-scan/1`: a level, and each file with its level, findings and gaps."""

from __future__ import annotations

import json
from typing import Any

from ajar.model.evidence import Evidence, Gap, Location
from ajar.model.judgement import Finding
from ajar.model.scan import ScanReport

Json = dict[str, Any]


def dumps(report: ScanReport) -> str:
    """One object, indented, lone surrogates escaped."""
    return json.dumps(to_json(report), indent=2, ensure_ascii=True)


def to_json(report: ScanReport) -> Json:
    """Paths are as given; a member of an archive is `outer!/inner` in its findings' locations."""
    return {
        "schema": "ajar-scan/1",
        "tool": {"name": "ajar", "version": report.tool_version},
        "level": report.level,
        "files": [
            {
                "path": file.path,
                "format": file.format,
                "level": file.level,
                "findings": [_finding(item) for item in file.findings],
                "gaps": [_gap(item) for item in file.gaps],
            }
            for file in report.files
        ],
        "gaps": [_gap(item) for item in report.gaps],
        "cost": {
            "bytes_read": report.cost.bytes_read,
            "bytes_total": report.cost.bytes_total,
            "seconds": report.cost.seconds,
        },
    }


def _finding(finding: Finding) -> Json:
    ground = finding.because[0]
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "message": finding.message,
        "remedy": finding.remedy,
        "location": _place(ground.location),
        "quote": ground.quote if isinstance(ground, Evidence) else "",
    }


def _gap(gap: Gap) -> Json:
    return {"reason": gap.reason.value, "detail": gap.detail, "location": _place(gap.location)}


def _place(location: Location) -> Json:
    rows = {
        "path": location.path,
        "start": location.start,
        "end": location.end,
        "line": location.line,
        "pointer": location.pointer,
    }
    return {key: value for key, value in rows.items() if value is not None}
