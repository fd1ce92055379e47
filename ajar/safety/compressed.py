"""Compressed files: what is inside, handed on as one member; and containers that are not read here, named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ajar.blobs import BytesBlob, ChunksBlob, SliceBlob, SlidingBlob, StreamBlob
from ajar.errors import MalformedError
from ajar.formats.tar_archive import BLOCK, is_tar
from ajar.interfaces import HEAD_BYTES, Member
from ajar.model.evidence import GapReason
from ajar.model.judgement import Severity
from ajar.safety.archives import tar
from ajar.safety.check import Sign, Specimen
from ajar.safety.closed import closed
from ajar.safety.inflating import FAINT, Inflater, engine_of, reading, streams_of
from ajar.safety.lz4 import blocks, is_lz4, pulling
from ajar.safety.lzw import is_compress, pieces
from ajar.safety.unpacking import INSIDE, LIMITS, OPEN, RATIO

_PADDED = frozenset({"gzip", "xz", "bzip2"})
_SUFFIXES = (".gz", ".bz2", ".xz", ".lzma", ".z", ".zlib", ".zst", ".zstd", ".lz", ".lz4", ".tgz", ".tzst")
_TRAIL_BYTES = 65536  # read at once of what stands behind a stream
_NOT_ZERO = re.compile(rb"[^\0]")


def look(specimen: Specimen) -> Iterator[Sign]:
    """What is behind the compressor, or that it cannot be had."""
    if is_lz4(specimen.head):
        yield from _pieces(specimen, blocks(specimen.blob))
        return
    if is_compress(specimen.head):
        yield from _pieces(specimen, pieces(specimen.blob))
        return
    what = closed(specimen)
    if what:
        yield specimen.gap(GapReason.UNSUPPORTED, f"{what}, which is not read here")
        yield specimen.finding(OPEN, Severity.LOW, f"is {what}: nothing in it was looked at")
        return
    found = engine_of(specimen.head)
    if found is not None:
        yield from _inflated(specimen, found[0])


def _inflated(specimen: Specimen, kind: str) -> Iterator[Sign]:
    """Every compressed stream in a row, as one; bytes that are no stream behind them are told."""
    limit = specimen.limits.inflate_bytes
    machine = Inflater(
        reading(specimen.blob), streams_of(kind), padded=kind in _PADDED, tick=specimen.check_time
    )
    content = StreamBlob(machine.pull, limit, limit).to_end()
    total = content.size
    if total >= limit and is_tar(content.read_at(0, BLOCK)):
        del content
        yield from _large_tar(specimen, kind)
        return
    if total >= limit:
        yield from _over(specimen, machine.end)
    elif machine.broken and (total or _is_sure(specimen, kind, machine)):
        yield from _broken(specimen, kind, machine, total)
    if total:
        yield Member(path=f"{specimen.path}!/{_name(specimen)}", blob=content)
        if kind == "gzip":
            yield from _stored_name(specimen, content)
    if total < limit and not machine.broken and machine.streams and (total or kind not in FAINT):
        yield from _behind(specimen, machine.end)


def _is_sure(specimen: Specimen, kind: str, machine: Inflater) -> bool:
    """Whether it is a stream at all, although nothing came out of it."""
    told = machine.reason is GapReason.OVER_BUDGET
    return told or kind not in FAINT or specimen.format in {"gzip", "joblib"}


def _large_tar(specimen: Specimen, kind: str) -> Iterator[Sign]:
    """A tar that is too large to be held is read anew as a stream, member after member."""
    machine = Inflater(
        reading(specimen.blob), streams_of(kind), padded=kind in _PADDED, tick=specimen.check_time
    )

    def pull(length: int) -> bytes:
        specimen.check_time()
        return machine.pull(length)

    blob = SlidingBlob(pull)
    inner = replace(
        specimen,
        path=f"{specimen.path}!/{_name(specimen)}",
        format="tar",
        head=blob.read_at(0, HEAD_BYTES),
        blob=blob,
    )
    yield from tar(inner)
    if machine.broken:
        yield from _broken(specimen, kind, machine, blob.size)
    if blob.size < 1 << 62 and blob.size > machine.end * RATIO:
        message = f"{machine.end} bytes that hold {blob.size}"
        yield specimen.finding(LIMITS, Severity.MEDIUM, message)


def _over(specimen: Specimen, packed: int) -> Iterator[Sign]:
    limit = specimen.limits.inflate_bytes
    message = f"{packed} bytes that hold more than {limit}"
    if limit > packed * RATIO:
        yield specimen.finding(LIMITS, Severity.MEDIUM, message)
    yield specimen.gap(GapReason.OVER_BUDGET, f"only the first {limit} bytes inside were looked at")


def _broken(specimen: Specimen, kind: str, machine: Inflater, total: int) -> Iterator[Sign]:
    detail = f"the {kind} stream ends after {total} bytes: {machine.broken}"
    yield specimen.gap(machine.reason, detail)
    if machine.reason is GapReason.UNSUPPORTED:
        yield specimen.finding(OPEN, Severity.LOW, f"a {kind} stream that {machine.broken}")
    elif machine.reason is GapReason.OVER_BUDGET:
        yield specimen.finding(LIMITS, Severity.MEDIUM, f"a {kind} stream that {machine.broken}")


def _name(specimen: Specimen) -> str:
    """The name of what is inside: the outer one without its suffix."""
    name = specimen.path.rpartition("/")[2]
    stored = _gzip_name(specimen.head).replace("\\", "/").rpartition("/")[2]
    for suffix in _SUFFIXES:
        if name.lower().endswith(suffix):
            name = name[: -len(suffix)] + (".tar" if suffix.startswith(".t") else "")
            break
    else:
        name = stored or name
    return name or "content"


def _gzip_name(head: bytes) -> str:
    """FNAME of a gzip header, which `gunzip -N` and some programs unpack to. Spec: RFC 1952, 2.3."""
    if head[:2] != b"\x1f\x8b" or len(head) < 12 or not head[3] & 8:
        return ""
    at = 10
    if head[3] & 4:
        at += 2 + int.from_bytes(head[10:12], "little")
    name, ended, _ = head[at:].partition(b"\0")
    return name.decode("latin-1") if ended else ""


def _stored_name(specimen: Specimen, content: ChunksBlob) -> Iterator[Sign]:
    """A name inside that leads out, or that makes other checks ask than the outer one does."""
    stored = _gzip_name(specimen.head).replace("\\", "/")
    if stored.startswith("/") or ".." in stored.split("/"):
        message = f"the name in its header, {stored[:120]!r}, leads out of the folder"
        yield specimen.finding(INSIDE, Severity.HIGH, message)
    base = stored.rpartition("/")[2]
    mine = _name(specimen)
    if base.lower().endswith((".py", ".pth", ".sh")) and base.lower() != mine.lower():
        yield Member(path=f"{specimen.path}!/{base}", blob=content)


def _behind(specimen: Specimen, end: int) -> Iterator[Sign]:
    """Bytes behind the last stream: a reader that stops there does not see them, another may."""
    size = specimen.blob.size
    while end < size:  # zeros are padding
        found = _NOT_ZERO.search(specimen.blob.read_at(end, _TRAIL_BYTES))
        end += found.start() if found else _TRAIL_BYTES
        if found:
            break
    rest = size - end
    if rest <= 0:
        return
    message = f"{rest} bytes stand behind the compressed stream, at {end}"
    yield specimen.finding("file-is-one-kind-of-file", Severity.LOW, message, start=end)
    yield Member(path=f"{specimen.path}!/bytes-at-{end}", blob=SliceBlob(specimen.blob, end, rest))


def _pieces(specimen: Specimen, parts: Iterator[bytes]) -> Iterator[Sign]:
    limit = specimen.limits.inflate_bytes
    stream = StreamBlob(pulling(parts, specimen.check_time), limit, limit)
    broken: MalformedError | None = None
    try:
        content = stream.to_end()
    except MalformedError as error:
        broken, content = error, stream.seen
    if content.size >= limit:
        yield from _over(specimen, specimen.blob.size)
    if broken:
        yield specimen.gap(GapReason.MALFORMED, broken.message, at=broken.offset)
    blob = content if content.size else BytesBlob(b"")
    yield Member(path=f"{specimen.path}!/{_name(specimen)}", blob=blob)
