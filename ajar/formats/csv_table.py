"""Comma- or tab-separated tables: the header line tells the columns. Spec: RFC 4180."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence, Location

ID = "csv"
_LINE_BYTES = 65536
_COLUMNS = 64


def _matches(head: bytes, path: str) -> bool:
    return path.lower().endswith((".csv", ".tsv")) and b"\0" not in head


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:  # noqa: ARG001  one bounded read
    head = blob.read_at(0, min(_LINE_BYTES, blob.size)).decode("utf-8-sig", "replace")
    line = head.partition("\n")[0]
    try:
        names = next(csv.reader([line], delimiter="\t" if path.lower().endswith(".tsv") else ","), [])
    except csv.Error as error:
        raise MalformedError(f"the header line is no CSV: {error}", offset=0) from error
    where = Location(path=path, line=1)
    yield Evidence(key="data.columns", value=len(names), location=where, inspector=ID, quote=line)
    for name in names[:_COLUMNS]:
        yield Evidence(key="data.column", value=name.strip()[:120], location=where, inspector=ID)
    yield Evidence(key="data.bytes", value=blob.size, location=where, inspector=ID)


FORMAT = Format(
    id=ID,
    title="CSV or TSV table",
    family="data",
    suffixes=(".csv", ".tsv"),
    matches=_matches,
    inspect=_inspect,
    keys={
        "data.columns": "fields of the first line",
        "data.column": "a field of the first line",
        "data.bytes": "size of the file in bytes",
    },
    spec="https://www.rfc-editor.org/rfc/rfc4180",
)
