"""From facts and components to a report: every judge, in order, whoever gathered the facts.

An audit gathers them from files, the catalogue from what was published; both come through here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ajar import claims, frameworks, rights
from ajar.claims import Statement
from ajar.config import VERSION
from ajar.model.component import Component, LicenceMatch, Scope
from ajar.model.dossier import Dossier, Subject, by_kind
from ajar.model.evidence import Evidence
from ajar.model.judgement import Claim, Finding, Right, Severity, Verdict
from ajar.model.lineage import Parent
from ajar.model.report import Control, Report
from ajar.model.scan import Cost, Safety

_SEVERITIES = tuple(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What the judges decide on: one release's facts, its components with their licences, and who holds it."""

    dossier: Dossier
    title: str
    components: tuple[Component, ...]
    licences: tuple[LicenceMatch, ...]  # all that were found
    binding: tuple[LicenceMatch, ...]  # of a choice, the one that a licensee would take
    control: Control
    lineage: tuple[Parent, ...]
    safety: Safety
    statements: tuple[Statement, ...]
    aside: tuple[Evidence, ...] = ()  # facts from outside the release's folder that bear on access
    is_published_word: bool = False  # nothing was looked at: claims are held against what sources say


def conclude(case: Case, findings: Iterable[Finding]) -> Report:
    """The report on a case. `findings` are those that its gatherer has; they are put in order of weight."""
    dossier = case.dossier
    subject = Subject(
        components=by_kind(case.components),
        evidence=(*dossier.evidence, *case.aside),
        gaps=dossier.gaps,
        hosted_only=case.control.hosted_only,
        gated=case.control.gated,
    )
    verdicts = frameworks.evaluate_all(subject)
    on_weights = [match for match in case.binding if Scope.WEIGHTS in match.applies_to]
    said = {text.path: text.text for text in dossier.texts}
    answers = rights.rights_of(on_weights, said)
    return Report(
        tool_version=VERSION,
        target=str(dossier.release.locator),
        title=case.title,
        release=dossier.release,
        files=dossier.files,
        components=case.components,
        licences=case.licences,
        rights=answers,
        obligations=rights.obligations_of(on_weights, said),
        safety=case.safety,
        claims=_claims(case, subject, verdicts, answers),
        control=case.control,
        lineage=case.lineage,
        verdicts=verdicts,
        findings=by_severity(findings),
        evidence=dossier.evidence,
        gaps=dossier.gaps,
        cost=Cost(bytes_read=0, bytes_total=0, requests=0, seconds=0.0),
    )


def _claims(
    case: Case, subject: Subject, verdicts: tuple[Verdict, ...], answers: tuple[Right, ...]
) -> tuple[Claim, ...]:
    """The statements, held. Where nothing can be proven, they are held against the other published facts."""
    if not case.is_published_word:
        return claims.hold(case.statements, verdicts, answers)
    at_their_word = frameworks.evaluate_all(replace(subject, trust_declared=True))
    return tuple(
        replace(claim, because=("by its published facts", *claim.because))
        for claim in claims.hold(case.statements, at_their_word, answers)
    )


def by_severity(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The gravest first, otherwise as they came."""
    return tuple(sorted(findings, key=lambda item: -_SEVERITIES.index(item.severity)))
