from ajar.formats.torch_legacy import FORMAT
from tests.build.observing import cut_everywhere, look
from tests.build.seeds import _torch_legacy


def test_all_streams_are_walked():
    data = _torch_legacy()
    data = data.replace(b"]q\x00U\x010a.", b"cposix\nsystem\nq\x00.")
    seen = look(FORMAT, data, "m.pt")
    assert seen.one("weights.pickled") is True
    assert seen.one("weights.pickle-protocol") == 2


def test_imports_in_the_object():
    data = _torch_legacy()
    at = (
        data.index(b"}q\x00X\x01\x00\x00\x00w")
        if b"}q\x00X\x01\x00\x00\x00w" in data
        else data.index(b"}", 40)
    )
    seen = look(FORMAT, data[:at] + b"cposix\nsystem\n0" + data[at:], "m.pt")
    assert "posix system" in seen.all("weights.pickle-global")


def test_every_cut_after_the_magic_is_noticed():
    data = _torch_legacy()
    assert cut_everywhere(FORMAT, data, "m.pt") == len(data) - 1


def test_another_pickle_is_not_one():
    assert not FORMAT.matches(b"\x80\x02}q\x00.", "m.pt")
