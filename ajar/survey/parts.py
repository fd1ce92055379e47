"""Parquet through DuckDB: parts written from rows, and a store read as one table.

DuckDB is an extra, loaded when a store is written or read. It opens nothing but the paths that it is given, and
fetches no extension.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ajar.errors import UsageError
from ajar.survey.schema import columns

if TYPE_CHECKING:
    import duckdb

_QUIET = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "threads": "2"}
_ALL = "CREATE OR REPLACE VIEW releases AS SELECT * FROM read_parquet(getvariable('parts'))"
_LATEST = f"{_ALL} QUALIFY row_number() OVER (PARTITION BY target ORDER BY part DESC) = 1"
_MEMORY = "256MB"  # of a connection that writes parts; what does not fit goes to disk


def connect(*, memory: str = _MEMORY) -> duckdb.DuckDBPyConnection:
    """A connection in memory. Raises `UsageError` when the extra is not installed."""
    try:
        import duckdb
    except ImportError:
        raise UsageError(
            "a survey needs DuckDB, which is not installed", hint="pip install 'ajar[survey]'"
        ) from None
    return duckdb.connect(config={**_QUIET, "memory_limit": memory})


def write(
    connection: duckdb.DuckDBPyConnection, rows: Iterable[Mapping[str, Any]], scratch: Path, path: Path
) -> None:
    """Rows, as `fitted` gives them, to a Parquet file. `scratch` is written and removed on the way."""
    with scratch.open("w", encoding="utf-8") as handle:
        for row in rows:
            handle.write(json.dumps(row, ensure_ascii=False) + "\n")
    try:
        types = {column.name: column.type for column in columns()}
        connection.execute(
            "COPY (SELECT * FROM read_json($rows, format='newline_delimited', columns=$types))"
            " TO $path (FORMAT parquet, COMPRESSION zstd)",
            {"rows": str(scratch), "types": types, "path": str(path)},
        )
    finally:
        scratch.unlink(missing_ok=True)


def view(connection: duckdb.DuckDBPyConnection, paths: Sequence[Path], *, is_superseded: bool) -> None:
    """Make the table `releases` of a store's parts: one current row a target."""
    if not paths:
        spec = ", ".join(f'"{column.name}" {column.type}' for column in columns())
        connection.execute(f"CREATE OR REPLACE TABLE releases ({spec})")
        return
    connection.execute("SET VARIABLE parts = $paths", {"paths": [str(path) for path in paths]})
    connection.execute(_LATEST if is_superseded else _ALL)


def database_error() -> type[Exception]:
    """What DuckDB raises."""
    import duckdb

    return duckdb.Error
