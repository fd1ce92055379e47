import struct

import pytest

from ajar.errors import MalformedError
from ajar.formats.tflite import FORMAT
from tests.build.observing import cut_everywhere, look


def small():
    """Version 3, two operator codes, one subgraph of five tensors, a description."""
    parts = bytearray(struct.pack("<I4s", 24, b"TFL3"))
    parts += struct.pack("<HHHHHH", 12, 20, 4, 8, 12, 16) + bytes(4)
    table = len(parts)
    parts += struct.pack("<i", table - 8) + struct.pack("<I", 3) + bytes(12)
    codes = len(parts)
    parts += struct.pack("<III", 2, 0, 0)
    subs = len(parts)
    parts += struct.pack("<II", 1, 0)
    vtable = len(parts)
    parts += struct.pack("<HHHH", 6, 8, 4, 0)
    sub = len(parts)
    parts += struct.pack("<iI", sub - vtable, 4)
    parts += struct.pack("<I", 5) + bytes(20)
    text = len(parts)
    parts += struct.pack("<I", 4) + b"demo"
    for slot, target in ((8, codes), (12, subs), (16, text)):
        struct.pack_into("<I", parts, table + slot, target - (table + slot))
    struct.pack_into("<I", parts, subs + 4, sub - (subs + 4))
    return bytes(parts)


def test_version_operators_tensors():
    seen = look(FORMAT, small(), "m.tflite")
    assert seen.one("weights.version") == 3
    assert seen.one("weights.operator-count") == 2
    assert seen.one("weights.tensor-count") == 5
    assert seen.one("weights.metadata") == "demo"


def test_every_cut_is_noticed():
    data = small()
    assert cut_everywhere(FORMAT, data, "m.tflite") == len(data) - 1


@pytest.mark.parametrize("at", [0, 24, 32, 36])
def test_offsets_that_lie(at):
    data = bytearray(small())
    struct.pack_into("<I", data, at, 0x7FFFFFFF)
    with pytest.raises(MalformedError):
        look(FORMAT, bytes(data), "m.tflite")
