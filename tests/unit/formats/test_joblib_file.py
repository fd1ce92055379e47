import bz2
import gzip
import lzma
import zlib

import pytest

from ajar.errors import MalformedError
from ajar.formats.joblib_file import FORMAT
from tests.build.observing import look

PICKLE = b"\x80\x03cposix\nsystem\nq\x00X\x04\x00\x00\x00trueq\x01\x85q\x02Rq\x03."


@pytest.mark.parametrize("pack", [bytes, zlib.compress, gzip.compress, bz2.compress, lzma.compress])
def test_imports_through_every_compressor(pack):
    seen = look(FORMAT, pack(PICKLE), "m.joblib")
    assert seen.all("weights.pickle-global") == ["posix system"]
    assert seen.gaps == []


def test_arrays_end_the_walk_and_say_so():
    data = b"\x80\x03cjoblib.numpy_pickle\nNumpyArrayWrapper\nq\x00)\x81q\x01" + b"\xff" * 64
    seen = look(FORMAT, data, "m.pkl")
    assert "not seen" in seen.gaps[0].detail


def test_lz4_is_named_as_unread():
    assert "lz4" in look(FORMAT, b'\x04"M\x18' + bytes(20), "m.joblib").gaps[0].detail


def test_a_broken_stream():
    with pytest.raises(MalformedError):
        look(FORMAT, b"x\x9c" + b"\xff" * 40, "m.joblib")
