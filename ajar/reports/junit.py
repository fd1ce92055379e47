"""JUnit XML, for build servers: a suite a release, a case a finding, a file that loads and a claim.

Written to the common ground of Ant's schema (github.com/windyroad/JUnit-Schema) and what Jenkins and GitLab read.
A finding of medium or higher fails its case; a waived one and what could not be decided is skipped, and says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from ajar.model.fingerprint import fingerprints
from ajar.model.judgement import Claim, ClaimFinding, Finding, Severity
from ajar.model.report import Report
from ajar.model.scan import FileSafety
from ajar.model.waiver import NO_WAIVERS, Waivers
from ajar.reports._facts import parts_of
from ajar.reports._moment import now
from ajar.reports.plain import visible
from ajar.reports.words import verdict_words

_FAILING = frozenset({Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One test case. `outcome` is `passed`, `failure` or `skipped`."""

    group: str
    name: str
    outcome: str
    kind: str = ""
    message: str = ""
    details: str = ""


def render(reports: Sequence[Report], *, waivers: Waivers = NO_WAIVERS) -> str:
    """One `testsuites` element over all reports."""
    moment = now().removesuffix("Z")
    suites = "".join(
        _suite(number, report, moment, waivers) for number, report in enumerate(parts_of(reports))
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n{suites}</testsuites>\n'


def _suite(number: int, report: Report, moment: str, waivers: Waivers) -> str:
    cases = [
        *_findings(report.findings, waivers),
        *_files(report.safety.files, waivers),
        *_claims(report.claims),
    ]
    door = report.verdict("g7")
    properties = [
        ("target", report.target),
        ("revision", report.release.revision or ""),
        *((f"verdict.{verdict.instrument}", verdict_words(verdict)) for verdict in report.verdicts),
        ("safety", report.safety.level),
        ("gaps", str(len(report.gaps))),
    ]
    rows = "".join(f"      <property name={_a(name)} value={_a(value)}/>\n" for name, value in properties)
    failures = sum(case.outcome == "failure" for case in cases)
    skipped = sum(case.outcome == "skipped" for case in cases)
    head = (
        f'name={_a(report.title)} id="{number}" package="ajar" timestamp="{moment}" hostname="localhost" '
        f'tests="{len(cases)}" failures="{failures}" errors="0" skipped="{skipped}" time="{report.cost.seconds:.3f}"'
    )
    said = f"{verdict_words(door)}. {len(report.gaps)} things could not be looked at."
    return (
        f"  <testsuite {head}>\n    <properties>\n{rows}    </properties>\n"
        + "".join(map(_case, cases))
        + f"    <system-out>{_t(said)}</system-out>\n    <system-err></system-err>\n  </testsuite>\n"
    )


def _findings(findings: Sequence[Finding], waivers: Waivers) -> Iterator[_Case]:
    for finding, mark in zip(findings, fingerprints(findings), strict=True):
        waiver = waivers.get(mark)
        where = finding.because[0].location
        grounds = "\n".join(str(ground.location) for ground in finding.because[:20])
        name = f"{where.path} ({mark[:8]})"
        common = {"group": f"ajar.{finding.rule}", "name": name, "kind": finding.severity.value}
        details = f"{grounds}\nTo mend it: {finding.remedy}" if finding.remedy else grounds
        if waiver is not None:
            until = f", until {waiver.expires}" if waiver.expires else ""
            words = f"waived as {waiver.id} by {waiver.owner or 'nobody named'}{until}: {waiver.reason}"
            yield _Case(**common, outcome="skipped", message=words, details=finding.message)
        elif finding.severity in _FAILING:
            yield _Case(**common, outcome="failure", message=finding.message, details=details)
        else:
            yield _Case(**common, outcome="passed")


def _files(files: Sequence[FileSafety], waivers: Waivers) -> Iterator[_Case]:
    """Whether each file can be loaded. What is not clean is a finding too, but a file may have only notes."""
    for file in files:
        outcome = {"clean": "passed", "unknown": "skipped"}.get(file.level, "failure")
        if outcome == "failure" and all(mark in waivers for mark in fingerprints(file.findings)):
            outcome = "skipped"
        words = "; ".join(finding.message for finding in file.findings[:8])
        if file.level == "unknown":
            words = "; ".join(gap.detail for gap in file.gaps[:8]) or words or "could not be looked at"
        yield _Case(group="ajar.load-safety", name=file.path, outcome=outcome, kind=file.level, message=words)


def _claims(claims: Sequence[Claim]) -> Iterator[_Case]:
    outcomes = {ClaimFinding.OVERSTATED: "failure", ClaimFinding.UNPROVEN: "skipped"}
    for number, claim in enumerate(claims, 1):
        yield _Case(
            group="ajar.claims",
            name=f"{claim.location} {number}: {claim.says}",
            outcome=outcomes.get(claim.finding, "passed"),
            kind=claim.finding.value,
            message=f"“{claim.quote}”: {claim.finding.value}",
            details="\n".join(claim.because),
        )


def _case(case: _Case) -> str:
    head = f'    <testcase classname={_a(case.group)} name={_a(case.name)} time="0"'
    if case.outcome == "passed":
        return f"{head}/>\n"
    kind = f" type={_a(case.kind)}" if case.outcome == "failure" else ""
    body = f"<{case.outcome} message={_a(case.message)}{kind}>{_t(case.details)}</{case.outcome}>"
    return f"{head}>\n      {body}\n    </testcase>\n"


def _t(text: str) -> str:
    return escape("\n".join(map(visible, text.split("\n"))))


def _a(text: str) -> str:
    """A quoted attribute in one line, as `xs:token` wants it."""
    return quoteattr(" ".join(visible(text).split()) or "-")
