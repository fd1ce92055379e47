"""GGUF: key-value metadata and tensor infos before the data. Only those are read.

Versions 1 to 3, little- and big-endian. Spec: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import hashlib
import math
import re
import struct
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence, Gap, GapReason, Location, Scalar, Text

ID = "gguf"

_WINDOW_BYTES = 1 << 18
_STRING_BYTES = 16 * 2**20
_PAIRS = 100_000
_TENSORS = 1_000_000
_DEPTH = 4
_METADATA_LIMIT = 64

# Value types of the spec: code -> struct letter. 8 is string, 9 array.
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9

# ggml_type -> (name, elements of a block, bytes of a block), from ggml.h.
_TYPES = {
    0: ("F32", 1, 4),
    1: ("F16", 1, 2),
    2: ("Q4_0", 32, 18),
    3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24),
    8: ("Q8_0", 32, 34),
    9: ("Q8_1", 32, 36),
    10: ("Q2_K", 256, 84),
    11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210),
    15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74),
    18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18),
    21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1),
    25: ("I16", 1, 2),
    26: ("I32", 1, 4),
    27: ("I64", 1, 8),
    28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2),
    34: ("TQ1_0", 256, 54),
    35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17),
}
_FIXED_KEYS = {
    "general.architecture": "weights.architecture",
    "general.name": "weights.name",
    "general.license": "weights.licence",
    "general.license.name": "weights.licence-name",
    "general.license.link": "weights.licence-link",
    "tokenizer.ggml.model": "weights.tokenizer",
    "split.no": "weights.split-no",
    "split.count": "weights.split-count",
    "split.tensors.count": "weights.split-tensors",
}
_BASE_MODEL = re.compile(r"general\.base_model\.\d+\.(name|repo_url)")


@dataclass(slots=True)
class _Reader:
    """A cursor over a blob that reads in windows and never past its end."""

    blob: Blob
    limit: int
    order: str = "<"
    wide: str = "Q"
    at: int = 0
    _start: int = 0
    _window: bytes = field(default=b"", repr=False)

    def take(self, length: int) -> bytes:
        end = self.at + length
        if length < 0 or end > self.blob.size:
            raise MalformedError(
                f"{length} bytes wanted at {self.at}, the file has {self.blob.size}", offset=self.at
            )
        if end > self.limit:
            raise BudgetExceeded(f"metadata goes on past {self.limit} bytes")
        if not self._start <= self.at <= end <= self._start + len(self._window):
            self._start = self.at
            self._window = self.blob.read_at(self.at, max(length, _WINDOW_BYTES))
        offset = self.at - self._start
        data = self._window[offset : offset + length]
        if len(data) != length:
            raise MalformedError("the file ends early", offset=self.at)
        self.at = end
        return data

    def number(self, letter: str) -> int | float | bool:
        return struct.unpack(self.order + letter, self.take(struct.calcsize("=" + letter)))[0]  # type: ignore[no-any-return]

    def count(self) -> int:
        return int(self.number(self.wide))

    def string(self) -> str:
        length = self.count()
        if length > _STRING_BYTES:
            raise MalformedError(f"a string of {length} bytes", offset=self.at)
        return self.take(length).decode("utf-8", "replace")

    def skip_strings(self, count: int) -> None:
        """Step over `count` strings. This is where a vocabulary's time goes, so it stays in one window."""
        size = 8 if self.wide == "Q" else 4
        unpack = struct.Struct(self.order + self.wide).unpack_from
        while count:
            window = self._ahead(size)
            offset, end = 0, len(window) - size
            while count and offset <= end:
                length = unpack(window, offset)[0]
                if length > _STRING_BYTES:
                    raise MalformedError(f"a string of {length} bytes", offset=self.at + offset)
                if offset + size + length > len(window):
                    break
                offset += size + length
                count -= 1
            if offset:
                self.at += offset
            elif count:
                self.take(self.count())
                count -= 1

    def _ahead(self, need: int) -> bytes:
        self.take(need)
        self.at -= need
        return self._window[self.at - self._start :]


def _matches(head: bytes, path: str) -> bool:  # noqa: ARG001  bytes decide
    return head[:4] == b"GGUF"


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    reader = _Reader(blob=blob, limit=limits.header_bytes)
    reader.take(4)
    version = int(reader.number("I"))
    if version & 0xFFFF == 0 and version:
        reader.order = ">"
        version = struct.unpack(">I", struct.pack("<I", version))[0]
    if version not in {1, 2, 3}:
        raise MalformedError(f"GGUF version {version}", offset=4)
    reader.wide = "I" if version == 1 else "Q"
    tensors, pairs = reader.count(), reader.count()
    if tensors > _TENSORS or pairs > _PAIRS:
        raise MalformedError(f"{tensors} tensors and {pairs} metadata entries", offset=8)
    yield _fact("weights.version", version, Location(path=path, start=4, end=8))
    alignment = yield from _pairs(reader, path, pairs)
    yield from _tensor_infos(reader, path, tensors, alignment)


def _fact(key: str, value: Scalar, location: Location, quote: str = "") -> Evidence:
    return Evidence(key=key, value=value, location=location, inspector=ID, quote=quote)


def _pairs(reader: _Reader, path: str, pairs: int) -> Generator[Observation, None, int]:
    """Yields facts of the metadata; returns the alignment of the data section."""
    alignment, shown = 32, 0
    for _ in range(pairs):
        start = reader.at
        name = reader.string()
        value = _value(reader, int(reader.number("I")), _DEPTH)
        where = Location(path=path, start=start, end=reader.at, pointer=name[:120])
        if name == "general.alignment" and isinstance(value, int) and 0 < value <= 1 << 20:
            alignment = value
        if name.startswith("tokenizer.chat_template") and isinstance(value, str):
            digest = hashlib.sha256(value.encode()).hexdigest()
            yield _fact("weights.chat-template", True, where, value)
            yield Text(path=f"{path}#{name.removeprefix('tokenizer.')}", text=value, sha256=digest)
        elif name in _FIXED_KEYS and value is not None:
            yield _fact(_FIXED_KEYS[name], value, where, f"{name}: {value}")
        elif _BASE_MODEL.fullmatch(name) and isinstance(value, str):
            yield _fact("weights.base-model", _hub_id(value), where, value)
        elif name == "general.file_type" and isinstance(value, int):
            yield _fact("weights.metadata", value, where, f"{name}: {value}")
        elif name.endswith(".context_length") and isinstance(value, int):
            yield _fact("weights.context-length", value, where)
        elif value is not None and shown < _METADATA_LIMIT:
            shown += 1
            short = value[:200] if isinstance(value, str) else value
            yield _fact("weights.metadata", short, where, f"{name}: {short}")
    return alignment


def _hub_id(value: str) -> str:
    return value.removeprefix("https://huggingface.co/")


def _value(reader: _Reader, kind: int, depth: int) -> Scalar:
    """A scalar or string; arrays are stepped over and give None."""
    if kind in _SCALARS:
        number = reader.number(_SCALARS[kind])
        return number if math.isfinite(number) else str(number)
    if kind == _STRING:
        return reader.string()
    if kind != _ARRAY:
        raise MalformedError(f"metadata type {kind}", offset=reader.at)
    if depth == 0:
        raise BudgetExceeded(f"arrays nested more than {_DEPTH} deep")
    inner, count = int(reader.number("I")), reader.count()
    if inner in _SCALARS:
        _skip(reader, count * struct.calcsize("=" + _SCALARS[inner]))
    elif inner == _STRING:
        reader.skip_strings(count)
    else:
        # Every nested array takes at least four bytes: a count above that is a lie.
        if count * 4 > reader.blob.size:
            raise MalformedError(f"an array of {count} arrays", offset=reader.at)
        for _ in range(count):
            _value(reader, inner, depth - 1)
    return None


def _skip(reader: _Reader, length: int) -> None:
    if reader.at + length > reader.blob.size:
        raise MalformedError(f"an array of {length} bytes does not fit the file", offset=reader.at)
    reader.at += length


def _tensor_infos(reader: _Reader, path: str, tensors: int, alignment: int) -> Iterator[Observation]:
    start = reader.at
    number: Counter[str] = Counter()
    elements: Counter[str] = Counter()
    reached = 0
    for _ in range(tensors):
        name = reader.string()
        dims = int(reader.number("I"))
        if dims > 8:
            raise MalformedError(f"tensor {name[:80]!r} has {dims} dimensions", offset=reader.at)
        shape = [reader.count() for _ in range(dims)]
        kind, offset = int(reader.number("I")), int(reader.number("Q"))
        known = _TYPES.get(kind)
        count = math.prod(shape)
        label = known[0] if known else f"type {kind}"
        number[label] += 1
        elements[label] += count
        if known:
            reached = max(reached, offset + -(-count // known[1]) * known[2])
    where = Location(path=path, start=start, end=reader.at)
    yield _fact("weights.tensor-count", tensors, where)
    yield _fact("weights.parameter-count", elements.total(), where)
    for label, count in number.most_common():
        yield _fact("weights.dtype", label, where, f"{count} tensors, {elements[label]:,} parameters")
    if elements:
        main = elements.most_common(1)[0][0]
        if main not in {"F32", "F16", "BF16", "F64"}:
            yield _fact("weights.quantisation", main, where, f"{main} in {number[main]} of {tensors} tensors")
    data = -(-reader.at // alignment) * alignment
    if data + reached > reader.blob.size:
        missing = data + reached - reader.blob.size
        detail = f"cut short: {missing} bytes of tensors are missing"
        yield Gap(location=where, reason=GapReason.MALFORMED, detail=detail, inspector=ID)


FORMAT = Format(
    id=ID,
    title="GGUF weights",
    family="weights",
    suffixes=(".gguf",),
    matches=_matches,
    inspect=_inspect,
    keys={
        "weights.version": "GGUF version",
        "weights.tensor-count": "tensors in the file",
        "weights.parameter-count": "elements in all tensors",
        "weights.dtype": "one ggml type, with its share",
        "weights.quantisation": "the ggml type of most elements, when it is a quantised one",
        "weights.architecture": "general.architecture",
        "weights.name": "general.name",
        "weights.licence": "general.license",
        "weights.licence-name": "general.license.name",
        "weights.licence-link": "general.license.link",
        "weights.base-model": "a base model that the metadata names",
        "weights.tokenizer": "tokenizer.ggml.model",
        "weights.chat-template": "a chat template is embedded",
        "weights.context-length": "tokens of context",
        "weights.split-no": "number of this part",
        "weights.split-count": "parts in all",
        "weights.split-tensors": "tensors in all parts",
        "weights.metadata": "another metadata entry",
    },
    spec="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md",
)
