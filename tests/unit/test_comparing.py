"""From reports to rows: what differs stands first, what is not known neither agrees nor differs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import ajar
from ajar.comparing import compare, standing_of
from ajar.model.catalogue import Grant
from ajar.model.comparison import MOOT, Cell, Comparison, Entry, From, Group, Row, Standing
from ajar.model.component import ComponentKind
from ajar.model.evidence import Basis
from tests.build.entries import FREE, HOSTED, LIMITED, UNTOLD, entry
from tests.build.releases import apache_text, write_release


def cell(value: str, *, known: bool = True, more: bool = False) -> Cell:
    return Cell(value=value, is_known=known, basis=Basis.DECLARED, may_be_more=more)


UNKNOWN = cell("unknown", known=False)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ((cell("yes"), cell("no")), Standing.DIFFERS),
        ((cell("yes"), cell("no"), UNKNOWN), Standing.DIFFERS),
        ((cell("yes"), cell("yes")), Standing.SHARED),
        ((cell("yes"), UNKNOWN), Standing.OPEN),
        ((cell("yes"), cell("yes", more=True)), Standing.OPEN),
        ((UNKNOWN, UNKNOWN), Standing.UNKNOWN),
        ((cell("yes"), cell(MOOT)), Standing.SHARED),
        ((cell("yes"), cell(MOOT), UNKNOWN), Standing.OPEN),
        ((cell(MOOT), UNKNOWN), Standing.UNKNOWN),
        ((cell(MOOT), cell(MOOT)), Standing.SHARED),
    ],
)
def test_standing(cells: tuple[Cell, ...], expected: Standing) -> None:
    assert standing_of(cells) is expected


def row(found: Comparison, name: str) -> Row:
    (one,) = [item for item in found.rows if item.id == name]
    return one


def values(found: Comparison, name: str) -> list[str]:
    return [item.value for item in row(found, name).cells]


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Entry:
    report = ajar.audit(write_release(tmp_path_factory.mktemp("r") / "tiny", licence=apache_text()))
    return Entry(asked="tiny", report=report, origin=From.AUDIT)


@pytest.fixture(scope="module")
def four(audited: Entry) -> Comparison:
    return compare([entry(FREE), entry(LIMITED), entry(HOSTED), audited])


def test_differences_come_first_and_within_them_the_door(four: Comparison) -> None:
    order = [list(Standing).index(item.standing) for item in four.rows]
    assert order == sorted(order)
    first = four.rows[0]
    assert (first.group, first.id, first.standing) == (Group.DOOR, "g7", Standing.DIFFERS)
    for standing in Standing:
        groups = [list(Group).index(item.group) for item in four.of(standing)]
        assert groups == sorted(groups)


def test_every_row_has_a_cell_for_every_release_and_every_group_is_there(four: Comparison) -> None:
    assert all(len(item.cells) == 4 for item in four.rows)
    assert {item.group for item in four.rows} >= set(Group) - {Group.CLAIM}
    assert len({(item.group, item.id) for item in four.rows}) == len(four.rows)
    kinds = [item.id for item in four.rows if item.group is Group.COMPONENT]
    assert sorted(kinds) == sorted(kind.value for kind in ComponentKind)


def test_doors_and_licences(four: Comparison) -> None:
    assert values(four, "g7") == ["ajar", "chained", "shut", "ajar"]
    assert values(four, "weights") == ["Apache-2.0", "llama4", MOOT, "Apache-2.0"]
    assert values(four, "commercial-use") == ["yes", "conditional", MOOT, "yes"]
    assert "700 million" in row(four, "commercial-use").cells[1].words


def test_a_published_fact_stays_declared_and_a_file_is_verified(four: Comparison) -> None:
    told, _, hosted, seen = row(four, "final-parameters").cells
    assert (told.value, told.basis) == ("there", Basis.DECLARED)
    assert (hosted.value, hosted.basis) == ("not-there", Basis.WITHHELD)
    assert (seen.value, seen.basis) == ("there", Basis.VERIFIED)
    assert not [item for line in four.rows for item in line.cells[:3] if item.basis is Basis.VERIFIED], (
        "published facts are never verified"
    )


def test_what_no_source_tells_is_unknown_and_no_no() -> None:
    found = compare([entry(UNTOLD), entry(FREE)])
    for name in ("commercial-use", "datasets", "signed", "bias-evaluated", "weights"):
        left = row(found, name).cells[0]
        assert (left.value, left.is_known, left.basis) == ("unknown", False, Basis.UNKNOWN), name
    assert row(found, "commercial-use").standing is Standing.OPEN
    assert row(found, "signed").standing is Standing.UNKNOWN


def test_a_verdict_on_unknowns_alone_is_unknown_with_its_bounds() -> None:
    untold, free = row(compare([entry(UNTOLD), entry(FREE)]), "mof").cells
    assert (untold.value, untold.is_known) == ("unknown", False)
    assert untold.bounds == ("unclassified", "class-i")
    assert free.bounds is not None


def test_the_same_release_twice_differs_in_nothing(audited: Entry) -> None:
    found = compare([audited, audited])
    assert found.of(Standing.DIFFERS) == ()
    assert found.of(Standing.SHARED)


def test_nothing_to_compare_gives_no_rows_that_differ() -> None:
    assert compare([]).of(Standing.DIFFERS) == ()


def test_two_conditions_under_one_word_differ() -> None:
    older = replace(LIMITED, id="older", licence=Grant(name="gemma", id="gemma"))
    found = row(compare([entry(LIMITED), entry(older)]), "train-other-models")
    assert [item.value for item in found.cells] == ["conditional", "conditional"]
    assert found.standing is Standing.DIFFERS


def test_models_of_different_bases_differ_by_their_names() -> None:
    first, second = (
        replace(FREE, id=key, base_models=(base,)) for key, base in (("a", "Base One"), ("b", "Base Two"))
    )
    found = row(compare([entry(first), entry(second), entry(FREE)]), "derived-from")
    assert [item.value for item in found.cells] == ["Base One", "Base Two", "unknown"]
    assert found.standing is Standing.DIFFERS


def test_a_claim_that_a_card_does_not_make_is_not_said(audited: Entry, tmp_path: Path) -> None:
    quiet = ajar.audit(write_release(tmp_path / "quiet", card="# Quiet\n\nA model.\n"))
    found = compare([audited, Entry(asked="q", report=quiet, origin=From.AUDIT), entry(FREE)])
    said, silent, untold = row(found, "open-source").cells
    assert said.value == "overstated"
    assert (silent.value, silent.is_known) == ("not-said", True)
    assert not untold.is_known
