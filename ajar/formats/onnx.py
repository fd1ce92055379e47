"""ONNX models: the graph's shape, opsets and metadata; weights and external data are stepped over.

Spec: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.formats._protobuf import BYTES, VARINT, Entry, Wire
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence, Location, Scalar

ID = "onnx"
_NODES = 5_000_000
_DTYPES = {
    1: "F32", 2: "U8", 3: "I8", 4: "U16", 5: "I16", 6: "I32", 7: "I64", 9: "BOOL", 10: "F16", 11: "F64",
    12: "U32", 13: "U64", 16: "BF16", 17: "F8_E4M3", 19: "F8_E5M2", 21: "U4", 22: "I4", 23: "F4",
}  # fmt: skip
_QUANTISED = frozenset(
    {"QuantizeLinear", "DequantizeLinear", "MatMulInteger", "MatMulNBits", "QLinearMatMul"}
)


@dataclass(slots=True)
class _Graph:
    operators: Counter[str] = field(default_factory=Counter)
    tensors: Counter[str] = field(default_factory=Counter)
    elements: Counter[str] = field(default_factory=Counter)
    external: dict[str, None] = field(default_factory=dict)
    name: str = ""


def _matches(head: bytes, path: str) -> bool:
    """No magic number: field 1 is a small varint (ir_version), then a plausible next field; the suffix decides."""
    if (
        len(head) < 4
        or head[0] != 0x08
        or not 1 <= head[1] <= 30
        or head[2] not in b"\x12\x1a\x22\x2a\x3a\x42"
    ):
        return False
    return path.lower().endswith(".onnx") or b"pytorch" in head[:64] or b"onnx" in head[:256].lower()


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:  # noqa: ARG001  a walk is bounded
    wire, graph = Wire(blob), _Graph()
    for entry in wire.fields(0, blob.size):
        if entry.number == 1 and entry.wire == VARINT:
            yield _fact("weights.version", f"IR {entry.value}", path, entry)
        elif entry.number in {2, 3} and entry.wire == BYTES:
            yield _fact("weights.metadata", wire.text(entry, 200), path, entry)
        elif entry.number == 8 and entry.wire == BYTES:
            yield _fact("weights.opset", _opset(wire, entry), path, entry)
        elif entry.number == 14 and entry.wire == BYTES:
            yield _property(wire, entry, path)
        elif entry.number == 7 and entry.wire == BYTES:
            _graph(wire, entry, graph)
    if not graph.operators and not graph.tensors:
        raise MalformedError("no graph in the model")
    yield from _totals(graph, path)


def _fact(key: str, value: Scalar, path: str, entry: Entry | None = None, quote: str = "") -> Evidence:
    where = Location(path=path, start=entry.start, end=entry.end) if entry else Location(path=path)
    return Evidence(key=key, value=value, location=where, inspector=ID, quote=quote)


def _opset(wire: Wire, entry: Entry) -> str:
    domain, version = "ai.onnx", 0
    for inner in wire.fields(entry.start, entry.end):
        if inner.number == 1 and inner.wire == BYTES:
            domain = wire.text(inner, 200) or domain
        elif inner.number == 2:
            version = inner.value
    return f"{domain} {version}"


def _property(wire: Wire, entry: Entry, path: str) -> Evidence:
    name = value = ""
    for inner in wire.fields(entry.start, entry.end):
        if inner.number == 1:
            name = wire.text(inner, 200)
        elif inner.number == 2:
            value = wire.text(inner, 200)
    key = "weights.licence" if name.lower() in {"license", "licence"} else "weights.metadata"
    return _fact(key, value, path, entry, f"{name}: {value}")


def _graph(wire: Wire, graph: Entry, found: _Graph) -> None:
    count = 0
    for entry in wire.fields(graph.start, graph.end):
        count += 1
        if count > _NODES:
            raise BudgetExceeded(f"more than {_NODES} nodes")
        if entry.wire != BYTES:
            continue
        if entry.number == 1:
            for inner in wire.fields(entry.start, entry.end):
                if inner.number == 4 and inner.wire == BYTES:
                    found.operators[wire.text(inner, 128)] += 1
        elif entry.number == 2:
            found.name = wire.text(entry, 200)
        elif entry.number == 5:
            _tensor(wire, entry, found)


def _tensor(wire: Wire, tensor: Entry, found: _Graph) -> None:
    dims: list[int] = []
    dtype = "unknown"
    for entry in wire.fields(tensor.start, tensor.end):
        if entry.number == 1 and entry.wire == VARINT:
            dims.append(entry.value)
        elif entry.number == 1 and entry.wire == BYTES:
            at = entry.start
            while at < entry.end and len(dims) < 64:
                value, at = wire.varint(at, entry.end)
                dims.append(value)
        elif entry.number == 2 and entry.wire == VARINT:
            dtype = _DTYPES.get(entry.value, f"type {entry.value}")
        elif entry.number == 13 and entry.wire == BYTES:
            pair = {inner.number: wire.text(inner, 1024) for inner in wire.fields(entry.start, entry.end)}
            if pair.get(1) == "location" and len(found.external) < 1024:
                found.external[pair.get(2, "")] = None
    found.tensors[dtype] += 1
    found.elements[dtype] += math.prod(dims[:64])


def _totals(graph: _Graph, path: str) -> Iterator[Evidence]:
    yield _fact("weights.tensor-count", graph.tensors.total(), path)
    yield _fact("weights.parameter-count", graph.elements.total(), path)
    for dtype, count in graph.tensors.most_common():
        yield _fact(
            "weights.dtype", dtype, path, quote=f"{count} tensors, {graph.elements[dtype]:,} parameters"
        )
    for name in graph.external:
        yield _fact("weights.external-file", name, path)
    for name, count in graph.operators.most_common(32):
        yield _fact("weights.operator", name, path, quote=f"{count} nodes")
    if graph.name:
        yield _fact("weights.name", graph.name, path)
    if _QUANTISED.intersection(graph.operators):
        yield _fact("weights.quantisation", "integer operators", path)


FORMAT = Format(
    id=ID,
    title="ONNX model",
    family="weights",
    suffixes=(".onnx",),
    matches=_matches,
    inspect=_inspect,
    keys={
        "weights.version": "ONNX IR version",
        "weights.opset": "an operator set and its version",
        "weights.metadata": "producer or a metadata property",
        "weights.licence": "a licence named in the metadata",
        "weights.tensor-count": "initializers",
        "weights.parameter-count": "elements in all initializers",
        "weights.dtype": "one element type, with its share",
        "weights.external-file": "a file that holds tensors outside the model",
        "weights.operator": "an operator and how many nodes use it",
        "weights.quantisation": "the graph computes on integers",
        "weights.name": "the graph's name",
    },
    spec="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto",
)
