import io
import tarfile

import pytest

from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.formats.tar_archive import FORMAT
from tests.build.observing import look


def archive(members, form=tarfile.PAX_FORMAT):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as made:
        for name, data in members:
            info = tarfile.TarInfo(name)
            if isinstance(data, str):
                info.type, info.linkname = tarfile.SYMTYPE, data
                made.addfile(info)
            else:
                info.size = len(data)
                made.addfile(info, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_dialect(form):
    long = "d/" * 40 + "x" * 60 + ".txt" if form == tarfile.USTAR_FORMAT else "d/" + "y" * 200
    seen = look(FORMAT, archive([("./a", b"hello"), (long, b"long"), ("link", "../../etc")], form), "x.tar")
    assert [member.path for member in seen.members] == ["x.tar!/a", f"x.tar!/{long}"]
    assert seen.members[0].blob.read_at(1, 3) == b"ell"
    assert "not followed" in seen.gaps[0].detail


def test_bodies_are_stepped_over():
    data = archive([("w", bytes(2**20)), ("v", b"x")])
    seen = look(FORMAT, data, "x.tar")
    assert seen.blob.bytes_read < 10_000


def test_names_that_lead_out():
    seen = look(FORMAT, archive([("../../x", b"1")]), "x.tar")
    assert seen.members == []
    assert "leads out" in seen.gaps[0].detail


def test_too_many_members_cut_and_spoilt():
    data = archive([(str(n), b"x") for n in range(30)])
    with pytest.raises(BudgetExceeded):
        look(FORMAT, data, "x.tar", limits=Limits(archive_members=5))
    spoilt = bytearray(data)
    spoilt[1024 + 100] ^= 1
    seen = look(FORMAT, bytes(spoilt), "x.tar")
    assert len(seen.members) == 29
    assert "broken header" in seen.gaps[0].detail
    with pytest.raises(MalformedError, match="checksum"):
        look(FORMAT, archive([("0", b"x")])[:1024] + b"x" * 1024, "x.tar")
    with pytest.raises(MalformedError, match="past the end"):
        look(FORMAT, archive([("a", bytes(5000))])[:2000], "x.tar")
