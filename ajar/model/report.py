"""The report: everything an audit found. Every output is computed from it."""

from __future__ import annotations

from dataclasses import dataclass

from ajar.model.component import Component, LicenceMatch
from ajar.model.evidence import Evidence, Gap
from ajar.model.judgement import Claim, Finding, Right, Verdict
from ajar.model.lineage import Parent
from ajar.model.release import Release
from ajar.model.scan import Cost, Safety


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """One file as its bytes show it: format id (`unknown` when none fits) and size in bytes."""

    path: str
    format: str
    size: int
    family: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Who holds the release. `None` is unknown.

    `signed` says that a signature is there; only `signature` says whether anybody checked it.
    """

    hosted_only: bool | None
    gated: bool | None
    signed: bool | None
    revocable: bool | None
    base_models: tuple[str, ...] = ()
    signature: str = "none"  # none | not-verified | verified


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One release, audited. `releases` holds the reports of the releases inside a repository of many."""

    tool_version: str
    target: str
    title: str
    release: Release
    files: tuple[FileFacts, ...]
    components: tuple[Component, ...]
    licences: tuple[LicenceMatch, ...]
    rights: tuple[Right, ...]
    obligations: tuple[str, ...]
    safety: Safety
    claims: tuple[Claim, ...]
    control: Control
    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...]
    evidence: tuple[Evidence, ...]
    gaps: tuple[Gap, ...]
    cost: Cost
    releases: tuple[Report, ...] = ()
    lineage: tuple[Parent, ...] = ()

    def verdict(self, instrument: str) -> Verdict:
        """The verdict of one instrument. Raises `KeyError` when it was not asked."""
        for verdict in self.verdicts:
            if verdict.instrument == instrument:
                return verdict
        raise KeyError(instrument)
