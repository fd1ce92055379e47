"""A record that somebody filled in (the Model Openness Tool's YAML), judged by every instrument.

Nothing is looked at: the record is taken at its word, and the question is what follows from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ajar.errors import UsageError
from ajar.frameworks import evaluate_all, mot
from ajar.model.component import (
    SCOPE_OF,
    Component,
    ComponentKind,
    Licence,
    LicenceMatch,
    MatchKind,
    Openness,
)
from ajar.model.dossier import Subject
from ajar.model.evidence import Basis, Location
from ajar.model.judgement import Verdict

Resolve = Callable[[str], Licence | None]

# Component names seen in records that the tool's catalogue spells otherwise.
_SPELLINGS = {
    "training dataset": "Datasets",
    "training datasets": "Datasets",
    "dataset": "Datasets",
    "model parameters": "Model parameters (Final)",
    "final model parameters": "Model parameters (Final)",
    "intermediate model parameters": "Model parameters (Intermediate)",
    "supporting libraries": "Supporting libraries and tools",
}
_NOT_THERE = frozenset({"component not include", "component not included"})
_ALIAS_LIMIT = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordVerdicts:
    """What follows from a record."""

    name: str
    mot: mot.MotResult
    verdicts: tuple[Verdict, ...]
    warnings: tuple[str, ...]


def load_record(text: str) -> Mapping[str, Any]:
    """The record as data. Raises `UsageError` when the text is no record."""
    import yaml

    if text.count("*") + text.count("&") > _ALIAS_LIMIT and any(
        isinstance(event, yaml.AliasEvent) for event in _events(text)
    ):
        raise UsageError("the record uses YAML aliases", hint="write it without anchors and aliases")
    try:
        record = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  a safe loader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(
            f"the record is not YAML: {str(error)[:200]}", hint="see `ajar evaluate --help`"
        ) from error
    if not isinstance(record, Mapping) or not isinstance(record.get("release"), Mapping):
        raise UsageError("no `release` in it", hint="give a Model Openness Tool record")
    return record


def _events(text: str) -> Any:
    import yaml

    try:
        yield from yaml.parse(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError):
        return


def evaluate_record(text: str, resolve: Resolve) -> RecordVerdicts:
    """Every instrument's verdict on a record. `resolve` turns a licence name into a known licence."""
    record = load_record(text)
    subject, warnings = subject_of(record, resolve)
    return RecordVerdicts(
        name=str(record["release"].get("name", "unnamed")),
        mot=mot.classify(record),
        verdicts=evaluate_all(subject),
        warnings=warnings,
    )


def subject_of(record: Mapping[str, Any], resolve: Resolve) -> tuple[Subject, tuple[str, ...]]:
    """A subject whose components are what the record declares."""
    release = record["release"]
    licences = release.get("license") if isinstance(release.get("license"), Mapping) else {}
    by_name = {str(item["name"]).lower(): item for item in mot.components()}
    declared: dict[ComponentKind, Component] = {}
    warnings: list[str] = []
    entries = release.get("components")
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, Mapping):
            continue
        name = str(entry.get("name", ""))
        known = by_name.get(_SPELLINGS.get(name.lower(), name).lower())
        if known is None:
            warnings.append(f"{name!r} is not a component of the framework")
            continue
        kind = ComponentKind(known["kind"])
        stated = mot.licence_of(entry, str(known["type"]), licences)
        if stated.lower() in _NOT_THERE:
            warnings.append(f"{name}: the record says that it is not included")
            continue
        licence = resolve(stated) if stated else None
        if stated and licence is None:
            warnings.append(f"{name}: {stated!r} is not a licence that is known")
            licence = Licence(id=stated, name=stated, openness=Openness.UNKNOWN, osi=False)
        elif licence is not None and licence.id != stated:
            warnings.append(f"{name}: {stated!r} read as {licence.id}")
        declared[kind] = _component(kind, name, licence)
    components = {kind: declared.get(kind) or _absent(kind) for kind in ComponentKind}
    return Subject(components=components, trust_declared=True, record=True), tuple(warnings)


def _component(kind: ComponentKind, name: str, licence: Licence | None) -> Component:
    matches: tuple[LicenceMatch, ...] = ()
    if licence is not None:
        matches = (
            LicenceMatch(
                licence=licence,
                match=MatchKind.TAG,
                location=Location(path="record", pointer=name),
                applies_to=(SCOPE_OF[kind],),
                because="the record names it",
            ),
        )
    return Component(kind=kind, state=Basis.DECLARED, reason="the record lists it", licences=matches)


def _absent(kind: ComponentKind) -> Component:
    return Component(kind=kind, state=Basis.ABSENT, reason="the record does not list it")
