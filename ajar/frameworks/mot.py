"""The Model Openness Tool's own evaluator, rule for rule, for records in its YAML.

Source: lfai/model_openness_tool at 8b5d30e (2026-05-11), ModelEvaluator and LicenseHandler. It is kept
apart from MOF's normal mode: its licence names are compared letter by letter, and nothing is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ajar.frameworks.instrument import table

TECHNICAL_REPORT, RESEARCH_PAPER = 11, 21
LABELS = {
    0: "Unclassified",
    1: "Class I - Open Science Model",
    2: "Class II - Open Tooling Model",
    3: "Class III - Open Model",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MotResult:
    """Class 0 to 3 (0 is unclassified, 1 the most open), its label, and progress in percent by class."""

    class_: int
    label: str
    progress: Mapping[str, float]


@cache
def open_licences() -> frozenset[str]:
    """The 226 licence ids that the tool counts as open, case-sensitive."""
    from importlib.resources import files

    text = (files("ajar.frameworks") / "data" / "mot-open-licences.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def components() -> Sequence[Mapping[str, Any]]:
    """The 17 entries of the tool's catalogue: id, kind, name, type, class, required."""
    return tuple(table("mof-1.0")["component"])


def classify(record: Mapping[str, Any]) -> MotResult:
    """Class and progress of a record. Entries that are no mapping or bear an unknown name are left out."""
    release = _mapping(record.get("release"))
    by_name = {str(item["name"]): item for item in components()}
    status: dict[int, str] = {}
    for entry in _sequence(release.get("components")):
        known = by_name.get(str(_mapping(entry).get("name", "")))
        if known is not None:
            name = licence_of(_mapping(entry), str(known["type"]), _mapping(release.get("license")))
            status[int(known["id"])] = _status(name)
    return result(status)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def licence_of(entry: Mapping[str, Any], type_: str, release: Mapping[str, Any]) -> str:
    """The component's own licence; else the release's for its type; else its distribution licence."""
    if "license" in entry:
        own = str(entry["license"] or "")
        return "" if own == "unlicensed" else own
    for place in (type_, "distribution"):
        name = _mapping(release.get(place)).get("name")
        if name:
            return str(name)
    return ""


def _status(licence: str) -> str:
    if not licence:
        return "unlicensed"
    return "included" if licence in open_licences() else "invalid"


def result(status: Mapping[int, str]) -> MotResult:
    """From each component's status (`included`, `unlicensed`, `invalid`; left out: missing)."""
    required = {k: _required(k) for k in (3, 2, 1)}
    included: dict[int, set[int]] = {}
    so_far: set[int] = set()
    for k in (3, 2, 1):
        so_far = so_far | required[k]
        included[k] = {number for number in so_far if status.get(number) == "included"}
    report_open = TECHNICAL_REPORT in included[3]
    paper = status.get(RESEARCH_PAPER)
    if not report_open and paper == "included":
        # A paper stands in for the report, in the classes that ask for the report only.
        included = {k: included[k] | {RESEARCH_PAPER} for k in (3, 2, 1)}
    stands_in = not report_open and RESEARCH_PAPER in included[1]
    progress = {k: _progress(k, required, included, stands_in=stands_in) for k in (3, 2, 1)}
    best = next((k for k in (1, 2, 3) if progress[k] == 100), 0)
    return MotResult(class_=best, label=LABELS[best], progress={str(k): progress[k] for k in (1, 2, 3)})


def _required(class_: int) -> set[int]:
    return {int(item["id"]) for item in components() if item["required"] and item["class"] == class_}


def _progress(
    wanted: int, required: Mapping[int, set[int]], included: Mapping[int, set[int]], *, stands_in: bool
) -> float:
    """Percent of `wanted`'s cumulative requirements; 0 while a less open class falls short."""
    total = 0
    for k in range(3, wanted - 1, -1):
        total += len(required[k])
        if len(included[k]) < total:
            if k > wanted:
                return 0
            break
    if wanted == 1 and stands_in:
        total -= 1
    return min(len(included[wanted]) / total * 100, 100)
