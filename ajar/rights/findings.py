"""What is wrong or missing about the licences of a release."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ajar.model.component import LicenceMatch, MatchKind, Scope
from ajar.model.dossier import Dossier
from ajar.model.evidence import Basis, Evidence, Location
from ajar.model.judgement import Finding, Outcome, Severity

RULES = (
    (
        "weights-licence-text-is-present",
        "The text of the licence on the weights is in the release.",
        "A name or a tag is the publisher's word; the text is what binds. Most licences ask that their text travel with every copy.",
        "Put the licence's full text beside the weights.",
    ),
    (
        "licence-statements-agree",
        "Everything the release says of one part's licence names the same licence.",
        "A tag that says one thing and a text that says another leave the user with the stricter of the two, or with none.",
        "Make card, metadata and licence text name one licence for each part.",
    ),
    (
        "licence-text-is-unmodified",
        "The licence text is word for word a known licence.",
        "A few added words can reverse a right, and the familiar name hides them.",
        "Read the added words; publish the licence unchanged, or under a name of its own.",
    ),
    (
        "weights-have-a-licence",
        "Something in the release says under what terms the weights may be used.",
        "Without a licence the law gives no right to copy, change or share.",
        "State a licence for the weights and put its text beside them.",
    ),
)


def judge(dossier: Dossier, found: Sequence[LicenceMatch], *, weights_here: bool) -> tuple[Finding, ...]:
    """Findings on the licences of one release."""
    return tuple(_all(dossier, found, weights_here))


def _all(dossier: Dossier, found: Sequence[LicenceMatch], weights_here: bool) -> Iterable[Finding]:
    for scope in (Scope.WEIGHTS, Scope.CODE, Scope.DATA):
        yield from _disagreement(scope, [match for match in found if scope in match.applies_to])
    yield from _modified(found)
    weights = [match for match in found if Scope.WEIGHTS in match.applies_to]
    if not weights_here:
        if not weights and found:
            yield _elsewhere(found)
        return
    if not weights:
        yield _missing_licence(dossier)
    elif not any(match.text_present for match in weights):
        match = weights[0]
        ways = " and ".join(dict.fromkeys(f"{item.location}" for item in weights[:2]))
        yield Finding(
            rule="weights-licence-text-is-present",
            severity=Severity.MEDIUM,
            message=f"the weights are {match.licence.id} by {ways}, but the text of {match.licence.id} is not in "
            f"the release{_others_text(found)}",
            because=tuple(as_evidence(item) for item in weights[:3]),
            remedy=f"put the full text of {match.licence.id} beside the weights",
        )


def _others_text(found: Sequence[LicenceMatch]) -> str:
    """The text that is there and covers something else, so that nobody takes it for the weights' own."""
    text = next(
        (match for match in found if match.text_present and Scope.WEIGHTS not in match.applies_to), None
    )
    return f"; the {text.licence.id} text at {text.location} covers the code, not the weights" if text else ""


def _disagreement(scope: Scope, found: Sequence[LicenceMatch]) -> Iterable[Finding]:
    ids = dict.fromkeys(match.licence.id for match in found)
    if len(ids) < 2:
        return
    shown = [next(match for match in found if match.licence.id == licence) for licence in ids]
    words = "; ".join(f"{match.licence.id} by {match.location}" for match in shown[:4])
    yield Finding(
        rule="licence-statements-agree",
        severity=Severity.HIGH if scope is Scope.WEIGHTS else Severity.LOW,
        message=f"more than one licence is named for the {scope.value}: {words}",
        because=tuple(as_evidence(match) for match in shown),
        remedy=f"name one licence for the {scope.value}, or say which part each covers",
    )


def _modified(found: Sequence[LicenceMatch]) -> Iterable[Finding]:
    for match in found:
        if match.match is not MatchKind.MODIFIED:
            continue
        words = "; ".join(f"{item.change}: “{item.text[:160]}”" for item in match.differences[:3])
        yield Finding(
            rule="licence-text-is-unmodified",
            severity=Severity.MEDIUM,
            message=f"{match.location.path} is {match.licence.id} with changed words: {words}",
            because=(as_evidence(match),),
            remedy="read the changed words before relying on the licence's name",
        )


def _missing_licence(dossier: Dossier) -> Finding:
    files = dossier.all("weights.tensor-count", "card.words")
    ground = files[0] if files else _nothing()
    return Finding(
        rule="weights-have-a-licence",
        severity=Severity.HIGH,
        message="nothing in the release says under what licence the weights stand",
        because=(ground,),
        outcome=Outcome.UNMET,
        remedy="ask the publisher for a licence; without one there is no right to use them",
    )


def as_evidence(match: LicenceMatch) -> Evidence:
    """A licence match as a fact that a finding can rest on."""
    basis = Basis.VERIFIED if match.match not in {MatchKind.TAG, MatchKind.REFERENCE} else Basis.DECLARED
    return Evidence(
        key=f"licence.{match.match.value}",
        value=match.licence.id,
        location=match.location,
        inspector="rights",
        quote=match.quote,
        basis=basis,
    )


def _elsewhere(found: Sequence[LicenceMatch]) -> Finding:
    return Finding(
        rule="weights-have-a-licence",
        severity=Severity.MEDIUM,
        message=f"the licence of the weights is not stated here{_others_text(found)}",
        because=tuple(as_evidence(match) for match in found[:2]),
        outcome=Outcome.UNKNOWN,
        remedy="read the licence where the weights are published",
    )


def _nothing() -> Evidence:
    return Evidence(
        key="licence.any", value=None, location=Location(path="."), inspector="rights", basis=Basis.ABSENT
    )
