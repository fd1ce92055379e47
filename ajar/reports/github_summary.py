"""A page for the summary of a GitHub Actions job: `ajar audit … -f github-summary >> "$GITHUB_STEP_SUMMARY"`.

A job's summary holds 1 MiB a step (GitHub, "Workflow commands", read 2026-11-25); what does not fit is left off, and said.
"""

from __future__ import annotations

from collections.abc import Sequence

from ajar.model.fingerprint import fingerprints
from ajar.model.report import Report
from ajar.model.waiver import NO_WAIVERS, Waivers
from ajar.reports import markdown
from ajar.reports._markdown_text import table, words
from ajar.reports.words import verdict_words

LIMIT_BYTES = 1_000_000  # of the 1,048,576 that a step may write; the rest is left to the step's own words
_FINDINGS, _GAPS = 50, 20


def render(reports: Sequence[Report], *, waivers: Waivers = NO_WAIVERS) -> str:
    """The table of all releases, then each, folded away when there are several."""
    parts = [table(("Release", "Door", "Licence", "Safe to load", "To watch"), map(_row, reports))]
    counted = [_waived(report, waivers) for report in reports]
    if sum(counted):
        parts.append(f"\nWaived findings: {sum(counted)}.\n")
    size = sum(len(part.encode()) for part in parts)
    for number, report in enumerate(reports):
        text = _release(report, waivers, folded=len(reports) > 1)
        size += len(text.encode())
        if size > LIMIT_BYTES:
            parts.append(f"\n{len(reports) - number} releases are left off: a summary holds no more.\n")
            break
        parts.append(text)
    return "".join(parts)


def _row(report: Report) -> tuple[str, ...]:
    weights = [
        m.licence.id for m in report.licences if any(scope.value == "weights" for scope in m.applies_to)
    ]
    return (
        words(report.title),
        words(verdict_words(report.verdict("g7"))),
        words(", ".join(dict.fromkeys(weights)) or "none found"),
        report.safety.level,
        str(len(report.findings)),
    )


def _waived(report: Report, waivers: Waivers) -> int:
    return sum(mark in waivers for mark in fingerprints(report.findings)) if waivers else 0


def _release(report: Report, waivers: Waivers, *, folded: bool) -> str:
    body = "".join(
        (
            *markdown.headline(report),
            *markdown.rights(report),
            *markdown.findings(report, waivers, _FINDINGS),
            *markdown.gaps(report, _GAPS),
            f"\n{words(markdown.footer(report))}\n",
        )
    )
    if not folded:
        return f"\n{body}"
    # The title stands in HTML here, where Markdown's escapes would be shown.
    from html import escape

    from ajar.reports.plain import visible

    return f"\n<details><summary>{escape(visible(report.title))}</summary>\n\n{body}\n</details>\n"
