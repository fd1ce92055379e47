"""Shard indexes (`*.index.json`): which tensor stands in which file of a split checkpoint."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence, Location

ID = "safetensors-index"


def _matches(head: bytes, path: str) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return start == b"{" and (path.lower().endswith(".index.json") or b'"weight_map"' in head)


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    import msgspec

    if blob.size > limits.header_bytes:
        raise BudgetExceeded(f"an index of {blob.size} bytes; {limits.header_bytes} is the limit")
    try:
        index = msgspec.json.decode(blob.read_at(0, blob.size))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise MalformedError(f"the index is not JSON: {error}") from error
    places = index.get("weight_map") if isinstance(index, dict) else None
    if not isinstance(places, dict):
        raise MalformedError("the index has no weight_map")
    shards: dict[str, list[str]] = {}
    for tensor, file in places.items():
        if not isinstance(file, str):
            raise MalformedError(f"weight_map gives no file for {tensor[:80]!r}")
        shards.setdefault(file, []).append(tensor)
    for number, (file, names) in enumerate(sorted(shards.items())):
        digest = hashlib.sha256("\n".join(sorted(names)).encode("utf-8", "replace")).hexdigest()
        yield Evidence(
            key="weights.index-shard",
            value=file,
            location=Location(path=path, pointer=f"/weight_map#{number}"),
            inspector=ID,
            quote=f"{len(names)} tensors, names {digest[:16]}",
        )
    yield Evidence(
        key="weights.index-tensor-count",
        value=len(places),
        location=Location(path=path, pointer="/weight_map"),
        inspector=ID,
    )
    metadata = index.get("metadata")
    total = metadata.get("total_size") if isinstance(metadata, dict) else None
    if isinstance(total, int | float):
        where = Location(path=path, pointer="/metadata/total_size")
        yield Evidence(key="weights.total-size", value=int(total), location=where, inspector=ID)


FORMAT = Format(
    id=ID,
    title="index of a split checkpoint",
    family="config",
    suffixes=(".index.json",),
    matches=_matches,
    inspect=_inspect,
    keys={
        "weights.index-shard": "a file that the index names, with the digest of the tensor names it should hold",
        "weights.index-tensor-count": "tensors that the index names",
        "weights.total-size": "bytes of tensors that the index states",
    },
    spec="https://huggingface.co/docs/safetensors",
)
