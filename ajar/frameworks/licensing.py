"""Is a component there, and is it under open terms? The two questions every instrument asks."""

from __future__ import annotations

from dataclasses import dataclass

from ajar.model.component import SCOPE_OF, Component, ComponentKind, LicenceMatch, MatchKind, Openness, Scope
from ajar.model.dossier import Subject
from ajar.model.evidence import Basis, Ground
from ajar.model.judgement import Criterion, Outcome

_NAMED = frozenset({MatchKind.TAG, MatchKind.REFERENCE})
_WHOLE = frozenset({MatchKind.EXACT, MatchKind.TEMPLATE})


@dataclass(frozen=True, slots=True)
class Answer:
    """An outcome with its basis, the reason in words, and what it rests on."""

    outcome: Outcome
    basis: Basis
    reason: str
    because: tuple[Ground, ...] = ()

    def named(self, criterion: str) -> Criterion:
        return Criterion(
            id=criterion, outcome=self.outcome, basis=self.basis, reason=self.reason, because=self.because[:8]
        )


def present(subject: Subject, kind: ComponentKind) -> Answer:
    """Whether the component is public."""
    part = subject.components[kind]
    return Answer(_presence(part.state, trust=subject.trust_declared), part.state, part.reason, part.because)


def _presence(state: Basis, *, trust: bool) -> Outcome:
    if state is Basis.VERIFIED or (trust and state in {Basis.DECLARED, Basis.INFERRED}):
        return Outcome.MET
    if state in {Basis.ABSENT, Basis.WITHHELD}:
        return Outcome.UNMET
    return Outcome.UNKNOWN


def supplied(subject: Subject, kind: ComponentKind) -> Answer:
    """As `present`, and code that a known open library supplies counts: the library is public."""
    answer = present(subject, kind)
    part = subject.components[kind]
    if part.state is Basis.INFERRED and part.licences:
        return Answer(Outcome.MET, Basis.INFERRED, part.reason, part.because)
    return answer


def licence(subject: Subject, kind: ComponentKind, *, osi_only: bool = False) -> Answer:
    """Whether the component is under open terms.

    Its text here and open: met. Named but without text: unknown, declared. Known words with others
    among them: unknown, a person must read them. Any restricted licence: unmet. None: unmet, unless the
    component stands elsewhere, where its licence stands too.
    """
    part = subject.components[kind]
    matches = part.licences
    if not matches:
        return _none(part)
    restricted = [item for item in matches if item.licence.openness is Openness.RESTRICTED]
    if restricted:
        return _restricted(restricted, matches)
    closed = [item for item in matches if not _accepted(item, kind, osi_only=osi_only)]
    if closed:
        return _doubtful(closed[0])
    modified = [item for item in matches if item.match is MatchKind.MODIFIED]
    if modified:
        return _modified(modified[0])
    if part.state is Basis.INFERRED and SCOPE_OF[kind] is Scope.CODE:
        words = f"{matches[0].licence.id}: {matches[0].because}"
        return Answer(Outcome.MET, Basis.INFERRED, words, _ground(matches))
    whole = [item for item in matches if item.match in _WHOLE]
    if whole:
        words = f"{whole[0].licence.id}, text at {whole[0].location}"
        return Answer(Outcome.MET, Basis.VERIFIED, words, _ground(whole))
    basis = Basis.DECLARED
    words = f"{matches[0].licence.id} is named at {matches[0].location}; its text is not in the release"
    outcome = Outcome.MET if subject.trust_declared else Outcome.UNKNOWN
    return Answer(outcome, basis, words, _ground(matches))


def _accepted(item: LicenceMatch, kind: ComponentKind, *, osi_only: bool) -> bool:
    openness = item.licence.openness
    if openness is Openness.OPEN_SOURCE:
        return True
    if openness is not Openness.OPEN_CONTENT:
        return False
    covers_models = item.licence.id.startswith("OpenMDW")
    return covers_models or (SCOPE_OF[kind] is not Scope.CODE and not osi_only)


def _none(part: Component) -> Answer:
    if part.state in {Basis.ABSENT, Basis.WITHHELD}:
        return Answer(Outcome.UNMET, part.state, "there is nothing to license", part.because)
    if part.state is Basis.VERIFIED:
        return Answer(Outcome.UNMET, Basis.ABSENT, "no licence in the release covers it", part.because)
    return Answer(
        Outcome.UNKNOWN, Basis.UNKNOWN, "its licence stands where it is published, not here", part.because
    )


def _restricted(restricted: list[LicenceMatch], matches: tuple[LicenceMatch, ...]) -> Answer:
    first = restricted[0]
    limits = ", ".join(limit.replace("-", " ") for limit in first.licence.limits[:4]) or "limits on use"
    known = Basis.VERIFIED if first.match not in _NAMED else Basis.DECLARED
    others = [item.licence.id for item in matches if item.licence.openness is not Openness.RESTRICTED]
    against = f" (although {others[0]} is named too)" if others else ""
    return Answer(
        Outcome.UNMET,
        known,
        f"{first.licence.id} sets limits: {limits}, {first.location}{against}",
        _ground(restricted),
    )


def _doubtful(item: LicenceMatch) -> Answer:
    if item.licence.openness is Openness.OPEN_CONTENT:
        words = f"{item.licence.id} is open, but not an open-source licence"
        return Answer(Outcome.UNMET, Basis.VERIFIED, words, _ground((item,)))
    words = f"{item.licence.name or item.licence.id} at {item.location} is no licence that is known; read it"
    return Answer(Outcome.UNKNOWN, Basis.UNKNOWN, words, _ground((item,)))


def _modified(item: LicenceMatch) -> Answer:
    words = item.differences[0].text if item.differences else ""
    more = f" and {len(item.differences) - 1} more" if len(item.differences) > 1 else ""
    return Answer(
        Outcome.UNKNOWN,
        Basis.UNKNOWN,
        f"{item.location.path} is {item.licence.id} with changed words (“{words[:100]}”{more}); a person must read them",
        _ground((item,)),
    )


def _ground(matches: tuple[LicenceMatch, ...] | list[LicenceMatch]) -> tuple[Ground, ...]:
    from ajar.model.evidence import Evidence

    return tuple(
        Evidence(
            key=f"licence.{item.match.value}",
            value=item.licence.id,
            location=item.location,
            inspector="rights",
            quote=item.quote,
            basis=Basis.DECLARED if item.match in _NAMED else Basis.VERIFIED,
        )
        for item in matches[:4]
    )


def worst(*answers: Answer) -> Answer:
    """The answer that stands most in the way: unmet, then partial, then unknown, then met.

    Of two unknown ones the one that nobody speaks for: a declaration of one part declares no other.
    """
    order = (Outcome.UNMET, Outcome.PARTIAL, Outcome.UNKNOWN, Outcome.MET, Outcome.NOT_APPLICABLE)
    said = (Basis.DECLARED, Basis.INFERRED)
    return min(answers, key=lambda answer: (order.index(answer.outcome), answer.basis in said))


def best(*answers: Answer) -> Answer:
    """The answer that helps most: met, then unknown, then partial, then unmet."""
    order = (Outcome.MET, Outcome.UNKNOWN, Outcome.PARTIAL, Outcome.UNMET, Outcome.NOT_APPLICABLE)
    return min(answers, key=lambda answer: order.index(answer.outcome))
