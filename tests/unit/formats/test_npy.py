import struct

import pytest

from ajar.errors import MalformedError
from ajar.formats.npy import FORMAT
from tests.build.observing import cut_everywhere, look


def npy(header: str, body: int = 0, version: int = 1) -> bytes:
    text = header.encode("latin-1") + b"\n"
    size = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + size + text + bytes(body)


GOOD = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }"


@pytest.mark.parametrize("version", [1, 2, 3])
def test_type_and_shape(version):
    seen = look(FORMAT, npy(GOOD, 24, version), "x.npy")
    assert seen.one("weights.parameter-count") == 6
    assert seen.one("weights.dtype") == "<f4"
    assert seen.gaps == []


def test_objects_are_a_pickle():
    assert look(FORMAT, npy(GOOD.replace("<f4", "|O"), 9), "x.npy").one("weights.pickled") is True


def test_cut():
    data = npy(GOOD, 24)
    assert "4 bytes" in look(FORMAT, data[:-4], "x.npy").gaps[0].detail
    assert cut_everywhere(FORMAT, data, "x.npy") == len(data) - 1


@pytest.mark.parametrize(
    "header",
    ["", "{", "[1]", "{'descr': 1}", GOOD.replace("(3, 2)", "(-1,)"), "__import__('os')", "(" * 3000],
)
def test_headers_that_are_none(header):
    with pytest.raises(MalformedError):
        look(FORMAT, npy(header, 24), "x.npy")


def test_a_version_nobody_wrote():
    with pytest.raises(MalformedError):
        look(FORMAT, npy(GOOD).replace(b"Y\x01", b"Y\x09"), "x.npy")


@pytest.mark.parametrize(
    ("descr", "pickled"),
    [("[('Origin', '<f4'), ('x', '<i8', (2,))]", False), ("[('a', [('b', '|O')])]", True)],
)
def test_a_structure_is_pickled_by_its_types_and_not_by_its_names(descr, pickled):
    seen = look(FORMAT, npy(GOOD.replace("'<f4'", descr), 120), "x.npy")
    assert bool(seen.all("weights.pickled")) is pickled
