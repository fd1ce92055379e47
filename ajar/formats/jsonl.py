"""JSON Lines: one object a line. The first tells the columns."""

from __future__ import annotations

from collections.abc import Iterator

from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence, Location

ID = "jsonl"
_SUFFIXES = (".jsonl", ".ndjson")
_LINE_BYTES = 1 << 20
_COLUMNS = 64


def _matches(head: bytes, path: str) -> bool:
    return path.lower().endswith(_SUFFIXES) and head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:  # noqa: ARG001  one bounded read
    import msgspec

    line = blob.read_at(0, min(_LINE_BYTES, blob.size)).lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")[0]
    where = Location(path=path, line=1)
    try:
        record = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise MalformedError(f"the first line is not JSON: {error}", offset=0) from error
    names = list(record) if isinstance(record, dict) else []
    yield Evidence(key="data.columns", value=len(names), location=where, inspector=ID)
    for name in names[:_COLUMNS]:
        yield Evidence(key="data.column", value=str(name)[:120], location=where, inspector=ID)
    yield Evidence(key="data.bytes", value=blob.size, location=where, inspector=ID)


FORMAT = Format(
    id=ID,
    title="JSON Lines",
    family="data",
    suffixes=_SUFFIXES,
    matches=_matches,
    inspect=_inspect,
    keys={
        "data.columns": "keys of the first object",
        "data.column": "a key of the first object",
        "data.bytes": "size of the file in bytes",
    },
    spec="https://jsonlines.org",
)
