"""OpenVINO IR: the `.xml` graph beside a `.bin` of weights. Scanned as text: no XML entity is ever expanded.

Spec: https://docs.openvino.ai (model representation, IR).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ajar.config import Limits
from ajar.errors import BudgetExceeded
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence, Location

ID = "openvino"
_NET = re.compile(rb"<net\b[^>]{0,400}?\bname=\"([^\"]{0,200})\"[^>]{0,400}?\bversion=\"(\d+)\"")
_LAYER = re.compile(rb"<layer\b[^>]{0,400}?\btype=\"(\w{1,64})\"")


def _matches(head: bytes, path: str) -> bool:
    return path.lower().endswith(".xml") and b"<net" in head[:512]


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    if blob.size > limits.header_bytes:
        raise BudgetExceeded(f"a graph of {blob.size} bytes")
    text = blob.read_at(0, blob.size)
    where = Location(path=path)
    net = _NET.search(text)
    if net:
        name = net[1].decode("utf-8", "replace")
        yield Evidence(key="weights.name", value=name, location=where, inspector=ID)
        yield Evidence(key="weights.version", value=f"IR {net[2].decode()}", location=where, inspector=ID)
    layers = [match[1].decode("ascii") for match in _LAYER.finditer(text)]
    yield Evidence(key="weights.layer-count", value=len(layers), location=where, inspector=ID)
    beside = path.rpartition("/")[2][:-4] + ".bin"
    yield Evidence(key="weights.external-file", value=beside, location=where, inspector=ID)
    if "FakeQuantize" in layers:
        yield Evidence(key="weights.quantisation", value="FakeQuantize", location=where, inspector=ID)


FORMAT = Format(
    id=ID,
    title="OpenVINO IR graph",
    family="weights",
    suffixes=(".xml",),
    matches=_matches,
    inspect=_inspect,
    keys={
        "weights.name": "the graph's name",
        "weights.version": "IR version",
        "weights.layer-count": "layers",
        "weights.external-file": "the file of weights beside it",
        "weights.quantisation": "layers that quantise",
    },
    spec="https://docs.openvino.ai/2025/documentation/openvino-ir-format.html",
)
