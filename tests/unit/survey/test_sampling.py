"""Samples: allotted, seeded, and weighted so that the strata add up to what was listed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ajar.errors import UsageError
from ajar.survey.ledger import Ledger, Listed
from ajar.survey.sampling import POOLED, Sample, allotted, draw, stratum_of


def ledger_of(path: Path, count: int) -> Ledger:
    ledger = Ledger(path, is_new=True)
    rows = [{"maker": f"m{number % 7}", "year": 2020 + number % 3, "downloads": number} for number in range(count)]  # fmt: skip
    ledger.plan(
        [Listed(target=f"hf:o/m{number}", stamp="1", row=row) for number, row in enumerate(rows)], None
    )
    return ledger


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(st.text(max_size=3), st.integers(1, 500), min_size=1, max_size=30), st.integers(1, 400)
)
def test_an_allotment_adds_up_and_leaves_no_stratum_out(sizes: dict[str, int], count: int) -> None:
    found = allotted(sizes, count)
    assert all(1 <= found[name] <= size for name, size in sizes.items())
    assert sum(found.values()) == min(max(count, len(sizes)), sum(sizes.values()))


def test_the_same_seed_draws_the_same_and_weights_add_up(tmp_path: Path) -> None:
    drawn = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        ledger = ledger_of(tmp_path / name, 1000)
        assert draw(ledger, Sample(count=100, by=("maker", "year"), seed=seed)) == 100
        rows = ledger._db.execute("SELECT target, stratum, weight FROM releases ORDER BY target").fetchall()
        drawn.append([row[0] for row in rows])
        assert sum(row[2] for row in rows) == pytest.approx(1000)
        assert sum(population for _, population, _ in ledger.strata()) == 1000
        assert sum(sampled for _, _, sampled in ledger.strata()) == 100
        ledger.close()
    assert drawn[0] == drawn[1] != drawn[2]


def test_small_strata_are_pooled(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path / "a", 1000)
    draw(ledger, Sample(count=10, by=("maker", "year")))
    names = [name for name, _, _ in ledger.strata()]
    assert len(names) == 5
    assert POOLED in names
    ledger.close()


def test_strata_have_names_and_keys_are_checked() -> None:
    row = {"maker": "a,b", "downloads": 12345}
    assert stratum_of(row, ("maker", "downloads", "country")) == "maker=a b,downloads=1e4,country=unknown"
    assert stratum_of({"downloads": "many"}, ("downloads",)) == "downloads=0"
    assert stratum_of({}, ()) == "all"
    with pytest.raises(UsageError, match="colour"):
        Sample(count=1, by=("colour",))
