"""The way up: it reaches the level, and nothing in it can be left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ajar.frameworks import INSTRUMENTS, evaluate_all
from ajar.frameworks.ways import shortest, ways
from ajar.model.component import ComponentKind
from ajar.model.evidence import Basis
from ajar.model.judgement import Criterion, Outcome
from tests.build.subjects import APACHE, CC_BY, LLAMA, match, subject

_WITH_LEVELS = [item for item in INSTRUMENTS if item.reach is not None]
_STATES = st.dictionaries(
    st.sampled_from(list(ComponentKind)),
    st.sampled_from([Basis.VERIFIED, Basis.DECLARED, Basis.UNKNOWN, Basis.ABSENT]),
)


def met(criteria: Sequence[Criterion], chosen: frozenset[str]) -> list[Criterion]:
    return [replace(item, outcome=Outcome.MET) if item.id in chosen else item for item in criteria]


@settings(max_examples=60, deadline=None)
@given(_STATES, st.sampled_from([APACHE, CC_BY, LLAMA]))
def test_a_way_proves_its_level_and_leaves_out_what_it_can(states: dict, licence) -> None:
    verdicts = evaluate_all(subject(states, match(licence)))
    for way in ways(verdicts):
        verdict = next(item for item in verdicts if item.instrument == way.instrument)
        instrument = next(item for item in _WITH_LEVELS if item.id == way.instrument)
        assert instrument.reach is not None
        chosen = frozenset(item.criterion for item in way.things)
        goal = instrument.levels.index(way.level)
        assert goal > instrument.levels.index(verdict.at_least)
        assert instrument.reach(met(verdict.criteria, chosen)) == goal
        assert all(instrument.reach(met(verdict.criteria, chosen - {one})) < goal for one in chosen)


@pytest.mark.parametrize("instrument", _WITH_LEVELS, ids=lambda item: item.id)
def test_criteria_as_they_are_reach_the_level_that_is_proven(instrument) -> None:
    verdict = instrument.evaluate(subject(Basis.VERIFIED, match(APACHE)))
    assert instrument.levels[instrument.reach(verdict.criteria)] == verdict.at_least


def test_one_data_card_is_missing_for_class_iii() -> None:
    have = dict.fromkeys(ComponentKind, Basis.VERIFIED) | {ComponentKind.DATA_CARD: Basis.ABSENT}
    (way,) = [item for item in ways(evaluate_all(subject(have, match(APACHE)))) if item.instrument == "mof"]
    assert [item.what for item in way.things] == ["the data card, openly licensed"]
    assert way.level == "class-i"  # nothing else is missing, so that it carries to the top


def test_the_top_has_no_way_up() -> None:
    # Data that is here under an open licence, and all else too.
    found = ways(evaluate_all(subject(Basis.VERIFIED, match(APACHE))))
    assert not [way for way in found if way.instrument in {"g7", "mof", "osaid", "solaiman"}]


def criterion(name: str, outcome: Outcome) -> Criterion:
    return Criterion(id=name, outcome=outcome, basis=Basis.ABSENT, reason="test")


def test_of_equal_ways_the_easier_and_the_exact_is_taken() -> None:
    criteria = [
        criterion("make", Outcome.UNMET),
        criterion("settle", Outcome.UNKNOWN),
        criterion("beyond", Outcome.UNKNOWN),
    ]

    def reach(found: Sequence[Criterion]) -> int:
        names = {item.id for item in found if item.outcome is Outcome.MET}
        return 2 if "beyond" in names else int(bool(names))

    assert shortest(criteria, 1, reach) == {"settle"}
    assert shortest(criteria, 2, reach) == {"beyond"}
    assert shortest(criteria, 3, reach) is None
    assert shortest(criteria, 1, reach, frozenset({"make"})) == {"make"}
