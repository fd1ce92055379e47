"""`ajar evaluate`: a declared record, judged by every instrument."""

from __future__ import annotations

import json
from pathlib import Path

from ajar.errors import UsageError
from ajar.frameworks.record import RecordVerdicts, evaluate_record
from ajar.reports.json_v1 import verdict_json
from ajar.reports.plain import visible
from ajar.rights import resolve

RECORD_LIMIT_BYTES = 2**20


def evaluate_file(path: Path) -> RecordVerdicts:
    """Read and judge a record. Raises `UsageError` when it is none."""
    try:
        with path.open("rb") as handle:
            data = handle.read(RECORD_LIMIT_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", hint="give a record that can be read") from error
    if len(data) > RECORD_LIMIT_BYTES:
        raise UsageError(f"{path}: larger than 1 MiB", hint="a record is a few kilobytes of YAML")
    try:
        return evaluate_record(data.decode("utf-8", "replace"), resolve)
    except UsageError as error:
        raise UsageError(f"{path}: {error.message}", hint=error.hint) from error


def render_json(result: RecordVerdicts) -> str:
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
        },
        indent=2,
        ensure_ascii=False,
    )


def render_text(result: RecordVerdicts) -> str:
    lines = [visible(result.name), ""]
    progress = " · ".join(f"class {key}: {result.mot.progress[key]:g} %" for key in ("3", "2", "1"))
    lines.append(f"  {'mot':<11}{result.mot.label} ({progress})")
    for verdict in result.verdicts:
        bounds = "" if verdict.certain else f" (proven {verdict.at_least}, possible {verdict.at_most})"
        lines.append(f"  {verdict.instrument:<11}{verdict.declared}{bounds}: {visible(verdict.summary)}")
    lines += [f"  note: {visible(warning)}" for warning in result.warnings]
    return "\n".join(lines)
