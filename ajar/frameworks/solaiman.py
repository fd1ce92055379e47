"""Solaiman's gradient: how is access given? Six levels from fully closed to fully open."""

from __future__ import annotations

from ajar.frameworks.g7 import approval
from ajar.frameworks.instrument import Holds, Instrument, movers, readings, table
from ajar.frameworks.licensing import Answer, best, present, worst
from ajar.model.component import ComponentKind as Kind
from ajar.model.dossier import Subject
from ajar.model.evidence import Basis
from ajar.model.judgement import Criterion, Outcome, Verdict

ID = "solaiman"
LEVELS = (
    "fully-closed",
    "gradual-staged-access",
    "hosted-access",
    "cloud-api-access",
    "downloadable",
    "fully-open",
)


def evaluate(subject: Subject) -> Verdict:
    """The level of access."""
    data = table("solaiman-2023")
    criteria = _criteria(subject)
    low, said, high = (LEVELS[_level(holds)] for holds in readings(criteria))
    phrases = {item["id"]: item["moved"] for item in data["criterion"]}
    labels = {item["id"]: item["label"] for item in data["level"]}
    return Verdict(
        instrument=ID,
        version=data["version"],
        at_least=low,
        declared=said,
        at_most=high,
        summary=labels[said],
        criteria=criteria,
        moved_by=movers(criteria, _level, phrases),
    )


def _criteria(subject: Subject) -> tuple[Criterion, ...]:
    weights = present(subject, Kind.FINAL_PARAMETERS)
    hosted = subject.facts("card.hosted-only")
    api = Answer(Outcome.UNMET, Basis.ABSENT, "no word of an interface or API")
    if subject.hosted_only:
        api = Answer(Outcome.MET, Basis.DECLARED, "the publisher hosts it", hosted)
    parts = worst(
        weights,
        present(subject, Kind.TRAINING_CODE),
        present(subject, Kind.DATASETS),
        present(subject, Kind.MODEL_CARD),
    )
    return (
        best(weights, api).named("some-access-is-given"),
        weights.named("weights-can-be-downloaded"),
        approval(subject).named("download-is-not-staged"),
        parts.named("all-parts-are-public"),
    )


def _level(holds: Holds) -> int:
    if holds("weights-can-be-downloaded"):
        if not holds("download-is-not-staged"):
            return 1
        return 5 if holds("all-parts-are-public") else 4
    return 3 if holds("some-access-is-given") else 0


INSTRUMENT = Instrument(
    id=ID,
    name=table("solaiman-2023")["name"],
    version=table("solaiman-2023")["version"],
    source=table("solaiman-2023")["source"],
    levels=LEVELS,
    evaluate=evaluate,
    reach=lambda criteria: _level(readings(criteria)[0]),
)
