"""Tokenizers: Hugging Face JSON, SentencePiece, tiktoken and plain vocabularies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.formats._json import load_json
from ajar.formats._text import EvidenceMaker, basename, decode, looks_like_text
from ajar.interfaces import HEAD_BYTES, Blob, Format, Observation

_VOCABULARY_NAMES = {"vocab.txt": "vocabulary", "merges.txt": "merges", "vocab.bpe": "merges"}
_JSON_NAMES = {"vocab.json", "encoder.json", "tekken.json"}
_TIKTOKEN = re.compile(rb"[A-Za-z0-9+/]{2,400}={0,2} \d{1,8}\r?\n")
_MODEL_TYPE = re.compile(r'"type"\s{0,8}:\s{0,8}"(BPE|WordPiece|Unigram|WordLevel)"')
_PIECES_SEEN = 3  # how many pieces must read as SentencePiece before a file is taken for it
# sentencepiece_model.proto: ModelProto.pieces = 1, trainer_spec = 2; TrainerSpec.model_type = 3.
_PIECES, _TRAINER, _MODEL_TYPE_FIELD = 1, 2, 3
_SENTENCEPIECE_TYPES = {1: "unigram", 2: "bpe", 3: "word", 4: "char"}


def _varint(data: bytes, offset: int) -> tuple[int, int]:
    """A protobuf varint and the offset after it. Raises `MalformedError`."""
    value = 0
    for shift in range(0, 70, 7):
        if offset >= len(data):
            break
        byte = data[offset]
        offset += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, offset
    raise MalformedError("protobuf number is cut short or too long", offset=offset)


def _fields(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Fields of a message: number, wire type, and the span of the value (or the value and its end)."""
    offset = start
    while offset < end:
        tag, offset = _varint(data, offset)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, offset = _varint(data, offset)
            yield number, wire, value, offset
            continue
        if wire == 2:
            length, offset = _varint(data, offset)
        elif wire in {1, 5}:
            length = 8 if wire == 1 else 4
        else:
            raise MalformedError(f"protobuf wire type {wire}", offset=offset)
        if number == 0 or offset + length > end:
            raise MalformedError("protobuf field runs past its message", offset=offset)
        yield number, wire, offset, offset + length
        offset += length


def _is_sentencepiece(head: bytes, *, whole: bool) -> bool:
    """Whether the first pieces read as `{1: text, 2: float score, …}`."""
    seen = 0
    try:
        for number, wire, start, end in _fields(head, 0, len(head)):
            if number != _PIECES or wire != 2:
                break
            inner = [(n, w) for n, w, _, _ in _fields(head, start, end)]
            if inner[:1] != [(1, 2)] or (len(inner) > 1 and inner[1] not in {(2, 5), (3, 0)}):
                return False
            seen += 1
    except MalformedError:
        pass  # the head ends inside a piece
    return seen >= (1 if whole else _PIECES_SEEN)


def _matches(head: bytes, path: str) -> bool:
    name = basename(path).lower()
    if name in _VOCABULARY_NAMES or name.endswith(".tiktoken"):
        return looks_like_text(head)
    if name.endswith(".json"):
        if name in _JSON_NAMES:
            return head.lstrip()[:1] == b"{"
        named = "tokenizer" in name and not name.endswith(("config.json", "index.json"))
        return named and any(key in head for key in (b'"added_tokens"', b'"truncation"', b'"normalizer"'))
    if not name.endswith((".model", ".spm", ".vocab")):
        return False
    return _TIKTOKEN.match(head) is not None or _is_sentencepiece(head, whole=len(head) < HEAD_BYTES)


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    make = EvidenceMaker(path, "tokenizer")
    name = basename(path).lower()
    whole = blob.size <= limits.text_bytes
    data = blob.read_at(0, blob.size if whole else min(blob.size, 65_536))
    kind, size = _read(name, data, whole=whole)
    yield make("tokenizer.kind", kind)
    if size is not None and whole:
        yield make("tokenizer.vocab-size", size)


def _read(name: str, data: bytes, *, whole: bool) -> tuple[str, int | None]:
    if name.endswith(".json"):
        text, _ = decode(data, truncated=not whole)
        return _read_json(text) if whole else _guess_json(text)
    if name in _VOCABULARY_NAMES:
        lines = sum(1 for line in data.split(b"\n") if line.strip() and not line.startswith(b"#version"))
        kind = _VOCABULARY_NAMES[name]
        return kind, lines if kind == "vocabulary" else None
    if _TIKTOKEN.match(data):
        return "tiktoken", sum(1 for line in data.split(b"\n") if line.strip())
    return _read_sentencepiece(data, whole=whole)


def _guess_json(text: str) -> tuple[str, None]:
    match = _MODEL_TYPE.search(text)
    return (match[1].lower() if match else "json"), None


def _read_json(text: str) -> tuple[str, int | None]:
    tree = load_json(text)
    if not isinstance(tree, dict):
        raise MalformedError("tokenizer file is not a JSON object")
    model = tree.get("model")
    if isinstance(model, dict):
        kind = model.get("type")  # older files have none, and they are BPE
        return kind.lower()[:40] if isinstance(kind, str) else "bpe", _count(
            model.get("vocab"), tree.get("added_tokens")
        )
    if isinstance(tree.get("vocab"), list):  # tekken
        return "tekken", len(tree["vocab"])
    if all(isinstance(value, int) for value in tree.values()):
        return "vocabulary", len(tree)
    return "json", None


def _count(vocab: Any, added: Any) -> int | None:
    """Entries of the vocabulary with the added tokens that are not in it."""
    if isinstance(vocab, list):
        return len(vocab)
    if not isinstance(vocab, dict):
        return None
    extra = (
        (item.get("content") for item in added if isinstance(item, dict)) if isinstance(added, list) else ()
    )
    return len(vocab) + len({token for token in extra if isinstance(token, str) and token not in vocab})


def _read_sentencepiece(data: bytes, *, whole: bool) -> tuple[str, int | None]:
    count, kind = 0, "unigram"  # the default of TrainerSpec.model_type
    try:
        for number, wire, start, end in _fields(data, 0, len(data)):
            if number == _PIECES and wire == 2:
                count += 1
            elif number == _TRAINER and wire == 2:
                for inner, inner_wire, value, _ in _fields(data, start, end):
                    if inner == _MODEL_TYPE_FIELD and inner_wire == 0:
                        kind = _SENTENCEPIECE_TYPES.get(value, "unknown")
    except MalformedError:
        if whole:
            raise
        return "sentencepiece", None
    return f"sentencepiece-{kind}", count


FORMAT = Format(
    id="tokenizer",
    title="tokenizer",
    family="config",
    suffixes=(".model", ".tiktoken", ".spm"),
    matches=_matches,
    inspect=_inspect,
    keys={
        "tokenizer.kind": "bpe, wordpiece, unigram, sentencepiece-*, tiktoken, tekken, vocabulary or merges",
        "tokenizer.vocab-size": "number of tokens; only counted in files up to the limit for a text",
    },
    spec="https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto",
)
