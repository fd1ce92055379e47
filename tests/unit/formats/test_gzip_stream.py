import bz2
import gzip
import lzma

import pytest

from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.formats.gzip_stream import FORMAT
from tests.build.observing import look

TEXT = b"hello world, " * 9000


@pytest.mark.parametrize(
    ("pack", "suffix"), [(gzip.compress, ".gz"), (bz2.compress, ".bz2"), (lzma.compress, ".xz")]
)
def test_the_content_is_a_member(pack, suffix):
    seen = look(FORMAT, pack(TEXT), f"notes.txt{suffix}")
    (member,) = seen.members
    assert member.path == f"notes.txt{suffix}!/notes.txt"
    assert member.blob.size == len(TEXT)
    assert member.blob.read_at(6, 5) == b"world"


def test_a_tgz_holds_a_tar():
    assert look(FORMAT, gzip.compress(b"x"), "a.tgz").members[0].path == "a.tgz!/a.tar"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_bomb_stops_at_the_budget(pack):
    seen = look(FORMAT, pack(bytes(2**22)), "bomb", limits=Limits(inflate_bytes=2**16))
    assert seen.members[0].blob.size == 2**16
    assert "first 65536 bytes" in seen.gaps[0].detail


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_broken_stream(pack):
    data = bytearray(pack(TEXT))
    data[len(data) // 2 :] = b"\x00" * 4
    try:
        complaint = look(FORMAT, bytes(data), "x").gaps[0].detail
    except MalformedError as error:
        complaint = error.message
    assert "cut short" in complaint or "cannot be inflated" in complaint
