"""Makers over time: each release once, at its door; shares and concentration by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ajar.errors import TargetNotFound, UsageError
from ajar.makers import concentrations, landscape, makers_of, questions_of
from ajar.model.judgement import Door
from ajar.model.landscape import Concentration, portions
from tests.build.entries import CATALOGUE


def test_makers_by_alias_each_once_and_all_without_names() -> None:
    assert [maker.id for maker in makers_of(["Giver", "giver", "the keeper"], CATALOGUE)] == [
        "giver",
        "keeper",
    ]
    assert [maker.id for maker in makers_of([], CATALOGUE)] == ["keeper", "giver"]


@pytest.mark.parametrize(
    ("name", "error"), [("idle", UsageError), ("nobody", TargetNotFound), ("free", UsageError)]
)
def test_what_makes_nothing_is_an_error_with_a_hint(name: str, error: type[Exception]) -> None:
    with pytest.raises(error) as raised:
        makers_of([name], CATALOGUE)
    assert raised.value.hint


def test_releases_by_year_at_their_doors() -> None:
    giver, keeper = landscape(makers_of(["giver", "keeper"], CATALOGUE), CATALOGUE).makers
    assert [(tally.year, tally.n) for tally in giver.years] == [(2024, 1), (2025, 1), (2026, 1)]
    assert [(tally.year, tally.n) for tally in keeper.years] == [(2024, 1), (2026, 2), (None, 1)]
    assert giver.total.n == 3
    assert giver.years[0].at(Door.AJAR) == 1
    assert giver.years[1].at(Door.CHAINED, settled=True) == 1
    assert keeper.years[0].at(Door.SHUT) == 1


def test_what_is_not_settled_is_told_apart_and_bounds_the_count() -> None:
    keeper = landscape(makers_of(["keeper"], CATALOGUE), CATALOGUE).makers[0]
    untold = next(stand for stand in keeper.total.stands if stand.id == "untold")
    assert (untold.declared, untold.at_most, untold.is_settled) == (Door.CHAINED, Door.WIDE_OPEN, False)
    assert keeper.total.from_door(Door.AJAR) == (1, 3)
    assert keeper.total.at(Door.CHAINED, settled=True) == 0


def test_a_release_of_which_nothing_is_told_is_at_no_door() -> None:
    undated = landscape(makers_of(["keeper"], CATALOGUE), CATALOGUE).makers[0].years[-1]
    assert (undated.year, undated.n, undated.unknown) == (None, 1, 1)
    assert sum(undated.at(door) for door in Door) == 0


def test_a_year_without_a_release_is_on_the_axis() -> None:
    assert landscape(makers_of(["giver"], CATALOGUE), CATALOGUE).years == (2024, 2025, 2026)
    assert landscape([], CATALOGUE).years == ()


def found(name: str) -> Concentration:
    return next(item for item in concentrations(CATALOGUE) if item.id == name)


def test_a_release_of_two_makers_is_half_of_one_each() -> None:
    releases = found("releases")
    assert [(item.id, item.count) for item in releases.portions] == [("keeper", 3.5), ("giver", 2.5)]
    assert (releases.n, releases.unknown) == (6, 0)
    assert releases.hhi is not None
    assert math.isclose(releases.hhi, (350 / 6) ** 2 + (250 / 6) ** 2)
    assert releases.even_hhi == 5000


def test_only_weights_that_are_given_out_count_there_and_the_untold_are_named() -> None:
    given_out = found("weights-given-out")
    assert (given_out.n, given_out.unknown) == (4, 1)
    assert [(item.id, item.count) for item in given_out.portions] == [("giver", 2.5), ("keeper", 1.5)]


def test_a_line_counts_for_the_maker_at_its_root_or_is_unknown() -> None:
    lineage = found("lineage")
    assert (lineage.n, lineage.unknown) == (1, 1)
    assert [(item.id, item.share) for item in lineage.portions] == [("giver", 1.0)]
    assert lineage.hhi == 10_000


def test_nothing_to_count_has_no_index() -> None:
    empty = Concentration(id="lineage", counted="", left_out="", n=0, unknown=0, portions=portions([]))
    assert (empty.hhi, empty.even_hhi, empty.portion("x")) == (None, None, None)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.floats(0.1, 100)), min_size=1, max_size=40))
def test_shares_sum_to_one_and_the_index_lies_between_even_and_alone(held: list[tuple[str, float]]) -> None:
    shares = portions([(key, key, count) for key, count in held])
    index = Concentration(id="x", counted="", left_out="", n=len(held), unknown=0, portions=shares)
    assert math.isclose(sum(item.share for item in shares), 1)
    assert index.hhi is not None
    assert index.even_hhi is not None
    assert index.even_hhi - 1e-6 <= index.hhi <= 10_000 + 1e-6


def test_the_questions_are_put_to_each_release_of_a_maker() -> None:
    (giver,) = makers_of(["giver"], CATALOGUE)
    asked = questions_of(giver, CATALOGUE)
    assert [system.id for system, _ in asked] == ["free", "limited", "child"]
    assert all(len(answers) == 4 for _, answers in asked)
