"""The figures of a survey's report: counted by DuckDB, by stratum, then estimated."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ajar.model.surveyed import Figure, Group, Share, Surveyed
from ajar.survey.concentrations import concentrations
from ajar.survey.estimates import Cell, estimate
from ajar.survey.parts import database_error
from ajar.survey.store import Reader, StoreError

if TYPE_CHECKING:
    import duckdb

GROUPS = 15  # the largest ones shown of a figure
CATEGORIES = 12  # the most frequent ones, where they are not a closed set
_TAGS = 2000  # names of licences looked up: a hub has hundreds, and anybody may add one
_MEMORY = "1GB"
_COLUMNS = (  # what the figures count: others need not be read
    "target", "state", "depth", "title", "maker", "country", "year", "task", "parameters", "downloads",
    "door_at_least", "door_declared", "door_at_most", "tagged_licence", "weights_licence", "licences", "licence_matches",
    "is_osi", "base_models", "weight_formats", "safety_level", "rules", "claims_said", "claims_found", "stratum", "weight",
)  # fmt: skip
Strata = Mapping[str | None, tuple[float, int]]


@cache
def _definitions() -> tuple[dict[str, Any], ...]:
    data = tomllib.loads((files("ajar.survey") / "data" / "figures.toml").read_text("utf-8"))
    found: list[dict[str, Any]] = data["figure"]
    for row in found:
        if "order" in row:
            row["categories"] = data[row["order"]]
    return tuple(found)


def surveyed(folder: Path) -> Surveyed:
    """All figures of a store, also of one that is being written. Raises `UsageError`, `TargetNotFound`, `StoreError`."""
    with Reader(folder, memory=_MEMORY) as reader:
        try:
            return _told(reader)
        except database_error() as error:
            words = str(error).partition("\n")[0]
            raise StoreError(
                f"{folder}: {words}",
                hint="a part was changed, or is of another version: survey into a new folder",
            ) from error


def _told(reader: Reader) -> Surveyed:
    base = reader.duckdb
    # Held in memory, and found before the view of the same name.
    base.execute(f"CREATE TEMP TABLE releases AS SELECT {', '.join(_COLUMNS)} FROM memory.main.releases")
    _name_licences(base)
    strata = {
        name: (size, count)
        for name, size, count in base.execute(
            "SELECT stratum, sum(weight), count(*) FROM releases GROUP BY 1"
        ).fetchall()
    }
    is_sample = any(name is not None for name in strata)
    counts = dict(reader.counts)
    n = sum(count for _, count in strata.values())
    return Surveyed(
        plan=reader.plan,
        n=n,
        failed=counts.get("failed", 0),
        unfinished=sum(counts.values()) - n,
        stands_for=sum(size for size, _ in strata.values()),
        is_sample=is_sample,
        figures=tuple(_figure(base, row, strata, is_sample=is_sample) for row in _definitions()),
        concentrations=concentrations(base),
    )


def _name_licences(base: duckdb.DuckDBPyConnection) -> None:
    """What the most frequent licence fields mean."""
    from ajar.rights import resolve

    base.execute("CREATE TEMP TABLE known_licences (name VARCHAR, id VARCHAR)")
    tags = base.execute(
        "SELECT tagged_licence FROM releases WHERE tagged_licence IS NOT NULL"
        f" GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {_TAGS}"
    ).fetchall()
    known = [(tag, found.id) for (tag,) in tags if (found := resolve(tag)) is not None]
    if known:
        base.executemany("INSERT INTO known_licences VALUES (?, ?)", known)


def _figure(
    base: duckdb.DuckDBPyConnection, row: Mapping[str, Any], strata: Strata, *, is_sample: bool
) -> Figure:
    found = row["category"] if row.get("several") else f"[{row['category']}]"
    known = f"({row['category']}) IS NOT NULL"
    base.execute(
        "CREATE OR REPLACE TEMP TABLE cells AS"  # all of it is the data file's
        f" SELECT {row['group']} AS grp, {found} AS cats, {known} AS is_known, stratum, weight FROM {row.get('from', 'releases')}"
    )
    ranked = base.execute("SELECT grp, sum(weight) FROM cells GROUP BY 1 ORDER BY 2 DESC, 1").fetchall()
    names = [name for name, _ in ranked if name is not None][:GROUPS]
    base.execute(
        "CREATE OR REPLACE TEMP TABLE shown AS SELECT unnest($names::VARCHAR[]) AS name", {"names": names}
    )
    kept = "FROM cells WHERE (grp IS NULL OR grp IN (SELECT name FROM shown))"
    totals: dict[str | None, list[tuple[str | None, int, int, float]]] = defaultdict(list)
    for group, stratum, whole, settled, weight in base.execute(
        f"SELECT grp, stratum, count(*), count(*) FILTER (is_known), sum(weight) {kept} GROUP BY 1, 2"
    ).fetchall():
        totals[group].append((stratum, whole, settled, weight))
    hits: dict[tuple[str | None, str], dict[str | None, int]] = defaultdict(dict)
    for group, stratum, category, count in base.execute(
        f"SELECT grp, stratum, unnest(cats) AS cat, count(*) {kept} AND is_known GROUP BY 1, 2, 3"
    ).fetchall():
        hits[group, category][stratum] = count
    categories = row.get("categories") or _most(hits)
    ordered = sorted(names, key=str) if row["by"] in {"year", "parameters"} else names
    return Figure(
        id=row["id"],
        title=row["title"],
        by=row["by"],
        means=row["means"],
        cannot_say=row["cannot_say"],
        categories=tuple(categories),
        groups=tuple(
            _group(
                name, totals[name], {cat: hits[name, cat] for cat in categories}, strata, is_sample=is_sample
            )
            for name in [*ordered, None]
            if name in totals
        ),
        left_out=sum(name is not None for name, _ in ranked) - len(names),
    )


def _most(hits: Mapping[tuple[str | None, str], Mapping[str | None, int]]) -> list[str]:
    counted: dict[str, int] = defaultdict(int)
    for (_, category), by_stratum in hits.items():
        counted[category] += sum(by_stratum.values())
    return sorted(counted, key=lambda name: (-counted[name], name))[:CATEGORIES]


def _group(
    name: str | None,
    totals: Sequence[tuple[str | None, int, int, float]],
    hits: Mapping[str, Mapping[str | None, int]],
    strata: Strata,
    *,
    is_sample: bool,
) -> Group:
    n = sum(settled for _, _, settled, _ in totals)
    whole = sum(weight for *_, weight in totals)
    settled_weight = sum(
        settled * strata[stratum][0] / strata[stratum][1] for stratum, _, settled, _ in totals
    )
    shares = []
    for category, by_stratum in hits.items():
        cells = [
            Cell(size=strata[key][0], sampled=strata[key][1], known=settled, hits=by_stratum.get(key, 0))
            for key, _, settled, _ in totals
        ]
        value, low, high = estimate(cells, is_sample=is_sample)
        least = value * settled_weight / whole if whole else 0.0
        shares.append(
            Share(
                category=category,
                n=sum(by_stratum.values()),
                value=value,
                low=low,
                high=high,
                least=least,
                most=least + max(1 - settled_weight / whole, 0.0) if whole else 1.0,
            )
        )
    unknown = sum(count for _, count, _, _ in totals) - n
    return Group(name=name, n=n, unknown=unknown, stands_for=whole, shares=tuple(shares) if n else ())
