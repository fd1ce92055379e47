"""HDF5 files, Keras weights among them: datasets counted, and what Keras says about itself in attributes.

The tree of groups is walked by headers; raw data is not read. Where the walk finds no Keras attributes, names
that stand in the clear in the first megabyte are taken. Spec: HDF5 File Format Specification 3.0.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ajar.blobs import read_exactly
from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence, Gap, GapReason, Location, Scalar

if TYPE_CHECKING:
    from ajar.formats._hdf5 import Node

ID = "hdf5"
_MAGIC = b"\x89HDF\r\n\x1a\n"
_LOOK_BYTES = 1 << 20
_VERSION = re.compile(rb"keras_version.{0,200}?(\d+\.\d+\.\d+)", re.DOTALL)
_CLASS = re.compile(rb'"class_name": ?"(\w{1,64})"')
_KINDS = {
    (0, 1): "I8",
    (0, 2): "I16",
    (0, 4): "I32",
    (0, 8): "I64",
    (1, 2): "F16",
    (1, 4): "F32",
    (1, 8): "F64",
}
_OPTIMISER = "/optimizer_weights/"  # its state is no parameter of the model


def _matches(head: bytes, path: str) -> bool:  # noqa: ARG001  bytes decide
    return head[:8] == _MAGIC


@dataclass(slots=True)
class _Seen:
    tensors: int = 0
    elements: Counter[str] = field(default_factory=Counter)
    keras: bytes = b""
    config: bytes = b""
    problems: int = 0

    def node(self, node: Node) -> None:
        self.problems += len(node.problems)
        if not self.keras and node.attributes.get("keras_version"):
            self.keras = node.attributes["keras_version"][0]
        if not self.config and node.attributes.get("model_config"):
            self.config = node.attributes["model_config"][0]
        if node.is_dataset and node.type_class in {0, 1} and not node.path.startswith(_OPTIMISER):
            self.tensors += 1
            kind = _KINDS.get((node.type_class, node.item_bytes), f"{8 * node.item_bytes} bits")
            self.elements[kind] += math.prod(node.shape) if node.shape is not None else 0


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:  # noqa: ARG001  a walk is bounded
    from ajar.formats._hdf5 import walk

    version = read_exactly(blob, 8, 1, "the superblock")[0]
    if version > 3:
        raise MalformedError(f"superblock version {version}", offset=8)
    yield _fact("weights.version", f"superblock {version}", path)
    missing = missing_bytes(blob)
    if missing:
        yield _gap(path, GapReason.MALFORMED, f"cut short: {missing} bytes are missing")
    seen = _Seen()
    try:
        for node in walk(blob):
            seen.node(node)
    except MalformedError as error:
        seen.problems += 1
        yield _gap(path, GapReason.MALFORMED, f"the tree of groups breaks off: {error.message}")
    except BudgetExceeded as error:
        seen.problems += 1
        yield _gap(path, GapReason.OVER_BUDGET, error.message)
    if not seen.problems:
        yield _fact("weights.tensor-count", seen.tensors, path)
        yield _fact("weights.parameter-count", seen.elements.total(), path)
        for kind in seen.elements:
            yield _fact("weights.dtype", kind, path)
    else:
        yield _gap(
            path, GapReason.UNSUPPORTED, "parts of the tree could not be walked; tensors are not counted"
        )
    yield from _keras(path, blob, seen)


def _keras(path: str, blob: Blob, seen: _Seen) -> Iterator[Evidence]:
    look = b""
    if not seen.keras and not seen.config:
        look = blob.read_at(0, min(_LOOK_BYTES, blob.size))
    found = _VERSION.search(b"keras_version" + seen.keras if seen.keras else look)
    if found:
        yield _fact("weights.keras-version", found[1].decode("ascii"), path)
    names = dict.fromkeys(match[1].decode("ascii") for match in _CLASS.finditer(seen.config or look))
    for name in list(names)[:32]:
        yield _fact("weights.architecture", name, path)
    if "Lambda" in names:
        yield _fact("weights.lambda-layer", True, path)


def missing_bytes(blob: Blob) -> int:
    """By how many bytes the file is shorter than its superblock says, for the usual eight-byte offsets.

    Its end counts from the file's beginning, and its base is where the superblock stood in it.
    """
    head = read_exactly(blob, 0, 48, "the superblock")
    if head[13 if head[8] < 2 else 9] != 8:
        return 0
    is_old = head[8] < 2
    start = (28 if head[8] == 1 else 24) if is_old else 12
    base, end = (
        int.from_bytes(read_exactly(blob, at, 8, "the superblock"), "little") for at in (start, start + 16)
    )
    return max(end - base - blob.size, 0)


def _gap(path: str, reason: GapReason, detail: str) -> Gap:
    return Gap(location=Location(path=path), reason=reason, detail=detail, inspector=ID)


def _fact(key: str, value: Scalar, path: str) -> Evidence:
    return Evidence(key=key, value=value, location=Location(path=path), inspector=ID)


FORMAT = Format(
    id=ID,
    title="HDF5 (Keras weights)",
    family="weights",
    suffixes=(".h5", ".hdf5"),
    matches=_matches,
    inspect=_inspect,
    keys={
        "weights.version": "superblock version",
        "weights.tensor-count": "datasets of numbers, an optimiser's aside",
        "weights.parameter-count": "elements in them",
        "weights.dtype": "one element type",
        "weights.keras-version": "the attribute keras_version, or what stands in the clear in the first megabyte",
        "weights.architecture": "a layer class that the configuration names",
        "weights.lambda-layer": "a Lambda layer, which carries code",
    },
    spec="https://docs.hdfgroup.org/hdf5/develop/_s_p_e_c.html",
)
