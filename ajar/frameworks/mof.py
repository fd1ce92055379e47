"""The Model Openness Framework 1.0, judged by substance, with the tool's own figures beside it.

Where this differs from the Model Openness Tool: licence names are understood (`apache-2.0` is
Apache-2.0), OpenMDW-1.1 and public-domain data licences count as open, the model card may hold the data
information, and a component counts only when it is there. The notes of a verdict name the differences
that mattered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ajar.frameworks import mot
from ajar.frameworks.instrument import Holds, Instrument, movers, readings, table
from ajar.frameworks.licensing import Answer, licence, present, supplied, worst
from ajar.model.component import ComponentKind as Kind
from ajar.model.component import Openness
from ajar.model.dossier import Subject
from ajar.model.evidence import Basis
from ajar.model.judgement import Criterion, Outcome, Verdict

ID = "mof"
LEVELS = ("unclassified", "class-iii", "class-ii", "class-i")
_CODE_KINDS = (Kind.MODEL_ARCHITECTURE, Kind.INFERENCE_CODE)


def evaluate(subject: Subject) -> Verdict:
    """The class of a release."""
    data = table("mof-1.0")
    criteria = tuple(
        _component(subject, Kind(item["kind"])).named(f"{item['kind']}-is-open") for item in data["component"]
    )
    low, said, high = (LEVELS[_level(holds)] for holds in readings(criteria))
    phrases = {item["id"]: item["moved"] for item in data["criterion"]}
    tool = mot.classify(record_of(subject))
    labels = {item["id"]: item["label"] for item in data["level"]}
    return Verdict(
        instrument=ID,
        version=data["version"],
        at_least=low,
        declared=said,
        at_most=high,
        summary=labels[said],
        criteria=criteria,
        moved_by=movers(criteria, _level, phrases) or _shortest_way(criteria),
        notes=_notes(subject, criteria, said, tool),
        details=(
            ("mot_class", tool.class_),
            ("mot_label", tool.label),
            *((f"mot_progress_{key}", round(tool.progress[key], 2)) for key in ("1", "2", "3")),
        ),
    )


def _component(subject: Subject, kind: Kind) -> Answer:
    part = subject.components[kind]
    there = supplied(subject, kind) if kind in _CODE_KINDS else present(subject, kind)
    if kind is Kind.DATA_CARD and part.state is Basis.INFERRED:
        words = f"{part.reason}; MOF lets the model card hold the data information"
        there = Answer(Outcome.MET, Basis.VERIFIED, words, part.because)
    if there.outcome is Outcome.UNMET:
        return there
    terms = licence(subject, kind)
    answer = worst(there, terms)
    reason = (
        there.reason if there.outcome is answer.outcome and there.outcome is not Outcome.MET else terms.reason
    )
    return Answer(answer.outcome, answer.basis, reason, (*there.because[:4], *terms.because[:4]))


def _required(class_: int) -> tuple[str, ...]:
    return tuple(
        f"{item['kind']}-is-open"
        for item in table("mof-1.0")["component"]
        if item["required"] and item["class"] == class_
    )


def _level(holds: Holds) -> int:
    report, paper = "technical-report-is-open", "research-paper-is-open"
    for reached, class_ in enumerate((3, 2, 1)):
        wanted = _required(class_)
        if not all(holds(name) or (name == report and holds(paper)) for name in wanted):
            return reached
    return 3


def _shortest_way(criteria: tuple[Criterion, ...]) -> tuple[str, ...]:
    """For a certain verdict: what stands between it and the next class."""
    outcome = {item.id: item for item in criteria}
    for class_ in (3, 2, 1):
        lacking = [outcome[name] for name in _required(class_) if outcome[name].outcome is not Outcome.MET]
        if lacking:
            return tuple(f"{item.id}: {item.reason}" for item in lacking[:3])
    return ()


def record_of(subject: Subject) -> Mapping[str, Any]:
    """The record that would be filed with the Model Openness Tool: what is public, and its licence."""
    entries = []
    for item in mot.components():
        part = subject.components[Kind(item["kind"])]
        if part.state in {Basis.VERIFIED, Basis.DECLARED}:
            open_ones = [match.licence.id for match in part.licences]
            entries.append({"name": item["name"], "license": open_ones[0] if open_ones else "unlicensed"})
    return {"release": {"components": entries}}


def _notes(
    subject: Subject, criteria: tuple[Criterion, ...], said: str, tool: mot.MotResult
) -> tuple[str, ...]:
    """Where and why the normal mode and the tool part ways."""
    notes: list[str] = []
    if subject.components[Kind.DATA_CARD].state is Basis.INFERRED:
        notes.append(
            "the tool asks for a data card of its own; here the model card holds the data information"
        )
    supplied_code = [kind for kind in _CODE_KINDS if subject.components[kind].state is Basis.INFERRED]
    if supplied_code:
        notes.append("the tool counts only code that a record lists; here an open library supplies it")
    unknown_to_tool = {
        match.licence.id
        for part in subject.components.values()
        for match in part.licences
        if match.licence.openness is not Openness.RESTRICTED and match.licence.id not in mot.open_licences()
    }
    notes += [f"{name} is not on the tool's list of open licences" for name in sorted(unknown_to_tool)[:3]]
    ours = LEVELS.index(said)
    theirs = {0: 0, 3: 1, 2: 2, 1: 3}[tool.class_]
    if ours != theirs:
        words = "does not look" if ours < theirs else "does not understand"
        failing = next((item for item in criteria if item.outcome is not Outcome.MET), None)
        because = f" ({failing.id}: {failing.reason})" if failing and ours < theirs else ""
        notes.append(f"the tool would say {tool.label}: it {words}{because}")
    return tuple(notes)


INSTRUMENT = Instrument(
    id=ID,
    name=table("mof-1.0")["name"],
    version=table("mof-1.0")["version"],
    source=table("mof-1.0")["source"],
    levels=LEVELS,
    evaluate=evaluate,
    reach=lambda criteria: _level(readings(criteria)[0]),
)
