"""A record for the Model Openness Tool (its YAML): what is public, and under which licence.

Schema: schema/mof_schema.json of lfai/model_openness_tool at 8b5d30e (2026-05-11). A record is a declaration, so
what is only said stands in it too; each description says whether ajar saw it. `ajar evaluate` reads it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ajar.frameworks import mot
from ajar.model.component import Component, ComponentKind, LicenceMatch, MatchKind
from ajar.model.evidence import Basis
from ajar.model.report import Report
from ajar.model.waiver import NO_WAIVERS, Waivers
from ajar.reports._facts import Facts, facts_of
from ajar.reports._kinds import MOT_TYPES
from ajar.reports._yaml_text import dumps
from ajar.reports.words import STATE_WORDS

FRAMEWORK = {"name": "Model Openness Framework", "version": "1.0", "date": "2024-12-15"}
_LISTED = frozenset({Basis.VERIFIED, Basis.DECLARED})
_TEXTS = frozenset({MatchKind.EXACT, MatchKind.TEMPLATE})


def render(reports: Sequence[Report], *, waivers: Waivers = NO_WAIVERS) -> str:  # noqa: ARG001  a record has no findings
    """The record of one release."""
    return dumps({"framework": FRAMEWORK, "release": _release(facts_of(reports[0]))})


def _release(facts: Facts) -> dict[str, Any]:
    report = facts.report
    is_hub = report.release.locator.scheme == "hf"
    changed = facts.changed or facts.created
    release: dict[str, Any] = {
        "name": facts.name,
        "version": facts.version,
        "license": _licence(report),
        "type": MOT_TYPES.get(facts.task.text, "other") if facts.task else "",
        "architecture": _architecture(facts),
        "origin": facts.bases[0].id if facts.bases else facts.name,
        "producer": facts.group,
        "contact": "",
        "components": list(_components(report)),
    }
    if changed is not None:
        release["date"] = changed.text[:10]
    if is_hub:
        release["huggingface"] = f"https://huggingface.co/{report.release.locator.name}"
    return release


def _licence(report: Report) -> dict[str, Any]:
    """The licence on the weights as that of the distribution; every component names its own besides."""
    weights = next(part for part in report.components if part.kind is ComponentKind.FINAL_PARAMETERS)
    match = _first(weights.licences)
    return {"distribution": {"name": match.licence.id if match else "", "path": _text_path(match)}}


def _components(report: Report) -> Sequence[dict[str, Any]]:
    parts = {part.kind: part for part in report.components}
    rows = []
    for item in mot.components():
        part = parts[ComponentKind(item["kind"])]
        if part.state not in _LISTED:
            continue
        match = _first(part.licences)
        row = {
            "name": item["name"],
            "description": f"{STATE_WORDS[part.state]}: {part.reason}",
            "license": match.licence.id if match else "unlicensed",
            "license_path": _text_path(match),
            "component_path": _path(part),
        }
        rows.append({key: value for key, value in row.items() if value})
    return rows


def _first(matches: Sequence[LicenceMatch]) -> LicenceMatch | None:
    return matches[0] if matches else None


def _text_path(match: LicenceMatch | None) -> str:
    return match.location.path if match and match.match in _TEXTS else ""


def _path(part: Component) -> str:
    return part.files[0] if part.files else ""


def _architecture(facts: Facts) -> str:
    """The tool's word, where the class of the network leaves no doubt."""
    names = " ".join(value.text for value in facts.architectures)
    if "ForCausalLM" in names:
        return "transformer decoder"
    family = facts.family.text if facts.family else ""
    if family in {"t5", "mt5", "bart", "mbart", "marian", "pegasus", "m2m_100", "whisper"}:
        return "transformer encoder-decoder"
    return (
        "encoder"
        if family in {"bert", "roberta", "distilbert", "deberta-v2", "electra", "modernbert"}
        else ""
    )
