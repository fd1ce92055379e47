import json
import struct
import time

import pytest

from ajar.errors import BudgetExceeded, MalformedError
from ajar.formats.safetensors import FORMAT
from tests.build.observing import cut_everywhere, look
from tests.build.releases import safetensors_bytes

DATA = safetensors_bytes({"a": ("F32", [4, 2]), "b": ("F16", [3])}, {"format": "pt", "license": "apache-2.0"})


def header(entries: object, body: int = 0) -> bytes:
    text = json.dumps(entries).encode()
    return struct.pack("<Q", len(text)) + text + bytes(body)


def test_counts_types_and_metadata():
    seen = look(FORMAT, DATA, "model.safetensors")
    assert seen.one("weights.tensor-count") == 2
    assert seen.one("weights.parameter-count") == 11
    assert sorted(seen.all("weights.dtype")) == ["F16", "F32"]
    assert seen.one("weights.licence") == "apache-2.0"
    assert seen.one("weights.metadata") == "pt"
    assert seen.gaps == []


def test_only_the_header_of_sixteen_gigabytes_is_read():
    size = 16 * 2**30
    entries = {"w": {"dtype": "F32", "shape": [size // 8, 1], "data_offsets": [0, size // 2]}}
    text = header(entries)
    seen = look(FORMAT, text, "model.safetensors", size=len(text) + size // 2)
    assert seen.blob.reads == [(0, 8), (8, len(text) - 8)]
    assert seen.gaps == []


def test_a_cut_body_says_how_much_is_missing():
    seen = look(FORMAT, DATA[:-5], "model.safetensors")
    assert "5 of 38 bytes" in seen.gaps[0].detail


def test_every_cut_is_noticed():
    assert cut_everywhere(FORMAT, DATA, "model.safetensors") == len(DATA) - 1


def test_trailing_bytes_are_evidence():
    assert look(FORMAT, DATA + b"PK\x03\x04", "m.safetensors").one("weights.trailing-bytes") == 4


@pytest.mark.parametrize(
    "entries",
    [
        [],
        {"a": 1},
        {"a": {"dtype": "F32", "shape": [1]}},
        {"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}},
        {"a": {"dtype": "F32", "shape": [1.5], "data_offsets": [0, 4]}},
        {"a": {"dtype": 3, "shape": [1], "data_offsets": [0, 4]}},
        {"__metadata__": 3},
    ],
)
def test_headers_that_are_none(entries):
    with pytest.raises(MalformedError):
        list(FORMAT.inspect("m.safetensors", look_blob(header(entries, 4)), limits()))


def look_blob(data: bytes):
    from ajar.blobs import BytesBlob

    return BytesBlob(data)


def limits():
    from ajar.config import Limits

    return Limits()


@pytest.mark.parametrize(
    ("offsets", "words"),
    [([0, 8], "its shape asks for 4"), ([4, 8], "hole"), ([0, 2**40], "cut short")],
)
def test_spans_that_lie(offsets, words):
    seen = look(
        FORMAT, header({"a": {"dtype": "F32", "shape": [1], "data_offsets": offsets}}, 8), "m.safetensors"
    )
    assert any(words in gap.detail for gap in seen.gaps)


def test_overlapping_tensors():
    entry = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
    seen = look(FORMAT, header({"a": entry, "b": entry}, 4), "m.safetensors")
    assert "overlap" in seen.gaps[0].detail


def test_a_header_beyond_the_cap_is_not_read():
    with pytest.raises(BudgetExceeded):
        look(FORMAT, struct.pack("<Q", 2**31) + b"{}", "m.safetensors", size=2**33)


def test_twelve_megabytes_of_header_take_no_time():
    entries, at = {}, 0
    for number in range(89_000):
        name = f"model.layers.{number}.experts.down_proj.weight_scale_inv.and.a.long.tail.of.a.name"
        entries[name] = {"dtype": "BF16", "shape": [2], "data_offsets": [at, at + 4]}
        at += 4
    data = header(entries, at)
    started = time.perf_counter()
    assert look(FORMAT, data, "m.safetensors").one("weights.tensor-count") == 89_000
    assert time.perf_counter() - started < 10
