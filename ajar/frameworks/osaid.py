"""The Open Source AI Definition 1.0. It is binary: pass or fail."""

from __future__ import annotations

from ajar.frameworks.g7 import approval
from ajar.frameworks.instrument import Holds, Instrument, movers, readings, table
from ajar.frameworks.licensing import Answer, best, licence, present, supplied, worst
from ajar.model.component import ComponentKind as Kind
from ajar.model.dossier import Subject
from ajar.model.evidence import Basis
from ajar.model.judgement import Criterion, Outcome, Verdict

ID = "osaid"
LEVELS = ("fail", "pass")


def evaluate(subject: Subject) -> Verdict:
    """Whether a release is Open Source AI."""
    data = table("osaid-1.0")
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
        notes=tuple(
            f"{item.id}: {item.reason}"
            for item in criteria
            if item.outcome in {Outcome.UNMET, Outcome.PARTIAL}
        )[:4],
    )


def _criteria(subject: Subject) -> tuple[Criterion, ...]:
    def code(kind: Kind) -> Answer:
        there = (
            supplied(subject, kind)
            if kind in {Kind.INFERENCE_CODE, Kind.MODEL_ARCHITECTURE}
            else present(subject, kind)
        )
        return (
            there if there.outcome is Outcome.UNMET else worst(there, licence(subject, kind, osi_only=True))
        )

    weights = present(subject, Kind.FINAL_PARAMETERS)
    terms = weights
    if weights.outcome is not Outcome.UNMET:
        terms = worst(weights, licence(subject, Kind.FINAL_PARAMETERS), approval(subject))
    return (
        _data_information(subject).named("data-information-is-detailed"),
        code(Kind.PREPROCESSING_CODE).named("preprocessing-code-under-osi-licence"),
        code(Kind.TRAINING_CODE).named("training-code-under-osi-licence"),
        code(Kind.INFERENCE_CODE).named("inference-code-under-osi-licence"),
        code(Kind.MODEL_ARCHITECTURE).named("architecture-under-osi-licence"),
        terms.named("parameters-under-osi-terms"),
    )


def _data_information(subject: Subject) -> Answer:
    """One of the data, a data card or a paper; a list of names in the model card is a part."""
    card = subject.components[Kind.DATA_CARD]
    described = present(subject, Kind.DATA_CARD)
    if card.state is Basis.INFERRED and not subject.trust_declared:
        described = Answer(Outcome.PARTIAL, Basis.INFERRED, card.reason, card.because)
    data = present(subject, Kind.DATASETS)
    if subject.record:
        return best(
            described, data, present(subject, Kind.RESEARCH_PAPER), present(subject, Kind.TECHNICAL_REPORT)
        )
    if data.outcome is Outcome.UNKNOWN:
        # Data sets that are only named do not describe themselves; a paper on them may.
        words = f"{data.reason}; whether they are described in full stands elsewhere"
        data = Answer(Outcome.UNKNOWN, Basis.UNKNOWN, words, data.because)
    return best(described, data)


def _level(holds: Holds) -> int:
    return int(all(holds(item["id"]) for item in table("osaid-1.0")["criterion"]))


INSTRUMENT = Instrument(
    id=ID,
    name=table("osaid-1.0")["name"],
    version=table("osaid-1.0")["version"],
    source=table("osaid-1.0")["source"],
    levels=LEVELS,
    evaluate=evaluate,
    reach=lambda criteria: _level(readings(criteria)[0]),
)
