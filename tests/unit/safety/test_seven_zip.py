"""7z: every coder that is read, what is not, headers that lie, and members placed elsewhere."""

from __future__ import annotations

import io
import lzma
import random
import struct

import pytest

from ajar.config import Limits
from ajar.model.evidence import GapReason
from tests.build.containers import COPY, number, seven_zip, seven_zip_of
from tests.build.pickles import command
from tests.build.releases import safetensors_bytes
from tests.build.zips import zipped

py7zr = pytest.importorskip("py7zr")

EVIL = command()
NOISE = (
    random.Random(7).randbytes(4000) + b"\xe8\x01\x02\x03\x00" * 40
)  # calls of x86, for the branch filters
CHAINS = {
    "copy": [{"id": py7zr.FILTER_COPY}],
    "lzma": [{"id": py7zr.FILTER_LZMA}],
    "lzma2": [{"id": py7zr.FILTER_LZMA2, "preset": 6}],
    "bcj-lzma": [{"id": py7zr.FILTER_X86}, {"id": py7zr.FILTER_LZMA}],
    "bcj-lzma2": [{"id": py7zr.FILTER_X86}, {"id": py7zr.FILTER_LZMA2, "preset": 6}],
    "arm": [{"id": py7zr.FILTER_ARM}, {"id": py7zr.FILTER_LZMA2, "preset": 6}],
    "armthumb": [{"id": py7zr.FILTER_ARMTHUMB}, {"id": py7zr.FILTER_LZMA}],
    "powerpc": [{"id": py7zr.FILTER_POWERPC}, {"id": py7zr.FILTER_LZMA}],
    "sparc": [{"id": py7zr.FILTER_SPARC}, {"id": py7zr.FILTER_LZMA}],
    "delta": [{"id": py7zr.FILTER_DELTA, "dist": 4}, {"id": py7zr.FILTER_LZMA2, "preset": 6}],
    "deflate": [{"id": py7zr.FILTER_DEFLATE}],
    "bzip2": [{"id": py7zr.FILTER_BZIP2}],
    "zstd": [{"id": py7zr.FILTER_ZSTD}],
}
CLOSED = {
    "ppmd": [{"id": py7zr.FILTER_PPMD, "order": 6, "mem": 20}],
    "brotli": [{"id": py7zr.FILTER_BROTLI, "level": 5}],
}


def written(members, *, packed_header=True, **options) -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", **options) as archive:
        if not options.get("header_encryption"):
            archive.set_encoded_header_mode(packed_header)
        for name, data in members.items():
            archive.writestr(data, name)
    return out.getvalue()


def rules(found) -> set[str]:
    return {item.rule for item in found.findings}


@pytest.mark.parametrize("chain", CHAINS)
@pytest.mark.parametrize("packed_header", [True, False])
def test_every_coder(look, chain, packed_header):
    """The attack stands last, so that all before it has to be decoded to the byte."""
    data = written({"a.bin": NOISE, "b/m.pkl": EVIL}, filters=CHAINS[chain], packed_header=packed_header)
    found = look(data, "m.7z")
    assert (found.level, found.gaps) == ("dangerous", ())
    assert any("m.7z!/b/m.pkl" in str(item.because[0].location.path) for item in found.findings)


@pytest.mark.parametrize("chain", CHAINS)
def test_honest_archives_are_clean(look, chain):
    weights = safetensors_bytes({"w": ("F32", [2])})
    data = written({"m.safetensors": weights, "README.md": b"# M\n"}, filters=CHAINS[chain])
    assert (look(data, "m.7z").level, look(data, "pytorch_model.bin").level) == ("clean", "clean")


@pytest.mark.parametrize("chain", CLOSED)
def test_coders_that_are_not_read(look, chain):
    found = look(written({"m.pkl": EVIL}, filters=CLOSED[chain]), "m.7z")
    assert found.level == "caution"
    assert [gap.reason for gap in found.gaps] == [GapReason.UNSUPPORTED]
    assert rules(found) == {"archive-can-be-looked-into"}


@pytest.mark.parametrize("header_encryption", [False, True])
def test_encrypted(look, header_encryption):
    data = written({"m.pkl": EVIL}, password="x", header_encryption=header_encryption)
    found = look(data, "m.7z")
    assert (found.level, rules(found)) == ("caution", {"archive-can-be-looked-into"})
    assert "encrypted" in found.gaps[0].detail


@pytest.mark.parametrize("name", ["../../.bashrc", "/etc/cron.d/x", "C:\\x.dll", "a\\..\\..\\x"])
def test_names_that_lead_out(look, name):
    assert "archive-stays-in-its-folder" in rules(look(seven_zip([(name, b"x")]), "m.7z"))


@pytest.mark.parametrize(
    ("mode", "target", "level"),
    [
        (0x8000 | 0o120777 << 16, b"/etc/passwd", "dangerous"),
        (0x8000 | 0o120777 << 16, b"../../x", "dangerous"),
        (0x400, b"C:\\Windows", "dangerous"),
        (0x8000 | 0o120777 << 16, b"other", "clean"),
    ],
)
def test_links(look, mode, target, level):
    assert look(seven_zip([("a/b", target)], attributes=[mode]), "m.7z").level == level


def test_a_member_through_a_link(look):
    rows, link = [("here", b"there"), ("here/x", b"words\n")], 0x8000 | 0o120777 << 16
    assert look(seven_zip(rows, attributes=[link, 0]), "m.7z").level == "dangerous"
    assert look(seven_zip(rows, attributes=[0, 0]), "m.7z").level == "clean"


def test_the_same_name_twice(look):
    found = look(seven_zip([("a", b"1"), ("a", b"2")]), "m.7z")
    assert (found.level, rules(found)) == ("caution", {"archive-reads-the-same-everywhere"})


def test_empty_files_and_folders_have_no_bytes(look):
    found = look(seven_zip([("d", b""), ("m.pkl", EVIL), ("e", b"")]), "m.7z")
    assert (found.level, found.gaps) == ("dangerous", ())


def test_a_wrong_checksum_of_the_header_is_named_and_the_files_are_still_seen(look):
    found = look(seven_zip([("a.txt", b"words\n")], wrong_crc=True), "m.7z")
    assert (found.level, rules(found)) == ("caution", {"archive-reads-the-same-everywhere"})
    assert look(seven_zip([("m.pkl", EVIL)], wrong_crc=True), "m.7z").level == "dangerous"


def test_a_bomb(look):
    zeros = lzma.compress(
        bytes(40 << 20), lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
    )
    made = seven_zip([("a.bin", bytes(40 << 20))], coders=[b"\x21\x21\x01\x10"], packed=zeros)
    found = look(made, "m.7z")
    assert found.level == "caution"
    assert "archive-expands-within-limits" in rules(found)


def test_a_block_that_ends_early(look):
    packed = lzma.compress(EVIL, lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 4096}])
    made = seven_zip([("m.pkl", EVIL), ("n", b"x" * 50)], coders=[b"\x21\x21\x01\x00"], packed=packed)
    found = look(made, "m.7z")
    assert found.level == "dangerous"
    assert any("early" in gap.detail for gap in found.gaps)


@pytest.mark.parametrize(
    "coders",
    [
        [b"\x03\x03\x03\x01"],  # an id that is none
        [b"\x23\x03\x01\x01\x05" + bytes([255]) + bytes(4)],  # LZMA properties that are none
        [b"\x23\x03\x01\x01\x05" + bytes([8 + 9 * 4]) + bytes(4)],  # more context than liblzma has
        [b"\x21\x21\x01\x29"],  # LZMA2 properties that are none
        [b"\x14\x03\x03\x01\x1b\x04\x01"],  # BCJ2: four streams in
        [COPY] * 33,
        [],
    ],
)
def test_coders_that_lie_are_never_clean(look, coders):
    found = look(seven_zip([("m.pkl", EVIL)], coders=coders), "m.7z")
    assert found.level != "clean"
    assert found.gaps
    assert not [gap for gap in found.gaps if gap.reason is GapReason.INTERNAL_ERROR]


@pytest.mark.parametrize(
    "header",
    [
        b"\x09",
        b"\x01\x04\x06" + number(0) + number(1 << 40),
        b"\x01\x04\x06" + number(0) + number(1) + b"\x09" + number(1 << 60) + b"\0\0\0",
        b"\x01\x05" + number(1 << 50),
        b"\x01\x05" + number(9) + b"\x11\x03\0a\0\0\0",
        b"\x01\x05\x01\x05\x01\0",
        b"\x01\x05\0\0\x05\0\0\0",  # a part that comes again
        b"\x01\x05\x01\x0f" + number(1 << 62),
        b"\x17\x06" + number(0) + number(0) + b"\0\0",
        b"\x01" * 40,
    ],
)
def test_headers_that_lie_end_in_a_gap(look, header):
    found = look(seven_zip_of(b"", header), "m.7z")
    assert found.level in {"unknown", "caution"}
    assert found.gaps
    assert not [gap for gap in found.gaps if gap.reason is GapReason.INTERNAL_ERROR]


def test_an_archive_of_nothing_is_clean(look):
    assert look(seven_zip_of(b"", b""), "m.7z").level == "clean"
    assert look(seven_zip_of(b"", b"") + b"x" * 40, "m.7z").level == "unknown"


def test_cut_anywhere_it_is_never_clean(look):
    data = written({"m.pkl": EVIL, "n": b"x" * 100})
    for length in range(7, len(data)):
        assert look(data[:length], "m.7z").level != "clean", length


@pytest.mark.parametrize("before", [b"\x89PNG\r\n\x1a\n" + bytes(90), b"MZ" + bytes(5000), b"\x80\x04N."])
def test_behind_something_else(look, before):
    found = look(before + seven_zip([("m.pkl", EVIL)]), "logo.png")
    assert found.level == "dangerous"
    assert "file-is-one-kind-of-file" in rules(found)


def test_the_magic_alone_behind_a_picture_is_nothing(look):
    picture = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 4, 4, 8, 2, 0, 0, 0) + bytes(4)
    assert look(picture + b"7z\xbc\xaf\x27\x1c" + bytes(40), "logo.png").level == "clean"


def test_too_many_members(look):
    rows = [(str(n), b"") for n in range(20)]
    found = look(seven_zip([*rows, ("x", b"1")]), "m.7z", limits=Limits(archive_members=10))
    assert [gap.reason for gap in found.gaps] == [GapReason.OVER_BUDGET]


def test_a_7z_and_a_zip_at_once(look):
    """Each reader's view of the same bytes is looked at, whichever of the two holds the attack."""
    plain = seven_zip([("a.txt", b"words\n")])
    for data in (
        plain + zipped({"m.pkl": EVIL}),
        seven_zip([("m.pkl", EVIL)]) + zipped({"a.txt": b"words\n"}),
    ):
        for name in ("m.7z", "m.zip"):
            found = look(data, name)
            assert (found.level, "file-is-one-kind-of-file" in rules(found)) == ("dangerous", True)
    assert look(plain + zipped({"a.txt": b"words\n"}), "m.7z").level == "caution"


def test_a_7z_in_a_7z_is_looked_at_under_the_limit_on_depth(look):
    data = seven_zip([("m.pkl", EVIL)])
    for depth in range(6):
        found = look(data, "m.7z")
        assert found.level == ("dangerous" if depth < 3 else "unknown")
        data = seven_zip([("inner.7z", data)])
