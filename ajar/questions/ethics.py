"""Ethics: which uses are ruled out, what it is meant for, what it cannot do, and whether its bias was measured."""

from __future__ import annotations

from collections.abc import Iterator

from ajar.model.component import ComponentKind
from ajar.model.evidence import Basis
from ajar.model.question import Point, Reply, Topic
from ajar.model.report import Report
from ajar.questions.grounds import (
    NOT_RECORDED,
    Answered,
    card_facts,
    from_terms,
    has_card,
    is_looked_at,
    no_weights,
    part,
    point,
    right,
    stated,
)

ASKS = {
    "uses-limited": "Do its terms rule uses out?",
    "intended-use-documented": "Is it said what it is for, and what not?",
    "limits-documented": "Is it said what it cannot do?",
    "bias-evaluated": "Is it said that its bias was evaluated?",
}
SECTION_WORDS = 15  # a heading with less under it documents nothing
# Keys are answers to "may it be used for any purpose"; without words those of the terms are shown.
_FIELDS = {"yes": (Reply.NO, "for any purpose"), "conditional": (Reply.YES, ""), "no": (Reply.YES, "")}
_BIAS = {"done": (Reply.YES, "it says so"), "not-done": (Reply.NO, "it says that it was not")}


def points(report: Report) -> Iterator[Point]:
    """In the order of `ASKS`."""
    answers: dict[str, Answered] = {
        "uses-limited": _limited(report),
        "intended-use-documented": _documented(report, "intended-use", "out-of-scope"),
        "limits-documented": _documented(report, "limitations", "bias-risks"),
        "bias-evaluated": _bias(report),
    }
    for name, answered in answers.items():
        yield point(Topic.ETHICS, name, ASKS, answered)


def _limited(report: Report) -> Answered:
    """Whether the licence on the weights names uses that it does not allow."""
    if no_weights(report):
        because = part(report, ComponentKind.FINAL_PARAMETERS).because
        return Reply.UNKNOWN, Basis.UNKNOWN, "hosted: the terms of the service were not read", because
    return from_terms(report, right(report, "field-of-use"), _FIELDS)


def _documented(report: Report, *sections: str) -> Answered:
    """Sections of substance under headings that name the subject."""
    found = [item for item in card_facts(report, "section-words") if item.location.pointer in sections]
    full = tuple(item for item in found if isinstance(item.value, int) and item.value >= SECTION_WORDS)
    if full:
        words = ", ".join(f"{item.location.pointer} ({item.value} words)" for item in full[:2])
        return Reply.YES, Basis.DECLARED, words.replace("-", " "), full
    if found:
        return Reply.PARTLY, Basis.DECLARED, "a heading with little under it", tuple(found)
    if has_card(report):
        return Reply.NO, Basis.ABSENT, "the card has no such section", ()
    words = "there is no card of substance to say so" if is_looked_at(report) else NOT_RECORDED
    return Reply.UNKNOWN, Basis.UNKNOWN, words, ()


def _bias(report: Report) -> Answered:
    reply, basis, words, ground = stated(report, "bias-evaluation", _BIAS, "the card does not speak of it")
    section = tuple(item for item in card_facts(report, "section") if item.value == "bias-risks")
    if reply is Reply.NO and basis is Basis.ABSENT and section:
        return Reply.PARTLY, Basis.DECLARED, "it speaks of risks, not of a test", section
    return reply, basis, words, ground
