"""TensorFlow checkpoints: the `.index` table's footer, and the `.data` shards beside it.

Spec: tensorflow/core/util/tensor_bundle; the table is LevelDB's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ajar.blobs import read_exactly
from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence, Location

ID = "tf-checkpoint"
_TABLE_MAGIC = 0xDB4775248B80FB57.to_bytes(8, "little")
_DATA = re.compile(r"\.data-(\d{5})-of-(\d{5})$")


def _matches(head: bytes, path: str) -> bool:  # noqa: ARG001  neither half has a magic number at its start
    return path.endswith(".index") or _DATA.search(path) is not None


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:  # noqa: ARG001  one small read
    found = _DATA.search(path)
    where = Location(path=path)
    if found:
        yield Evidence(key="weights.split-no", value=int(found[1]), location=where, inspector=ID)
        yield Evidence(key="weights.split-count", value=int(found[2]), location=where, inspector=ID)
        yield Evidence(key="weights.total-size", value=blob.size, location=where, inspector=ID)
        return
    if read_exactly(blob, blob.size - 8, 8, "the table's footer") != _TABLE_MAGIC:
        raise MalformedError("the index has no table footer", offset=max(blob.size - 8, 0))
    yield Evidence(key="weights.version", value="tensor bundle", location=where, inspector=ID)


FORMAT = Format(
    id=ID,
    title="TensorFlow checkpoint",
    family="weights",
    suffixes=(".index",),
    matches=_matches,
    inspect=_inspect,
    keys={
        "weights.version": "kind of table",
        "weights.split-no": "number of this data file",
        "weights.split-count": "data files in all",
        "weights.total-size": "bytes of tensors in this data file",
    },
    spec="https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/util/tensor_bundle",
)
