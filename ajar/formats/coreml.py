"""Core ML models: specification version and the author's metadata, licence among it.

Spec: https://apple.github.io/coremltools/mlmodel/Format/Model.html
"""

from __future__ import annotations

from collections.abc import Iterator

from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.formats._protobuf import BYTES, VARINT, Entry, Wire
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence, Location

ID = "coreml"
_METADATA = {1: "weights.name", 2: "weights.metadata", 3: "weights.metadata", 4: "weights.licence"}


def _matches(head: bytes, path: str) -> bool:
    return path.lower().endswith(".mlmodel") and head[:1] == b"\x08"


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:  # noqa: ARG001  a walk is bounded
    wire = Wire(blob)
    version = None
    for entry in wire.fields(0, blob.size):
        if entry.number == 1 and entry.wire == VARINT:
            version = entry.value
            yield _fact("weights.version", f"specification {version}", path, entry)
        elif entry.number == 2 and entry.wire == BYTES:
            for inner in wire.fields(entry.start, entry.end):
                if inner.number == 100 and inner.wire == BYTES:
                    yield from _metadata(wire, inner, path)
    if version is None:
        raise MalformedError("no specification version")


def _metadata(wire: Wire, entry: Entry, path: str) -> Iterator[Evidence]:
    for inner in wire.fields(entry.start, entry.end):
        if inner.number in _METADATA and inner.wire == BYTES:
            words = wire.text(inner, 200)
            if words:
                yield _fact(_METADATA[inner.number], words, path, inner)


def _fact(key: str, value: str, path: str, entry: Entry) -> Evidence:
    where = Location(path=path, start=entry.start, end=entry.end)
    return Evidence(key=key, value=value, location=where, inspector=ID, quote=value)


FORMAT = Format(
    id=ID,
    title="Core ML model",
    family="weights",
    suffixes=(".mlmodel",),
    matches=_matches,
    inspect=_inspect,
    keys={
        "weights.version": "specification version",
        "weights.name": "short description",
        "weights.metadata": "version string or author",
        "weights.licence": "the licence field",
    },
    spec="https://apple.github.io/coremltools/mlmodel/Format/Model.html",
)
