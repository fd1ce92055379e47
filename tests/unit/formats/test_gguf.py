import struct

import pytest

from ajar.errors import MalformedError
from ajar.formats.gguf import FORMAT
from tests.build.observing import cut_everywhere, look

LETTERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}


def gguf(pairs, tensors=(), *, version=3, order="<", body=0):
    """`pairs`: name -> (type, value), arrays as (9, (inner, [values])); `tensors`: (name, shape, type)."""
    wide = "I" if version == 1 else "Q"

    def string(text):
        return struct.pack(order + wide, len(text.encode())) + text.encode()

    def value(kind, item):
        if kind == 8:
            return string(item)
        if kind == 9:
            inner, items = item
            return struct.pack(order + "I" + wide, inner, len(items)) + b"".join(
                value(inner, x) for x in items
            )
        return struct.pack(order + LETTERS[kind], item)

    out = b"GGUF" + struct.pack(order + "I" + wide * 2, version, len(tensors), len(pairs))
    for name, (kind, item) in pairs.items():
        out += string(name) + struct.pack(order + "I", kind) + value(kind, item)
    at = 0
    for name, shape, kind in tensors:
        out += string(name) + struct.pack(order + "I", len(shape))
        out += b"".join(struct.pack(order + wide, n) for n in shape) + struct.pack(order + "IQ", kind, at)
    return out + bytes(-len(out) % 32) + bytes(body)


PAIRS = {
    "general.architecture": (8, "llama"),
    "general.license": (8, "mit"),
    "general.base_model.0.repo_url": (8, "https://huggingface.co/org/base"),
    "llama.context_length": (4, 4096),
    "tokenizer.ggml.model": (8, "gpt2"),
    "tokenizer.ggml.tokens": (9, (8, ["a", "bb", "é"])),
    "tokenizer.ggml.scores": (9, (6, [0.5, 1.0])),
    "nested": (9, (9, [(4, [1, 2]), (8, ["x"])])),
    "tokenizer.chat_template": (8, "{{ messages }}"),
}


@pytest.mark.parametrize(("version", "order"), [(1, "<"), (2, "<"), (3, "<"), (3, ">")])
def test_every_version_and_order(version, order):
    data = gguf(PAIRS, [("w", [32, 2], 2)], version=version, order=order, body=64)
    seen = look(FORMAT, data, "m.gguf")
    assert seen.one("weights.architecture") == "llama"
    assert seen.one("weights.licence") == "mit"
    assert seen.one("weights.base-model") == "org/base"
    assert seen.one("weights.context-length") == 4096
    assert seen.one("weights.chat-template") is True
    assert seen.one("weights.parameter-count") == 64
    assert seen.one("weights.quantisation") == "Q4_0"
    assert seen.gaps == []


@pytest.mark.parametrize("kind", sorted(LETTERS))
def test_every_scalar_type(kind):
    item = True if kind == 7 else 1
    seen = look(FORMAT, gguf({"x": (kind, item)}), "m.gguf")
    assert seen.one("weights.metadata") == item


def test_a_split_file_and_a_cut_one():
    pairs = {"split.no": (2, 1), "split.count": (2, 3), "split.tensors.count": (5, 99)}
    seen = look(FORMAT, gguf(pairs, [("w", [256], 14)]), "m-00002-of-00003.gguf")
    assert (seen.one("weights.split-no"), seen.one("weights.split-count")) == (1, 3)
    assert seen.one("weights.split-tensors") == 99
    assert "210 bytes" in seen.gaps[0].detail


def test_a_vocabulary_is_stepped_over():
    data = gguf(
        {"tokenizer.ggml.tokens": (9, (8, [f"token{n}" for n in range(150_000)])), "after": (8, "seen")}
    )
    seen = look(FORMAT, data, "m.gguf", size=len(data) + 2**34)
    assert seen.all("weights.metadata") == ["seen"]
    assert seen.blob.bytes_read < len(data) * 1.5 + 2**20


def test_every_cut_is_noticed():
    data = gguf(PAIRS, [("w", [32], 0)], body=128)
    assert cut_everywhere(FORMAT, data, "m.gguf") == len(data) - 1


@pytest.mark.parametrize(
    "data",
    [
        b"GGUF" + struct.pack("<IQQ", 9, 0, 0),
        b"GGUF" + struct.pack("<IQQ", 3, 2**63, 0),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 2**63),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 2**62),
        gguf({"x": (8, "y")}).replace(
            struct.pack("<I", 8) + struct.pack("<Q", 1), struct.pack("<I", 99) + struct.pack("<Q", 1)
        ),
        b"GGUF"
        + struct.pack("<IQQ", 3, 0, 1)
        + struct.pack("<Q", 1)
        + b"x"
        + struct.pack("<IIQ", 9, 9, 2**40),
    ],
)
def test_counts_that_lie(data):
    with pytest.raises(MalformedError):
        look(FORMAT, data, "m.gguf")


def test_arrays_without_bottom():
    from ajar.errors import BudgetExceeded

    deep = b"".join(struct.pack("<IQ", 9, 1) for _ in range(50)) + bytes(64)
    data = b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 1) + b"x" + struct.pack("<I", 9) + deep
    with pytest.raises(BudgetExceeded):
        look(FORMAT, data, "m.gguf")
