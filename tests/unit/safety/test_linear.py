"""Twice the bytes cost no more than twice the reading and the steps, whatever they say."""

from __future__ import annotations

import bz2
import gzip
import random
import struct

import pytest

from ajar.blobs import BytesBlob, Meter, MeteredBlob
from ajar.config import Limits
from ajar.safety import engine, scan
from tests.build.containers import (
    TAR_END,
    ar,
    compressed,
    pax,
    rar5,
    rar5_file,
    seven_zip,
    tar_block,
    tar_file,
)
from tests.unit.safety.test_archives import zipped

SIZES = (400, 800, 1600)
ENDLESS = Limits(read_bytes=1 << 40, file_seconds=600.0)


def _hidden_members(count: int) -> bytes:
    """Local headers that state no length: each is followed to the next."""
    header = b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", 20, 8, 0, 0, 0, 0, 0, 0, 1, 0) + b"a"
    return header * count + zipped({"a": b"1"})


def _directories(count: int) -> bytes:
    """Ends of directories, each of them pointing elsewhere."""
    ends = [b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, 46 + n, n, 0) for n in range(count)]
    return zipped({"a": b"1"}) + b"".join(ends)


CASES = {
    "gzip members": lambda n: gzip.compress(b"", mtime=0) * n,
    "bzip2 members": lambda n: bz2.compress(b"") * n,
    "7z members": lambda n: seven_zip([(f"{k}", b"ab") for k in range(n)]),
    "RAR members": lambda n: rar5(*(rar5_file(f"{k}", b"ab", method=3) for k in range(n))),
    "hidden zip members": _hidden_members,
    "zip directories": _directories,
    "tar headers behind broken ones": lambda n: (tar_block("a") + b"x" * 512) * n,
    "tar ends": lambda n: tar_file("a", b"1") + (TAR_END + tar_file("b", b"1")) * n,
    "pax headers": lambda n: pax({"path": "a"}) * n + tar_file("a", b"1"),
    "ar names": lambda n: ar([(f"/{k}", b"ab") for k in range(n)], long_names=b"a" * 20 * n),
    "compress": lambda n: compressed(b"ab" * 50 * n),
    "7z magics": lambda n: b"\x89PNG\r\n\x1a\n" + b"7z\xbc\xaf\x27\x1c" * 10 * n,
    "RAR magics": lambda n: b"\x89PNG\r\n\x1a\n" + b"Rar!\x1a\x07\x01\0" * 10 * n,
}


def cost(data: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """`(bytes read, files looked at)`."""
    meter, looked = Meter(1 << 50), 0
    inner = engine._Scan._look

    def counted(self, path, blob, *, depth):
        nonlocal looked
        looked += 1
        return inner(self, path, blob, depth=depth)

    monkeypatch.setattr(engine, "SMALL_BYTES", 0)  # no small file is read whole: each read counts
    monkeypatch.setattr(engine._Scan, "_look", counted)
    scan("m.bin", MeteredBlob(BytesBlob(data), meter), ENDLESS)
    monkeypatch.undo()
    return meter.bytes_read, looked


@pytest.mark.parametrize("case", CASES)
def test_cost_grows_no_faster_than_the_bytes(case, monkeypatch):
    costs = []
    for size in SIZES:
        data = CASES[case](size)
        read, looked = cost(data, monkeypatch)
        costs.append((read / len(data), looked / len(data)))
    assert costs[-1][0] <= costs[0][0] * 1.25
    assert costs[-1][1] <= costs[0][1] * 1.25
    assert costs[-1][0] < 40, "each byte is read a few times, by the checks and by what is inside"


def test_what_members_in_members_inflate_is_one_allowance():
    """Three bodies that do not compress, one in another: together they may not hold more than one may."""
    body = random.Random(7).randbytes(3 << 20)
    nested = gzip.compress(gzip.compress(gzip.compress(body, 1), 1), 1)
    found = scan("m.gz", BytesBlob(nested), Limits(inflate_bytes=8 << 20))
    assert any("first" in gap.detail for gap in found.gaps)
    assert not scan("m.gz", BytesBlob(nested), Limits(inflate_bytes=16 << 20)).gaps
