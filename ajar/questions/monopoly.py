"""Monopoly: whether it is in hand, whether it can be taken back, who is too large for it, and whose it was first."""

from __future__ import annotations

from collections.abc import Iterator

from ajar.model.component import ComponentKind
from ajar.model.evidence import Basis, Evidence
from ajar.model.lineage import Parent
from ajar.model.question import Point, Reply, Topic
from ajar.model.report import Report
from ajar.questions.grounds import (
    NOT_RECORDED,
    Answered,
    from_terms,
    is_looked_at,
    no_weights,
    part,
    point,
    right,
)

ASKS = {
    "weights-in-hand": "Can one hold the weights, or only rent them?",
    "revocable": "Can the right to use it be taken back?",
    "limited-by-size": "Do its terms change with the size of whoever uses it?",
    "derived-from": "Does it name a model that it comes from?",
}
# Keys are what the terms answer; without words those of the terms are shown.
_REVOCABLE = {
    "yes": (Reply.YES, "at any time"),
    "conditional": (Reply.PARTLY, "on conditions"),
    "no": (Reply.NO, "only on breach, if at all"),
}
_SIZE = {"yes": (Reply.NO, "the same for all"), "conditional": (Reply.YES, ""), "no": (Reply.YES, "")}


def points(report: Report) -> Iterator[Point]:
    """In the order of `ASKS`."""
    answers: dict[str, Answered] = {
        "weights-in-hand": _in_hand(report),
        "revocable": _revocable(report),
        "limited-by-size": _by_size(report),
        "derived-from": _derived(report),
    }
    for name, answered in answers.items():
        yield point(Topic.MONOPOLY, name, ASKS, answered)


def _in_hand(report: Report) -> Answered:
    weights = part(report, ComponentKind.FINAL_PARAMETERS)
    if weights.state is Basis.WITHHELD or report.control.hosted_only:
        words = "hosted only" if report.control.hosted_only else "not given out"
        return Reply.NO, weights.state, words, weights.because
    if weights.state in {Basis.VERIFIED, Basis.DECLARED}:
        words = "here" if weights.state is Basis.VERIFIED else "published"
        return Reply.YES, weights.state, words, weights.because
    if weights.state is Basis.ABSENT:
        return Reply.NO, Basis.ABSENT, "not in this release", weights.because
    return Reply.UNKNOWN, Basis.UNKNOWN, weights.reason, weights.because


def _revocable(report: Report) -> Answered:
    """Access to a service can end at any day; a licence says for itself."""
    if no_weights(report):
        because = part(report, ComponentKind.FINAL_PARAMETERS).because
        return Reply.YES, Basis.INFERRED, "access is the maker's to end", because
    return from_terms(report, right(report, "revocable"), _REVOCABLE)


def _by_size(report: Report) -> Answered:
    if no_weights(report):
        because = part(report, ComponentKind.FINAL_PARAMETERS).because
        return Reply.UNKNOWN, Basis.UNKNOWN, "hosted: the terms of the service were not read", because
    return from_terms(report, right(report, "at-scale"), _SIZE)


def _derived(report: Report) -> Answered:
    """Its line of base models; a hint alone leaves it open."""
    sure = [parent for parent in report.lineage if not parent.is_hint]
    if sure:
        names = ", ".join(dict.fromkeys(parent.id for parent in sure[:3]))
        ground = tuple(_said(parent) for parent in sure)
        return Reply.YES, sure[0].basis, names, ground
    if report.lineage:
        first = report.lineage[0]
        return Reply.UNKNOWN, first.basis, f"perhaps from {first.id}", (_said(first),)
    if is_looked_at(report):
        return Reply.NO, Basis.ABSENT, "it names no base model", ()
    return Reply.UNKNOWN, Basis.UNKNOWN, NOT_RECORDED, ()


def _said(parent: Parent) -> Evidence:
    return Evidence(
        key=f"lineage.{parent.relation}",
        value=parent.id,
        location=parent.location,
        inspector="rights",
        quote=parent.quote,
        basis=parent.basis,
    )
