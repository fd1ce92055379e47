import pytest

from ajar.errors import MalformedError
from ajar.formats.arrow_ipc import FORMAT
from tests.build.observing import cut_everywhere, look
from tests.build.seeds import _arrow


def test_both_ends_are_checked():
    data = _arrow()
    assert look(FORMAT, data, "data.arrow").one("data.bytes") == len(data)
    assert cut_everywhere(FORMAT, data, "data.arrow") >= len(data) - 6


def test_a_stream_has_no_footer():
    assert look(FORMAT, b"\xff\xff\xff\xff" + bytes(20), "data.arrow").one("data.bytes") == 24
    assert not FORMAT.matches(b"\xff\xff\xff\xff" + bytes(20), "data.bin")


def test_a_footer_that_lies():
    data = bytearray(_arrow())
    data[-10:-6] = b"\xff\xff\xff\x7f"
    with pytest.raises(MalformedError):
        look(FORMAT, bytes(data), "data.arrow")
