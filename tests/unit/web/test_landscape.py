"""What a query asks for of the systems, and how they stand by maker and year."""

import pytest

from ajar.errors import UsageError
from ajar.web.landscape import UNDATED, columns, doors_by_year, fold, rows, tiles, wish_of
from ajar.web.page import Asked
from ajar.web.site import Site

SITE = Site()
MAKERS = [maker.id for maker in SITE.makers]
KINDS = ["text", "image", "code", "audio"]


def names(**fields: str | list[str]) -> set[str]:
    asked = Asked(fields={key: [value] if isinstance(value, str) else value for key, value in fields.items()})
    found = tiles(SITE.released, wish_of(asked, MAKERS, KINDS))
    return {tile.item.system.id for tile in found if tile.is_shown}


def test_nothing_asked_is_everything() -> None:
    assert len(names()) == len(SITE.catalogue.systems)


def test_words_are_found_in_names_makers_and_licences_without_case_or_accents() -> None:
    assert {"grok-1", "grok-2"} <= names(q="GROK")
    assert names(q="gròk 1") <= names(q="grok")
    assert {system.id for system in SITE.catalogue.systems if "mistral-ai" in system.makers} <= names(
        q="mistral"
    )
    assert "grok-1" in names(q="apache xai")
    assert names(q="no such words here") == set()


def test_each_choice_narrows() -> None:
    shut = names(door="shut")
    assert shut
    assert all(SITE.report(SITE.catalogue.system(key)).verdict("g7").declared == "shut" for key in shut)
    assert names(door=["shut", "ajar"]) == shut | names(door="ajar")
    assert names(maker="xai", weights="open") == {
        system.id
        for system in SITE.catalogue.systems
        if "xai" in system.makers and system.weights is not None and system.weights.value == "open"
    }
    assert names(since="2026") & names(until="2025") == set()
    assert "gpt-2" in names(until="2019-12")


@pytest.mark.parametrize(
    "fields",
    [{"door": "half"}, {"maker": "nobody"}, {"weights": "free"}, {"since": "soon"}, {"until": "2024-13"}],
)
def test_a_choice_that_there_is_not_is_said(fields: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=next(iter(fields))):
        names(**fields)


def test_every_system_stands_once_in_its_maker_s_row() -> None:
    found = tiles(SITE.released, wish_of(Asked(), MAKERS, KINDS))
    heads = columns(found)
    table = rows(found, SITE.makers)
    assert heads[0].startswith("to ")
    assert heads[-1] == UNDATED
    placed = [tile.item.system.id for row in table for cell in row.cells for tile in cell]
    assert sorted(placed) == sorted(system.id for system in SITE.catalogue.systems)
    assert all(row.is_shown for row in table)


def test_counts_by_year_add_up() -> None:
    counts = doors_by_year(SITE.released)
    assert sum(sum(row.values()) for row in counts.values()) == len(SITE.released)
    assert list(counts)[-1] == UNDATED


def test_folding_drops_accents() -> None:
    assert fold("Élan Σ") == "elan σ"
