"""RAR archives, versions 4 and 5: headers are listed, stored members looked at, compressed ones named.

Specs: the RAR 5.0 archive format and the technote of RAR 4, both by RARLAB. The compression itself may not
be reimplemented by the licence of its only source, and is not read here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from ajar.blobs import SliceBlob
from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import Blob, Member
from ajar.model.evidence import GapReason
from ajar.model.judgement import Severity
from ajar.safety.check import Sign, Specimen
from ajar.safety.inflating import RefusedError
from ajar.safety.unpacking import LIMITS, OPEN, RATIO, SAME, Unpacking

_MAGIC_4, _MAGIC_5 = b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00"
_HEADER_BYTES = 2 << 20  # the format's own limit on one header, RAR 5.0 "General archive block format"
_WHOLE_BYTES = 16 << 20
_CLOSED_HEADERS = "the headers are encrypted: not even the names can be read"
_NAMED = 3  # members of a kind that a finding lists
_LINK, _KIND = 0xA000, 0xF000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One member. `start` and `packed` say where its bytes stand."""

    name: str
    start: int
    packed: int
    size: int
    method: int  # 0 is stored
    encrypted: bool = False
    directory: bool = False
    split: bool = False
    link: str | None = None  # the target; empty where the member's content says it
    hard: bool = False


def look(specimen: Specimen, at: int = 0) -> Iterator[Sign]:
    """Everything that the archive whose signature stands at `at` lists."""
    magic = specimen.blob.read_at(at, 8)
    try:
        if magic == _MAGIC_5:
            yield from _members(specimen, _entries_5(specimen.blob, at + 8))
        elif magic[:7] == _MAGIC_4:
            yield from _members(specimen, _entries_4(specimen.blob, at + 7))
        else:
            message = "is a RAR archive of an unknown version: nothing in it was looked at"
            raise RefusedError(message, GapReason.UNSUPPORTED)
    except RefusedError as error:
        yield specimen.gap(error.reason, error.message)
        yield specimen.finding(OPEN, Severity.LOW, error.message)


def starts(data: bytes) -> bool:
    """Whether a signature is followed by a main header, or the one that says all others are encrypted."""
    if data[:7] == _MAGIC_4:
        return data[9:10] == b"\x73"
    return data[:8] == _MAGIC_5 and bool({1, 4} & set(data[13:15]))


def _members(specimen: Specimen, entries: Iterator[Entry]) -> Iterator[Sign]:
    unpacking = Unpacking(specimen)
    closed: dict[str, list[str]] = {}
    seen: set[str] = set()
    count = packed = whole = 0
    for entry in entries:
        specimen.check_time()
        count, packed, whole = count + 1, packed + entry.packed, whole + entry.size
        if count > specimen.limits.archive_members:
            raise BudgetExceeded(f"more than {specimen.limits.archive_members} members")
        yield from unpacking.place(entry.name)
        if entry.name in seen and not entry.directory:
            yield specimen.finding(SAME, Severity.MEDIUM, f"two members are called {entry.name[:120]!r}")
        seen.add(entry.name)
        what = (
            "encrypted"
            if entry.encrypted
            else "compressed"
            if entry.method
            else "split"
            if entry.split
            else ""
        )
        if what and not entry.directory and entry.packed:
            closed.setdefault(what, []).append(entry.name)
        elif not entry.directory:
            yield from _open(specimen, entry, unpacking)
    if whole > max(packed, 1) * RATIO and whole > _WHOLE_BYTES:
        yield specimen.finding(LIMITS, Severity.MEDIUM, f"{packed} bytes that say they hold {whole}")
    for what, names in closed.items():
        shown = ", ".join(repr(name[:80]) for name in names[:_NAMED])
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        message = f"{shown}{more}: {what}, which is not read here"
        yield specimen.gap(GapReason.UNSUPPORTED, message)
        yield specimen.finding(OPEN, Severity.LOW, message)
    if not count:
        yield specimen.gap(GapReason.MALFORMED, "a RAR archive that lists no files")


def _open(specimen: Specimen, entry: Entry, unpacking: Unpacking) -> Iterator[Sign]:
    if entry.start + entry.packed > specimen.blob.size:
        yield specimen.gap(GapReason.MALFORMED, f"{entry.name[:120]!r} goes on past the end of the file")
    body = SliceBlob(specimen.blob, entry.start, max(min(entry.packed, specimen.blob.size - entry.start), 0))
    if entry.link is None:
        yield Member(path=f"{specimen.path}!/{entry.name}", blob=body)
        return
    target = entry.link or body.read_at(0, min(body.size, 4096)).decode("utf-8", "replace")
    yield from unpacking.link(entry.name, target, hard=entry.hard)


class _Fields:
    """The fields of one RAR 5 header."""

    def __init__(self, data: bytes, offset: int) -> None:
        self.data, self.at, self.offset = data, 0, offset

    def take(self, length: int) -> bytes:
        if not 0 <= length <= len(self.data) - self.at:
            raise MalformedError("a RAR header ends early", offset=self.offset)
        self.at += length
        return self.data[self.at - length : self.at]

    def number(self) -> int:
        """Seven bits a byte, the lowest first, at most ten bytes."""
        value = 0
        for shift in range(0, 70, 7):
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if not byte & 0x80:
                return value
        raise MalformedError("a number in a RAR header has no end", offset=self.offset)


def _entries_5(blob: Blob, at: int) -> Iterator[Entry]:
    """Blocks of CRC, size, type, flags; sizes count from behind themselves."""
    while at + 7 <= blob.size:
        head = _Fields(blob.read_at(at + 4, 10), at)
        size = head.number()
        if not 0 < size <= _HEADER_BYTES:
            raise MalformedError(f"a RAR header of {size} bytes", offset=at)
        start = at + 4 + head.at
        fields = _Fields(blob.read_at(start, size), at)
        if len(fields.data) < size:
            raise MalformedError("a RAR header goes on past the end of the file", offset=at)
        kind, flags = fields.number(), fields.number()
        extra = fields.number() if flags & 1 else 0
        packed = fields.number() if flags & 2 else 0
        if kind == 4:
            raise RefusedError(_CLOSED_HEADERS, GapReason.UNSUPPORTED)
        if kind == 2:
            yield _entry_5(fields, (start + size, packed, flags, extra))
        if kind == 5:
            return
        at = start + size + packed
    raise MalformedError("a RAR archive without its end", offset=min(at, blob.size))


def _entry_5(fields: _Fields, place: tuple[int, int, int, int]) -> Entry:
    start, packed, flags, extra = place
    kind, size = fields.number(), fields.number()
    fields.number()  # attributes
    fields.take((4 if kind & 2 else 0) + (4 if kind & 4 else 0))
    compression = fields.number()
    fields.number()  # system
    name = fields.take(fields.number()).decode("utf-8", "replace")
    encrypted, link, hard = False, None, False
    end = len(fields.data)
    fields.at = max(end - extra, fields.at)
    while fields.at < end:
        length = fields.number()
        record = _Fields(fields.take(length), fields.offset)
        tag = record.number()
        if tag == 1:
            encrypted = True
        elif tag == 5:
            link_kind = record.number()
            record.number()  # whether it leads to a folder
            link = record.take(record.number()).decode("utf-8", "replace")
            hard = link_kind in {4, 5}
    return Entry(
        name=name, start=start, packed=packed, size=0 if kind & 8 else size,
        method=compression >> 7 & 7, encrypted=encrypted, directory=bool(kind & 1),
        split=bool(flags & 0x18), link=link, hard=hard,
    )  # fmt: skip


def _entries_4(blob: Blob, at: int) -> Iterator[Entry]:
    """Blocks of CRC, type, flags, size; the size of the data behind one stands where flag 0x8000 says."""
    while at + 7 <= blob.size:
        head = blob.read_at(at, 7)
        kind, flags, size = struct.unpack_from("<BHH", head, 2)
        if size < 7:
            raise MalformedError(f"a RAR header of {size} bytes", offset=at)
        data = blob.read_at(at, size)
        if len(data) < size:
            raise MalformedError("a RAR header goes on past the end of the file", offset=at)
        if kind == 0x73 and flags & 0x80:
            raise RefusedError(_CLOSED_HEADERS, GapReason.UNSUPPORTED)
        packed = struct.unpack_from("<I", data, 7)[0] if flags & 0x8000 and size >= 11 else 0
        if kind == 0x74:
            entry = _entry_4(data, flags, at)
            packed = entry.packed
            yield entry
        if kind == 0x7B:
            return
        at += size + packed
    # Version 4 may end without an end block.


def _entry_4(data: bytes, flags: int, at: int) -> Entry:
    if len(data) < 32:
        raise MalformedError("a RAR header ends early", offset=at)
    packed, size, system = struct.unpack_from("<IIB", data, 7)
    method, name_length, attributes = struct.unpack_from("<BHI", data, 25)
    behind = 32
    if flags & 0x100:
        if len(data) < 40:
            raise MalformedError("a RAR header ends early", offset=at)
        more_packed, more_size = struct.unpack_from("<II", data, 32)
        packed, size, behind = packed | more_packed << 32, size | more_size << 32, 40
    raw = data[behind : behind + name_length]
    if len(raw) < name_length:
        raise MalformedError("a RAR header ends early", offset=at)
    # A Unicode name follows the plain one, packed, behind a zero; the plain one is enough to place it.
    name = raw.split(b"\0")[0].decode("utf-8", "backslashreplace")
    is_link = system in {3, 4} and attributes & _KIND == _LINK
    return Entry(
        name=name, start=at + len(data), packed=packed, size=size,
        method=0 if method == 0x30 else method, encrypted=bool(flags & 4),
        directory=flags & 0xE0 == 0xE0, split=bool(flags & 3), link="" if is_link else None,
    )  # fmt: skip
