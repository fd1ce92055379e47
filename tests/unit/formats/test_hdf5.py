import struct

import pytest

from ajar.errors import MalformedError
from ajar.formats.hdf5 import FORMAT
from tests.build.hdf5 import Dataset, Group, hdf5
from tests.build.observing import look
from tests.build.seeds import _hdf5


def test_datasets_are_counted_and_attributes_read():
    config = b'{"class_name": "Sequential", "config": {"layers": [{"class_name": "Lambda"}]}}'
    tree = Group(
        {
            "w": Dataset((4, 2)),
            "deep": Group({"b": Dataset((3,))}),
            "optimizer_weights": Group({"m": Dataset((9,))}),
        },
        {"keras_version": b"2.15.0", "model_config": config},
    )
    seen = look(FORMAT, hdf5(tree), "m.h5")
    assert (seen.one("weights.tensor-count"), seen.one("weights.parameter-count")) == (2, 11)
    assert (seen.one("weights.keras-version"), seen.one("weights.dtype")) == ("2.15.0", "F32")
    assert seen.all("weights.architecture") == ["Sequential", "Lambda"]
    assert seen.gaps == []


def test_names_in_the_clear_where_no_attribute_has_them():
    data = _hdf5() + b'keras_version\0\0\0002.15.0\0{"class_name": "Sequential"}{"class_name": "Lambda"}'
    seen = look(FORMAT, data, "m.h5")
    assert seen.one("weights.version") == "superblock 0"
    assert seen.one("weights.keras-version") == "2.15.0"
    assert seen.all("weights.architecture") == ["Sequential", "Lambda"]
    assert seen.one("weights.lambda-layer") is True


def test_a_cut_file_says_how_much_is_missing():
    data = _hdf5()
    assert "100 bytes" in look(FORMAT, data[:700], "m.h5").gaps[0].detail


def test_a_broken_tree_counts_nothing():
    data = bytearray(hdf5(Group({"w": Dataset((4, 2))})))
    data[data.index(b"SNOD")] = 0
    seen = look(FORMAT, bytes(data), "m.h5")
    assert seen.all("weights.tensor-count") == []
    assert "not counted" in seen.gaps[-1].detail


def test_a_large_file_costs_a_megabyte():
    data = bytearray(_hdf5())
    struct.pack_into("<Q", data, 40, 2**33)
    assert look(FORMAT, bytes(data), "m.h5", size=2**33).blob.bytes_read < 2**20 + 2**15


@pytest.mark.parametrize("data", [_hdf5()[:8], _hdf5()[:20], b"\x89HDF\r\n\x1a\n\x09" + bytes(60)])
def test_superblocks_that_are_none(data):
    with pytest.raises(MalformedError):
        look(FORMAT, data, "m.h5")
