"""TensorFlow SavedModel: schema version, tags, signatures and operators of the graph.

Spec: tensorflow/core/protobuf/saved_model.proto and meta_graph.proto.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.formats._protobuf import BYTES, VARINT, Entry, Wire
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence, Location, Scalar

ID = "tf-saved-model"
_NODES = 5_000_000


def _matches(head: bytes, path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    return name.endswith(".pb") and len(head) > 4 and head[0] == 0x08 and head[1] < 10 and head[2] == 0x12


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:  # noqa: ARG001  a walk is bounded
    wire = Wire(blob)
    operators: Counter[str] = Counter()
    graphs = 0
    for entry in wire.fields(0, blob.size):
        if entry.number == 1 and entry.wire == VARINT:
            yield _fact("weights.version", f"schema {entry.value}", path)
        elif entry.number == 2 and entry.wire == BYTES:
            graphs += 1
            yield from _meta_graph(wire, entry, path, operators)
    if not graphs:
        raise MalformedError("no graph in the SavedModel")
    for name, count in operators.most_common(64):
        yield _fact("weights.operator", name, path, f"{count} nodes")


def _meta_graph(wire: Wire, graph: Entry, path: str, operators: Counter[str]) -> Iterator[Evidence]:
    for entry in wire.fields(graph.start, graph.end):
        if entry.wire != BYTES:
            continue
        if entry.number == 1:
            for inner in wire.fields(entry.start, entry.end):
                if inner.number == 4 and inner.wire == BYTES:
                    yield _fact("weights.metadata", wire.text(inner, 80), path, "tag")
        elif entry.number == 2:
            _nodes(wire, entry, operators)
        elif entry.number == 5:
            for inner in wire.fields(entry.start, entry.end):
                if inner.number == 1 and inner.wire == BYTES:
                    yield _fact("weights.signature", wire.text(inner, 120), path)


def _nodes(wire: Wire, graph: Entry, operators: Counter[str]) -> None:
    for node in wire.fields(graph.start, graph.end):
        if node.number != 1 or node.wire != BYTES:
            continue
        if operators.total() > _NODES:
            raise BudgetExceeded(f"more than {_NODES} nodes")
        for inner in wire.fields(node.start, node.end):
            if inner.number == 2 and inner.wire == BYTES:
                operators[wire.text(inner, 128)] += 1
                break


def _fact(key: str, value: Scalar, path: str, quote: str = "") -> Evidence:
    return Evidence(key=key, value=value, location=Location(path=path), inspector=ID, quote=quote)


FORMAT = Format(
    id=ID,
    title="TensorFlow SavedModel",
    family="weights",
    suffixes=(".pb",),
    matches=_matches,
    inspect=_inspect,
    keys={
        "weights.version": "SavedModel schema version",
        "weights.metadata": "a tag of a graph",
        "weights.signature": "a signature",
        "weights.operator": "an operator and how many nodes use it",
    },
    spec="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/saved_model.proto",
)
