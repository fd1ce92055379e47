"""Graphs of operators: ONNX and TensorFlow, walked whole: subgraphs, functions and attributes too.

Sources: onnx.proto and graph.proto, node_def.proto, function.proto of their projects.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping

from ajar.errors import BudgetExceeded
from ajar.formats._protobuf import BYTES, Entry, Wire
from ajar.model.judgement import Confidence, Severity
from ajar.safety.check import Check, Sign, Specimen

NODES = 2_000_000
DEPTH = 64
FILES, KNOWN, CODE = (
    "model-reads-no-files-of-its-own",
    "graph-uses-only-known-operators",
    "graph-runs-no-code",
)
# message -> field -> message inside
_ONNX: Mapping[str, Mapping[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "function": {7: "node"},
}
_TENSORFLOW: Mapping[str, Mapping[int, str]] = {
    "saved": {2: "meta"},
    "meta": {2: "graph"},
    "graph": {1: "node", 2: "library"},
    "library": {1: "function"},
    "function": {3: "node"},
}
_OWN_DOMAINS = frozenset(
    [
        "ai.onnx",
        "ai.onnx.ml",
        "ai.onnx.training",
        "ai.onnx.preview.training",
        "com.microsoft",
        "com.microsoft.nchwc",
        "com.microsoft.experimental",
        "org.pytorch.aten",
        "com.ms.internal.nhwc",
        "com.microsoft.dml",
        "pkg.onnxscript.torch_lib",
        "pkg.onnxscript.torch_lib.common",
        "pkg.torch.2.0",
        "onnxscript.atenlib",
    ]
) | {""}
_PYTHON_OPERATORS = frozenset({"PyOp", "PythonOp", "PyCustomOp", "PyFunc"})
RUNS = {
    **dict.fromkeys(("PyFunc", "EagerPyFunc", "PyFuncStateless", "NumpyFunction", "XlaHostCompute", "_XlaHostComputeMlir"), "calls Python"),
    **dict.fromkeys(("ReadFile", "WholeFileReader", "WholeFileReaderV2", "TextLineReader", "TextLineReaderV2", "FixedLengthRecordReader", "FixedLengthRecordReaderV2", "TFRecordReader", "TFRecordReaderV2", "LMDBReader", "IdentityReaderV2", "MatchingFiles", "LoadDataset", "SnapshotDataset", "SnapshotDatasetV2", "CSVDataset", "CSVDatasetV2", "SqlDataset", "DatasetToTFRecord", "ImmutableConst"), "reads files"),
    **dict.fromkeys(("WriteFile", "SaveDataset", "SaveDatasetV2", "DebugIdentity", "DebugIdentityV2", "DebugIdentityV3", "WriteSummary", "CreateSummaryFileWriter", "WriteGraphSummary", "WriteRawProtoSummary", "CacheDataset", "CacheDatasetV2", "MergeV2Checkpoints"), "writes files"),
    **dict.fromkeys(("RemoteCall", "RpcCall", "RpcClient", "RpcServer", "CollectiveBcastSend", "DataServiceDataset", "DataServiceDatasetV2", "RegisterDataset", "BigQueryReader"), "reaches other machines"),
    **dict.fromkeys(("LoadLibrary", "TFPyFunc", "PythonFunction"), "loads native code"),
}  # fmt: skip
PRINTS = frozenset({"PrintV2"})


def _look(specimen: Specimen) -> Iterator[Sign]:
    if specimen.format == "onnx":
        yield from _onnx(specimen)
    elif specimen.format == "tf-saved-model":
        yield from _tensorflow(specimen, "saved")
    elif specimen.path.lower().endswith((".pb", ".meta")) and specimen.head[:1] in {
        b"\x0a",
        b"\x08",
        b"\x12",
    }:
        yield from _tensorflow(specimen, "graph" if specimen.head[:1] == b"\x0a" else "saved")


def walk(
    specimen: Specimen,
    schema: Mapping[str, Mapping[int, str]],
    root: str,
    at: Callable[[str, Entry], Iterator[Sign]],
) -> Iterator[Sign]:
    """Every message of the schema, each handed to `at` with its span."""
    wire = Wire(specimen.blob)
    waiting = [(root, Entry(0, BYTES, 0, 0, specimen.blob.size), 0)]
    seen = 0
    while waiting:
        kind, span, depth = waiting.pop()
        seen += 1
        if seen > NODES or depth > DEPTH:
            raise BudgetExceeded(f"a graph of more than {NODES} parts, or deeper than {DEPTH}")
        if not seen % 4096:
            specimen.check_time()
        yield from at(kind, span)
        inside = schema.get(kind)
        if inside:
            waiting.extend(
                (inside[entry.number], entry, depth + 1)
                for entry in timed(specimen, wire.fields(span.start, span.end))
                if entry.wire == BYTES and entry.number in inside
            )


def timed(specimen: Specimen, entries: Iterator[Entry]) -> Iterator[Entry]:
    """The same fields, with a look at the clock now and then: a message may hold hundreds of millions."""
    for number, entry in enumerate(entries):
        if not number % 65536:
            specimen.check_time()
        yield entry


def fields(wire: Wire, span: Entry, wanted: Mapping[int, str]) -> dict[str, str]:
    return {
        wanted[entry.number]: wire.text(entry, 1024)
        for entry in wire.fields(span.start, span.end)
        if entry.wire == BYTES and entry.number in wanted
    }


def _onnx(specimen: Specimen) -> Iterator[Sign]:
    wire = Wire(specimen.blob)
    told: set[str] = set()

    def at(kind: str, span: Entry) -> Iterator[Sign]:
        if kind == "node":
            yield from _onnx_node(specimen, wire, span, told)
        elif kind == "tensor":
            yield from _onnx_tensor(specimen, wire, span)

    yield from walk(specimen, _ONNX, "model", at)


def _onnx_node(specimen: Specimen, wire: Wire, span: Entry, told: set[str]) -> Iterator[Sign]:
    node = fields(wire, span, {4: "operator", 7: "domain"})
    name, domain = node.get("operator", ""), node.get("domain", "")
    if name in _PYTHON_OPERATORS or (domain == "ai.onnx.contrib" and "Py" in name):
        message = f"the operator {domain}.{name} calls Python"
        yield specimen.finding(CODE, Severity.HIGH, message, start=span.start, end=span.end)
    elif domain not in _OWN_DOMAINS and domain not in told and not domain.startswith(("pkg.", "local")):
        told.add(domain)
        message = f"the operator {name!r} of the domain {domain!r} needs a library with native code"
        yield specimen.finding(
            KNOWN, Severity.LOW, message, start=span.start, end=span.end, confidence=Confidence.MEDIUM
        )


def _onnx_tensor(specimen: Specimen, wire: Wire, span: Entry) -> Iterator[Sign]:
    for entry in wire.fields(span.start, span.end):
        if entry.number != 13 or entry.wire != BYTES:
            continue
        pair = fields(wire, entry, {1: "key", 2: "value"})
        if pair.get("key") != "location":
            continue
        where = pair.get("value", "").replace("\\", "/")
        if leads_out(where):
            message = f"takes a tensor from {where[:120]!r}, outside the model's folder"
            yield specimen.finding(
                FILES, Severity.HIGH, message, start=entry.start, end=entry.end, quote=where
            )


def leads_out(path: str) -> bool:
    """Whether a relative path leaves its folder, or is none."""
    clean = posixpath.normpath(path) if path else ""
    return (
        path.startswith(("/", "~"))
        or clean.startswith("..")
        or "://" in path
        or path[1:2] == ":"
        or "\0" in path
    )


def _tensorflow(specimen: Specimen, root: str) -> Iterator[Sign]:
    wire = Wire(specimen.blob)
    told: set[str] = set()

    def at(kind: str, span: Entry) -> Iterator[Sign]:
        if kind != "node":
            return
        operator = fields(wire, span, {2: "operator"}).get("operator", "")
        if operator in told:
            return
        if operator in RUNS:
            told.add(operator)
            message = f"the operator {operator} {RUNS[operator]} when the graph runs"
            yield specimen.finding(CODE, Severity.HIGH, message, start=span.start, end=span.end)
        elif operator in PRINTS:
            told.add(operator)
            message = f"the operator {operator} prints, to a file where it is told so"
            yield specimen.finding(CODE, Severity.LOW, message, start=span.start, end=span.end)

    yield from walk(specimen, _TENSORFLOW, root, at)


CHECK = Check(
    id="graphs",
    title="Every operator and every file that a graph names",
    look=_look,
)
