"""The report as one Markdown page (CommonMark with GitHub's tables), to keep beside a model or paste in a review."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ajar.model.fingerprint import fingerprints
from ajar.model.report import Report
from ajar.model.waiver import NO_WAIVERS, Waivers
from ajar.reports._markdown_text import code, table, words
from ajar.reports.plain import size_words
from ajar.reports.words import (
    COMPONENT_WORDS,
    INSTRUMENT_WORDS,
    RIGHT_WORDS,
    SAFETY_WORDS,
    STATE_WORDS,
    how_known,
    level_words,
    parent_words,
    right_mark,
    verdict_words,
)

_FINDINGS, _GAPS = 500, 100  # rows; the rest is counted, and whole in the JSON report


def render(reports: Sequence[Report], *, waivers: Waivers = NO_WAIVERS) -> str:
    """One page; several releases stand below each other."""
    return "\n".join("".join(_release(report, waivers)) for report in reports)


def _release(report: Report, waivers: Waivers) -> Iterator[str]:
    yield f"# {words(report.title)}\n\n"
    yield from headline(report)
    if report.releases:
        yield f"\n{len(report.releases)} releases in one repository, each judged by its own licence; below, the least open.\n\n"
        rows = [
            (words(r.title), words(verdict_words(r.verdict("g7"))), r.safety.level) for r in report.releases
        ]
        yield table(("Release", "Door", "Safe to load"), rows)
    yield "\n## Verdicts\n\n"
    yield table(
        ("Instrument", "Verdict", "What would move it"),
        (
            (
                INSTRUMENT_WORDS.get(verdict.instrument, verdict.instrument),
                words(verdict_words(verdict)),
                words(verdict.moved_by[0]) if verdict.moved_by else "",
            )
            for verdict in report.verdicts
        ),
    )
    yield from _licences(report)
    yield from rights(report)
    yield "\n## Components\n\n"
    yield table(
        ("Component", "State", "Why", "Licences"),
        (
            (
                COMPONENT_WORDS[part.kind],
                STATE_WORDS[part.state],
                words(part.reason),
                words(", ".join(dict.fromkeys(match.licence.id for match in part.licences))),
            )
            for part in report.components
        ),
    )
    if report.claims:
        yield "\n## What it says of itself\n\n"
        rows_ = ((c.finding.value, words(f"“{c.quote}”"), words("; ".join(c.because))) for c in report.claims)
        yield table(("Finding", "What is said", "Against"), rows_)
    yield from findings(report, waivers, _FINDINGS)
    yield from gaps(report, _GAPS)
    yield f"\n{words(footer(report))}\n"


def headline(report: Report) -> Iterator[str]:
    """The door in two lines, for every output in Markdown."""
    verdict = report.verdict("g7")
    said = "" if verdict.declared == verdict.at_least else ", as declared"
    yield f"**{words(level_words(verdict.declared))}**{said}\n\n"
    if not verdict.certain:
        proven, possible = level_words(verdict.at_least), level_words(verdict.at_most)
        yield f"Proven: {words(proven)}. Possible: {words(possible)}.\n\n"
    if verdict.moved_by:
        yield f"What would move it: {words(verdict.moved_by[0])}\n\n"
    yield f"Safe to load: {words(SAFETY_WORDS[report.safety.level])}\n"


def _licences(report: Report) -> Iterator[str]:
    yield "\n## Licences\n\n"
    if not report.licences:
        yield "No licence was found.\n"
        return
    rows = (
        (", ".join(scope.value for scope in m.applies_to), code(m.licence.id), words(how_known(m)))
        for m in report.licences
    )
    yield table(("Covers", "Licence", "How it is known"), rows)
    for parent in report.lineage:
        yield f"\n- {words(parent_words(parent))}"
    yield "\n" if report.lineage else ""


def rights(report: Report) -> Iterator[str]:
    """May I, with the weights."""
    if not report.rights:
        return
    yield "\n## May I, with the weights\n\n"
    rows = (
        (
            words(RIGHT_WORDS.get(right.id, right.id)),
            f"{words(right_mark(right))} {right.answer}",
            words(f"“{right.quote}” {right.location or ''}" if right.quote else ""),
        )
        for right in report.rights
    )
    yield table(("May I", "Answer", "The words it rests on"), rows)
    for duty in report.obligations:
        yield f"\n- You must {words(duty)}"
    yield "\n" if report.obligations else ""


def findings(report: Report, waivers: Waivers, limit: int) -> Iterator[str]:
    """What to watch, worst first; waived findings stay, with the reason."""
    if not report.findings:
        return
    yield "\n## Watch\n\n"
    rows = []
    for finding, mark in list(zip(report.findings, fingerprints(report.findings), strict=True))[:limit]:
        waiver = waivers.get(mark)
        waived = f" *Waived ({words(waiver.id)}): {words(waiver.reason)}*" if waiver else ""
        rows.append(
            (
                finding.severity.value,
                f"{words(finding.message)}{waived}",
                words(finding.remedy),
                code(finding.rule),
                code(mark),
            )
        )
    yield table(("Severity", "Finding", "Remedy", "Rule", "Fingerprint"), rows)
    if len(report.findings) > limit:
        yield f"\n{len(report.findings) - limit} more are in the JSON report.\n"


def gaps(report: Report, limit: int) -> Iterator[str]:
    """What could not be looked at."""
    if not report.gaps:
        return
    yield "\n## Could not look\n\n"
    rows = ((code(gap.location), gap.reason.value, words(gap.detail)) for gap in report.gaps[:limit])
    yield table(("Where", "Why", "What"), rows)
    if len(report.gaps) > limit:
        yield f"\n{len(report.gaps) - limit} more are in the JSON report.\n"


def footer(report: Report) -> str:
    cost = report.cost
    revision = f", revision {report.release.revision}" if report.release.revision else ""
    return (
        f"{len(report.release.files)} files, {size_words(cost.bytes_read)} of {size_words(cost.bytes_total)} read "
        f"by ajar {report.tool_version}; target {report.target}{revision}."
    )
