import collections
import pickle
import struct

import pytest

from ajar.formats.pickle_stream import FORMAT
from tests.build.observing import cut_everywhere, look


class Calls:
    def __reduce__(self):
        import os

        return os.system, ("true",)


@pytest.mark.parametrize("protocol", range(6))
def test_imports_of_every_protocol(protocol):
    data = pickle.dumps([collections.OrderedDict(a=1), Calls()], protocol=protocol)
    seen = look(FORMAT, data, "x.pkl")
    names = seen.all("weights.pickle-global")
    assert "collections OrderedDict" in names
    assert any(name in {"posix system", "nt system", "os system"} for name in names)
    assert seen.gaps == []


def test_a_name_taken_from_the_memo():
    data = b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94K\x010h\x00h\x01\x93."
    assert look(FORMAT, data, "x.pkl").all("weights.pickle-global") == ["os system"]


def test_a_name_built_at_run_time_is_a_question():
    data = b"\x80\x04\x8c\x02osN\x93."
    assert look(FORMAT, data, "x.pkl").all("weights.pickle-global") == ["?"]


def test_what_came_before_a_break_is_kept():
    seen = look(FORMAT, b"\x80\x02cposix\nsystem\nq\x00\xff", "x.pkl")
    assert seen.all("weights.pickle-global") == ["posix system"]
    assert "no pickle opcode" in seen.gaps[0].detail


def test_every_cut_is_noticed():
    data = pickle.dumps({"a": [1, 2.5, b"x", "é", None, True]}, protocol=4)
    assert cut_everywhere(FORMAT, data, "x.pkl") == len(data) - 1


def test_a_length_that_lies():
    seen = look(FORMAT, b"\x80\x04\x8e" + struct.pack("<Q", 2**63) + b"x.", "x.pkl")
    assert "wanted" in seen.gaps[0].detail


def test_bulk_is_stepped_over():
    data = pickle.dumps(bytes(50 * 2**20), protocol=4)
    assert look(FORMAT, data, "x.pkl").blob.bytes_read < 2**20
