"""Zip archives, wheels and npz files: a directory of members, each looked at in turn.

Nothing is extracted. A stored member is read in place; a deflated one is inflated only as far as
somebody reads, under a budget. Spec: PKWARE APPNOTE 6.3.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

from ajar.blobs import SliceBlob, StreamBlob, read_exactly, will_read
from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.formats._zip import open_zip
from ajar.interfaces import HEAD_BYTES, Blob, Format, Member, Observation
from ajar.model.evidence import Evidence, Gap, GapReason, Location

ID = "zip"

_LOCAL_HEADER = b"PK\x03\x04"
_EMPTY = b"PK\x05\x06"
_INPUT_BYTES = 65536
_HEADER_BYTES = 512  # of a local header with its name and padding, for nearly all
# The smallest entry of the central directory, APPNOTE 4.3.12.
_ENTRY_BYTES = 46


def _matches(head: bytes, path: str) -> bool:  # noqa: ARG001  bytes decide
    return head[:4] in {_LOCAL_HEADER, _EMPTY}


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    _check_count(blob, limits)
    with open_zip(blob) as archive:
        entries = archive.infolist()
    seen: set[str] = set()
    packed = sum(entry.compress_size for entry in entries)
    whole = sum(entry.file_size for entry in entries)
    if packed and whole / packed > 1000:
        yield Evidence(
            key="archive.compression-ratio",
            value=whole // packed,
            location=Location(path=path),
            inspector=ID,
            quote=f"{packed} bytes that claim to hold {whole}",
        )
    # Of each member its header is read, and its first bytes to tell what it is.
    will_read(blob, ((entry.header_offset, _HEADER_BYTES + HEAD_BYTES) for entry in entries))
    for entry in entries:
        if entry.filename.endswith("/"):
            continue
        problem = _problem(entry, seen)
        seen.add(entry.filename)
        shown = f"{path}!/{entry.filename}"
        if problem is None:
            try:
                yield Member(path=shown, blob=_member(blob, entry, limits))
                continue
            except MalformedError as error:
                problem = (GapReason.MALFORMED, error.message)
        yield Gap(location=Location(path=shown), reason=problem[0], detail=problem[1], inspector=ID)


def _check_count(blob: Blob, limits: Limits) -> None:
    """Refuse a directory too long to hold in memory, before it is read."""
    tail = blob.read_at(max(blob.size - 65557, 0), 65557)
    at = tail.rfind(b"PK\x05\x06")
    if at >= 0 and len(tail) >= at + 22:
        size = struct.unpack_from("<I", tail, at + 12)[0]
        if size != 0xFFFFFFFF and size > blob.size:
            raise MalformedError(f"a directory of {size} bytes in a file of {blob.size}")
        if min(size, blob.size) // _ENTRY_BYTES > limits.archive_members:
            raise BudgetExceeded(f"more than {limits.archive_members} members")


def _problem(entry: zipfile.ZipInfo, seen: set[str]) -> tuple[GapReason, str] | None:
    parts = entry.filename.split("/")
    if not entry.filename or entry.filename.startswith("/") or ".." in parts or "\\" in entry.filename:
        return GapReason.UNSUPPORTED, "a member name that leads out of the archive"
    if entry.filename in seen:
        return GapReason.MALFORMED, "a second member of the same name"
    if entry.flag_bits & 0x1:
        return GapReason.UNSUPPORTED, "encrypted"
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        return GapReason.UNSUPPORTED, f"compression method {entry.compress_type}"
    return None


def _member(blob: Blob, entry: zipfile.ZipInfo, limits: Limits) -> Blob:
    header = read_exactly(blob, entry.header_offset, 30, "the member's header")
    if header[:4] != _LOCAL_HEADER:
        raise MalformedError("the directory points to no member", offset=entry.header_offset)
    name_length, extra_length = struct.unpack_from("<HH", header, 26)
    start = entry.header_offset + 30 + name_length + extra_length
    if start + entry.compress_size > blob.size:
        raise MalformedError("the member goes on past the end of the archive", offset=start)
    body = SliceBlob(blob, start, entry.compress_size)
    if entry.compress_type == zipfile.ZIP_STORED:
        return body
    return StreamBlob(_inflating(body), entry.file_size, limits.inflate_bytes)


def _inflating(body: Blob) -> Callable[[int], bytes]:
    """A `pull` that inflates a raw deflate stream a little at a time."""
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    position = 0

    def pull(length: int) -> bytes:
        nonlocal position
        while not engine.eof:
            data = engine.unconsumed_tail
            if not data:
                data = body.read_at(position, _INPUT_BYTES)
                position += len(data)
            if not data:
                break
            try:
                out = engine.decompress(data, length)
            except zlib.error as error:
                raise MalformedError(f"the member cannot be inflated: {error}") from error
            if out:
                return out
        return b""

    return pull


FORMAT = Format(
    id=ID,
    title="zip archive (wheels and npz too)",
    family="container",
    suffixes=(".zip", ".whl", ".npz", ".mar"),
    matches=_matches,
    inspect=_inspect,
    keys={"archive.compression-ratio": "claimed size over packed size, when above 1000"},
    spec="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT",
)
