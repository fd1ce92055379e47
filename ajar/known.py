"""A system of the catalogue, judged as a release is: by its published facts, through the same judges.

Nothing is read but the catalogue. A fact is the publisher's word or that of a source, so a component is declared,
withheld, absent or unknown, and never verified. What no source says is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ajar import rights
from ajar.catalogue import Catalogue, load
from ajar.claims import Statement, said_in
from ajar.judging import Case, conclude
from ajar.model.catalogue import Access, Grade, Grant, Part, Share, System
from ajar.model.component import Component, ComponentKind, Licence, LicenceMatch, MatchKind, Openness, Scope
from ajar.model.dossier import Dossier
from ajar.model.evidence import Basis, Evidence, Gap, GapReason, Ground, Location
from ajar.model.judgement import Verdict
from ajar.model.lineage import Parent, Relation
from ajar.model.locator import Locator
from ajar.model.release import Release
from ajar.model.report import Control, Report
from ajar.model.scan import Safety

SCHEME = "catalogue"
INSPECTOR = "catalogue"
Kind = ComponentKind

# A hope or a promise is no statement about this release.
_PROMISE = re.compile(r"\b(?:will be|hopes? to|plans? to|intends? to|future versions?)\b", re.IGNORECASE)
# One saying of `maker_words`: a quotation with what stands behind it, or words up to a semicolon.
_SAYING = re.compile(r'"[^"]*"[^;"]*(?:"[^"]*"[^;"]*)*|[^;]+')

_ACCESS: dict[Access | None, tuple[Basis, str]] = {
    Access.OPEN: (Basis.DECLARED, "published for download"),
    Access.GATED: (Basis.DECLARED, "published for download after terms are accepted or access is approved"),
    Access.API: (Basis.WITHHELD, "hosted only: the weights are not given out"),
    Access.NONE: (Basis.WITHHELD, "the weights are not given out"),
    None: (Basis.UNKNOWN, "whether the weights are given out is not established"),
}
# What is public of a part, as the state of each component that the part speaks for. What it does not speak
# for is unknown: that code is published says nothing of the code that prepared the data.
_PARTS: dict[str, dict[Share, dict[Kind, tuple[Basis, str]]]] = {
    "code": {
        Share.RELEASED: {
            Kind.MODEL_ARCHITECTURE: (Basis.DECLARED, "in the published code"),
            Kind.INFERENCE_CODE: (Basis.DECLARED, "in the published code"),
            Kind.TRAINING_CODE: (Basis.DECLARED, "the training code is published"),
        },
        Share.PARTIAL: {
            Kind.MODEL_ARCHITECTURE: (Basis.DECLARED, "in the published code"),
            Kind.INFERENCE_CODE: (Basis.DECLARED, "code to run or to tune it is published"),
            Kind.TRAINING_CODE: (
                Basis.ABSENT,
                "the published code runs or tunes the model, or is a part only",
            ),
        },
        Share.NONE: {
            Kind.TRAINING_CODE: (Basis.ABSENT, "no code is published"),
            Kind.PREPROCESSING_CODE: (Basis.ABSENT, "no code is published"),
        },
    },
    "data": {
        Share.RELEASED: {Kind.DATASETS: (Basis.DECLARED, "the training data are published")},
        Share.PARTIAL: {
            Kind.DATASETS: (Basis.ABSENT, "a part of the data is published, or their sources are named"),
        },
        Share.NONE: {Kind.DATASETS: (Basis.ABSENT, "the training data are not published")},
    },
    "paper": {
        Share.RELEASED: {Kind.TECHNICAL_REPORT: (Basis.DECLARED, "a report or paper is published")},
        Share.NONE: {
            Kind.TECHNICAL_REPORT: (Basis.ABSENT, "no report is published"),
            Kind.RESEARCH_PAPER: (Basis.ABSENT, "no paper is published"),
        },
    },
    "evaluation": {
        Share.RELEASED: {Kind.EVALUATION_CODE: (Basis.DECLARED, "the evaluation code is published")},
        Share.PARTIAL: {
            Kind.EVALUATION_CODE: (Basis.ABSENT, "results or documents are published, no code"),
            Kind.EVALUATION_RESULTS: (Basis.DECLARED, "results or documents are published"),
        },
        Share.NONE: {Kind.EVALUATION_CODE: (Basis.ABSENT, "nothing on evaluation is published")},
    },
}


def report_of(system: System, catalogue: Catalogue | None = None) -> Report:
    """The report on a system of the catalogue: verdicts, rights, claims and line, from its published facts."""
    catalogue = catalogue or load()
    facts = _facts(system)
    components = _components(system, facts)
    matches = _unique(match for part in components for match in part.licences)
    locator = Locator(scheme=SCHEME, name=system.id)
    gaps = tuple(item for part in components for item in part.because if isinstance(item, Gap))
    evidence = tuple(facts.values())
    dossier = Dossier(release=Release(locator=locator), files=(), evidence=evidence, gaps=gaps, texts=())
    case = Case(
        dossier=dossier,
        title=system.name,
        components=components,
        licences=matches,
        binding=matches,
        control=_control(system, matches),
        lineage=_lineage(system, catalogue),
        safety=Safety(level="unknown"),
        statements=tuple(_statements(system)),
        is_published_word=True,
    )
    return conclude(case, ())


def door_of(system: System) -> Verdict:
    """The door of a system, as an interval."""
    return report_of(system).verdict("g7")


def place_of(system: System) -> Location:
    """Where its facts stand: its best source, a primary one before press before a digest."""
    grades = tuple(Grade)
    return Location(path=min(system.sources, key=lambda source: grades.index(source.grade)).url)


def licence_of(grant: Grant) -> Licence:
    """The licence that a grant names. Of one that the licence data do not know, only told limits are known."""
    known = rights.resolve(grant.id) if grant.id else None
    openness = Openness.RESTRICTED if grant.limits else Openness.UNKNOWN
    return known or Licence(id=grant.name, name=grant.name, openness=openness, osi=False, limits=grant.limits)


def _facts(system: System) -> dict[str, Evidence]:
    """What the sources say, each with its place. The keys that the judges know keep their names."""
    where = place_of(system)

    def said(key: str, value: str | bool, quote: str, basis: Basis = Basis.DECLARED) -> Evidence:
        return Evidence(key=key, value=value, location=where, inspector=INSPECTOR, quote=quote, basis=basis)

    found: dict[str, Evidence] = {}
    basis, words = _ACCESS[system.weights]
    if system.weights is not None:
        found["weights"] = said("catalogue.weights", system.weights.value, words, basis)
    if system.weights is Access.API:
        found["hosted"] = said("card.hosted-only", True, words)
    if system.weights is Access.GATED:
        found["gated"] = said("card.gated", True, "terms or approval first")
    for name, part in _parts(system):
        if part.share is not None:
            found[name] = said(f"catalogue.{name}", part.share.value, f"{name}: {part.share.value}")
    return found


def _parts(system: System) -> tuple[tuple[str, Part], ...]:
    return (
        ("code", system.code),
        ("data", system.data),
        ("paper", system.paper),
        ("evaluation", system.evaluation),
    )


def _components(system: System, facts: dict[str, Evidence]) -> tuple[Component, ...]:
    found: dict[Kind, Component] = {}
    basis, words = _ACCESS[system.weights]
    ground: tuple[Ground, ...] = (facts["weights"],) if "weights" in facts else _gap(system, words)
    found[Kind.FINAL_PARAMETERS] = Component(
        kind=Kind.FINAL_PARAMETERS,
        state=basis,
        reason=words + (f" ({system.hub_repo})" if system.hub_repo and basis is Basis.DECLARED else ""),
        because=ground,
        licences=_licences(system.licence, Scope.WEIGHTS, system) if basis is not Basis.WITHHELD else (),
    )
    scopes = {"code": Scope.CODE, "data": Scope.DATA, "paper": Scope.DOCUMENTS, "evaluation": Scope.CODE}
    for name, part in _parts(system):
        if part.share is None:
            continue
        for kind, (state, reason) in _PARTS[name].get(part.share, {}).items():
            is_there = state is Basis.DECLARED
            found[kind] = Component(
                kind=kind,
                state=state,
                reason=reason,
                because=(facts[name],),
                licences=_licences(part.licence, scopes[name], system) if is_there else (),
            )
    silent = "no source that was read speaks of it"
    return tuple(
        found.get(kind)
        or Component(kind=kind, state=Basis.UNKNOWN, reason=silent, because=_gap(system, f"{kind}: {silent}"))
        for kind in Kind
    )


def _gap(system: System, detail: str) -> tuple[Gap, ...]:
    where = Location(path=f"{SCHEME}:{system.id}")
    return (Gap(location=where, reason=GapReason.ABSENT, detail=detail, inspector=INSPECTOR),)


def _licences(grant: Grant | None, scope: Scope, system: System) -> tuple[LicenceMatch, ...]:
    if grant is None:
        return ()
    return (
        LicenceMatch(
            licence=licence_of(grant),
            match=MatchKind.TAG,
            location=Location(path=grant.url) if grant.url else place_of(system),
            applies_to=(scope,),
            because="its published sources name it",
            quote=grant.name,
        ),
    )


def _unique(matches: Iterator[LicenceMatch]) -> tuple[LicenceMatch, ...]:
    return tuple(dict.fromkeys(matches))


def _control(system: System, matches: Sequence[LicenceMatch]) -> Control:
    given = system.weights in {Access.OPEN, Access.GATED}
    limits = [match.licence.limits for match in matches if Scope.WEIGHTS in match.applies_to]
    return Control(
        hosted_only=True if system.weights is Access.API else (False if given else None),
        gated=system.weights is Access.GATED if given else None,
        signed=None,
        revocable=any("revocable" in item for item in limits) if limits else None,
        base_models=system.base_models,
    )


def _lineage(system: System, catalogue: Catalogue) -> tuple[Parent, ...]:
    """What it was made from, as far as the catalogue knows. How it was made is not recorded."""
    found = []
    for name, base in zip(system.base_models, catalogue.bases_of(system), strict=True):
        known = base if isinstance(base, System) else None
        grant = known.licence if known else None
        found.append(
            Parent(
                id=known.hub_repo or known.name if known else name,
                relation=Relation.UNKNOWN,
                location=place_of(system),
                quote=name,
                licences=(licence_of(grant),) if grant else (),
                licence_source=(grant.url or place_of(known).path) if known and grant else "",
                licence_date=str(known.sources[0].read) if known and grant else "",
                maker=catalogue.name_of(known.makers[0]) if known and known.makers else "",
            )
        )
    return tuple(found)


def _statements(system: System) -> Iterator[Statement]:
    """What its maker says of its openness, each kind once; hopes and promises are left out."""
    seen: set[str] = set()
    for match in _SAYING.finditer(system.maker_words or ""):
        saying = match[0].strip(" ;")
        if not saying or _PROMISE.search(saying):
            continue
        statement = said_in(saying, place_of(system), but=seen)
        if statement is not None:
            seen.add(statement.says)
            yield statement
