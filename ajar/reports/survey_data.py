"""What a survey says as data: JSON (`ajar-survey-report/1`), CSV, and charts as Vega-Lite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from ajar.config import VERSION
from ajar.model.surveyed import Figure, Index, Surveyed
from ajar.reports.tables import as_csv, json_text

SCHEMA = "ajar-survey-report/1"
UNKNOWN = "not known"
_VEGA = "https://vega.github.io/schema/vega-lite/v5.json"
_PLACES = 6
Json = dict[str, Any]


def dumps(found: Surveyed) -> str:
    """The report as JSON text."""
    return json_text(to_json(found))


def to_json(found: Surveyed) -> Json:
    """The report as plain data; each figure with its chart."""
    body: Json = _rounded(asdict(found))
    for row, figure in zip(body["figures"], found.figures, strict=True):
        row["chart"] = vega(figure)
    return {"schema": SCHEMA, "tool": {"name": "ajar", "version": VERSION}, **body}


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return round(value, _PLACES) if isinstance(value, float) else value


def vega(figure: Figure) -> Json:
    """The figure as a Vega-Lite specification: a stacked bar a group, its data inside."""
    values = [
        {"group": group.name or UNKNOWN, "category": share.category, "share": round(share.value, _PLACES), "n": share.n,
         "low": round(share.low, _PLACES), "high": round(share.high, _PLACES), "order": order}
        for group in figure.groups
        for order, share in enumerate(group.shares)
    ]  # fmt: skip
    return {
        "$schema": _VEGA,
        "title": figure.title,
        "description": f"{figure.means} {figure.cannot_say}",
        "data": {"values": values},
        "mark": {"type": "bar", "stroke": "black", "strokeWidth": 0.5},
        "encoding": {
            "y": {"field": "group", "type": "nominal", "sort": None, "title": figure.by},
            "x": {"field": "share", "type": "quantitative", "stack": "zero", "axis": {"format": "%"}},
            "color": {"field": "category", "type": "nominal", "sort": list(figure.categories)},
            "order": {"field": "order"},
            "tooltip": [{"field": key} for key in ("group", "category", "share", "low", "high", "n")],
        },
    }


def to_csv(found: Surveyed) -> str:
    """A line for each share and each index: every figure in one long table."""
    heads = (
        "figure",
        "by",
        "group",
        "category",
        "value",
        "low",
        "high",
        "n",
        "n_known",
        "unknown",
        "stands_for",
        "least",
        "most",
    )
    return as_csv(heads, list(_lines(found)))


def _lines(found: Surveyed) -> Iterator[list[str]]:
    for figure in found.figures:
        for group in figure.groups:
            for share in group.shares:
                yield [
                    figure.id, figure.by, group.name or UNKNOWN, share.category, _number(share.value), _number(share.low),
                    _number(share.high), str(share.n), str(group.n), str(group.unknown), f"{group.stands_for:.1f}",
                    _number(share.least), _number(share.most),
                ]  # fmt: skip
            if not group.shares:
                yield [figure.id, figure.by, group.name or UNKNOWN, "", "", "", "", "", "0", str(group.unknown), f"{group.stands_for:.1f}", "", ""]  # fmt: skip
    for one in found.concentrations:
        for row in one.rows:
            year = "all" if row.year is None else str(row.year)
            for name, index in (("hhi", row.hhi), ("gini", row.gini)):
                if index is not None:
                    yield [f"concentration-{one.id}", "year", year, name, *_index(index), "", str(row.n), str(row.unknown), "", "", ""]  # fmt: skip


def _index(index: Index) -> tuple[str, str, str]:
    return _number(index.value), _number(index.low), _number(index.high)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"
