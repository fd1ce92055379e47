"""OpenVEX 0.2.0: what was found about loading a release, and which of it somebody lets stand, and why.

Spec: https://github.com/openvex/spec at d29fab0 (2026-01-16). A waived finding, whatever it is about, is
`not_affected` with the waiver's reason; a finding about load safety that nobody waived is `affected` with its
remedy, or `under_investigation` where it could not be decided. A document without a statement is none:
`render` then gives an empty text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from ajar.model.fingerprint import fingerprints
from ajar.model.judgement import Finding, Outcome, Severity
from ajar.model.report import Report
from ajar.model.waiver import NO_WAIVERS, Waiver, Waivers
from ajar.reports._facts import facts_of, parts_of
from ajar.reports._json_text import dumps
from ajar.reports._moment import now
from ajar.reports._rules import rule_rows

Json = dict[str, Any]
CONTEXT = "https://openvex.dev/ns/v0.2.0"


def render(reports: Sequence[Report], *, waivers: Waivers = NO_WAIVERS) -> str:
    """One document over all reports; empty when there is nothing to state."""
    statements = [item for report in parts_of(reports) for item in _statements(report, waivers)]
    if not statements:
        return ""
    owners = sorted({waiver.owner for waiver in waivers.values() if waiver.owner})
    digest = sha256(repr(statements).encode("utf-8", "backslashreplace")).hexdigest()
    return dumps(
        {
            "@context": CONTEXT,
            "@id": f"urn:uuid:{uuid5(NAMESPACE_URL, digest)}",
            "author": ", ".join(owners) or "ajar",
            "timestamp": now(),
            "version": 1,
            "tooling": f"ajar {reports[0].tool_version}",
            "statements": statements,
        }
    )


def _statements(report: Report, waivers: Waivers) -> Iterator[Json]:
    rules = rule_rows()
    purl = facts_of(report).purl
    for finding, mark in zip(report.findings, fingerprints(report.findings), strict=True):
        waiver, rule = waivers.get(mark), rules.get(finding.rule)
        is_safety = rule is not None and rule.is_safety and finding.severity is not Severity.INFO
        if waiver is None and not is_safety:
            continue
        known = f" Known attacks: {', '.join(rule.advisories)}." if rule and rule.advisories else ""
        yield {
            "vulnerability": {
                "name": f"ajar:{finding.rule}",
                "description": f"{rule.statement if rule else finding.rule} Not so here: {finding.message}.{known}",
                "aliases": [mark],
            },
            "products": [_product(purl, finding)],
            **_status(finding, waiver),
        }


def _product(purl: str, finding: Finding) -> Json:
    from urllib.parse import quote

    from ajar.reports.plain import visible

    paths = dict.fromkeys(visible(ground.location.path) for ground in finding.because)
    parts = [{"@id": f"{purl}#{quote(path)}"} for path in paths]
    return {"@id": purl, "identifiers": {"purl": purl}, "subcomponents": parts[:16]}


def _status(finding: Finding, waiver: Waiver | None) -> Json:
    if waiver is not None:
        until = f" Until {waiver.expires}." if waiver.expires else ""
        words = f"Waived as {waiver.id} by {waiver.owner or 'nobody named'}.{until}"
        return {"status": "not_affected", "impact_statement": waiver.reason, "status_notes": words}
    if finding.outcome is Outcome.UNKNOWN:
        return {"status": "under_investigation", "status_notes": "ajar could not decide it from the file."}
    return {"status": "affected", "action_statement": finding.remedy or "Do not load it."}
