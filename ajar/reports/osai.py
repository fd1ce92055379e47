"""A row for the European Open Source AI Index: one YAML file a system, as its main database keeps them.

Shape: Language-Technology-Assessment/main-database at 5a388e8 (2026-06-12). What could not be verified is left
empty, which the index reads as not assessed, and the note says what is claimed; the editors' `performanceclass`
is theirs to give.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from ajar.model.evidence import Evidence, Ground
from ajar.model.judgement import Criterion, Outcome
from ajar.model.report import Report
from ajar.model.waiver import NO_WAIVERS, Waivers
from ajar.reports._facts import Facts, facts_of
from ajar.reports._kinds import OSAI_TYPES
from ajar.reports._yaml_text import dumps
from ajar.reports.plain import visible

_CLASSES = {Outcome.MET: "open", Outcome.PARTIAL: "partial", Outcome.UNMET: "closed"}
_LINKS = 6
_HEAD = "# Filled in by ajar {version} from the files of the release. Criteria: https://osai-index.eu/contribute\n"


def render(reports: Sequence[Report], *, waivers: Waivers = NO_WAIVERS) -> str:  # noqa: ARG001  a row has no findings
    """The row of one release."""
    facts = facts_of(reports[0])
    report = facts.report
    paths = frozenset(entry.path for entry in report.release.files)
    row: dict[str, Any] = {
        "system": {
            "name": facts.title.text if facts.title else facts.name,
            "link": _home(report),
            "type": OSAI_TYPES.get(facts.task.text) if facts.task else None,
            "performanceclass": None,
            "basemodelname": facts.bases[0].id if facts.bases else None,
            "endmodelname": report.title,
            "endmodellicense": ", ".join(dict.fromkeys(match.licence.id for match in facts.licences)) or None,
            "releasedate": facts.created.text[:7] if facts.created else None,
            "notes": f"revision {report.release.revision}" if report.release.revision else None,
        },
        "org": {"name": facts.group or None, "link": _organisation(report, facts), "notes": None},
    }
    for item in report.verdict("osai").criteria:
        row[item.id.replace("-", "_")] = _cell(item, report, paths)
    return _HEAD.format(version=report.tool_version) + dumps(row)


def _cell(item: Criterion, report: Report, paths: frozenset[str]) -> dict[str, Any]:
    found = (_link(ground, report, paths) for ground in item.because)
    links = list(dict.fromkeys(link for link in found if link))[:_LINKS]
    said = "not verified: " if item.outcome is Outcome.UNKNOWN else ""
    return {
        "class": _CLASSES.get(item.outcome),
        "link": links[0] if len(links) == 1 else links or None,
        "notes": f"{said}{item.reason}",
    }


def _home(report: Report) -> str | None:
    locator = report.release.locator
    return f"https://huggingface.co/{quote(locator.name)}" if locator.scheme == "hf" else None


def _organisation(report: Report, facts: Facts) -> str | None:
    is_hub = report.release.locator.scheme == "hf" and facts.group
    return f"https://huggingface.co/{quote(facts.group)}" if is_hub else None


def _link(ground: Ground, report: Report, paths: frozenset[str]) -> str:
    """Where the evidence can be looked up: the address that it names, else the file on the hub."""
    if isinstance(ground, Evidence) and isinstance(ground.value, str) and ground.value.startswith("https://"):
        return ground.value
    home, path = _home(report), ground.location.path
    if home is None or path not in paths:
        return ""
    return f"{home}/blob/{report.release.revision or 'main'}/{quote(visible(path))}"
