"""Compressed files: what is inside, handed on as one member; and containers that are not read here, named."""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable, Iterator

from ajar.blobs import BytesBlob, SliceBlob, StreamBlob, read_exactly
from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import Blob, Member
from ajar.model.evidence import GapReason
from ajar.model.judgement import Severity
from ajar.safety.archives import LIMITS, OPEN, Engine, inflating
from ajar.safety.check import Check, Sign, Specimen

_MEMORY = 64 << 20
_ROUNDS = 64  # members of one gzip file
_CLOSED = {
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"(\xb5/\xfd": "compressed by zstd",
    b"MSCF": "a cabinet",
    b"LZIP": "compressed by lzip",
    b"\x1f\x9d": "compressed by compress",
    b"xar!": "a xar archive",
    b"ustar": "a tar fragment",
}


def _engine(head: bytes) -> Callable[[], Engine] | None:
    if head[:2] == b"\x1f\x8b":
        return lambda: zlib.decompressobj(zlib.MAX_WBITS | 16)
    if head[:3] == b"BZh":
        return bz2.BZ2Decompressor
    if head[:6] == b"\xfd7zXZ\x00":
        return lambda: lzma.LZMADecompressor(memlimit=_MEMORY)
    if (head[:1] == b"]" and head[5:13] == b"\xff" * 8) or head[:3] == b"]\x00\x00":
        return lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=_MEMORY)
    if head[:1] == b"x" and len(head) > 2 and int.from_bytes(head[:2], "big") % 31 == 0:
        return zlib.decompressobj
    return None


def _look(specimen: Specimen) -> Iterator[Sign]:
    head = specimen.head
    if head[:4] == b"\x04\x22\x4d\x18":
        yield Member(path=f"{specimen.path}!/content", blob=BytesBlob(_lz4(specimen.blob, specimen)))
        return
    for magic, what in _CLOSED.items():
        if head.startswith(magic):
            yield specimen.gap(GapReason.UNSUPPORTED, f"{what}, which is not read here")
            yield specimen.finding(OPEN, Severity.LOW, f"is {what}: nothing in it was looked at")
            return
    engine = _engine(head)
    if engine is not None:
        yield from _inflated(specimen, engine)


def _inflated(specimen: Specimen, engine: Callable[[], Engine]) -> Iterator[Sign]:
    """Every compressed member in a row, as one stream; bytes that are no member behind them are told."""
    limit, at, parts = specimen.limits.inflate_bytes, 0, []
    total = 0
    for _ in range(_ROUNDS):
        rest = SliceBlob(specimen.blob, at, specimen.blob.size - at)
        machine = engine()
        data = StreamBlob(inflating(rest, machine), limit, limit).to_end().data
        parts.append(data)
        total += len(data)
        unused = len(getattr(machine, "unused_data", b""))
        if not machine.eof or not unused or total >= limit:
            break
        at = _end_of(specimen, machine, at)
        if at < 0:
            break
    else:
        yield specimen.gap(GapReason.OVER_BUDGET, f"more than {_ROUNDS} compressed members in a row")
    if total >= limit:
        message = f"{specimen.blob.size} bytes that hold more than {limit}"
        yield specimen.finding(LIMITS, Severity.MEDIUM, message)
        yield specimen.gap(GapReason.OVER_BUDGET, message)
    elif not total and specimen.format in {"gzip", "joblib"}:
        yield specimen.gap(GapReason.MALFORMED, "cannot be decompressed")
    elif not machine.eof and (total or specimen.format in {"gzip", "joblib"}):
        yield specimen.gap(GapReason.MALFORMED, f"the compressed stream ends after {total} bytes")
    name = specimen.path.rpartition("/")[2]
    for suffix in (".gz", ".bz2", ".xz", ".lzma", ".z", ".zlib"):
        name = name.removesuffix(suffix)
    if total:
        yield Member(path=f"{specimen.path}!/{name or 'content'}", blob=BytesBlob(b"".join(parts)))


def _end_of(specimen: Specimen, machine: Engine, at: int) -> int:
    """Where the next compressed member begins, when what was left over begins like one; else -1."""
    left: bytes = getattr(machine, "unused_data", b"")
    if _engine(left[:16]) is None:
        return -1
    window = specimen.blob.read_at(at, min(specimen.blob.size - at, 1 << 26))
    found = window.find(left[:64], 1)
    return at + found if found > 0 else -1


def _lz4(blob: Blob, specimen: Specimen) -> bytes:
    """The content of an LZ4 frame. Spec: lz4_Frame_format.md and lz4_Block_format.md, v1.6."""
    flags = read_exactly(blob, 4, 1, "the flags of an LZ4 frame")[0]
    at = 6 + (8 if flags & 8 else 0) + (4 if flags & 1 else 0) + 1
    out = bytearray()
    while True:
        specimen.check_time()
        (size,) = struct.unpack("<I", read_exactly(blob, at, 4, "the size of an LZ4 block"))
        at += 4
        if size == 0:
            return bytes(out)
        stored, size = bool(size >> 31), size & 0x7FFFFFFF
        data = blob.read_at(at, min(size, blob.size))
        if len(data) < size:
            raise MalformedError("an LZ4 block is cut short", offset=at)
        at += size + (4 if flags & 16 else 0)
        if stored:
            out += data
        else:
            _lz4_block(data, out, specimen.limits.inflate_bytes)
        if len(out) > specimen.limits.inflate_bytes:
            raise BudgetExceeded("an LZ4 frame that holds too much")


def _lz4_block(data: bytes, out: bytearray, limit: int) -> None:
    at = 0
    while at < len(data):
        token = data[at]
        at += 1
        length, at = _lz4_length(data, at, token >> 4)
        out += data[at : at + length]
        at += length
        if at + 2 > len(data):
            return
        distance = data[at] | data[at + 1] << 8
        length, at = _lz4_length(data, at + 2, token & 15)
        length += 4
        if not 0 < distance <= len(out) or len(out) + length > limit + 65536:
            raise MalformedError("an LZ4 match points before the start")
        start = len(out) - distance
        piece = bytes(out[start : start + min(length, distance)])
        out += (piece * (length // len(piece) + 1))[:length]


def _lz4_length(data: bytes, at: int, length: int) -> tuple[int, int]:
    if length == 15:
        while at < len(data):
            more = data[at]
            at += 1
            length += more
            if more != 255:
                break
    return length, at


CHECK = Check(
    id="compressed",
    title="What a compressed file holds",
    look=_look,
)
