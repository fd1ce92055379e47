"""Evidence in, verdicts out: each instrument for what is proven, declared, unknown, withheld, restricted."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ajar import frameworks
from ajar.frameworks import eu_ai_act, g7, mof, osai, osaid, solaiman
from ajar.model.component import ComponentKind as Kind
from ajar.model.component import MatchKind
from ajar.model.dossier import Subject
from ajar.model.evidence import Basis
from ajar.model.judgement import DOORS, Door, Outcome
from tests.build.dossiers import fact
from tests.build.subjects import APACHE, CC_BY, LLAMA, RAIL, component, match, subject

RUN = {
    Kind.FINAL_PARAMETERS: Basis.VERIFIED,
    Kind.INFERENCE_CODE: Basis.VERIFIED,
    Kind.MODEL_ARCHITECTURE: Basis.VERIFIED,
}
TRAIN = RUN | {Kind.TRAINING_CODE: Basis.VERIFIED}


def door(made: Subject) -> tuple[str, str, str]:
    verdict = g7.evaluate(made)
    return verdict.at_least, verdict.declared, verdict.at_most


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (subject({}, match(APACHE)), "shut"),
        (subject(RUN, match(APACHE)), "ajar"),
        (subject(RUN, match(LLAMA)), "chained"),
        (subject(RUN), "chained"),
        (subject({Kind.FINAL_PARAMETERS: Basis.VERIFIED}, match(APACHE)), "chained"),
        (subject({Kind.FINAL_PARAMETERS: Basis.WITHHELD}, match(APACHE)), "shut"),
        (subject(TRAIN, match(APACHE)), "ajar"),
        (subject(TRAIN | {Kind.DATA_CARD: Basis.VERIFIED}, match(APACHE)), "open"),
        (subject(TRAIN | {Kind.DATASETS: Basis.VERIFIED}, match(APACHE)), "wide-open"),
        (subject(Basis.VERIFIED, match(APACHE), only={Kind.DATASETS: match(CC_BY)}), "wide-open"),
        (subject(Basis.VERIFIED, match(APACHE), only={Kind.INFERENCE_CODE: match(CC_BY)}), "chained"),
        (subject(Basis.VERIFIED, match(APACHE), gated=True), "chained"),
    ],
)
def test_certain_doors(made: Subject, expected: str) -> None:
    assert door(made) == (expected,) * 3
    assert g7.evaluate(made).certain


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (subject(RUN, match(APACHE, MatchKind.TAG)), ("chained", "ajar", "ajar")),
        (subject(RUN | {Kind.FINAL_PARAMETERS: Basis.DECLARED}, match(APACHE)), ("shut", "ajar", "ajar")),
        (subject(RUN | {Kind.FINAL_PARAMETERS: Basis.UNKNOWN}, match(APACHE)), ("shut", "shut", "ajar")),
        (subject(RUN, match(APACHE, MatchKind.MODIFIED)), ("chained", "chained", "ajar")),
        (subject(TRAIN | {Kind.DATASETS: Basis.DECLARED}, match(APACHE)), ("ajar", "wide-open", "wide-open")),
        (subject(TRAIN | {Kind.DATA_CARD: Basis.DECLARED}, match(APACHE)), ("ajar", "open", "open")),
    ],
)
def test_intervals_name_what_would_move_them(made: Subject, expected: tuple[str, str, str]) -> None:
    assert door(made) == expected
    assert g7.evaluate(made).moved_by


def test_an_open_library_supplies_the_code_that_runs() -> None:
    inferred = component(Kind.INFERENCE_CODE, Basis.INFERRED, match(APACHE, MatchKind.REFERENCE))
    made = subject({Kind.FINAL_PARAMETERS: Basis.VERIFIED}, match(APACHE))
    made = Subject(components={**made.components, Kind.INFERENCE_CODE: inferred})
    assert door(made) == ("ajar",) * 3


def test_the_proof_outweighs_a_tag_that_says_otherwise() -> None:
    part = component(Kind.FINAL_PARAMETERS, Basis.VERIFIED, match(LLAMA), match(APACHE, MatchKind.TAG))
    made = subject(RUN, match(APACHE))
    made = Subject(components={**made.components, Kind.FINAL_PARAMETERS: part})
    assert door(made) == ("chained",) * 3
    (criterion,) = [item for item in g7.evaluate(made).criteria if item.id == "weights-under-open-licence"]
    assert "although Apache-2.0 is named too" in criterion.reason


def level(module, made: Subject) -> tuple[str, str, str]:
    verdict = module.evaluate(made)
    return verdict.at_least, verdict.declared, verdict.at_most


CLASS_III = dict.fromkeys(
    (
        Kind.MODEL_ARCHITECTURE,
        Kind.FINAL_PARAMETERS,
        Kind.TECHNICAL_REPORT,
        Kind.EVALUATION_RESULTS,
        Kind.MODEL_CARD,
        Kind.DATA_CARD,
    ),
    Basis.VERIFIED,
)
CLASS_II = CLASS_III | dict.fromkeys(
    (Kind.TRAINING_CODE, Kind.INFERENCE_CODE, Kind.EVALUATION_CODE, Kind.EVALUATION_DATA), Basis.VERIFIED
)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ({}, "unclassified"),
        (CLASS_III, "class-iii"),
        (CLASS_II, "class-ii"),
        (dict.fromkeys(Kind, Basis.VERIFIED), "class-i"),
        (CLASS_III | {Kind.TECHNICAL_REPORT: Basis.ABSENT}, "unclassified"),
        (CLASS_III | {Kind.TECHNICAL_REPORT: Basis.ABSENT, Kind.RESEARCH_PAPER: Basis.VERIFIED}, "class-iii"),
        (dict.fromkeys(Kind, Basis.VERIFIED) | {Kind.FINAL_PARAMETERS: Basis.ABSENT}, "unclassified"),
    ],
)
def test_mof_classes(states: dict, expected: str) -> None:
    assert level(mof, subject(states, match(APACHE))) == (expected,) * 3
    assert level(mof, subject(states, match(LLAMA)))[2] == "unclassified"


def test_mof_lets_the_model_card_hold_the_data_information_and_says_where_the_tool_differs() -> None:
    made = subject(CLASS_III | {Kind.DATA_CARD: Basis.INFERRED}, match(APACHE))
    verdict = mof.evaluate(made)
    assert verdict.at_least == "class-iii"
    assert dict(verdict.details)["mot_class"] == 0
    assert any("model card holds the data information" in note for note in verdict.notes)


def test_mof_and_the_tool_agree_on_a_whole_release() -> None:
    details = dict(mof.evaluate(subject(Basis.VERIFIED, match(APACHE))).details)
    assert (details["mot_class"], details["mot_progress_1"]) == (1, 100)


def test_osaid() -> None:
    assert level(osaid, subject(Basis.VERIFIED, match(APACHE))) == ("pass",) * 3
    assert level(osaid, subject(Basis.VERIFIED, match(RAIL))) == ("fail",) * 3
    whole = dict.fromkeys(Kind, Basis.VERIFIED)
    for kind in (Kind.PREPROCESSING_CODE, Kind.TRAINING_CODE, Kind.INFERENCE_CODE, Kind.FINAL_PARAMETERS):
        assert level(osaid, subject(whole | {kind: Basis.ABSENT}, match(APACHE))) == ("fail",) * 3, kind
        assert level(osaid, subject(whole | {kind: Basis.DECLARED}, match(APACHE))) == (
            "fail",
            "pass",
            "pass",
        )
    no_data = whole | {Kind.DATASETS: Basis.ABSENT}
    assert level(osaid, subject(no_data, match(APACHE))) == ("pass",) * 3
    assert level(osaid, subject(no_data | {Kind.DATA_CARD: Basis.INFERRED}, match(APACHE))) == ("fail",) * 3


CARD = tuple(
    fact("card.section", name, "README.md", line=3) for name in ("intended-use", "limitations", "usage")
)
SMALL = (fact("weights.parameter-count", 10**8, "model.safetensors"),)


def test_eu_exemption() -> None:
    facts = (*CARD, *SMALL)
    assert level(eu_ai_act, subject(Basis.VERIFIED, match(APACHE), facts=facts)) == ("exempt",) * 3
    assert level(eu_ai_act, subject(Basis.VERIFIED, match(LLAMA), facts=facts))[2] == "not-exempt"
    assert level(eu_ai_act, subject(Basis.VERIFIED, match(RAIL), facts=facts))[2] == "review"
    assert level(eu_ai_act, subject(Basis.VERIFIED, match(APACHE), facts=CARD)) == (
        "not-exempt",
        "not-exempt",
        "exempt",
    )
    stated = (*CARD, fact("card.compute", True, "README.md", quote="It took 3.8 x 10^25 FLOPs."))
    assert level(eu_ai_act, subject(Basis.VERIFIED, match(APACHE), facts=stated))[2] == "not-exempt"
    less = (*CARD, fact("card.compute", True, "README.md", quote="It took 2.5e24 FLOPs."))
    assert level(eu_ai_act, subject(Basis.VERIFIED, match(APACHE), facts=less))[0] == "exempt"


def test_eu_duties_that_always_hold_do_not_move_the_level() -> None:
    verdict = eu_ai_act.evaluate(subject(Basis.VERIFIED, match(APACHE), facts=(*CARD, *SMALL)))
    owed = [item for item in verdict.criteria if item.outcome is Outcome.UNMET]
    assert {item.id for item in owed} == {
        "copyright-policy-is-published",
        "training-content-summary-is-published",
    }
    assert len(verdict.notes) == 2


def test_osai_counts_points() -> None:
    verdict = osai.evaluate(subject({}, None))
    assert (verdict.at_least, verdict.at_most) == ("0/12", "0/12")
    whole = osai.evaluate(
        subject(Basis.VERIFIED, match(APACHE), facts=(fact("card.compute", True, "README.md"),))
    )
    assert whole.at_least == "11/12"
    assert whole.at_most == "12/12"
    assert len(whole.criteria) == 12
    gated = osai.evaluate(subject(RUN, match(APACHE), gated=True))
    assert {item.outcome for item in gated.criteria if item.id.startswith("weights")} == {Outcome.PARTIAL}


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (subject({}), "fully-closed"),
        (subject({}, hosted_only=True), "cloud-api-access"),
        (subject(RUN, gated=True), "gradual-staged-access"),
        (subject(RUN), "downloadable"),
        (subject(Basis.VERIFIED), "fully-open"),
    ],
)
def test_solaiman(made: Subject, expected: str) -> None:
    assert level(solaiman, made) == (expected,) * 3


def rank(instrument: frameworks.Instrument, value: str) -> float:
    return float(value.partition("/")[0]) if instrument.id == "osai" else instrument.levels.index(value)


STATES = st.fixed_dictionaries({kind: st.sampled_from(list(Basis)) for kind in Kind})
LICENCES = st.sampled_from([None, APACHE, CC_BY, LLAMA, RAIL])
KINDS = st.sampled_from([MatchKind.EXACT, MatchKind.TAG, MatchKind.MODIFIED])


@pytest.mark.parametrize("lost", list(Kind))
@pytest.mark.parametrize("other", list(Kind))
@pytest.mark.parametrize("state", [Basis.ABSENT, Basis.DECLARED, Basis.UNKNOWN])
def test_losing_sight_of_one_component_of_a_release(lost: Kind, other: Kind, state: Basis) -> None:
    states = dict.fromkeys(Kind, Basis.VERIFIED) | {other: state}
    bounds_hold(states, APACHE, MatchKind.EXACT, lost)


@given(STATES, LICENCES, KINDS, st.sampled_from(list(Kind)))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_bounds_hold_and_not_knowing_never_helps(states, licence, how, lost) -> None:
    bounds_hold(states, licence, how, lost)


def bounds_hold(states, licence, how, lost) -> None:
    """at least ≤ declared ≤ at most; losing sight of a component widens the interval, never moves it."""
    given_licence = match(licence, how) if licence else None
    before = {v.instrument: v for v in frameworks.evaluate_all(subject(states, given_licence))}
    after = {
        v.instrument: v
        for v in frameworks.evaluate_all(subject(states | {lost: Basis.UNKNOWN}, given_licence))
    }
    for instrument in frameworks.INSTRUMENTS:
        old, new = before[instrument.id], after[instrument.id]
        assert (
            rank(instrument, old.at_least) <= rank(instrument, old.declared) <= rank(instrument, old.at_most)
        )
        assert rank(instrument, new.at_least) <= rank(instrument, old.at_least), instrument.id
        if instrument.id != "solaiman":
            assert rank(instrument, new.at_most) >= rank(instrument, old.at_most), instrument.id


def test_order_of_components_does_not_matter() -> None:
    made = subject(RUN, match(APACHE, MatchKind.TAG))
    kinds = list(made.components)
    random.Random(1).shuffle(kinds)
    turned = Subject(components={kind: made.components[kind] for kind in kinds})
    assert frameworks.evaluate_all(made) == frameworks.evaluate_all(turned)


def test_every_criterion_of_a_verdict_is_in_its_table() -> None:
    from ajar.frameworks import explain

    for verdict in frameworks.evaluate_all(subject(RUN, match(APACHE))):
        assert explain.explain(verdict.instrument) is not None
        for item in verdict.criteria:
            assert explain.explain(item.id) is not None, item.id
    for each in Door:
        assert explain.explain(each.value) is not None
    assert len(DOORS) == 5
