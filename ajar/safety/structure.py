"""Weight files that hold only data: whether their headers tell the truth, and what stands where no tensor does."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator

from ajar.blobs import BytesBlob, SliceBlob
from ajar.formats.registry import by_id
from ajar.interfaces import Blob, Member
from ajar.model.evidence import Evidence, Gap, GapReason, Text
from ajar.model.judgement import Severity
from ajar.safety.check import INSPECTOR, Check, Sign, Specimen
from ajar.safety.pickles import imports_something

_RULE = "weights-file-is-well-formed"
_TELLING = frozenset({GapReason.MALFORMED, GapReason.OVER_BUDGET})
_GAPS = 16
_WINDOW_BYTES = 16 << 20
_PICKLE = re.compile(rb"\x80[\x02-\x05](?:\x95.{8})?[\x8cXc(}\]]", re.DOTALL)


# Bytes that a name promises to be weights; `.bin` and `.pb` promise too little.
_PROMISES = (
    ".pkl",
    ".pickle",
    ".pt",
    ".joblib",
    ".h5",
    ".hdf5",
    ".keras",
    ".safetensors",
    ".gguf",
    ".onnx",
    ".tflite",
    ".npy",
    ".npz",
)
_NO_WEIGHTS = frozenset({"plain-text", "image", "csv", "licence-text", "source-code", "paper"})


def _broken_promise(specimen: Specimen) -> Iterator[Sign]:
    """A name that promises weights over bytes that are none: nobody can say what a loader makes of them."""
    path, kind = specimen.path.lower(), specimen.format
    is_text = kind in _NO_WEIGHTS and path.endswith((*_PROMISES, ".bin", ".ckpt"))
    if "!/" not in path and (is_text or (kind == "unknown" and path.endswith(_PROMISES))):
        what = "of no known format" if kind == "unknown" else f"those of {kind}"
        yield specimen.gap(GapReason.MALFORMED, f"its name promises weights, and its bytes are {what}")


def _look(specimen: Specimen) -> Iterator[Sign]:
    if specimen.format not in _LOOKED_INTO:
        yield from _broken_promise(specimen)
        return
    inspect = by_id(specimen.format).inspect
    for item in inspect(specimen.path, specimen.blob, specimen.limits):
        if isinstance(item, Gap) and item.reason in _TELLING:
            yield Gap(location=item.location, reason=item.reason, detail=item.detail, inspector=INSPECTOR)
        elif isinstance(item, Text):
            name = item.path.rpartition("#")[2] if "#" in item.path else "chat_template"
            if "template" in name:
                yield Member(
                    path=f"{specimen.path}!/{name}.jinja",
                    blob=BytesBlob(item.text.encode("utf-8", "replace")),
                )
        elif isinstance(item, Evidence) and item.key == "weights.trailing-bytes":
            yield specimen.finding(_RULE, Severity.LOW, f"{item.value} bytes stand behind the last tensor")
    if specimen.format == "safetensors":
        yield from _holes(specimen)
    elif specimen.format == "flax-msgpack":
        yield from _hidden_pickles(specimen)


def _holes(specimen: Specimen) -> Iterator[Sign]:
    """Bytes that no tensor covers: each run is a file of its own to look at."""
    blob = specimen.blob
    (length,) = struct.unpack("<Q", blob.read_at(0, 8).ljust(8, b"\0"))
    if length > min(specimen.limits.header_bytes, blob.size):
        return
    try:
        header = json.loads(blob.read_at(8, length))
    except (ValueError, RecursionError):
        return
    spans = sorted(
        (int(begin), int(end))
        for name, row in header.items()
        if name != "__metadata__" and isinstance(row, dict)
        for begin, end in [_offsets(row)]
    )
    at, body = 0, 8 + length
    for number, (begin, end) in enumerate([*spans, (blob.size - body, blob.size - body)]):
        if begin > at and number < 100_000:
            yield from _hole(specimen, blob, body + at, begin - at)
        at = max(at, end)


def _offsets(row: dict[str, object]) -> tuple[int, int]:
    offsets = row.get("data_offsets")
    if isinstance(offsets, list) and len(offsets) == 2 and all(isinstance(n, int) for n in offsets):
        return offsets[0], offsets[1]
    return 0, 0


def _hole(specimen: Specimen, blob: Blob, start: int, size: int) -> Iterator[Sign]:
    message = f"{size} bytes at {start} belong to no tensor"
    yield specimen.finding(_RULE, Severity.LOW, message, start=start, end=start + size)
    yield Member(path=f"{specimen.path}!/bytes-at-{start}", blob=SliceBlob(blob, start, size))


def _hidden_pickles(specimen: Specimen) -> Iterator[Sign]:
    """A pickle inside a msgpack value, for a reader that unpickles extension values."""
    data = specimen.blob.read_at(0, _WINDOW_BYTES)
    for number, found in enumerate(_PICKLE.finditer(data)):
        if number >= _GAPS:
            break
        blob = SliceBlob(specimen.blob, found.start(), specimen.blob.size - found.start())
        if imports_something(blob, specimen):
            yield Member(path=f"{specimen.path}!/bytes-at-{found.start()}", blob=blob)


_LOOKED_INTO = frozenset(
    {"safetensors", "gguf", "tflite", "flax-msgpack", "npy", "parquet", "arrow", "safetensors-index"}
)
CHECK = Check(
    id="structure",
    title="Whether the header of a weights file tells the truth",
    look=_look,
)
