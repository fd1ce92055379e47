"""Conclusions: what a fact means under a rule, a claim or a published instrument."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ajar.model.evidence import Basis, Ground, Location


class Outcome(StrEnum):
    """How a criterion ends. `unknown` always names what could not be seen or verified."""

    MET = "met"
    PARTIAL = "partial"
    UNMET = "unmet"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"


class Severity(StrEnum):
    """How much a finding matters, least first."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Confidence(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Door(StrEnum):
    """The headline: the labels of the G7 ministers' Vision on AI Openness (2026-05-29), plus closed."""

    SHUT = "shut"
    CHAINED = "chained"
    AJAR = "ajar"
    OPEN = "open"
    WIDE_OPEN = "wide-open"


DOORS = tuple(Door)  # least open first
DOOR_LABELS = {
    Door.SHUT: "Closed",
    Door.CHAINED: "Weights Available AI",
    Door.AJAR: "Open Weights AI",
    Door.OPEN: "Open Source AI",
    Door.WIDE_OPEN: "Open Source AI with Open Data",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a person should know: never without the evidence or gap it rests on."""

    rule: str
    severity: Severity
    message: str
    because: tuple[Ground, ...]
    outcome: Outcome = Outcome.UNMET
    confidence: Confidence = Confidence.HIGH
    remedy: str = ""

    def __post_init__(self) -> None:
        if not self.because:
            raise ValueError(f"finding {self.rule} rests on nothing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One criterion of an instrument, decided.

    An outcome that rests on the publisher's word alone is `unknown` with basis `declared`: it counts
    for what is declared and for what is possible, never for what is proven.
    """

    id: str
    outcome: Outcome
    basis: Basis
    reason: str
    because: tuple[Ground, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An instrument's answer as an interval.

    `at_least` counts every unknown as unmet: what the files prove. `declared` takes the publisher at
    its word. `at_most` counts every unknown as met. `moved_by` names the facts that would move the
    bounds, the one that moves most first.
    """

    instrument: str
    version: str
    at_least: str
    declared: str
    at_most: str
    summary: str
    criteria: tuple[Criterion, ...]
    moved_by: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    details: tuple[tuple[str, str | int | float], ...] = ()

    @property
    def certain(self) -> bool:
        return self.at_least == self.at_most


class ClaimFinding(StrEnum):
    UPHELD = "upheld"
    OVERSTATED = "overstated"
    UNDERSTATED = "understated"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a publisher says of its own release, held against the verdicts."""

    quote: str
    location: Location
    about: str  # door | weights | licence | code | data
    says: str  # the statement in one of ajar's words: open-source, open-weights, commercial-use, …
    finding: ClaimFinding
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One question about use, answered from the licence on the weights."""

    id: str  # commercial-use, at-scale, modify, redistribute, train-other-models, field-of-use, …
    answer: str  # yes | conditional | no | unknown
    quote: str
    location: Location | None
    must: tuple[str, ...] = ()  # what a conditional answer depends on
