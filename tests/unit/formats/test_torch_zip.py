import io
import pickle
import zipfile

from ajar.formats.torch_zip import FORMAT
from tests.build.observing import look

# What torch.save writes for one float tensor: a persistent storage, rebuilt by _rebuild_tensor_v2.
DATA_PKL = (
    b"\x80\x02}q\x00X\x01\x00\x00\x00wq\x01ctorch._utils\n_rebuild_tensor_v2\nq\x02((X\x07\x00\x00\x00storageq\x03"
    b"ctorch\nFloatStorage\nq\x04X\x01\x00\x00\x000q\x05X\x03\x00\x00\x00cpuq\x06K\x04tq\x07QK\x00K\x04\x85q\x08"
    b"K\x01\x85q\t\x89ccollections\nOrderedDict\nq\n)Rq\x0btq\x0cRq\rs."
)


def checkpoint(members, method=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, data in members.items():
            made.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


PLAIN = {"m/data.pkl": DATA_PKL, "m/version": b"3\n", "m/data/0": bytes(16)}


def test_tensors_and_imports():
    seen = look(FORMAT, checkpoint(PLAIN), "pytorch_model.bin")
    assert seen.one("weights.tensor-count") == 1
    assert seen.one("weights.parameter-count") == 4
    assert seen.all("weights.pickle-global") == [
        "torch._utils _rebuild_tensor_v2",
        "torch FloatStorage",
        "collections OrderedDict",
    ]
    assert seen.gaps == []


def test_code_that_travels_along():
    members = PLAIN | {
        "m/code/__torch__/net.py": b"def forward(self): pass\n",
        "m/constants.pkl": pickle.dumps((), 2),
    }
    assert look(FORMAT, checkpoint(members), "m.pt").all("weights.code-member") == ["m/code/__torch__/net.py"]


def test_a_second_pickle_is_walked_too():
    members = PLAIN | {"m/extra.pkl": b"\x80\x02cposix\nsystem\nq\x00."}
    assert "posix system" in look(FORMAT, checkpoint(members), "m.pt").all("weights.pickle-global")


def test_a_pickle_that_breaks_is_a_gap():
    seen = look(FORMAT, checkpoint(PLAIN | {"m/data.pkl": DATA_PKL[:40]}), "m.pt")
    assert "data.pkl" in seen.gaps[0].detail


def test_an_ordinary_zip_is_not_one():
    data = checkpoint({"README.md": b"hi"})
    assert not FORMAT.matches(data[:4096], "m.zip")
