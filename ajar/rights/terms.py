"""What a licence lets you do and asks of you: a fixed set of questions, put to the terms that were found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ajar.model.component import LicenceMatch
from ajar.model.judgement import Right
from ajar.model.terms import Plan, Terms
from ajar.rights import answers
from ajar.rights.answers import Found, Reader, decide, location_of
from ajar.rights.duties import duties
from ajar.rights.facets import all_terms

QUESTIONS = (
    "commercial-use",
    "at-scale",
    "modify",
    "redistribute",
    "train-other-models",
    "field-of-use",
    "territory",
    "revocable",
)
_READERS: Mapping[str, Reader] = {
    "commercial-use": answers.commercial,
    "at-scale": answers.at_scale,
    "modify": answers.modify,
    "redistribute": answers.redistribute,
    "train-other-models": answers.train_on_outputs,
    "field-of-use": answers.fields,
    "territory": answers.territory,
    "revocable": answers.revocable,
}
_ANYBODY = Plan()
# For `revocable` a yes is what a user has to know.
_REVOCABLE_FIRST = ("yes", "conditional", "unknown", "no")


def rights_of(matches: Sequence[LicenceMatch], texts: Mapping[str, str]) -> tuple[Right, ...]:
    """Each question answered for the weights; the strictest licence that covers them decides.

    `texts` maps a path to its words: the licences' own, and the use policies that stand beside them.
    """
    if not matches:
        return tuple(
            Right(id=name, answer="unknown", quote="no licence covers the weights here", location=None)
            for name in QUESTIONS
        )
    terms = all_terms(matches, texts)
    return tuple(_right(name, terms, matches) for name in QUESTIONS)


def _right(name: str, terms: Sequence[Terms], matches: Sequence[LicenceMatch]) -> Right:
    found = _revocable(terms) if name == "revocable" else decide(_READERS[name], _ANYBODY, terms)
    match = next((item for item in matches if item.licence.id == found.licence), matches[0])
    quote = found.clause.quote if found.clause else match.licence.name
    return Right(
        id=name,
        answer=found.answer,
        quote=quote,
        location=location_of(found.clause) or match.location,
        must=found.must,
    )


def _revocable(terms: Sequence[Terms]) -> Found:
    found = [decide(answers.revocable, _ANYBODY, [item]) for item in terms]
    return min(found, key=lambda one: _REVOCABLE_FIRST.index(one.answer))


def obligations_of(
    matches: Sequence[LicenceMatch], texts: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """What a user of the weights must do, in words, each with the licence that asks it."""
    found = duties(all_terms(matches, texts or {}))
    return tuple(dict.fromkeys(f"{duty.what} ({duty.licence})" for duty in found))
