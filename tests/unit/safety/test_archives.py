"""Archives: every file in every view, and what unpacking would do."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib

import pytest

from tests.build.pickles import command
from tests.build.releases import safetensors_bytes

EVIL = command()


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def tarred(rows: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for info, data in rows:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def info(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, link
    return made


CHECKPOINT = {"archive/data.pkl": EVIL, "archive/version": b"3\n"}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
@pytest.mark.parametrize("name", ["a/data.pkl", "weights.txt", "x", "a/.data/serialization_id"])
def test_a_pickle_under_any_name_in_a_zip(look, name, method):
    assert look(zipped({"a/version": b"3\n", name: EVIL}, method), "m.pt").level == "dangerous"


@pytest.mark.parametrize(
    "pack",
    [gzip.compress, bz2.compress, lzma.compress, zlib.compress, lambda data: lzma.compress(data, lzma.FORMAT_ALONE)],
    ids=["gzip", "bzip2", "xz", "zlib", "lzma"],
)  # fmt: skip
def test_a_compressed_pickle(look, pack):
    assert look(pack(EVIL), "model.joblib").level == "dangerous"
    assert look(gzip.compress(pack(EVIL)), "model.pkl.gz").level == "dangerous"


def test_two_gzip_members_are_one_stream(look):
    assert look(gzip.compress(EVIL[:9]) + gzip.compress(EVIL[9:]), "m.pkl.gz").level == "dangerous"


def test_lz4(look):
    """A frame with one stored block, and one with literals and a match."""
    stored = b"\x04\x22\x4d\x18\x60\x40\x82" + struct.pack("<I", len(EVIL) | 1 << 31) + EVIL + bytes(4)
    assert look(stored, "m.joblib").level == "dangerous"
    block = bytes([len(EVIL) << 4 if len(EVIL) < 15 else 0xF0]) + (bytes([len(EVIL) - 15]) if len(EVIL) >= 15 else b"") + EVIL  # fmt: skip
    packed = b"\x04\x22\x4d\x18\x60\x40\x82" + struct.pack("<I", len(block)) + block + bytes(4)
    assert look(packed, "m.joblib").level == "dangerous"


def test_what_cannot_be_opened_is_not_clean(look):
    for magic in (b"7z\xbc\xaf\x27\x1c", b"(\xb5/\xfd", b"Rar!\x1a\x07"):
        found = look(magic + bytes(64), "m.7z")
        assert found.level in {"caution", "unknown"}
        assert found.gaps


def test_archives_in_archives(look):
    assert look(zipped({"inner.tar": tarred([(info("m.pkl"), EVIL)])}), "m.zip").level == "dangerous"
    deep = EVIL
    for _ in range(6):
        deep = zipped({"a": deep})
    assert look(deep, "m.zip").level != "clean"


def test_ordinary_archives_are_clean(look):
    weights = safetensors_bytes({"w": ("F32", [2])})
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        found = look(zipped({"m.safetensors": weights, "README.md": b"# M\n"}, method), "m.zip")
        assert (found.level, found.findings) == ("clean", ())
    plain = tarred(
        [(info("./m.safetensors"), weights), (info("latest", tarfile.SYMTYPE, "m.safetensors"), b"")]
    )
    assert look(plain, "m.tar").level == "clean"


def test_a_name_that_two_readers_read_differently(look):
    data = bytearray(zipped({"a/data.pkl": b"x" * 10, "a/version": b"3"}))
    at = data.find(b"a/data.pkl")
    data[at : at + 10] = b"a/evil.pkl"
    rules = {item.rule for item in look(bytes(data), "m.pt").findings}
    assert rules == {"archive-reads-the-same-everywhere"}


def test_a_member_that_only_the_local_headers_know(look):
    one, two = zipped({"hidden.pkl": EVIL}), zipped({"README.md": b"# M\n"})
    local = one[: one.find(b"PK\x01\x02")]
    assert look(local + two, "m.zip").level == "dangerous"


def test_a_second_directory_in_the_comment(look):
    good, bad = zipped({"README.md": b"# M\n"}), zipped({"m.pkl": EVIL})
    out = io.BytesIO(bad)
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = good
    assert look(out.getvalue(), "m.zip").level == "dangerous"


def test_an_archive_behind_something_else(look):
    found = look(b"\x89PNG\r\n\x1a\n" + bytes(64) + zipped({"m.pkl": EVIL}), "logo.png")
    assert found.level == "dangerous"
    assert look(EVIL + zipped(CHECKPOINT), "m.pt").level == "dangerous"
    assert look(zipped(CHECKPOINT)[:-22], "m.zip").level == "dangerous"


def test_flags_that_say_encrypted_over_plain_bytes(look):
    data = bytearray(zipped({"a/data.pkl": EVIL, "a/version": b"3"}))
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(sign)
        data[at + offset] |= 1
    assert look(bytes(data), "m.pt").level == "dangerous"


@pytest.mark.parametrize("name", ["../../.bashrc", "/etc/cron.d/x", "C:\\x.dll", "a\\..\\..\\x"])
def test_names_that_lead_out(look, name):
    for data in (zipped({name: b"x"}), tarred([(info(name), b"x")])):
        found = look(data, "m.zip")
        assert "archive-stays-in-its-folder" in {item.rule for item in found.findings}
        assert found.level == "dangerous"


@pytest.mark.parametrize(
    ("kind", "link", "level"),
    [
        (tarfile.SYMTYPE, "/etc/passwd", "dangerous"),
        (tarfile.SYMTYPE, "../../x", "dangerous"),
        (tarfile.LNKTYPE, "../x", "dangerous"),
        (tarfile.CHRTYPE, "", "dangerous"),
        (tarfile.FIFOTYPE, "", "dangerous"),
        (tarfile.SYMTYPE, "../x", "clean"),
    ],
)
def test_links_and_devices(look, kind, link, level):
    name = "a/b" if level == "clean" else "b"
    assert look(tarred([(info(name, kind, link), b"")]), "m.tar").level == level


def test_bombs_end_and_are_named(look):
    bomb = zipped({"a.bin": bytes(200 << 20)}, zipfile.ZIP_DEFLATED)
    found = look(bomb, "m.zip")
    assert "archive-expands-within-limits" in {item.rule for item in found.findings}
    found = look(gzip.compress(bytes(100 << 20)), "m.gz")
    assert found.level == "caution"


def test_torch_storages_are_numbers_whatever_they_look_like(look):
    numbers = b"\x80\x02" + bytes(range(200))
    good = {"a/data.pkl": b"\x80\x02}.", "a/data/0": numbers, "a/version": b"3\n"}
    assert look(zipped(good), "m.pt").level == "clean"
    assert look(zipped({**good, "a/data/1": EVIL}), "m.pt").level == "dangerous"


def test_torchscript(look):
    code = b"class M(Module):\n  def forward(self, x):\n    return torch.add(x, x)\n"
    good = {
        "a/data.pkl": b"\x80\x02}.",
        "a/code/__torch__.py": code,
        "a/constants.pkl": b"\x80\x02).",
        "a/version": b"3\n",
    }
    assert look(zipped(good), "m.pt").level == "clean"
    evil = code.replace(b"torch.add(x, x)", b'torch.from_file("/etc/passwd", False, 9)')
    assert look(zipped({**good, "a/code/__torch__.py": evil}), "m.pt").level == "dangerous"
