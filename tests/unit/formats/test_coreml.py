import pytest

from ajar.errors import MalformedError
from ajar.formats.coreml import FORMAT
from tests.build.observing import look
from tests.build.seeds import _field


def test_version_and_licence():
    about = _field(1, b"A classifier") + _field(3, b"Somebody") + _field(4, b"MIT")
    metadata = b"\xa2\x06" + bytes([len(about)]) + about  # field 100
    seen = look(FORMAT, b"\x08\x07" + _field(2, metadata), "m.mlmodel")
    assert seen.one("weights.version") == "specification 7"
    assert seen.one("weights.licence") == "MIT"
    assert seen.one("weights.name") == "A classifier"


@pytest.mark.parametrize(
    "data", [b"\x08", b"\x08\x07\x12\x7f", b"\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"]
)
def test_cut(data):
    with pytest.raises(MalformedError):
        look(FORMAT, data, "m.mlmodel")


def test_the_name_must_promise_it():
    assert not FORMAT.matches(b"\x08\x07", "m.bin")
