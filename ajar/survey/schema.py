"""The columns of a survey's store, from the data file, and values made to fit them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

Row = dict[str, Any]
"""One release by column name, in plain JSON values. A column that is missing is null."""

SCHEMA = "ajar-survey/1"
TEXT_CHARS = 300  # a value of a column: longer ones are no names, words or levels
LIST_ITEMS = 64  # of a list column: the host's own tags stay below it in all but abuse
_STAMP = re.compile(r"(\d{4}-[01]\d-[0-3]\d)(?:[T ]([0-2]\d:[0-5]\d:[0-5]\d)(?:\.\d{1,9})?(?:Z|\+00:?00)?)?")
_WIDEST_INTEGER = {"INTEGER": 2**31 - 1, "BIGINT": 2**63 - 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `type` is DuckDB's; `is_volatile` when two surveys of the same releases may differ in it."""

    name: str
    type: str
    source: str
    text: str
    is_volatile: bool = False


@cache
def columns() -> tuple[Column, ...]:
    """All columns in their order."""
    data = tomllib.loads((files("ajar.survey") / "data" / "columns.toml").read_text("utf-8"))
    return tuple(
        Column(
            name=row["name"],
            type=row["type"],
            source=row["source"],
            text=row["text"],
            is_volatile=row.get("volatile", False),
        )
        for row in data["column"]
    )


def stable(row: Mapping[str, Any]) -> Row:
    """What of a row must be equal in every survey of the same releases."""
    return {column.name: row.get(column.name) for column in columns() if not column.is_volatile}


def fitted(row: Mapping[str, Any]) -> Row:
    """The row with every value bounded and of its column's type, whatever a host or a release said.

    Raises `KeyError` for a name that is no column: that is a slip here, never hostile input.
    """
    unknown = row.keys() - {column.name for column in columns()}
    if unknown:
        raise KeyError(f"no such column: {', '.join(sorted(unknown))}")
    return {column.name: _fit(column, row.get(column.name)) for column in columns()}


def _fit(column: Column, value: Any) -> Any:
    if value is None:
        return None
    if column.type == "VARCHAR[]":
        items = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
        return [plain_text(str(item)) for item in items[:LIST_ITEMS]]
    if column.type == "BOOLEAN":
        return value if isinstance(value, bool) else None
    if column.type == "DOUBLE":
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    if column.type in _WIDEST_INTEGER:
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return value if is_whole and abs(value) <= _WIDEST_INTEGER[column.type] else None
    if column.type == "TIMESTAMP":
        return moment(value)
    return plain_text(str(value))


def moment(value: Any) -> str | None:
    """A date or a time in UTC (ISO 8601) as a store writes it, to the second; `None` for anything else."""
    found = _STAMP.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    try:
        return str(datetime.fromisoformat(f"{found[1]} {found[2] or '00:00:00'}"))
    except ValueError:
        return None


def plain_text(text: str, limit: int = TEXT_CHARS) -> str:
    """Text that every reader of Parquet takes: UTF-8 without NUL or lone surrogates, and not long."""
    kept = text[:limit].replace("\0", "\\0")
    return kept.encode("utf-8", "backslashreplace").decode("utf-8")
