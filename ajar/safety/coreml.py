"""Core ML: protobuf models, packages and compiled models: code of the app's own, and files that lead out.

Sources: Model.proto, NeuralNetwork.proto, CustomModel.proto, LinkedModel.proto and MIL.proto of coremltools 9;
Manifest.json as its ModelPackage writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ajar.formats._protobuf import BYTES, Entry, Wire
from ajar.model.evidence import GapReason
from ajar.model.judgement import Severity
from ajar.safety.check import Check, Sign, Specimen
from ajar.safety.graphs import FILES, KNOWN, fields, leads_out, walk
from ajar.safety.json_text import may_name, parsed

_TEXT_BYTES = 64 << 20
_HERE = "@model_path/"
_TOLD = 16
# message -> field -> message inside
_SCHEMA: Mapping[str, Mapping[int, str]] = {
    "model": {200: "classifier", 201: "classifier", 202: "pipeline", 303: "network", 403: "network", 500: "network", 502: "program", 555: "custom", 556: "linked"},
    "classifier": {1: "pipeline"},
    "pipeline": {1: "model"},
    "network": {1: "layer"},
    "layer": {500: "custom", 605: "branch", 615: "loop"},
    "branch": {1: "network", 2: "network"},
    "loop": {3: "network", 4: "network"},
    "linked": {1: "linked-file"},
    "program": {2: "function-entry"},
    "function-entry": {2: "function"},
    "function": {3: "block-entry"},
    "block-entry": {2: "block"},
    "block": {3: "operation"},
    "operation": {2: "argument-entry", 4: "block", 5: "value-entry"},
    "argument-entry": {2: "argument"},
    "argument": {1: "binding"},
    "binding": {2: "value"},
    "value-entry": {2: "value"},
    "value": {5: "blob"},
}  # fmt: skip
_MIL_PATH = re.compile(r'\bpath\s*=\s*(?:tensor<string, \[\]>|string)\(\s*"((?:[^"\\]|\\.){0,1000})"')
_MIL_CUSTOM = re.compile(r"=\s*(custom\w*)\s*\(")


def _look(specimen: Specimen) -> Iterator[Sign]:
    name = specimen.path.lower().rpartition("/")[2]
    if specimen.format == "coreml" or (name.endswith(".mlmodel") and specimen.format == "unknown"):
        # Fields may stand in any order, so that the first byte alone decides nothing.
        yield from _protobuf(specimen)
    elif name == "manifest.json":
        yield from _manifest(specimen)
    elif name.endswith(".mil"):
        yield from _program_text(specimen)
    elif name.endswith(".espresso.net"):
        yield from _compiled(specimen)


def _protobuf(specimen: Specimen) -> Iterator[Sign]:
    wire = Wire(specimen.blob)
    told: set[str] = set()

    def at(kind: str, span: Entry) -> Iterator[Sign]:
        if kind == "custom":
            yield from _custom(specimen, fields(wire, span, {10: "class"}).get("class", ""), told, span.start)
        elif kind == "operation":
            operator = fields(wire, span, {1: "type"}).get("type", "")
            if operator.startswith("custom"):
                yield from _custom(specimen, operator, told, span.start)
        elif kind == "blob":
            yield from _path(specimen, fields(wire, span, {1: "name"}).get("name", ""), told, span.start)
        elif kind == "linked-file":
            yield from _linked(specimen, wire, span)

    yield from walk(specimen, _SCHEMA, "model", at)


def _custom(specimen: Specimen, name: str, told: set[str], start: int | None = None) -> Iterator[Sign]:
    if name in told or len(told) > _TOLD:
        return
    told.add(name)
    message = f"needs the class or operator {name[:80]!r}, code of the app that loads it"
    yield specimen.finding(KNOWN, Severity.LOW, message, start=start, quote=name)


def _path(specimen: Specimen, path: str, told: set[str], start: int | None = None) -> Iterator[Sign]:
    clean = path.replace("\\", "/").removeprefix(_HERE)
    if path in told or len(told) > _TOLD or not leads_out(clean):
        return
    told.add(path)
    message = f"takes numbers from {path[:120]!r}, outside the model's folder"
    yield specimen.finding(FILES, Severity.HIGH, message, start=start, quote=path)


def _linked(specimen: Specimen, wire: Wire, span: Entry) -> Iterator[Sign]:
    """A model that stands in another file. Each of its two strings is a message with a default value."""
    texts = [
        fields(wire, entry, {1: "value"}).get("value", "")
        for entry in wire.fields(span.start, span.end)
        if entry.wire == BYTES and entry.number in {1, 2}
    ]
    outside = any(leads_out(text.replace("\\", "/")) for text in texts)
    severity = Severity.HIGH if outside else Severity.LOW
    message = f"is a link to the model {' in '.join(repr(text[:100]) for text in texts)}"
    yield specimen.finding(FILES, severity, message, start=span.start, end=span.end)


def _json(specimen: Specimen) -> Any:
    return parsed(specimen.blob.read_at(0, min(specimen.blob.size, _TEXT_BYTES)), "a model's description")


def _manifest(specimen: Specimen) -> Iterator[Sign]:
    """The list of a package's items, by paths below its folder `Data`."""
    if not may_name(specimen.head, b"itemInfoEntries"):
        return  # the manifest of something else
    tree = _json(specimen)
    entries = tree.get("itemInfoEntries") if isinstance(tree, dict) else None
    if not isinstance(entries, dict):
        return
    for name, item in list(entries.items())[:1000]:
        path = item.get("path") if isinstance(item, dict) else None
        if isinstance(path, str) and leads_out(path.replace("\\", "/")):
            message = f"the item {path[:120]!r} stands outside the package"
            pointer = f"/itemInfoEntries/{name[:80]}"
            yield specimen.finding(FILES, Severity.HIGH, message, pointer=pointer, quote=path)


def _program_text(specimen: Specimen) -> Iterator[Sign]:
    """A compiled program, as text: the paths of its weights and its custom operators."""
    data = specimen.blob.read_at(0, min(specimen.blob.size, _TEXT_BYTES)).decode("utf-8", "replace")
    told: set[str] = set()
    for found in _MIL_PATH.finditer(data):
        yield from _path(specimen, found[1], told)
    for found in _MIL_CUSTOM.finditer(data):
        yield from _custom(specimen, found[1], told)
    if specimen.blob.size > _TEXT_BYTES:
        yield specimen.gap(GapReason.OVER_BUDGET, f"a program of more than {_TEXT_BYTES} bytes")


def _compiled(specimen: Specimen) -> Iterator[Sign]:
    """A compiled network: JSON with its layers, and the names of its weights' files."""
    tree = _json(specimen)
    if not isinstance(tree, dict):
        yield specimen.gap(GapReason.MALFORMED, "a compiled network that is not JSON")
        return
    told: set[str] = set()
    layers = tree.get("layers")
    for layer in layers if isinstance(layers, list) else []:
        if isinstance(layer, dict) and layer.get("type") == "custom":
            yield from _custom(specimen, str(layer.get("class_name") or layer.get("name") or ""), told)
    for key in ("storage", "transform_params"):
        if isinstance(tree.get(key), str):
            yield from _path(specimen, tree[key], told)


CHECK = Check(
    id="coreml",
    title="Core ML's custom layers, linked models and the files they name",
    look=_look,
)
