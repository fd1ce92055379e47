"""A record held against a release: what it lists and is not there, what is there and it does not list, whose licence differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ajar.frameworks import mot
from ajar.frameworks.record import Resolve, subject_of
from ajar.model.component import Component, ComponentKind
from ajar.model.evidence import Basis
from ajar.model.judgement import ClaimFinding

_THERE = frozenset({Basis.VERIFIED})
_GONE = frozenset({Basis.ABSENT, Basis.WITHHELD})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """One component: what the record says, what was found, and how the one stands to the other."""

    name: str  # as the tool calls it
    kind: ComponentKind
    listed: bool
    said: str  # the licence that the record names; empty for none
    state: Basis
    found: tuple[str, ...]  # licences that the release names or carries
    finding: ClaimFinding
    because: str


def check_record(
    record: Mapping[str, Any], components: Sequence[Component], resolve: Resolve
) -> tuple[RecordRow, ...]:
    """A row for each component that either of the two knows of, in the tool's order."""
    subject, _ = subject_of(record, resolve)
    found = {part.kind: part for part in components}
    return tuple(_rows(subject.components, found))


def _rows(
    said: Mapping[ComponentKind, Component], found: Mapping[ComponentKind, Component]
) -> Iterator[RecordRow]:
    for item in mot.components():
        kind = ComponentKind(item["kind"])
        listed, part = said[kind].state is not Basis.ABSENT, found[kind]
        if not listed and part.state is not Basis.VERIFIED:
            continue
        claimed = [match.licence.id for match in said[kind].licences]
        licences = tuple(dict.fromkeys(match.licence.id for match in part.licences))
        finding, because = _judged(listed=listed, claimed=claimed, part=part, licences=licences)
        yield RecordRow(
            name=str(item["name"]),
            kind=kind,
            listed=listed,
            said=claimed[0] if claimed else "",
            state=part.state,
            found=licences,
            finding=finding,
            because=because,
        )


def _judged(
    *, listed: bool, claimed: Sequence[str], part: Component, licences: Sequence[str]
) -> tuple[ClaimFinding, str]:
    if not listed:
        return ClaimFinding.UNDERSTATED, f"it is there, and the record does not list it: {part.reason}"
    if part.state in _GONE:
        return ClaimFinding.OVERSTATED, f"the record lists it: {part.reason}"
    if part.state not in _THERE:
        return ClaimFinding.UNPROVEN, part.reason
    if not claimed:
        return (
            (ClaimFinding.UNDERSTATED, f"the record names no licence; {licences[0]} was found")
            if licences
            else (ClaimFinding.UPHELD, "there, without a licence, as the record says")
        )
    if claimed[0] in licences:
        return ClaimFinding.UPHELD, f"there, under {claimed[0]}"
    if not licences:
        return ClaimFinding.UNPROVEN, f"no licence was found on it; the record says {claimed[0]}"
    return ClaimFinding.OVERSTATED, f"the record says {claimed[0]}; found was {', '.join(licences)}"
