"""Privacy: what it was trained on, whether that was people's data, and whether the files give some away."""

from __future__ import annotations

from collections.abc import Iterator

from ajar.model.component import ComponentKind
from ajar.model.evidence import Basis
from ajar.model.question import Point, Reply, Topic
from ajar.model.report import Report
from ajar.questions.grounds import (
    GROUNDS,
    NOT_RECORDED,
    Answered,
    card_facts,
    facts,
    is_looked_at,
    part,
    point,
    stated,
)

ASKS = {
    "training-data-disclosed": "Is it said what it was trained on?",
    "personal-data-addressed": "Is it said what became of personal data in that?",
    "data-opt-out": "Is it said how people could keep their data out?",
    "files-hold-secrets": "Do its files hold keys, tokens or lists of people?",
}
_SECRET_RULES = ("release-holds-no-secrets", "release-holds-no-lists-of-people")
_NAMED = ("card.dataset", "card.training-data-source", "data-card.training-data-source", "host.dataset")
_PERSONAL = {
    "removed": (Reply.YES, "removed, it says"),
    "none": (Reply.YES, "none in it, it says"),
    "not-removed": (Reply.YES, "not removed, it says"),
    "contained": (Reply.YES, "there may be some, it says"),
}
_OPT_OUT = {
    "honoured": (Reply.YES, "yes, it says"),
    "offered": (Reply.YES, "offered, it says"),
    "none": (Reply.NO, "no, it says"),
}


def points(report: Report) -> Iterator[Point]:
    """In the order of `ASKS`."""
    answers: dict[str, Answered] = {
        "training-data-disclosed": _disclosed(report),
        "personal-data-addressed": stated(
            report, "personal-data", _PERSONAL, "the card does not speak of it"
        ),
        "data-opt-out": stated(report, "data-opt-out", _OPT_OUT, "the card does not speak of it"),
        "files-hold-secrets": _secrets(report),
    }
    for name, answered in answers.items():
        yield point(Topic.PRIVACY, name, ASKS, answered)


def _disclosed(report: Report) -> Answered:
    """The data themselves, their names, or a refusal; parts and names alone are `partly`."""
    data = part(report, ComponentKind.DATASETS)
    refused = tuple(item for item in card_facts(report, "withheld") if item.value == "data")
    named = facts(report, *_NAMED)
    shared = facts(report, "catalogue.data")
    if data.state in {Basis.VERIFIED, Basis.DECLARED}:
        words = "the data are here" if data.state is Basis.VERIFIED else "published, or named"
        return Reply.YES, data.state, words, data.because
    if any(item.value == "partial" for item in shared):
        return Reply.PARTLY, Basis.DECLARED, "a part, or where they come from", shared
    if named or data.state is Basis.INFERRED:
        names = ", ".join(dict.fromkeys(str(item.value) for item in named[:3]))
        return (
            Reply.PARTLY,
            Basis.DECLARED,
            f"named: {names}" if names else data.reason,
            named or data.because,
        )
    if refused or data.state is Basis.WITHHELD:
        return Reply.NO, Basis.WITHHELD, "withheld", refused or data.because
    if data.state is Basis.UNKNOWN:
        return Reply.UNKNOWN, Basis.UNKNOWN, data.reason, data.because
    return Reply.NO, data.state, "not told here" if is_looked_at(report) else "not told", data.because


def _secrets(report: Report) -> Answered:
    """Files that were searched; a file that could not be read leaves it open."""
    found = [item for item in report.findings if item.rule in _SECRET_RULES]
    if found:
        ground = tuple(ground for item in found for ground in item.because)
        words = "; ".join(item.message for item in found[:2])
        return Reply.YES, Basis.VERIFIED, words, ground
    if not is_looked_at(report):
        return Reply.UNKNOWN, Basis.UNKNOWN, NOT_RECORDED, ()
    if report.gaps:
        words = f"none found; {len(report.gaps)} things could not be read"
        return Reply.NO, Basis.ABSENT, words, report.gaps[:GROUNDS]
    return Reply.NO, Basis.ABSENT, "none found", ()
