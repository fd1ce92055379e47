"""TensorFlow Lite: the flatbuffer's root table: version, subgraphs, tensors, operator codes.

Spec: tensorflow/lite/schema/schema.fbs.
"""

from __future__ import annotations

from collections.abc import Iterator

from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence, Location, Scalar

ID = "tflite"
_SUBGRAPHS = 10_000


def _matches(head: bytes, path: str) -> bool:  # noqa: ARG001  bytes decide
    return head[4:8] == b"TFL3"


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:  # noqa: ARG001  a few small reads
    from ajar.formats._flatbuffer import root

    model = root(blob)
    yield _fact("weights.version", model.number(0, 4), path)
    yield _fact("weights.operator-count", model.vector(1)[1], path)
    start, count = model.vector(2)
    if count > _SUBGRAPHS:
        raise MalformedError(f"{count} subgraphs", offset=start)
    tensors = sum(graph.vector(0)[1] for graph in model.tables(2))
    yield _fact("weights.tensor-count", tensors, path)
    words = model.text(3)
    if words:
        yield _fact("weights.metadata", words[:200], path)


def _fact(key: str, value: Scalar, path: str) -> Evidence:
    return Evidence(key=key, value=value, location=Location(path=path), inspector=ID)


FORMAT = Format(
    id=ID,
    title="TensorFlow Lite model",
    family="weights",
    suffixes=(".tflite",),
    matches=_matches,
    inspect=_inspect,
    keys={
        "weights.version": "schema version",
        "weights.operator-count": "operator codes",
        "weights.tensor-count": "tensors in all subgraphs",
        "weights.metadata": "the description",
    },
    spec="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/lite/schema/schema.fbs",
)
