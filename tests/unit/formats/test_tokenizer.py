import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ajar.errors import MalformedError
from ajar.formats.tokenizer import FORMAT
from tests.build.text_files import SMALL, look, matches, survives_cuts


def piece(text, kind=None):
    body = b"\x0a" + bytes([len(text)]) + text + b"\x15\0\0\x80\xbf" + (bytes([0x18, kind]) if kind else b"")
    return b"\x0a" + bytes([len(body)]) + body


PIECES = piece(b"<unk>", 2) + piece(b"<s>", 3) + piece(b"</s>", 3) + piece(b"\xe2\x96\x81the")
SENTENCEPIECE = PIECES + b"\x12\x04\x18\x02\x20\x04"  # trainer_spec {model_type: BPE, vocab_size: 4}
TIKTOKEN = b"IQ== 0\nIg== 1\nIw== 2\n"
FAST = {
    "version": "1.0",
    "added_tokens": [{"content": "<pad>"}, {"content": "a"}, 7],
    "model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []},
}


@pytest.mark.parametrize(
    ("path", "data", "kind", "size"),
    [
        ("tokenizer.model", SENTENCEPIECE, "sentencepiece-bpe", 4),
        ("spiece.model", PIECES, "sentencepiece-unigram", 4),
        ("tokenizer.model", TIKTOKEN, "tiktoken", 3),
        ("o200k.tiktoken", TIKTOKEN, "tiktoken", 3),
        ("tokenizer.json", json.dumps(FAST), "bpe", 3),
        ("20B_tokenizer.json", json.dumps(FAST), "bpe", 3),
        ("tekken.json", '{"config": {}, "vocab": [{}, {}]}', "tekken", 2),
        ("vocab.json", '{"a": 0, "b": 1}', "vocabulary", 2),
        ("encoder.json", '{"a": 0}', "vocabulary", 1),
        ("vocab.txt", "[PAD]\n[UNK]\n", "vocabulary", 2),
        ("merges.txt", "#version: 0.2\na b\n", "merges", None),
        ("vocab.bpe", "#version: 0.2\na b\n", "merges", None),
    ],
)
def test_kinds(path, data, kind, size):
    assert matches(FORMAT, data, path)
    seen = look(FORMAT, data, path)
    assert seen.one("tokenizer.kind") == kind
    assert seen.all("tokenizer.vocab-size") == ([] if size is None else [size])


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("tokenizer_config.json", json.dumps(FAST)),
        ("config.json", json.dumps(FAST)),
        ("tokenizer.json", '{"a": 1}'),
        ("a.model", b"\x80\x04K\x01."),
        ("a.model", b"\x08\x01\x12\x04abcd"),
        ("a.model", b""),
        ("vocab.txt", b"\0\0"),
    ],
)
def test_not_a_tokenizer(path, data):
    assert not matches(FORMAT, data, path)


def test_a_big_file_is_known_by_its_head():
    assert len(SENTENCEPIECE * 10) > SMALL.text_bytes
    seen = look(FORMAT, SENTENCEPIECE * 10, "a.model", SMALL)
    assert seen.one("tokenizer.kind").startswith("sentencepiece")
    assert not seen.all("tokenizer.vocab-size")
    big = json.dumps({**FAST, "pad": "x" * 500})
    assert look(FORMAT, big, "tokenizer.json", SMALL).one("tokenizer.kind") == "bpe"


@pytest.mark.parametrize(
    "data", [PIECES[:-3], PIECES + b"\xff" * 20, PIECES + b"\x0a\xff\xff\xff\xff\x0f", PIECES + b"\x0f\x01"]
)
def test_malformed_sentencepiece(data):
    with pytest.raises(MalformedError):
        look(FORMAT, data, "a.model")


@pytest.mark.parametrize("data", ["[1]", "{", '{"model": ' * 5000])
def test_malformed_json(data):
    with pytest.raises(MalformedError):
        look(FORMAT, data, "tokenizer.json")


def test_odd_json_shapes():
    assert (
        look(FORMAT, '{"model": {"type": 3, "vocab": 4}}', "tokenizer.json").all("tokenizer.vocab-size") == []
    )
    unigram = '{"model": {"type": "Unigram", "vocab": [["a", 0.1]]}}'
    assert look(FORMAT, unigram, "tokenizer.json").one("tokenizer.vocab-size") == 1


def test_cut_anywhere():
    survives_cuts(FORMAT, SENTENCEPIECE, "a.model")
    survives_cuts(FORMAT, json.dumps(FAST), "tokenizer.json")


@given(st.binary(max_size=300))
def test_any_bytes(data):
    matches(FORMAT, data, "a.model")
    with contextlib.suppress(MalformedError):
        look(FORMAT, data, "a.model")
