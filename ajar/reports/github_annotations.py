"""Workflow commands that mark lines in a GitHub pull request: `ajar audit … -f github-annotations`.

GitHub, "Workflow commands for GitHub Actions", read 2026-11-25: `::error file=…,line=…,title=…::message`, with %,
line ends, and in properties also : and , written as %25, %0A, %0D, %3A, %2C. Ten of a kind are shown a step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ajar.model.fingerprint import fingerprints
from ajar.model.judgement import Severity
from ajar.model.report import Report
from ajar.model.waiver import NO_WAIVERS, Waivers
from ajar.reports._places import ROOT, Anchor, Places
from ajar.reports.plain import visible
from ajar.reports.words import verdict_words

_COMMANDS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}


def render(
    reports: Sequence[Report],
    *,
    waivers: Waivers = NO_WAIVERS,
    anchors: Mapping[str, Anchor] | None = None,
) -> str:
    """One line a finding that is not waived, worst first, and one notice on each door."""
    lines = []
    for report in reports:
        places = Places(report, anchors or {})
        for finding, mark in zip(report.findings, fingerprints(report.findings), strict=True):
            if mark in waivers:
                continue
            place = places.first(finding)
            where = f"file={_property(place.path)}," if place.base == ROOT else ""
            line = f"line={place.line}," if place.base == ROOT and place.line else ""
            inside = f"{place.inside}: " if place.inside and place.inside not in finding.message else ""
            title = _property(f"ajar {finding.rule}")
            remedy = f" To mend it: {finding.remedy.rstrip('.')}." if finding.remedy else ""
            text = _message(f"{inside}{finding.message.rstrip('.')}.{remedy}")
            lines.append(f"::{_COMMANDS[finding.severity]} {where}{line}title={title}::{text}")
        door = verdict_words(report.verdict("g7"))
        words = f"{report.title}: {door}; safe to load: {report.safety.level}; {len(report.gaps)} gaps"
        lines.append(f"::notice title=ajar::{_message(words)}")
    return "\n".join(lines) + "\n"


def _message(text: str) -> str:
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
