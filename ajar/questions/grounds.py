"""What the points of every question need: facts of a report by key, and answers that a card gives or leaves out."""

from __future__ import annotations

from collections.abc import Mapping

from ajar.model.component import Component, ComponentKind, Scope
from ajar.model.evidence import Basis, Evidence, Ground
from ajar.model.judgement import Criterion, Right
from ajar.model.question import Point, Reply, Topic
from ajar.model.report import Report

GROUNDS = 4  # shown of one point
CARD_WORDS = 50  # a card of fewer words is a stub, whose silence says nothing
_CARDS = ("card.", "data-card.")

NOT_RECORDED = "no source that was read speaks of it"

Answered = tuple[Reply, Basis, str, tuple[Ground, ...]]
Asks = Mapping[str, str]


def facts(report: Report, *keys: str) -> tuple[Evidence, ...]:
    """Every fact under any of the keys, in the order observed."""
    return tuple(item for item in report.evidence if item.key in keys)


def card_facts(report: Report, name: str) -> tuple[Evidence, ...]:
    """What model cards and data cards say under one name."""
    return facts(report, *(prefix + name for prefix in _CARDS))


def part(report: Report, kind: ComponentKind) -> Component:
    return next(item for item in report.components if item.kind is kind)


def criterion(report: Report, instrument: str, name: str) -> Criterion:
    return next(item for item in report.verdict(instrument).criteria if item.id == name)


def right(report: Report, name: str) -> Right | None:
    return next((item for item in report.rights if item.id == name), None)


def is_looked_at(report: Report) -> bool:
    """Whether files were there to be read: what a report on published facts does not find, nobody has sought."""
    return bool(report.files)


def has_card(report: Report) -> bool:
    """Whether a card of substance was read, so that its silence can be told."""
    return any(
        isinstance(item.value, int) and item.value >= CARD_WORDS for item in card_facts(report, "words")
    )


def no_weights(report: Report) -> bool:
    """Whether its weights are not given out, so that there is nothing to load or to license."""
    return part(report, ComponentKind.FINAL_PARAMETERS).state is Basis.WITHHELD


def stated(report: Report, name: str, replies: Mapping[str, tuple[Reply, str]], silent: str) -> Answered:
    """What a card states under `name`: the first of `replies` that it says, in their order. A card that is silent
    gives no; where there is no card to read, nothing is known.
    """
    found = card_facts(report, name)
    for value, (reply, words) in replies.items():
        ground = tuple(item for item in found if item.value == value)
        if ground:
            return reply, Basis.DECLARED, words, ground[:GROUNDS]
    if has_card(report):
        return Reply.NO, Basis.ABSENT, silent, ()
    if is_looked_at(report):
        return Reply.UNKNOWN, Basis.UNKNOWN, "there is no card of substance to say so", ()
    return Reply.UNKNOWN, Basis.UNKNOWN, NOT_RECORDED, ()


def from_terms(report: Report, found: Right | None, replies: Mapping[str, tuple[Reply, str]]) -> Answered:
    """What the terms on the weights answer. Known from their text, or only from the name of a licence."""
    if found is None or found.answer not in replies:
        return Reply.UNKNOWN, Basis.UNKNOWN, found.quote if found else NOT_RECORDED, ()
    has_text = any(item.text_present and Scope.WEIGHTS in item.applies_to for item in report.licences)
    basis = Basis.VERIFIED if has_text else Basis.DECLARED
    reply, words = replies[found.answer]
    words = words or "; ".join(found.must) or found.quote
    if found.location is None:
        return reply, basis, words, ()
    ground = Evidence(
        key=f"right.{found.id}",
        value=found.answer,
        location=found.location,
        inspector="rights",
        quote=found.quote,
        basis=basis,
    )
    return reply, basis, words, (ground,)


def point(topic: Topic, name: str, asks: Asks, answered: Answered) -> Point:
    reply, basis, words, because = answered
    return Point(
        id=name,
        topic=topic,
        asks=asks[name],
        reply=reply,
        basis=basis,
        words=words,
        because=because[:GROUNDS],
    )
