import pytest

from ajar.errors import MalformedError
from ajar.formats.tf_saved_model import FORMAT
from tests.build.observing import look
from tests.build.seeds import _field, _saved_model


def test_tags_and_operators():
    seen = look(FORMAT, _saved_model(), "saved_model.pb")
    assert seen.one("weights.version") == "schema 1"
    assert seen.one("weights.metadata") == "serve"
    assert seen.all("weights.operator") == ["Placeholder"]


def test_signatures():
    data = b"\x08\x01" + _field(2, _field(5, _field(1, b"serving_default")))
    assert look(FORMAT, data, "saved_model.pb").all("weights.signature") == ["serving_default"]


def test_cut_empty_and_other():
    with pytest.raises(MalformedError):
        look(FORMAT, _saved_model()[:-3], "saved_model.pb")
    assert not FORMAT.matches(b"\x08\x01\x12", "graph.pbtxt")
