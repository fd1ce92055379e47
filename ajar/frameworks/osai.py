"""The European Open Source AI Index: twelve dimensions, each open, partial or closed."""

from __future__ import annotations

import re

from ajar.frameworks.g7 import approval
from ajar.frameworks.instrument import Instrument, table
from ajar.frameworks.licensing import Answer, best, licence, present, supplied
from ajar.model.component import ComponentKind as Kind
from ajar.model.dossier import Subject
from ajar.model.evidence import Basis
from ajar.model.judgement import Criterion, Outcome, Verdict

ID = "osai"
_REVIEWED = re.compile(
    r"(openreview\.net|aclanthology|neurips|nips\.cc|proceedings|icml|iclr|jmlr|tmlr|ieee|acm\.org|nature\.com)",
    re.IGNORECASE,
)
_POINTS = {Outcome.MET: 1.0, Outcome.PARTIAL: 0.5}


def evaluate(subject: Subject) -> Verdict:
    """The sum over the dimensions, as an interval."""
    data = table("osai-2026")
    criteria = _criteria(subject)
    low = sum(_POINTS.get(item.outcome, 0.0) for item in criteria)
    said = sum(_points_said(item) for item in criteria)
    high = sum(
        1.0 if item.outcome is Outcome.UNKNOWN else _POINTS.get(item.outcome, 0.0) for item in criteria
    )
    number = len(criteria)
    open_ones = [item for item in criteria if item.outcome is Outcome.UNKNOWN]
    phrases = {item["id"]: item["question"] for item in data["criterion"]}
    return Verdict(
        instrument=ID,
        version=data["version"],
        at_least=f"{low:g}/{number}",
        declared=f"{said:g}/{number}",
        at_most=f"{high:g}/{number}",
        summary=f"{said:g} of {number} points",
        criteria=criteria,
        moved_by=tuple(f"{phrases[item.id]} {item.reason}" for item in open_ones[:4]),
        details=(("mean_at_least", round(low / number, 3)), ("mean_at_most", round(high / number, 3))),
    )


def _points_said(item: Criterion) -> float:
    if item.outcome is Outcome.UNKNOWN:
        return 1.0 if item.basis in {Basis.DECLARED, Basis.INFERRED} else 0.0
    return _POINTS.get(item.outcome, 0.0)


def _criteria(subject: Subject) -> tuple[Criterion, ...]:
    sources, weights = _sources(subject), _weights(subject)
    return (
        sources.named("datasources-basemodel"),
        sources.named("datasources-endmodel"),
        weights.named("weights-basemodel"),
        weights.named("weights-endmodel"),
        _training(subject).named("trainingcode"),
        _code(subject).named("code"),
        _hardware(subject).named("hardware-architecture"),
        _paper(subject, reviewed=False).named("preprint"),
        _paper(subject, reviewed=True).named("paper"),
        _card(subject).named("modelcard"),
        _sheet(subject).named("datasheet"),
        _licences(subject).named("licenses"),
    )


def _partial(answer: Answer, reason: str) -> Answer:
    return Answer(Outcome.PARTIAL, answer.basis, reason, answer.because)


def _sources(subject: Subject) -> Answer:
    data = present(subject, Kind.DATASETS)
    if data.outcome is Outcome.UNKNOWN and data.basis is Basis.DECLARED:
        return _partial(data, f"named, not checked: {data.reason}")
    if data.outcome is Outcome.UNMET:
        card = subject.components[Kind.DATA_CARD]
        if card.state in {Basis.INFERRED, Basis.VERIFIED}:
            return Answer(Outcome.PARTIAL, card.state, card.reason, card.because)
        if card.state is Basis.UNKNOWN:
            return present(subject, Kind.DATA_CARD)
    return data


def _weights(subject: Subject) -> Answer:
    answer = present(subject, Kind.FINAL_PARAMETERS)
    gate = approval(subject)
    if answer.outcome is not Outcome.UNMET and gate.outcome is Outcome.UNMET:
        return _partial(gate, f"gated: {gate.reason}")
    return answer


def _training(subject: Subject) -> Answer:
    answer = present(subject, Kind.TRAINING_CODE)
    part = subject.components[Kind.TRAINING_CODE]
    if answer.outcome is Outcome.UNMET and part.because and part.state is Basis.ABSENT:
        return Answer(Outcome.PARTIAL, Basis.VERIFIED, part.reason, part.because)
    return answer


def _code(subject: Subject) -> Answer:
    runs = supplied(subject, Kind.INFERENCE_CODE)
    needs = present(subject, Kind.SUPPORTING_LIBRARIES)
    if needs.outcome is Outcome.UNKNOWN and runs.outcome is not Outcome.UNKNOWN:
        return needs
    if Outcome.MET in {runs.outcome, needs.outcome} and Outcome.UNMET in {runs.outcome, needs.outcome}:
        return _partial(best(runs, needs), "the code, or what it needs, but not both")
    return runs


def _hardware(subject: Subject) -> Answer:
    known = supplied(subject, Kind.MODEL_ARCHITECTURE)
    compute = subject.facts("card.compute")
    if known.outcome is Outcome.MET and not compute:
        return _partial(known, "the architecture is documented; the hardware is not")
    if known.outcome is Outcome.UNMET and compute:
        return Answer(Outcome.PARTIAL, Basis.VERIFIED, "the hardware is documented", compute)
    return known


def _paper(subject: Subject, *, reviewed: bool) -> Answer:
    part = subject.components[Kind.RESEARCH_PAPER]
    if not reviewed or subject.record:
        return (
            best(present(subject, Kind.RESEARCH_PAPER), present(subject, Kind.TECHNICAL_REPORT))
            if not reviewed
            else present(subject, Kind.RESEARCH_PAPER)
        )
    if part.state is Basis.ABSENT:
        return present(subject, Kind.RESEARCH_PAPER)
    links = [item for item in subject.facts("card.paper-link") if _REVIEWED.search(str(item.value))]
    if links:
        return Answer(
            Outcome.UNKNOWN,
            Basis.DECLARED,
            f"linked at a venue with review: {links[0].value}",
            tuple(links[:2]),
        )
    return Answer(
        Outcome.UNKNOWN, Basis.UNKNOWN, "a paper is linked; whether it was reviewed is not said", part.because
    )


def _card(subject: Subject) -> Answer:
    answer = present(subject, Kind.MODEL_CARD)
    part = subject.components[Kind.MODEL_CARD]
    # A heading with nothing under it says nothing.
    said = [
        item
        for item in subject.facts("card.section-words")
        if item.location.pointer in {"evaluation", "intended-use", "limitations"}
        and isinstance(item.value, int)
        and item.value > 0
    ]
    if answer.outcome is Outcome.UNMET and said:
        return Answer(Outcome.PARTIAL, Basis.VERIFIED, part.reason, tuple(said[:4]))
    return answer


def _sheet(subject: Subject) -> Answer:
    part = subject.components[Kind.DATA_CARD]
    if part.state is Basis.INFERRED and not subject.trust_declared:
        return Answer(Outcome.PARTIAL, Basis.INFERRED, part.reason, part.because)
    return present(subject, Kind.DATA_CARD)


def _licences(subject: Subject) -> Answer:
    """Open when weights, code and data are all openly licensed; partial when two are."""
    answers = [_seen(subject, kind) for kind in (Kind.FINAL_PARAMETERS, Kind.INFERENCE_CODE, Kind.DATASETS)]
    met = [answer for answer in answers if answer.outcome is Outcome.MET]
    open_question = [answer for answer in answers if answer.outcome is Outcome.UNKNOWN]
    names = ("weights", "code", "data")
    words = "; ".join(f"{name}: {answer.reason}" for name, answer in zip(names, answers, strict=True))
    ground = tuple(item for answer in answers for item in answer.because)
    if len(met) == 3:
        return Answer(Outcome.MET, Basis.VERIFIED, words, ground)
    if len(met) + len(open_question) < 2:
        return Answer(Outcome.UNMET, Basis.VERIFIED, words, ground)
    if not open_question:
        return Answer(Outcome.PARTIAL, Basis.VERIFIED, words, ground)
    declared = all(answer.basis is Basis.DECLARED for answer in open_question)
    return Answer(Outcome.UNKNOWN, Basis.DECLARED if declared else Basis.UNKNOWN, words, ground)


def _seen(subject: Subject, kind: Kind) -> Answer:
    """A part's licence; open terms on a part that nobody saw earn nothing yet."""
    answer = licence(subject, kind)
    if subject.components[kind].state is Basis.UNKNOWN and answer.outcome is Outcome.MET:
        return Answer(Outcome.UNKNOWN, Basis.UNKNOWN, answer.reason, answer.because)
    return answer


INSTRUMENT = Instrument(
    id=ID,
    name=table("osai-2026")["name"],
    version=table("osai-2026")["version"],
    source=table("osai-2026")["source"],
    levels=(),
    evaluate=evaluate,
)
