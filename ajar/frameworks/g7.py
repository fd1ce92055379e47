"""The door: the labels of the G7 ministers' Vision on AI Openness, as an interval."""

from __future__ import annotations

from ajar.frameworks.instrument import Holds, Instrument, movers, readings, table
from ajar.frameworks.licensing import Answer, licence, present, supplied
from ajar.model.component import ComponentKind as Kind
from ajar.model.dossier import Subject
from ajar.model.evidence import Basis
from ajar.model.judgement import DOOR_LABELS, DOORS, Criterion, Outcome, Verdict

ID = "g7"


def evaluate(subject: Subject) -> Verdict:
    """The door of a release."""
    data = table("g7-2026")
    criteria = _criteria(subject)
    levels = [DOORS[_level(holds)] for holds in readings(criteria)]
    low, said, high = levels
    phrases = {item["id"]: item["moved"] for item in data["criterion"]}
    summary = DOOR_LABELS[said] if low != high else DOOR_LABELS[low]
    return Verdict(
        instrument=ID,
        version=data["version"],
        at_least=low.value,
        declared=said.value,
        at_most=high.value,
        summary=summary + ("" if low in {high, said} else ", as declared"),
        criteria=criteria,
        moved_by=movers(criteria, _level, phrases),
    )


def _criteria(subject: Subject) -> tuple[Criterion, ...]:
    return (
        present(subject, Kind.FINAL_PARAMETERS).named("weights-are-public"),
        licence(subject, Kind.FINAL_PARAMETERS).named("weights-under-open-licence"),
        approval(subject).named("access-needs-no-approval"),
        supplied(subject, Kind.INFERENCE_CODE).named("code-to-run-is-public"),
        licence(subject, Kind.INFERENCE_CODE).named("code-to-run-under-open-licence"),
        present(subject, Kind.TRAINING_CODE).named("training-code-is-public"),
        licence(subject, Kind.TRAINING_CODE).named("training-code-under-open-licence"),
        present(subject, Kind.DATASETS).named("training-data-is-public"),
        licence(subject, Kind.DATASETS).named("training-data-under-open-licence"),
        data_information(subject).named("data-information-is-full"),
    )


def approval(subject: Subject) -> Answer:
    """Access without asking: nothing says otherwise, or something does."""
    ground = subject.facts("card.gated", "card.approval")
    if subject.gated or ground:
        words = ground[0].quote if ground else "access is gated"
        return Answer(Outcome.UNMET, Basis.DECLARED, f"access is given after approval: {words}", ground)
    return Answer(Outcome.MET, Basis.ABSENT, "nothing says that access needs approval")


def data_information(subject: Subject) -> Answer:
    """Full data information: a data card with substance. A list of sources is a part of it."""
    part = subject.components[Kind.DATA_CARD]
    if part.state is Basis.INFERRED and not subject.trust_declared:
        return Answer(Outcome.PARTIAL, Basis.INFERRED, part.reason, part.because)
    return present(subject, Kind.DATA_CARD)


def _level(holds: Holds) -> int:
    """The index of the door that a reading of the criteria reaches."""
    if not holds("weights-are-public"):
        return 0
    run = holds("code-to-run-is-public") and holds("code-to-run-under-open-licence")
    if not (holds("weights-under-open-licence") and holds("access-needs-no-approval") and run):
        return 1
    if not (holds("training-code-is-public") and holds("training-code-under-open-licence")):
        return 2
    if holds("training-data-is-public") and holds("training-data-under-open-licence"):
        return 4
    return 3 if holds("data-information-is-full") else 2


INSTRUMENT = Instrument(
    id=ID,
    name=table("g7-2026")["name"],
    version=table("g7-2026")["version"],
    source=table("g7-2026")["source"],
    levels=tuple(door.value for door in DOORS),
    evaluate=evaluate,
    reach=lambda criteria: _level(readings(criteria)[0]),
)
