"""Whatever the bytes and the name, a scan ends in a level, within its budgets, and never in an exception."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ajar.config import Limits
from ajar.model.evidence import GapReason
from ajar.safety import scan
from ajar.safety.check import LEVELS
from tests.build.observing import ObservingBlob
from tests.build.pickles import command
from tests.build.seeds import SEEDS

NAMES = st.sampled_from(
    ["m.pkl", "m.pt", "m.bin", "m.safetensors", "m.gguf", "m.onnx", "m.h5", "m.keras", "m.zip", "m.tar", "m.joblib", "m.npy", "config.json", "a.yaml", "chat_template.jinja", "modeling_x.py", "requirements.txt", "x.ipynb", "x.pth", "m.rds", "x.xml", "saved_model.pb", "m.tflite", "m.pte", "m.mlmodel", "m.pdmodel", "m.caffemodel", "m.ubj", "m.cbm", "m.params", "m.engine", "m.weights", "m.dat", "a/models/m.json"]
)  # fmt: skip
STARTS = st.sampled_from([
    b"", b"PK\x03\x04", b"\x80\x04", b"GGUF\x03\0\0\0", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\0", b"x\x9c", b"\x04\x22\x4d\x18\x60\x40\x82", b"\x89HDF\r\n\x1a\n",
    b"{", b"[", b"<", b"X\n\0\0\0\x02", b"\x08\x08\x12", b"\x93NUMPY\x01\0", b"#!", b"{{", b"import ", b"7z\xbc\xaf\x27\x1c", b"\x0a\x10",
    b"\x18\0\0\0TFL3", b"\x18\0\0\0ET12", b"\x18\0\0\0FT01", b"CBM1", b"tree\nversion=v4\n", b"{L" + bytes(7) + b"\x07learner", b"ftrt", b"\x12\x01" + bytes(14),
    b"\x0a\x40\x08\x00\x10" + b"\xff" * 9 + b"\x01", b"7767517\n", b'{"nodes": [{"op": "Custom"', b"\x89HDF\r\n\x1a\n\x02\x08\x08\0" + bytes(24),
])  # fmt: skip


def ends_well(data: bytes, name: str) -> None:
    blob = ObservingBlob(data, len(data))
    found = scan(name, blob, Limits(file_seconds=5.0))
    assert found.level in LEVELS
    assert not [gap.detail for gap in found.gaps if gap.reason is GapReason.INTERNAL_ERROR]


@given(STARTS, st.binary(max_size=600), NAMES)
@settings(max_examples=600, deadline=None, derandomize=True)
def test_any_bytes(start: bytes, data: bytes, name: str) -> None:
    ends_well(start + data, name)


@pytest.mark.parametrize("seed", SEEDS, ids=[path for path, _ in SEEDS])
@given(data=st.data())
@settings(max_examples=25, deadline=None, derandomize=True)
def test_good_files_with_a_few_bytes_changed(seed: tuple[str, bytes], data: st.DataObject) -> None:
    path, good = seed
    body = bytearray(good)
    for _ in range(data.draw(st.integers(0, 4))):
        if body:
            body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(body)))
    ends_well(bytes(body[:cut]), path)


@given(st.binary(max_size=64), st.binary(max_size=64))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_bytes_around_an_attack_do_not_hide_it(before: bytes, after: bytes) -> None:
    from tests.build.zips import zipped

    attack = command()
    packed = zipped({"a": before, "b": attack, "c": after})
    for name, data in (("m.pkl", attack + after), ("m.zip", packed)):
        assert scan(name, ObservingBlob(data, len(data)), Limits()).level == "dangerous"
