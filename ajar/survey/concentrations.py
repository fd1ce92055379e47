"""In how few hands releases, downloads and descendants are, by year, with a bootstrap from a fixed seed.

The bootstrap gives each release a Poisson number of 1 on the average in each of `RESAMPLES`, drawn from a
hash of its name: the same store gives the same interval in any order. The interval is the spread of the resamples
about their mean, put about the figure: in a resample the smallest holders are missing, so that its mean lies beside
the figure. For the same reason the Gini index of a sample is too low, by what its missing holders would add.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum
from typing import TYPE_CHECKING

from ajar.model.surveyed import Concentration, Hands, Index

if TYPE_CHECKING:
    import duckdb

RESAMPLES = 39  # of 40 values one lies beyond either end: 2.5 per cent
SEED = 20261125
_LEAST = 10  # holders below which a resample says little
_LARGEST = 5
_POISSON = (0.36788, 0.73576, 0.91970, 0.98101, 0.99634, 0.99941)  # of mean 1, cumulated
_MEANS = (
    (
        "releases",
        "Releases by maker",
        "maker",
        "1",
        "TRUE",
        "How releases are spread over those who publish them.",
        "Accounts are no companies: one maker may have several.",
    ),
    (
        "downloads",
        "Downloads by maker",
        "maker",
        "downloads",
        "TRUE",
        "How downloads of the last 30 days, as the host counts them, are spread over makers, by the year of the release.",
        "Downloads are requests, of machines too; those from elsewhere than the host are not in it.",
    ),
    (
        "descendants",
        "Descendants by the account of the base model",
        "split_part(base_models[1], '/', 1)",
        "1",
        "len(base_models) > 0",
        "How releases that name a base model are spread over the accounts of the first base that they name.",
        "Bases that are not named; and the maker at the root, where the base has a base itself.",
    ),
)


def concentrations(base: duckdb.DuckDBPyConnection) -> tuple[Concentration, ...]:
    """Of the table `releases`: all years together, then each year."""
    steps = " + ".join(f"(h % 4294967296 > {int(step * 2**32)})::DOUBLE" for step in _POISSON)
    base.execute(f"CREATE OR REPLACE TEMP MACRO times(h) AS {steps}")
    base.execute(
        "CREATE OR REPLACE TEMP MACRO gini(held) AS 2 * list_dot_product(held, range(1, len(held) + 1)::DOUBLE[])"
        " / (len(held) * list_sum(held)) - (len(held) + 1) / len(held)"
    )
    return tuple(
        Concentration(
            id=key,
            title=title,
            means=means,
            cannot_say=cannot_say,
            rows=tuple(_rows(base, holder, amount, where)),
        )
        for key, title, holder, amount, where, means, cannot_say in _MEANS
    )


def _rows(base: duckdb.DuckDBPyConnection, holder: str, amount: str, where: str) -> list[Hands]:
    """Counted finely first, by year and holder; all years together are sums of these."""
    names = ["whole", *(f"d{number}" for number in range(RESAMPLES))]
    base.execute(
        "CREATE OR REPLACE TEMP TABLE held_by AS"  # all of it is this module's
        f" SELECT year, nullif({holder}, '') AS holder, (weight * {amount})::DOUBLE AS amount,"
        f" hash(target, {SEED}) AS h FROM releases WHERE {where}"
    )
    drawn = ", ".join(
        f"sum(amount * times(hash(h, {number}))) AS {name}" for number, name in enumerate(names[1:])
    )
    base.execute(
        f"CREATE OR REPLACE TEMP TABLE fine AS SELECT year, holder, sum(amount) AS whole, {drawn}"
        " FROM held_by WHERE holder IS NOT NULL AND amount > 0 GROUP BY 1, 2"
    )
    sums = ", ".join(f"sum({name}) AS {name}" for name in names)
    base.execute(
        f"CREATE OR REPLACE TEMP TABLE holdings AS SELECT year, holder, {', '.join(names)} FROM fine"
        f" WHERE year IS NOT NULL UNION ALL SELECT NULL, holder, {sums} FROM fine GROUP BY holder"
    )
    hhis = ", ".join(f"10000 * sum({name} * {name}) / pow(sum({name}), 2)" for name in names)
    ginis = ", ".join(f"gini(list({name} ORDER BY {name}) FILTER ({name} > 0))" for name in names)
    measured = {
        year: (holders, _index(hhi, holders), _index(gini, holders), largest)
        for year, holders, hhi, gini, largest in base.execute(
            f"SELECT year, count(*), [{hhis}], [{ginis}],"
            f" list((holder, whole / total) ORDER BY whole DESC, holder)[:{_LARGEST}]"
            " FROM (SELECT *, sum(whole) OVER (PARTITION BY year) AS total FROM holdings) GROUP BY 1"
        ).fetchall()
    }
    known = "count(*) FILTER (holder IS NOT NULL AND amount IS NOT NULL), count(*) FROM held_by"
    counted = base.execute(
        f"SELECT NULL AS year, {known} UNION ALL SELECT year, {known} WHERE year IS NOT NULL GROUP BY 1"
        " ORDER BY year NULLS FIRST"
    ).fetchall()
    return [
        _hands(year, n, whole - n, *measured.get(year, (0, None, None, [])))
        for year, n, whole in counted
        if whole
    ]


def _index(values: Sequence[float | None], holders: int) -> Index | None:
    """The measure of the whole, and its bootstrap interval where there is enough to draw from."""
    value, *drawn = values
    if value is None:
        return None
    known = [item for item in drawn if item is not None]
    if holders < _LEAST or len(known) < RESAMPLES:
        return Index(value=value)
    middle = fsum(known) / len(known)
    return Index(value=value, low=max(value - (middle - min(known)), 0.0), high=value + (max(known) - middle))


def _hands(
    year: int | None,
    n: int,
    unknown: int,
    holders: int,
    hhi: Index | None,
    gini: Index | None,
    largest: Sequence[tuple[str, float]],
) -> Hands:
    return Hands(year=year, n=n, unknown=unknown, holders=holders, hhi=hhi, gini=gini, largest=tuple(largest))
