import struct

import pytest

from ajar.errors import MalformedError
from ajar.formats.hdf5 import FORMAT
from tests.build.observing import look
from tests.build.seeds import _hdf5


def test_superblock_keras_and_what_is_unread():
    data = _hdf5() + b'keras_version\0\0\0002.15.0\0{"class_name": "Sequential"}{"class_name": "Lambda"}'
    seen = look(FORMAT, data, "m.h5")
    assert seen.one("weights.version") == "superblock 0"
    assert seen.one("weights.keras-version") == "2.15.0"
    assert seen.all("weights.architecture") == ["Sequential", "Lambda"]
    assert seen.one("weights.lambda-layer") is True
    assert "not walked" in seen.gaps[-1].detail


def test_a_cut_file_says_how_much_is_missing():
    data = _hdf5()
    assert "100 of 800" in look(FORMAT, data[:700], "m.h5").gaps[0].detail


def test_a_large_file_costs_a_megabyte():
    data = bytearray(_hdf5())
    struct.pack_into("<Q", data, 40, 2**33)
    assert look(FORMAT, bytes(data), "m.h5", size=2**33).blob.bytes_read < 2**20 + 100


@pytest.mark.parametrize("data", [_hdf5()[:8], _hdf5()[:20], b"\x89HDF\r\n\x1a\n\x09" + bytes(60)])
def test_superblocks_that_are_none(data):
    with pytest.raises(MalformedError):
        look(FORMAT, data, "m.h5")
