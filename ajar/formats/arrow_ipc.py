"""Arrow IPC files and Feather: recognised and checked at both ends. Spec: Arrow columnar format, IPC."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from ajar.blobs import read_exactly
from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence, Location

ID = "arrow"
_STREAM = b"\xff\xff\xff\xff"


def _matches(head: bytes, path: str) -> bool:
    return head[:6] == b"ARROW1" or (head[:4] == _STREAM and path.lower().endswith((".arrow", ".feather")))


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:  # noqa: ARG001  two small reads
    if blob.read_at(0, 6) == b"ARROW1":
        tail = read_exactly(blob, blob.size - 10, 10, "the footer's length")
        (length,) = struct.unpack("<i", tail[:4])
        if tail[4:] != b"ARROW1" or length < 0 or length > blob.size - 18:
            raise MalformedError("no ARROW1 footer at the end: the file is cut short", offset=blob.size)
    yield Evidence(key="data.bytes", value=blob.size, location=Location(path=path), inspector=ID)


FORMAT = Format(
    id=ID,
    title="Arrow table",
    family="data",
    suffixes=(".arrow", ".feather"),
    matches=_matches,
    inspect=_inspect,
    keys={"data.bytes": "size of the file in bytes"},
    spec="https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format",
)
