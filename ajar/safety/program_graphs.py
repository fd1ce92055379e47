"""Programs of PaddlePaddle, and networks of MXNet, TVM, Caffe and ncnn: operators that run code or reach files.

Sources: paddle/fluid/framework/framework.proto and its PIR's JSON; MXNet's nnvm JSON and src/ndarray/ndarray.cc;
caffe.proto; ncnn's `param` file as its wiki and src/net.cpp describe it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from ajar.errors import BudgetExceeded, MalformedError
from ajar.formats._protobuf import BYTES, Entry, Wire
from ajar.model.evidence import GapReason
from ajar.model.judgement import Confidence, Severity
from ajar.safety.check import Check, Sign, Specimen
from ajar.safety.graphs import CODE, FILES, KNOWN, fields, leads_out, timed, walk
from ajar.safety.json_text import may_name, parsed
from ajar.safety.settings import named

NATIVE = "model-holds-no-native-code"
_TEXT_BYTES = 64 << 20
_SEARCH_BYTES = 1 << 20  # of JSON, for the keys that say whose it is
_NODES = 2_000_000
_TOLD = 32
# A block 0 whose parent is -1: how every serialised ProgramDesc begins.
_PADDLE = re.compile(rb"\x0a[\x80-\xff]{0,4}[\x00-\x7f]\x08\x00\x10\xff{9}\x01")
_PROGRAM: Mapping[str, Mapping[int, str]] = {
    "program": {1: "block"},
    "block": {4: "operator"},
}
_RUNS = {
    **dict.fromkeys(("py_func", "py_layer", "pylayer"), "calls Python"),
    **dict.fromkeys(("listen_and_serv", "heter_listen_and_serv", "send", "recv", "send_and_recv", "fetch_barrier", "send_barrier", "gen_nccl_id", "c_gen_nccl_id", "gen_bkcl_id", "c_gen_bkcl_id"), "reaches other machines"),
    **dict.fromkeys(("save", "save_combine", "recurrent_save", "dump"), "writes files"),
    **dict.fromkeys(("read_file", "open_files", "create_recordio_file_reader"), "reads files"),
}  # fmt: skip
_LOADS = frozenset({"load", "load_combine"})
_ENGINES = frozenset({"tensorrt_engine", "lite_engine", "dlnne_engine", "openvino_engine"})
_MXNET = {
    "_Native": (Severity.HIGH, "calls an address of memory that stands in the file"),
    "_NDArray": (Severity.HIGH, "calls an address of memory that stands in the file"),
    "_cvimread": (Severity.HIGH, "reads files"),
    "_npi_cvimread": (Severity.HIGH, "reads files"),
    "Custom": (Severity.LOW, "calls an operator of the program's own, in Python"),
}
_PATH_KEYS = frozenset({"file_path", "filename", "path", "path_imgrec", "data_csv"})
# LayerParameter: the field of its settings, and that of a name inside.
_CAFFE_FILES = {107: "source", 112: "source", 115: "source", 118: "source", 113: "file_name"}
_TEXT_PYTHON = re.compile(r'type\s*:\s*"Python"')
_TEXT_MODULE = re.compile(r'\bmodule\s*:\s*"([^"\n]{0,200})"')
_TEXT_LAYER = re.compile(r'\blayer\s*:\s*"([^"\n]{0,200})"')
_TEXT_FILES = re.compile(r'\b(source|file_name|root_folder|mean_file)\s*:\s*"([^"\n]{0,400})"')


def _look(specimen: Specimen) -> Iterator[Sign]:
    name, head = specimen.path.lower(), specimen.head
    if head.lstrip()[:1] == b"{":
        yield from _json(specimen)
    elif name.endswith((".pdmodel", "__model__")) or _PADDLE.match(head):
        yield from _paddle(specimen)
    elif name.endswith(".caffemodel"):
        yield from _caffe(specimen)
    elif name.endswith(".prototxt"):
        yield from _prototxt(specimen)
    elif head[:8].strip().startswith(b"7767517"):
        yield from _ncnn(specimen)


def _paddle(specimen: Specimen) -> Iterator[Sign]:
    wire = Wire(specimen.blob)
    told: set[str] = set()
    seen = 0

    def at(kind: str, span: Entry) -> Iterator[Sign]:
        nonlocal seen
        seen += kind == "operator"
        if kind == "operator":
            name = fields(wire, span, {3: "type"}).get("type", "")
            yield from _operator(specimen, name, _paths(wire, span, name), told, span.start)

    yield from walk(specimen, _PROGRAM, "program", at)
    if not seen:
        yield specimen.gap(GapReason.MALFORMED, "a Paddle program without operators")


def _paths(wire: Wire, span: Entry, name: str) -> list[str]:
    """The paths that a loading or saving operator is given: attributes are messages of name and text."""
    if name not in _LOADS and name not in _RUNS:
        return []
    rows = [
        fields(wire, entry, {1: "name", 5: "text"})
        for entry in wire.fields(span.start, span.end)
        if entry.number == 4 and entry.wire == BYTES
    ]
    return [row.get("text", "") for row in rows if row.get("name") in _PATH_KEYS]


def _operator(
    specimen: Specimen, name: str, paths: list[str], told: set[str], start: int | None = None
) -> Iterator[Sign]:
    """One operator of a Paddle program, whichever way the program is written."""
    key = f"{name} {paths[:1]}"
    if key in told or len(told) > _TOLD:
        return
    where = f" ({paths[0][:120]!r})" if paths else ""
    if name in _RUNS:
        told.add(key)
        message = f"the operator {name} {_RUNS[name]} when the program runs{where}"
        yield specimen.finding(CODE, Severity.HIGH, message, start=start, quote=name)
    elif name in _LOADS:
        told.add(key)
        outside = any(leads_out(path.replace("\\", "/")) for path in paths)
        message = f"the operator {name} reads a file when the program runs{where}"
        severity = Severity.HIGH if outside else Severity.LOW
        yield specimen.finding(FILES, severity, message, start=start, quote=name)
    elif name in _ENGINES:
        told.add(key)
        message = f"the operator {name} holds an engine for a device: native code, not looked into"
        yield specimen.finding(NATIVE, Severity.MEDIUM, message, start=start, quote=name)
    elif name.startswith("custom_") or name == "run_program":
        told.add(key)
        message = f"the operator {name[:80]} needs code that is not Paddle's"
        yield specimen.finding(
            KNOWN, Severity.LOW, message, start=start, quote=name, confidence=Confidence.MEDIUM
        )


def _json(specimen: Specimen) -> Iterator[Sign]:
    if not may_name(specimen.blob.read_at(0, min(specimen.blob.size, _SEARCH_BYTES)), b"nodes", b"base_code"):
        return
    data = specimen.blob.read_at(0, min(specimen.blob.size, _TEXT_BYTES))
    if not may_name(data, b"arg_nodes", b"program"):
        return
    tree = parsed(data, "a graph")
    if not isinstance(tree, dict):
        return
    if "arg_nodes" in tree:
        yield from _mxnet(specimen, tree)
    if "base_code" in tree:
        yield from _pir(specimen, tree)


def _pir(specimen: Specimen, tree: Any) -> Iterator[Sign]:
    """A program of Paddle's newer representation: operators are objects whose `#` is dialect and name."""
    told: set[str] = set()
    waiting: list[dict[str, Any] | list[Any]] = [tree]
    seen = 0
    while waiting:
        node = waiting.pop()
        seen += 1
        if not seen % 65536:
            specimen.check_time()
        if seen > _NODES:
            raise BudgetExceeded(f"a program of more than {_NODES} parts")
        if isinstance(node, dict):
            kind = node.get("#")
            if isinstance(kind, str) and "." in kind:
                name = kind.rpartition(".")[2].rstrip("_")
                yield from _operator(specimen, name, _pir_paths(node), told)
        inside = node.values() if isinstance(node, dict) else node
        waiting.extend(item for item in inside if isinstance(item, (dict, list)))


def _pir_paths(node: dict[str, Any]) -> list[str]:
    rows = node.get("A")
    values = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return [
        str(row["AT"].get("D", ""))
        for row in values
        if row.get("N") in _PATH_KEYS and isinstance(row.get("AT"), dict)
    ]


def _mxnet(specimen: Specimen, tree: Any) -> Iterator[Sign]:
    nodes = tree.get("nodes") if isinstance(tree, dict) else None
    told: set[str] = set()
    for number, node in enumerate(nodes if isinstance(nodes, list) else []):
        name = node.get("op") if isinstance(node, dict) else None
        if not isinstance(name, str) or name in told:
            continue
        if name in _MXNET:
            told.add(name)
            severity, what = _MXNET[name]
            message = f"the operator {name} {what}"
            yield specimen.finding(CODE, severity, message, pointer=f"/nodes/{number}", quote=name)
        elif name == "tvm_op":
            told.add(name)
            message = "a graph for TVM, whose operators stand in a library beside it"
            yield specimen.finding(KNOWN, Severity.LOW, message, pointer=f"/nodes/{number}", quote=name)


def _caffe(specimen: Specimen) -> Iterator[Sign]:
    """A NetParameter: layers of the newer kind only, the older have no Python."""
    wire = Wire(specimen.blob)
    told: set[str] = set()
    for layer in timed(specimen, wire.fields(0, specimen.blob.size)):
        if layer.number != 100 or layer.wire != BYTES:
            continue
        for entry in timed(specimen, wire.fields(layer.start, layer.end)):
            if entry.wire != BYTES:
                continue
            if entry.number == 130:
                row = fields(wire, entry, {1: "module", 2: "layer"})
                yield from _python_layer(specimen, row.get("module", ""), row.get("layer", ""), told)
            elif entry.number in _CAFFE_FILES:
                key = _CAFFE_FILES[entry.number]
                yield from _data_file(specimen, key, fields(wire, entry, {1: key}).get(key, ""), told)


def _prototxt(specimen: Specimen) -> Iterator[Sign]:
    text = specimen.blob.read_at(0, min(specimen.blob.size, _TEXT_BYTES)).decode("utf-8", "replace")
    told: set[str] = set()
    if _TEXT_PYTHON.search(text) or "python_param" in text:
        modules = [found[1] for found in _TEXT_MODULE.finditer(text)] or [""]
        layers = [found[1] for found in _TEXT_LAYER.finditer(text)] or [""]
        for module, layer in zip(modules, layers, strict=False):
            yield from _python_layer(specimen, module, layer, told)
    for found in _TEXT_FILES.finditer(text):
        yield from _data_file(specimen, found[1], found[2], told)


def _python_layer(specimen: Specimen, module: str, layer: str, told: set[str]) -> Iterator[Sign]:
    dotted = f"{module}.{layer}"
    if dotted in told or len(told) > _TOLD:
        return
    told.add(dotted)
    message = f"a Python layer imports and runs {dotted[:120]}"
    yield specimen.finding(CODE, Severity.MEDIUM, message, quote=dotted)
    yield from named(specimen, "", dotted, "runs")


def _data_file(specimen: Specimen, key: str, path: str, told: set[str]) -> Iterator[Sign]:
    if not path or path in told or len(told) > _TOLD:
        return
    told.add(path)
    if key == "file_name":
        yield specimen.finding(
            FILES, Severity.MEDIUM, f"writes the file {path[:120]!r} when it runs", quote=path
        )
    elif leads_out(path.replace("\\", "/")):
        message = f"reads {path[:120]!r} as its data when it is built for training"
        yield specimen.finding(FILES, Severity.LOW, message, quote=path)


@cache
def _ncnn_layers() -> frozenset[str]:
    page = files("ajar.safety") / "data" / "operators" / "ncnn.tsv"
    rows = page.read_text("utf-8").splitlines()
    return frozenset(row.split("\t", 1)[0] for row in rows if not row.startswith("#"))


def _ncnn(specimen: Specimen) -> Iterator[Sign]:
    """Lines of type, name and numbers; the second line says how many there are. pnnx writes dotted types."""
    text = specimen.blob.read_at(0, min(specimen.blob.size, _TEXT_BYTES)).decode("utf-8", "replace")
    lines = [line for line in text.split("\n") if line.strip()]
    counts = lines[1].split() if len(lines) > 1 else []
    if len(counts) != 2 or not all(item.isdecimal() for item in counts):
        raise MalformedError("an ncnn network without its counts")
    if int(counts[0][:12]) != len(lines) - 2:
        raise MalformedError(f"{counts[0][:12]} layers are promised, {len(lines) - 2} stand there")
    kinds = dict.fromkeys(line.split(None, 1)[0] for line in lines[2:])
    unknown = [
        kind for kind in kinds if kind not in _ncnn_layers() and not re.match(r"[A-Za-z]\w*\.\w", kind)
    ]
    if unknown:
        message = f"the layer {unknown[0][:80]!r} is none of ncnn's own: a program has to bring its code"
        yield specimen.finding(
            KNOWN, Severity.LOW, message, quote=unknown[0][:80], confidence=Confidence.MEDIUM
        )


CHECK = Check(
    id="program-graphs",
    title="Operators of Paddle, MXNet, TVM, Caffe and ncnn that run code or reach files",
    look=_look,
)
