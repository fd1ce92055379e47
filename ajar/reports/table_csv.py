"""CSV (RFC 4180), for spreadsheets: a row a release, safe to open.

A cell that a spreadsheet would take for a formula gets an apostrophe in front: a release names its own files.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence

from ajar.model.fingerprint import fingerprints
from ajar.model.judgement import Severity
from ajar.model.report import Report
from ajar.model.waiver import NO_WAIVERS, Waivers
from ajar.reports._facts import Facts, facts_of, parts_of
from ajar.reports.plain import visible
from ajar.reports.words import RIGHT_WORDS, how_known

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_INSTRUMENTS = ("mof", "osaid", "eu-ai-act", "osai", "solaiman")

_COLUMNS: Mapping[str, Callable[[Facts], object]] = {
    "target": lambda facts: facts.report.target,
    "name": lambda facts: facts.report.title,
    "revision": lambda facts: facts.report.release.revision or "",
    "purl": lambda facts: facts.purl,
    "door_at_least": lambda facts: facts.report.verdict("g7").at_least,
    "door_declared": lambda facts: facts.report.verdict("g7").declared,
    "door_at_most": lambda facts: facts.report.verdict("g7").at_most,
    "would_move_it": lambda facts: "; ".join(facts.report.verdict("g7").moved_by[:1]),
    "licence": lambda facts: "; ".join(dict.fromkeys(match.licence.id for match in facts.licences)),
    "licence_known_by": lambda facts: "; ".join(how_known(match) for match in facts.licences[:3]),
    "safety": lambda facts: facts.report.safety.level,
    "signature": lambda facts: facts.report.control.signature,
    "gated": lambda facts: facts.report.control.gated,
    "base_models": lambda facts: "; ".join(facts.report.control.base_models),
    "files": lambda facts: len(facts.report.release.files),
    "size_bytes": lambda facts: facts.report.release.size_bytes,
    "gaps": lambda facts: len(facts.report.gaps),
}


def render(reports: Sequence[Report], *, waivers: Waivers = NO_WAIVERS) -> str:
    """A heading, and a row for each release; of a repository of several, one for each inside."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    severities = [severity.value for severity in Severity]
    writer.writerow([*_COLUMNS, *_INSTRUMENTS, *RIGHT_WORDS, *severities, "waived"])
    for report in parts_of(reports):
        facts = facts_of(report)
        answers = {right.id: right.answer for right in report.rights}
        marks = fingerprints(report.findings)
        waived = [mark in waivers for mark in marks]
        levels = [item.severity.value for item, off in zip(report.findings, waived, strict=True) if not off]
        row = [
            *(column(facts) for column in _COLUMNS.values()),
            *(report.verdict(name).declared for name in _INSTRUMENTS),
            *(answers.get(name, "") for name in RIGHT_WORDS),
            *(levels.count(severity) for severity in severities),
            sum(waived),
        ]
        writer.writerow([_cell(value) for value in row])
    return out.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return "unknown"
    text = visible(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text
