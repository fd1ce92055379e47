import pytest

from ajar.errors import MalformedError
from ajar.formats.tf_checkpoint import FORMAT
from tests.build.observing import cut_everywhere, look
from tests.build.seeds import _tf_checkpoint


def test_the_index():
    assert look(FORMAT, _tf_checkpoint(), "model.ckpt.index").one("weights.version") == "tensor bundle"


def test_a_data_file_says_its_place_without_being_read():
    seen = look(FORMAT, b"\0" * 16, "model.ckpt.data-00001-of-00004", size=2**33)
    assert (seen.one("weights.split-no"), seen.one("weights.split-count")) == (1, 4)
    assert seen.one("weights.total-size") == 2**33
    assert seen.blob.reads == []


def test_cut_and_other():
    data = _tf_checkpoint()
    assert cut_everywhere(FORMAT, data, "m.index") == len(data) - 1
    with pytest.raises(MalformedError):
        look(FORMAT, bytes(64), "m.index")
    assert not FORMAT.matches(bytes(64), "m.ckpt")
