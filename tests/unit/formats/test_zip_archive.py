import io
import zipfile

import pytest

from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.formats.zip_archive import FORMAT
from tests.build.observing import look


def archive(members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, data in members:
            made.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_read_like_files(method):
    seen = look(FORMAT, archive([("a/b.txt", b"hello world" * 99), ("d/", b"")], method), "x.zip")
    (member,) = seen.members
    assert member.path == "x.zip!/a/b.txt"
    assert member.blob.size == 1089
    assert member.blob.read_at(6, 5) == b"world"
    assert member.blob.read_at(1080, 99) == b"llo world"


def test_only_what_is_read_is_inflated():
    data = archive([("w.bin", bytes(64 * 2**20))])
    (member,) = look(FORMAT, data, "x.zip").members
    assert member.blob.read_at(0, 8) == bytes(8)
    with pytest.raises(BudgetExceeded):
        look(FORMAT, data, "x.zip", limits=Limits(inflate_bytes=1024)).members[0].blob.read_at(0, 4096)


@pytest.mark.parametrize("name", ["../out", "/abs", "a/../../b", "a\\b"])
def test_names_that_lead_out(name):
    seen = look(FORMAT, archive([(name, b"x"), ("ok", b"y")]), "x.zip")
    assert [member.path for member in seen.members] == ["x.zip!/ok"]
    assert len(seen.gaps) == 1


def test_twins_and_methods_nobody_reads():
    with pytest.warns(UserWarning, match="Duplicate"):
        twins = archive([("a", b"1"), ("a", b"2")])
    assert "same name" in look(FORMAT, twins, "x.zip").gaps[0].detail
    assert "method 14" in look(FORMAT, archive([("a", b"1")], zipfile.ZIP_LZMA), "x.zip").gaps[0].detail


def test_a_bomb_says_its_ratio():
    assert look(FORMAT, archive([("z", bytes(2**25))]), "x.zip").one("archive.compression-ratio") > 900


def test_too_many_members_and_cut_archives():
    data = archive([(str(n), b"") for n in range(50)])
    with pytest.raises(BudgetExceeded):
        look(FORMAT, data, "x.zip", limits=Limits(archive_members=10))
    for end in (10, len(data) // 2, len(data) - 1):
        with pytest.raises(MalformedError):
            look(FORMAT, data[:end], "x.zip")


def test_a_member_whose_stream_is_broken():
    data = bytearray(archive([("a", b"hello world" * 50)]))
    data[33:40] = b"\xff" * 7
    (member,) = look(FORMAT, bytes(data), "x.zip").members
    with pytest.raises(MalformedError):
        member.blob.read_at(0, 500)
