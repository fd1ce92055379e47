import struct

import msgspec
import pytest

from ajar.errors import MalformedError
from ajar.formats.flax_msgpack import FORMAT
from tests.build.observing import cut_everywhere, look


def array(shape, dtype, size):
    payload = msgspec.msgpack.encode((shape, dtype, bytes(size)))
    return msgspec.msgpack.Ext(1, payload)


TREE = msgspec.msgpack.encode(
    {
        "params": {
            "kernel": array([4, 8], "float32", 128),
            "bias": array([8], "float32", 32),
            "step": 7,
            "name": "x",
            "on": True,
        },
        "list": [1.5, None, b"raw", -3, 2**40],
    }
)


def test_arrays_are_counted():
    seen = look(FORMAT, TREE, "flax_model.msgpack")
    assert seen.one("weights.tensor-count") == 2
    assert seen.one("weights.parameter-count") == 40
    assert seen.one("weights.dtype") == "float32"


def test_bodies_are_stepped_over():
    data = msgspec.msgpack.encode({"w": array([2**21], "float32", 2**23)})
    assert look(FORMAT, data, "m.msgpack").blob.bytes_read < 4096


def test_every_cut_is_noticed():
    assert cut_everywhere(FORMAT, TREE, "m.msgpack") == len(TREE) - 1


@pytest.mark.parametrize(
    "data",
    [b"\xdf" + struct.pack(">I", 2**32 - 1), b"\x81\xa1x\xc1", b"\x81\xa1x\xc6" + struct.pack(">I", 2**31)],
)
def test_lengths_that_lie(data):
    with pytest.raises(MalformedError):
        look(FORMAT, data, "m.msgpack")


def test_nesting_costs_nothing():
    with pytest.raises(MalformedError):
        look(FORMAT, b"\x81\xa1a" * 100_000, "m.msgpack")
