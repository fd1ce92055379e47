"""`ajar evaluate`: a declared record, judged by every instrument, and held against a release where one is given."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ajar.errors import UsageError
from ajar.frameworks.record import RecordVerdicts, evaluate_record, load_record
from ajar.frameworks.record_check import RecordRow, check_record
from ajar.model.judgement import ClaimFinding
from ajar.model.report import Report
from ajar.reports.json_v1 import verdict_json
from ajar.reports.plain import visible
from ajar.rights import resolve

RECORD_LIMIT_BYTES = 2**20


def evaluate_file(path: Path) -> RecordVerdicts:
    """Read and judge a record. Raises `UsageError` when it is none."""
    try:
        return evaluate_record(_text(path), resolve)
    except UsageError as error:
        raise UsageError(f"{path}: {error.message}", hint=error.hint) from error


def check_file(path: Path, report: Report) -> tuple[RecordRow, ...]:
    """The record against what an audit found. Raises `UsageError` for a repository of several releases."""
    if report.releases:
        hint = f"give one of them: {report.target}//{report.releases[0].title}"
        raise UsageError("a record is of one release, and there are several", hint=hint)
    return check_record(load_record(_text(path)), report.components, resolve)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as handle:
            data = handle.read(RECORD_LIMIT_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", hint="give a record that can be read") from error
    if len(data) > RECORD_LIMIT_BYTES:
        raise UsageError(f"{path}: larger than 1 MiB", hint="a record is a few kilobytes of YAML")
    return data.decode("utf-8", "replace")


def render_json(result: RecordVerdicts, report: Report | None = None, rows: Sequence[RecordRow] = ()) -> str:
    """One object: the tool's own class and progress, then a verdict per instrument."""
    return json.dumps(
        {
            "schema": "ajar-evaluation/1",
            "name": result.name,
            "mot": {
                "class": result.mot.class_,
                "label": result.mot.label,
                "progress": {key: result.mot.progress[key] for key in ("1", "2", "3")},
            },
            "verdicts": [verdict_json(verdict) for verdict in result.verdicts],
            "warnings": list(result.warnings),
            **({"against": _against(report, rows)} if report else {}),
        },
        indent=2,
        ensure_ascii=False,
    )


def _against(report: Report, rows: Sequence[RecordRow]) -> dict[str, object]:
    return {
        "target": report.target,
        "mot": {"label": dict(report.verdict("mof").details).get("mot_label", "")},
        "components": [
            {
                "name": row.name,
                "kind": row.kind.value,
                "listed": row.listed,
                "says": row.said,
                "state": row.state.value,
                "licences": list(row.found),
                "finding": row.finding.value,
                "because": row.because,
            }
            for row in rows
        ],
    }


def render_check(report: Report, rows: Sequence[RecordRow]) -> str:
    """What became of each entry of the record."""
    label = dict(report.verdict("mof").details).get("mot_label", "")
    lines = ["", f"  against {visible(report.target)}: the tool would say {label} of what is there"]
    for row in rows:
        mark = _MARKS[row.finding]
        lines.append(f"  {mark} {row.finding.value:<12}{row.name}: {visible(row.because)}")
    return "\n".join(lines)


_MARKS = {
    ClaimFinding.UPHELD: "✓",
    ClaimFinding.OVERSTATED: "✗",
    ClaimFinding.UNDERSTATED: "~",
    ClaimFinding.UNPROVEN: "?",
}


def render_text(result: RecordVerdicts) -> str:
    lines = [visible(result.name), ""]
    progress = " · ".join(f"class {key}: {result.mot.progress[key]:g} %" for key in ("3", "2", "1"))
    lines.append(f"  {'mot':<11}{result.mot.label} ({progress})")
    for verdict in result.verdicts:
        bounds = "" if verdict.certain else f" (proven {verdict.at_least}, possible {verdict.at_most})"
        lines.append(f"  {verdict.instrument:<11}{verdict.declared}{bounds}: {visible(verdict.summary)}")
    lines += [f"  note: {visible(warning)}" for warning in result.warnings]
    return "\n".join(lines)
