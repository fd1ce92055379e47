import pytest

from ajar.errors import MalformedError
from ajar.formats.lfs_pointer import FORMAT
from tests.build.text_files import look, matches

OID = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{OID}\nsize 12345\n"


def test_git_lfs():
    assert matches(FORMAT, POINTER, "model.safetensors")
    seen = look(FORMAT, POINTER, "model.safetensors")
    assert seen.one("pointer.oid") == f"sha256:{OID}"
    assert seen.one("pointer.size") == 12345


@pytest.mark.parametrize(
    "text",
    [
        f"/annex/objects/SHA256E-s77--{OID}.bin\n",
        f"../.git/annex/objects/aa/bb/SHA256E-s77--{OID}.bin/SHA256E-s77--{OID}.bin",
    ],
)
def test_git_annex(text):
    assert matches(FORMAT, text, "model.bin")
    seen = look(FORMAT, text, "model.bin")
    assert seen.one("pointer.oid") == f"sha256e:{OID}.bin"
    assert seen.one("pointer.size") == 77


def test_annex_without_a_size():
    assert look(FORMAT, "/annex/objects/MD5--abc", "a").all("pointer.size") == []


@pytest.mark.parametrize(
    "data", [b"", b"weights", b"see version https://git-lfs.github.com/spec/v1", b"/annex/objects/"]
)
def test_not_a_pointer(data):
    assert not matches(FORMAT, data, "model.bin")


@pytest.mark.parametrize(
    "text",
    [
        POINTER.replace("size 12345", "size -1"),
        POINTER.replace("size 12345", "size " + "9" * 30),
        POINTER.replace(OID, OID[:-1]),
        POINTER.replace(OID, OID.upper()),
        POINTER + "x" * 2000,
    ],
)
def test_malformed(text):
    with pytest.raises(MalformedError):
        look(FORMAT, text, "model.bin")


def test_every_cut_is_malformed_or_whole():
    for end in range(len(POINTER)):
        if end == len(POINTER) - 1:
            assert look(FORMAT, POINTER[:end], "a").one("pointer.size") == 12345
        elif POINTER[:end].endswith(("size 1", "size 12", "size 123", "size 1234")):
            assert look(FORMAT, POINTER[:end], "a").one("pointer.size") < 12345
        else:
            with pytest.raises(MalformedError):
                look(FORMAT, POINTER[:end], "a")
