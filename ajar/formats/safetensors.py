"""safetensors: an 8-byte length, a JSON header, then the tensors. Only the header is read.

Loading such a file runs no code. Spec: https://huggingface.co/docs/safetensors (metadata parsing).
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ajar.blobs import read_exactly
from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence, Gap, GapReason, Location, Scalar

ID = "safetensors"

# Bits of one element, from the format's own list of dtypes.
_BITS = {
    **dict.fromkeys(("F4",), 4),
    **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    **dict.fromkeys(("BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"), 8),
    **dict.fromkeys(("U16", "I16", "F16", "BF16"), 16),
    **dict.fromkeys(("U32", "I32", "F32"), 32),
    **dict.fromkeys(("U64", "I64", "F64", "C64"), 64),
}
# Types that hold weights only after quantisation: not BOOL, nor the wide integers of ids and counters.
_LOW_BIT = frozenset(name for name, bits in _BITS.items() if bits <= 8) - {"BOOL"}
_METADATA_LIMIT = 64
_DIMENSIONS = 64
_COUNT_LIMIT = 2**63
_KEYS = {
    "license": "weights.licence",
    "licence": "weights.licence",
    "modelspec.license": "weights.licence",
    "license_name": "weights.licence-name",
    "license_link": "weights.licence-link",
    "modelspec.title": "weights.name",
    "modelspec.architecture": "weights.architecture",
}


def _matches(head: bytes, path: str) -> bool:
    if len(head) < 9 or head[8:9] != b"{":
        return False
    length = struct.unpack_from("<Q", head)[0]
    # A plausible length, or a suffix that promises the format, so that a lying length is caught here.
    return bool(length >= 2) and (length < 2**32 or path.lower().endswith(".safetensors"))


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    (length,) = struct.unpack("<Q", read_exactly(blob, 0, 8, "the header length"))
    if limits.header_bytes < length <= blob.size - 8:
        raise BudgetExceeded(
            f"a header of {length} bytes; {limits.header_bytes} is the most a reader accepts"
        )
    data = read_exactly(blob, 8, length, "the header")
    header = _header(data)
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict):
        raise MalformedError("__metadata__ is not an object", offset=8)
    _refuse_duplicates(data, len(header))
    at = Location(path=path, start=8, end=8 + length)
    yield from _metadata(metadata, at)
    survey = _survey(header)
    yield from _counts(header, survey, at)
    yield from _layout(survey, blob.size - 8 - length, at)


def _header(data: bytes) -> dict[str, Any]:
    import msgspec

    try:
        header = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise MalformedError(f"the header is not JSON: {error}", offset=8) from error
    if not isinstance(header, dict):
        raise MalformedError("the header is not an object", offset=8)
    return header


def _refuse_duplicates(data: bytes, tensors: int) -> None:
    """Two entries of one name are two files in one: readers differ on which they take. The spec forbids it.

    The fast decoder keeps the last of them silently. Each tensor brings each of its three keys once, so
    counting them in the bytes shows whether the slow, exact look is needed; an escape may hide a key.
    """
    counts = {data.count(b'"' + name + b'"') for name in (b"dtype", b"shape", b"data_offsets")}
    if counts == {tensors} and data.count(b'"__metadata__"') <= 1 and b"\\u" not in data:
        return

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            name = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
            raise MalformedError(f"the header names {_shown(name)} twice", offset=8)
        return found

    try:
        json.loads(data, object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise MalformedError("the header is not JSON", offset=8) from error


def _metadata(metadata: Mapping[str, Any], at: Location) -> Iterator[Observation]:
    for name, value in list(metadata.items())[:_METADATA_LIMIT]:
        words = str(value)[:200]
        pointer = f"/__metadata__/{_escaped(name[:120])}"
        where = Location(path=at.path, start=at.start, end=at.end, pointer=pointer)
        quote = f"{name[:120]}: {words}"
        key = _KEYS.get(name.lower(), "weights.metadata")
        yield Evidence(key=key, value=words, location=where, inspector=ID, quote=quote)
    odd = [name for name, value in metadata.items() if not isinstance(value, str)]
    if odd:
        detail = f"__metadata__ may hold only text, and {_shown(odd[0])} is none"
        yield Gap(location=at, reason=GapReason.MALFORMED, detail=detail, inspector=ID)


def _escaped(name: str) -> str:
    """A name as a step of a JSON pointer, RFC 6901."""
    return name.replace("~", "~0").replace("/", "~1")


def _shown(name: str) -> str:
    return repr(name[:80])


@dataclass(slots=True)
class _Survey:
    """What the tensors are, and the first thing that is wrong with them."""

    tensors: Counter[str] = field(default_factory=Counter)
    elements: Counter[str] = field(default_factory=Counter)
    spans: list[tuple[int, int]] = field(default_factory=list)
    packed: int = 0  # tensors that hold several weights in one integer
    problem: str = ""


def _survey(header: Mapping[str, Any]) -> _Survey:
    seen = _Survey()
    tensors, elements, spans = seen.tensors, seen.elements, seen.spans
    for name, entry in header.items():
        try:
            dtype, shape, (start, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
            if type(dtype) is not str or type(shape) is not list:
                raise TypeError
        except (TypeError, KeyError, ValueError):
            message = f"tensor {_shown(name)} has no dtype, shape and data_offsets"
            raise MalformedError(message, offset=8) from None
        if len(shape) > _DIMENSIONS:
            raise MalformedError(f"tensor {_shown(name)} has {len(shape)} dimensions", offset=8)
        count = 1
        for length in shape:
            if type(length) is not int or length < 0:
                raise MalformedError(f"tensor {_shown(name)}: its shape is no list of counts", offset=8)
            count *= length
        if type(start) is not int or type(end) is not int or not 0 <= start <= end or count >= _COUNT_LIMIT:
            raise MalformedError(f"tensor {_shown(name)}: its offsets or its size make no sense", offset=8)
        tensors[dtype] += 1
        elements[dtype] += count
        spans.append((start, end))
        if dtype == "I32" and name.endswith(".qweight"):
            seen.packed += 1
        bits = _BITS.get(dtype)
        if bits is not None and (end - start) * 8 != count * bits and not seen.problem:
            asked = f"{count * bits / 8:g}"
            seen.problem = f"tensor {_shown(name)} is {end - start} bytes, its shape asks for {asked}"
    return seen


def _counts(header: Mapping[str, Any], seen: _Survey, at: Location) -> Iterator[Evidence]:
    def fact(key: str, value: Scalar, quote: str = "") -> Evidence:
        return Evidence(key=key, value=value, location=at, inspector=ID, quote=quote)

    total = seen.tensors.total()
    yield fact("weights.tensor-count", total)
    yield fact("weights.parameter-count", seen.elements.total())
    for dtype, number in seen.tensors.most_common():
        yield fact("weights.dtype", dtype[:40], f"{number} tensors, {seen.elements[dtype]:,} parameters")
    low = [dtype for dtype in seen.elements if dtype in _LOW_BIT]
    main = max(low, key=lambda dtype: seen.elements[dtype], default="")
    # A mask or a table of bytes beside wide weights is not quantisation: most elements must be narrow.
    if main and 2 * sum(seen.elements[dtype] for dtype in low) >= seen.elements.total() > 0:
        yield fact("weights.quantisation", f"{main.lower()} in {seen.tensors[main]} of {total} tensors")
    elif seen.packed:
        words = f"packed into int32 in {seen.packed} of {total} tensors"
        yield fact("weights.quantisation", words, "parameter counts are of the packed integers")
    names = hashlib.sha256("\n".join(sorted(header)).encode("utf-8", "replace")).hexdigest()
    yield fact("weights.tensor-names", names[:16])


def _layout(seen: _Survey, body: int, at: Location) -> Iterator[Observation]:
    """The tensors fill the rest of the file, one after the other, without hole or overlap."""
    reached, problem = 0, seen.problem
    for start, end in sorted(seen.spans):
        if start != reached and not problem:
            problem = f"tensors {'overlap' if start < reached else 'leave a hole'} at byte {start}"
        reached = max(reached, end)
    if reached > body:
        problem = f"cut short: {reached - body} of {reached} bytes of tensors are missing"
    if problem:
        yield Gap(location=at, reason=GapReason.MALFORMED, detail=problem, inspector=ID)
    elif body > reached:
        where = Location(path=at.path, start=(at.end or 0) + reached, end=(at.end or 0) + body)
        quote = f"{body - reached} bytes follow the last tensor"
        key = "weights.trailing-bytes"
        yield Evidence(key=key, value=body - reached, location=where, inspector=ID, quote=quote)


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
        "weights.quantisation": "the narrow type that most elements have, and in how many tensors",
        "weights.tensor-names": "first 16 hex digits of SHA-256 over the sorted tensor names",
        "weights.metadata": "an entry of __metadata__",
        "weights.name": "modelspec.title of __metadata__",
        "weights.architecture": "modelspec.architecture of __metadata__",
        "weights.licence": "a licence named in __metadata__",
        "weights.licence-name": "license_name of __metadata__",
        "weights.licence-link": "license_link of __metadata__",
        "weights.trailing-bytes": "bytes after the last tensor",
    },
    spec="https://huggingface.co/docs/safetensors",
)
