"""Tars, ar and cpio: what one reader sees and another does not."""

from __future__ import annotations

import gzip
import io
import random
import struct
import tarfile

import pytest

from ajar.blobs import BytesBlob
from ajar.config import Limits
from ajar.formats import tar_archive
from ajar.model.evidence import GapReason
from tests.build.containers import TAR_END, ar, cpio, pax, tar_block, tar_file
from tests.build.pickles import command
from tests.unit.safety.test_archives import zipped

EVIL = command()
WORDS = b"words about a model\n"
SAME, INSIDE, LIMITS = (
    "archive-reads-the-same-everywhere",
    "archive-stays-in-its-folder",
    "archive-expands-within-limits",
)


def rules(found) -> set[str]:
    return {item.rule for item in found.findings}


def test_a_pax_name_and_a_name_in_the_header_both_count(look):
    body = tar_file("a.txt", WORDS) + TAR_END
    assert look(pax({"path": "long/name.txt"}) + body, "m.tar").level == "clean"
    assert INSIDE in rules(look(pax({"path": "../../x"}) + body, "m.tar"))
    assert INSIDE in rules(look(pax({"path": "x"}) + tar_file("/etc/x", WORDS) + TAR_END, "m.tar"))
    assert INSIDE in rules(
        look(pax({"linkpath": "/etc/x"}) + tar_file("a", b"", b"2", "b") + TAR_END, "m.tar")
    )


def test_a_long_link_of_gnu(look):
    link = tar_file("././@LongLink", b"d/" * 80 + b"../" * 90 + b"x\0", b"K")
    assert INSIDE in rules(look(link + tar_file("a", b"", b"2", "d/d") + TAR_END, "m.tar"))


def test_two_names_for_one_member(look):
    data = pax({"path": "a"}) + tar_file("././@LongLink", b"b\0", b"L") + tar_file("c", WORDS) + TAR_END
    assert SAME in rules(look(data, "m.tar"))


def test_a_name_for_all_members(look):
    honest = pax({"comment": "0123"}, b"g") + tar_file("a", WORDS) + TAR_END  # as git archive writes it
    assert look(honest, "m.tar").level == "clean"
    assert look(pax({"path": "../x"}, b"g") + tar_file("a", WORDS) + TAR_END, "m.tar").level == "dangerous"
    assert SAME in rules(look(pax({"path": "b"}, b"g") + tar_file("a", WORDS) + TAR_END, "m.tar"))


def test_a_size_that_only_pax_says(look):
    """The header says 0: a reader without pax takes the body for a header."""
    body = EVIL + bytes(-len(EVIL) % 512)
    data = pax({"size": str(len(EVIL))}) + tar_block("m.pkl", 0) + body + TAR_END
    assert look(data, "m.tar").level == "dangerous"


@pytest.mark.parametrize("records", [b"12 path", b"99 path=x\n", b"0 a=b\n", b"path=x\n", b"10 path=x\n\n"])
def test_broken_extended_headers_are_named(look, records):
    data = tar_file("PaxHeaders/x", records, b"x") + tar_file("a", WORDS) + TAR_END
    found = look(data, "m.tar")
    assert (found.level, rules(found)) == ("caution", {SAME})


def test_another_archive_behind_the_end(look):
    hidden = tar_file("m.pkl", EVIL) + TAR_END
    for gap in (bytes(512), TAR_END, bytes(10240)):
        found = look(tar_file("a", WORDS) + gap + hidden, "m.tar")
        assert found.level == "dangerous"
        assert SAME in rules(found)
    assert look(tar_file("a", WORDS) + bytes(20480), "m.tar").level == "clean"


def test_a_broken_header_that_some_readers_skip(look):
    broken = bytearray(tar_block("b"))
    broken[150] ^= 1
    data = tar_file("a", WORDS) + bytes(broken) + tar_file("m.pkl", EVIL) + TAR_END
    found = look(data, "m.tar")
    assert (found.level, SAME in rules(found)) == ("dangerous", True)
    # The first header broken: tarfile refuses the file, GNU tar goes on.
    assert look(bytes(broken) + tar_file("m.pkl", EVIL) + TAR_END, "m.tar").level == "dangerous"
    assert look(tar_file("a", WORDS) + b"x" * 1024, "m.tar").level == "unknown"


def test_signed_checksums_and_tars_without_a_magic(look):
    block = bytearray(tar_block("\xe9\xe9.pkl", len(EVIL)))
    total = sum(block[:148]) + sum(block[156:]) + 256
    signed = total - 256 * sum(byte > 127 for byte in block)
    block[148:156] = b"%06o\0 " % signed
    assert look(bytes(block) + EVIL.ljust(512, b"\0") + TAR_END, "m.tar").level == "dangerous"
    old = tar_block("m.pkl", len(EVIL), b"\0", v7=True) + EVIL.ljust(512, b"\0") + TAR_END
    assert look(old, "m").level == "dangerous"


@pytest.mark.parametrize("size", [b"\xff" * 11 + b"\0", b"\xff" * 12, b"-0000001000\0"])
def test_a_negative_size(look, size):
    found = look(tar_file("a", WORDS) + tar_block("b", size) + bytes(2048), "m.tar")
    assert found.level in {"caution", "unknown"}
    assert found.gaps
    if size[0] == 0xFF:
        assert LIMITS in rules(found)


def test_sizes_in_base_256(look):
    size = b"\x80" + struct.pack(">QI", 0, len(EVIL))[1:]
    assert look(tar_block("m.pkl", size) + EVIL.ljust(512, b"\0") + TAR_END, "m.tar").level == "dangerous"
    found = look(tar_block("m.pkl", b"\x80" + b"\xff" * 11) + bytes(1024), "m.tar")
    assert found.level == "unknown"


@pytest.mark.parametrize("kind", [b"1", b"2", b"5"])
def test_bytes_behind_a_member_that_has_none(look, kind):
    """Python's tarfile reads on in them, GNU tar steps over them."""
    inner = tar_file("m.pkl", EVIL)
    found = look(tar_block("a", len(inner), kind, "b") + inner + tar_file("z", WORDS) + TAR_END, "m.tar")
    assert (found.level, SAME in rules(found)) == ("dangerous", True)


def test_a_member_through_a_link(look):
    link, inside = tar_file("a", b"", b"2", "d"), tar_file("a/x", WORDS)
    found = look(link + inside + TAR_END, "m.tar")
    assert (found.level, INSIDE in rules(found)) == ("dangerous", True)
    assert look(link + tar_file("ab/x", WORDS) + TAR_END, "m.tar").level == "clean"


def test_hard_links_count_from_the_top(look):
    assert look(tar_file("d/e/a", b"", b"1", "../b") + TAR_END, "m.tar").level == "dangerous"
    assert look(tar_file("d/e/a", b"", b"1", "d/b") + TAR_END, "m.tar").level == "clean"


def old_sparse(runs: list[tuple[int, int]], whole: int, stored: bytes) -> bytes:
    block = bytearray(tar_block("m.pkl", len(stored), b"S"))
    for number, (at, length) in enumerate(runs[:4]):
        block[386 + 24 * number : 410 + 24 * number] = b"%011o\0%011o\0" % (at, length)
    block[482] = len(runs) > 4
    block[483:495] = b"%011o\0" % whole
    rest, more = runs[4:], b""
    while rest:
        rows = b"".join(b"%011o\0%011o\0" % run for run in rest[:21])
        rest = rest[21:]
        more += rows.ljust(504, b"\0") + bytes([bool(rest)]) + bytes(7)
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + more + stored + bytes(-len(stored) % 512) + TAR_END


def test_sparse_files_are_seen_as_they_unpack():
    """By the content that Python's own reader gives."""
    runs = [(7 + 100 * n, 3) for n in range(50)]
    stored = bytes(range(150))
    data = old_sparse(runs, 6000, stored)
    (entry,) = tar_archive.Walk(BytesBlob(data), Limits()).entries()
    ours = tar_archive.content(BytesBlob(data), entry)
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        theirs = archive.extractfile(archive.next()).read()
    assert ours.read_at(0, 9000) == theirs
    assert all(ours.read_at(at, 150) == theirs[at : at + 150] for at in range(0, 6000, 77))


@pytest.mark.parametrize(
    "records",
    [
        {
            "GNU.sparse.major": "1",
            "GNU.sparse.minor": "0",
            "GNU.sparse.name": "m",
            "GNU.sparse.realsize": "900",
        },
        {"GNU.sparse.map": "0,5,600,20", "GNU.sparse.size": "900", "GNU.sparse.numblocks": "2"},
    ],
)
def test_sparse_files_of_pax(records):
    stored = bytes(range(100, 125))
    if "GNU.sparse.major" in records:
        stored = b"2\n0\n5\n600\n20\n".ljust(512, b"\0") + stored
    data = pax(records) + tar_file("GNUSparseFile.0/m", stored) + TAR_END
    (entry,) = tar_archive.Walk(BytesBlob(data), Limits()).entries()
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        member = archive.next()
        theirs = archive.extractfile(member).read()
    assert tar_archive.content(BytesBlob(data), entry).read_at(0, 9000) == theirs
    assert len(theirs) == 900


def test_a_pickle_behind_a_hole_and_holes_that_lie(look):
    assert look(old_sparse([(0, len(EVIL))], 4000, EVIL), "m.tar").level == "dangerous"
    found = look(old_sparse([(0, 5)], 1 << 32, WORDS), "m.tar")
    assert LIMITS in rules(found)
    for runs in ([(500, 5), (0, 5)], [(0, 500)], [(0, 10), (5, 10)]):
        assert SAME in rules(look(old_sparse(runs, 600, WORDS), "m.tar"))


def test_a_tar_and_a_zip_at_once(look):
    plain = tar_file("a", WORDS) + TAR_END
    found = look(plain + zipped({"m.pkl": EVIL}), "m.tar")
    assert (found.level, "file-is-one-kind-of-file" in rules(found)) == ("dangerous", True)
    # A zip as the last member is that member's, and nothing to tell.
    assert look(tar_file("m.zip", zipped({"a.txt": WORDS})) + TAR_END, "m.tar").level == "clean"
    # A zip whose first bytes are a tar's first header.
    inner = zipped({"a.txt": WORDS})
    block = bytearray(tar_block("PK", len(EVIL)))
    block[0:4], block[4:100] = b"PK\x03\x04", bytes(96)
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    found = look(bytes(block) + EVIL.ljust(512, b"\0") + TAR_END + inner, "m.zip")
    assert (found.level, "file-is-one-kind-of-file" in rules(found)) == ("dangerous", True)


def test_a_tar_that_is_compressed(look):
    assert (
        look(gzip.compress(tar_file("a", WORDS) + TAR_END + tar_file("m", EVIL)), "m.tgz").level
        == "dangerous"
    )


def test_ar(look):
    assert look(ar([("m.pkl/", EVIL), ("a.txt/", WORDS)]), "x.a").level == "dangerous"
    assert look(ar([("a.txt/", WORDS), ("debian-binary", b"2.0\n")]), "x.deb").level == "clean"
    assert look(ar([("/0", EVIL)], long_names=b"a-long-name.pkl/\nb/\n"), "x.a").level == "dangerous"
    assert INSIDE in rules(look(ar([("/2", WORDS)], long_names=b"a\n../../x/\n"), "x.a"))
    bsd = ar([("#1/12", b"../../evil\0\0" + WORDS)])
    assert INSIDE in rules(look(bsd, "x.a"))
    data = ar([("m.bin/", bytes(50))])
    for cut in (9, 30, 67, 80):
        assert look(data[:cut], "x.a").level == "unknown"
    assert look(data[:40] + b"x" * 20, "x.a").level == "unknown"


@pytest.mark.parametrize("old", [False, True])
def test_cpio(look, old):
    assert look(cpio([("a.txt", WORDS, 0o100644), ("m", EVIL, 0o100644)], old=old), "x").level == "dangerous"
    assert look(cpio([("d", b"", 0o40755), ("a", WORDS, 0o100644)], old=old), "x.cpio").level == "clean"
    assert look(cpio([("a", b"/etc/x", 0o120777)], old=old), "x").level == "dangerous"
    assert look(cpio([("a", b"", 0o20644)], old=old), "x").level == "dangerous"
    assert INSIDE in rules(look(cpio([("../a", WORDS, 0o100644)], old=old), "x"))
    data = cpio([("m.bin", bytes(50), 0o100644)], old=old)
    for cut in (20, 100, 140, len(data) - 12):
        assert look(data[:cut], "x").level == "unknown", cut
    assert look(data[:60] + b"\xff" * 60, "x").level == "unknown"


def test_a_compressed_tar_too_large_to_be_held_is_read_as_a_stream(look):
    """Members behind the allowance are seen; one that is larger than it is, up to there."""
    small = Limits(inflate_bytes=1 << 20)
    noise = random.Random(7).randbytes(3 << 20)
    numbers = (
        b"\x93NUMPY\x01\x00\x76\x00"
        + b"{'descr': '|u1', 'fortran_order': False, 'shape': (3145600,), }".ljust(117)
        + b"\n"
    )
    honest = tar_file("w.npy", (numbers + noise)[: 3145600 + 128]) + tar_file("a.txt", WORDS)
    pack = lambda data: gzip.compress(data, 1)  # noqa: E731
    assert look(pack(honest + TAR_END), "model.tar.gz", limits=small).level == "clean"
    found = look(pack(honest + tar_file("m.pkl", EVIL) + TAR_END), "model.tar.gz", limits=small)
    assert found.level == "dangerous"
    assert found.findings[0].because[0].location.path == "model.tar.gz!/model.tar!/m.pkl"
    torch = zipped({"a/data.pkl": EVIL, "a/data/0": noise})
    found = look(pack(tar_file("m.pt", torch) + TAR_END), "model.tar.gz", limits=small)
    assert found.level == "dangerous"
    assert found.gaps[0].reason is GapReason.OVER_BUDGET
    cut = pack(honest)[:-200_000]
    assert look(cut, "model.tar.gz", limits=small).level == "unknown"
    assert look(pack(honest[:-2000]), "model.tar.gz", limits=small).level == "unknown"
    bomb = tar_file("z.npy", bytes(40 << 20)) + TAR_END
    found = look(gzip.compress(bomb), "model.tar.gz", limits=small)
    assert LIMITS in rules(found)
