"""safetensors: an 8-byte length, a JSON header, then the tensors. Only the header is read.

Loading such a file runs no code. Spec: https://huggingface.co/docs/safetensors (metadata parsing).
"""

from __future__ import annotations

import hashlib
import math
import struct
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ajar.blobs import read_exactly
from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence, Gap, GapReason, Location, Scalar

ID = "safetensors"

# Bits of one element, from the format's own list of dtypes.
_BITS = {
    "BOOL": 8,
    "U8": 8,
    "I8": 8,
    "F8_E4M3": 8,
    "F8_E5M2": 8,
    "F8_E8M0": 8,
    "F8_E4M3FNUZ": 8,
    "F8_E5M2FNUZ": 8,
    "F6_E2M3": 6,
    "F6_E3M2": 6,
    "F4": 4,
    "U16": 16,
    "I16": 16,
    "F16": 16,
    "BF16": 16,
    "U32": 32,
    "I32": 32,
    "F32": 32,
    "U64": 64,
    "I64": 64,
    "F64": 64,
    "C64": 64,
}
_METADATA_LIMIT = 64
_LICENCE_KEYS = frozenset({"license", "licence", "modelspec.license"})


def _matches(head: bytes, path: str) -> bool:
    if len(head) < 9 or head[8:9] != b"{":
        return False
    length = struct.unpack_from("<Q", head)[0]
    # A plausible length, or a suffix that promises the format, so that a lying length is caught here.
    return bool(length >= 2) and (length < 2**32 or path.lower().endswith(".safetensors"))


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    (length,) = struct.unpack("<Q", read_exactly(blob, 0, 8, "the header length"))
    if length > limits.header_bytes:
        raise BudgetExceeded(
            f"a header of {length} bytes; {limits.header_bytes} is the most a reader accepts"
        )
    header = _header(read_exactly(blob, 8, length, "the header"))
    at = Location(path=path, start=8, end=8 + length)
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, Mapping):
        raise MalformedError("__metadata__ is not an object", offset=8)
    yield from _metadata(metadata, path)
    yield from _tensors(header, at, blob.size - 8 - length)


def _header(data: bytes) -> dict[str, Any]:
    import msgspec

    try:
        header = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise MalformedError(f"the header is not JSON: {error}", offset=8) from error
    if not isinstance(header, dict):
        raise MalformedError("the header is not an object", offset=8)
    return header


def _metadata(metadata: Mapping[str, Any], path: str) -> Iterator[Evidence]:
    for name, value in list(metadata.items())[:_METADATA_LIMIT]:
        words = str(value)[:200]
        location = Location(path=path, pointer=f"/__metadata__/{name}")
        key = "weights.licence" if name.lower() in _LICENCE_KEYS else "weights.metadata"
        yield Evidence(key=key, value=words, location=location, inspector=ID, quote=f"{name}: {words}")


def _tensors(header: Mapping[str, Any], at: Location, body: int) -> Iterator[Observation]:
    tensors: Counter[str] = Counter()
    elements: Counter[str] = Counter()
    spans: list[tuple[int, int]] = []
    problem = ""
    for name, entry in header.items():
        try:
            dtype, shape, (start, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
            count = math.prod(shape)
            whole = all(type(number) is int and number >= 0 for number in (*shape, start, end))
        except (TypeError, KeyError, ValueError):
            raise MalformedError(
                f"tensor {name[:80]!r} has no dtype, shape and data_offsets", offset=8
            ) from None
        if not whole or not isinstance(dtype, str) or len(shape) > 64:
            raise MalformedError(f"tensor {name[:80]!r}: shape or offsets are no counts", offset=8)
        tensors[dtype] += 1
        elements[dtype] += count
        spans.append((start, end))
        bits = _BITS.get(dtype)
        if bits is not None and (end - start) * 8 != count * bits and not problem:
            problem = f"tensor {name[:80]!r} is {end - start} bytes, its shape asks for {count * bits / 8:g}"
    yield from _counts(header, tensors, elements, at)
    yield from _layout(spans, body, problem, at)


def _counts(
    header: Mapping[str, Any], tensors: Counter[str], elements: Counter[str], at: Location
) -> Iterator[Evidence]:
    def fact(key: str, value: Scalar, quote: str = "") -> Evidence:
        return Evidence(key=key, value=value, location=at, inspector=ID, quote=quote)

    yield fact("weights.tensor-count", tensors.total())
    yield fact("weights.parameter-count", elements.total())
    for dtype, number in tensors.most_common():
        yield fact("weights.dtype", dtype, f"{number} tensors, {elements[dtype]:,} parameters")
    names = hashlib.sha256("\n".join(sorted(header)).encode("utf-8", "replace")).hexdigest()
    yield fact("weights.tensor-names", names[:16])


def _layout(spans: list[tuple[int, int]], body: int, problem: str, at: Location) -> Iterator[Observation]:
    """The tensors fill the rest of the file, one after the other, without hole or overlap."""
    reached = 0
    for start, end in sorted(spans):
        if start != reached and not problem:
            problem = f"tensors {'overlap' if start < reached else 'leave a hole'} at byte {start}"
        reached = max(reached, end)
    if reached > body:
        problem = f"cut short: {reached - body} of {reached} bytes of tensors are missing"
    if problem:
        yield Gap(location=at, reason=GapReason.MALFORMED, detail=problem, inspector=ID)
    elif body > reached:
        quote = f"{body - reached} bytes follow the last tensor"
        yield Evidence(
            key="weights.trailing-bytes", value=body - reached, location=at, inspector=ID, quote=quote
        )


FORMAT = Format(
    id=ID,
    title="safetensors weights",
    family="weights",
    suffixes=(".safetensors",),
    matches=_matches,
    inspect=_inspect,
    keys={
        "weights.tensor-count": "tensors in the file",
        "weights.parameter-count": "elements in all tensors",
        "weights.dtype": "one element type, with its share",
        "weights.tensor-names": "first 16 hex digits of SHA-256 over the sorted tensor names",
        "weights.metadata": "an entry of __metadata__",
        "weights.licence": "a licence named in __metadata__",
        "weights.trailing-bytes": "bytes after the last tensor",
    },
    spec="https://huggingface.co/docs/safetensors",
)
