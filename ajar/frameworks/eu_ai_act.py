"""EU AI Act, Art. 53(2): would the open-source exemption apply? By the Commission's guidelines, section 4."""

from __future__ import annotations

import re

from ajar.frameworks.g7 import approval
from ajar.frameworks.instrument import Holds, Instrument, movers, readings, table
from ajar.frameworks.licensing import Answer, licence, present
from ajar.model.component import ComponentKind as Kind
from ajar.model.component import Openness
from ajar.model.dossier import Subject
from ajar.model.evidence import Basis
from ajar.model.judgement import Criterion, Outcome, Verdict

ID = "eu-ai-act"
LEVELS = ("not-exempt", "review", "exempt")

# Limits that paragraph 83 names as disqualifying; safety limits on use are for review (paragraph 84).
_DISQUALIFYING = frozenset(
    [
        "non-commercial",
        "user-threshold",
        "revenue-threshold",
        "territory",
        "no-redistribution",
        "registration",
    ]
)
_OWED = frozenset({"copyright-policy-is-published", "training-content-summary-is-published"})
_NEEDED_SECTIONS = 3
_BLANKS = 5  # so many places left open, and so few words, make a template
_FILLED_WORDS = 400
_TEMPLATE_PARTS = 3  # of the Commission's template: general information, data sources, data processing
_USAGE = ("intended-use", "limitations", "usage", "out-of-scope", "bias-risks", "description")
_FLOP = re.compile(
    r"(\d+(?:\.\d+)?)\s*(?:[x×*]\s*10\s*\^?|e\+?)\s*(\d{2})\s*(?:flops?\b|operations)", re.IGNORECASE
)


def evaluate(subject: Subject) -> Verdict:
    """Whether the conditions of the exemption hold, as far as files can show."""
    data = table("eu-ai-act-2025")
    criteria = _criteria(subject)
    low, said, high = (LEVELS[_level(holds, criteria)] for holds in readings(criteria))
    phrases = {item["id"]: item["moved"] for item in data["criterion"]}
    labels = {item["id"]: item["label"] for item in data["level"]}
    owed = [item for item in criteria if item.id in _OWED and item.outcome is not Outcome.MET]
    return Verdict(
        instrument=ID,
        version=data["version"],
        at_least=low,
        declared=said,
        at_most=high,
        summary=labels[said],
        criteria=criteria,
        moved_by=movers(
            tuple(item for item in criteria if item.id not in _OWED),
            lambda holds: _level(holds, criteria),
            phrases,
        ),
        notes=tuple(f"owed in any case: {item.id}: {item.reason}" for item in owed),
    )


def _criteria(subject: Subject) -> tuple[Criterion, ...]:
    return (
        _four_rights(subject).named("licence-grants-four-rights"),
        _unrestricted(subject).named("use-is-unrestricted"),
        _access(subject).named("access-is-free-of-payment-and-gate"),
        present(subject, Kind.FINAL_PARAMETERS).named("parameters-are-public"),
        _architecture(subject).named("architecture-information-is-public"),
        _usage(subject).named("usage-information-is-public"),
        _compute(subject).named("compute-is-below-systemic-risk"),
        _published(subject, "eu.copyright-policy", "no copyright policy").named(
            "copyright-policy-is-published"
        ),
        _published(subject, "eu.training-content-summary", "no summary of training content").named(
            "training-content-summary-is-published"
        ),
    )


def _limits(subject: Subject) -> tuple[str, ...]:
    matches = subject.components[Kind.FINAL_PARAMETERS].licences
    return tuple(dict.fromkeys(limit for item in matches for limit in item.licence.limits))


def _four_rights(subject: Subject) -> Answer:
    terms = licence(subject, Kind.FINAL_PARAMETERS)
    matches = subject.components[Kind.FINAL_PARAMETERS].licences
    if any(item.licence.openness is Openness.RESTRICTED for item in matches):
        missing = sorted({"non-commercial", "no-redistribution"}.intersection(_limits(subject)))
        if missing:
            words = f"{matches[0].licence.id}: {', '.join(missing)}"
            return Answer(Outcome.UNMET, terms.basis, words, terms.because)
        words = f"{matches[0].licence.id} grants them under conditions"
        return Answer(Outcome.MET, terms.basis, words, terms.because)
    return terms


def _unrestricted(subject: Subject) -> Answer:
    terms = licence(subject, Kind.FINAL_PARAMETERS)
    limits = _limits(subject)
    failing = sorted(_DISQUALIFYING.intersection(limits))
    if failing:
        words = f"paragraph 83 excludes: {', '.join(item.replace('-', ' ') for item in failing)}"
        return Answer(Outcome.UNMET, terms.basis, words, terms.because)
    if terms.outcome is Outcome.UNMET and limits:
        words = f"limits to be weighed under paragraph 84: {', '.join(item.replace('-', ' ') for item in limits[:4])}"
        return Answer(Outcome.PARTIAL, terms.basis, words, terms.because)
    return terms


def _access(subject: Subject) -> Answer:
    if subject.hosted_only:
        return Answer(Outcome.UNMET, Basis.DECLARED, "it is only hosted", subject.facts("card.hosted-only"))
    gate = approval(subject)
    if gate.outcome is Outcome.UNMET:
        words = "a gate; only a reasonable, non-discriminatory check would pass (paragraph 79)"
        return Answer(Outcome.PARTIAL, Basis.DECLARED, words, gate.because)
    return gate


def _architecture(subject: Subject) -> Answer:
    named = subject.facts("config.model-type", "config.architecture", "weights.architecture")
    part = present(subject, Kind.MODEL_ARCHITECTURE)
    if part.outcome is not Outcome.MET and named:
        return Answer(Outcome.MET, Basis.VERIFIED, f"{named[0].location} names {named[0].value}", named[:4])
    return part


def _usage(subject: Subject) -> Answer:
    unfilled = _unfilled(subject)
    sections = [
        item
        for item in subject.facts("card.section")
        if item.value in _USAGE and item.location.path not in unfilled
    ]
    kinds = {item.value for item in sections}
    card = present(subject, Kind.MODEL_CARD)
    if subject.record or card.outcome is Outcome.UNMET:
        return card
    if len(kinds) >= _NEEDED_SECTIONS and kinds.intersection({"limitations", "bias-risks"}):
        words = f"the card has sections on {', '.join(sorted(map(str, kinds)))}"
        return Answer(Outcome.MET, Basis.VERIFIED, words, tuple(sections[:6]))
    words = f"the card has sections on {', '.join(sorted(map(str, kinds))) or 'none of use, limits and integration'}"
    return Answer(Outcome.PARTIAL, Basis.VERIFIED, words, tuple(sections[:6]))


def _unfilled(subject: Subject) -> frozenset[str]:
    """Documents that are mostly places left to be filled in: their headings inform nobody."""
    words = {item.location.path: item.value for item in subject.facts("card.words")}
    return frozenset(
        item.location.path
        for item in subject.facts("card.placeholder")
        if isinstance(item.value, int)
        and item.value >= _BLANKS
        and int(words.get(item.location.path, 0) or 0) < _FILLED_WORDS
    )


def _compute(subject: Subject) -> Answer:
    stated = subject.facts("card.compute")
    for item in stated:
        found = _FLOP.search(item.quote)
        if found:
            below = int(found[2]) + (float(found[1]) >= 10) < 25
            outcome = Outcome.MET if below else Outcome.UNMET
            return Answer(outcome, Basis.DECLARED, f"stated: {found[0]}", (item,))
    small = _parameters(subject)
    if small:
        return small
    return Answer(Outcome.UNKNOWN, Basis.UNKNOWN, "training compute is not stated in operations", stated[:2])


def _parameters(subject: Subject) -> Answer | None:
    """Compute is about 6 × parameters × tokens: a small model cannot reach 10^25 with any corpus there is."""
    counts = subject.facts("weights.parameter-count")
    total = sum(item.value for item in counts if isinstance(item.value, int))
    if 0 < total < 10**10:
        words = f"{total:,} parameters: 10^25 would take more than {10**25 / (6 * total):.0e} tokens"
        return Answer(Outcome.MET, Basis.INFERRED, words, counts[:4])
    return None


def _published(subject: Subject, key: str, nothing: str) -> Answer:
    """Present is here, with all parts of the template where it has one; a link, or a name, is only said."""
    ground = subject.facts(key)
    here = [item for item in ground if item.basis is Basis.VERIFIED]
    if here:
        parts = here[0].value
        if isinstance(parts, int) and not isinstance(parts, bool) and parts < _TEMPLATE_PARTS:
            words = f"at {here[0].location}, with {parts} of the template's {_TEMPLATE_PARTS} parts"
            return Answer(Outcome.PARTIAL, Basis.VERIFIED, words, ground[:4])
        return Answer(Outcome.MET, Basis.VERIFIED, f"at {here[0].location}", ground[:4])
    if ground:
        return Answer(
            Outcome.UNKNOWN, Basis.DECLARED, f"named at {ground[0].location}, and not read", ground[:4]
        )
    return Answer(Outcome.UNMET, Basis.ABSENT, f"{nothing} in the release")


def _level(holds: Holds, criteria: tuple[Criterion, ...]) -> int:
    """Exempt when all hold; for review when only what must be weighed stands in the way."""
    partial = {item.id for item in criteria if item.outcome is Outcome.PARTIAL}
    failing = [item.id for item in criteria if item.id not in _OWED and not holds(item.id)]
    if not failing:
        return 2
    return 1 if set(failing) <= partial else 0


INSTRUMENT = Instrument(
    id=ID,
    name=table("eu-ai-act-2025")["name"],
    version=table("eu-ai-act-2025")["version"],
    source=table("eu-ai-act-2025")["source"],
    levels=LEVELS,
    evaluate=evaluate,
    reach=lambda criteria: _level(readings(criteria)[0], tuple(criteria)),
)
