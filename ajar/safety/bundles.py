"""Bundles of Unix: ar (and .deb, .a) and cpio, each member looked at in place.

Specs: ar(5) of the BSDs and of GNU binutils; cpio(5) of libarchive and POSIX.1-1990, "Extended cpio Format".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ajar.blobs import SliceBlob
from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import Blob, Member
from ajar.model.judgement import Severity
from ajar.safety.check import Sign, Specimen
from ajar.safety.unpacking import INSIDE, Unpacking

_AR = b"!<arch>\n"
_AR_HEADER, _NAMES_BYTES = 60, 1 << 20
_CPIO = {b"070701": 110, b"070702": 110, b"070707": 76}  # header bytes by magic: new, new with sums, old
_NAME_BYTES = 4096
_TRAILER = "TRAILER!!!"
_KIND, _LINK, _FILE, _DIRECTORY = 0xF000, 0xA000, 0x8000, 0x4000


@dataclass(frozen=True, slots=True)
class Entry:
    """One member: its name, its mode of Unix, where its bytes stand."""

    name: str
    mode: int
    start: int
    size: int


def look(specimen: Specimen) -> Iterator[Sign]:
    """Every member of an archive that begins with the magic of one of the two."""
    entries = _ar(specimen.blob) if specimen.head[:8] == _AR else _cpio(specimen.blob)
    unpacking = Unpacking(specimen)
    for number, entry in enumerate(entries):
        specimen.check_time()
        if number >= specimen.limits.archive_members:
            raise BudgetExceeded(f"more than {specimen.limits.archive_members} members")
        yield from unpacking.place(entry.name)
        kind = entry.mode & _KIND
        blob = SliceBlob(specimen.blob, entry.start, entry.size)
        if kind == _LINK:
            target = blob.read_at(0, min(entry.size, _NAME_BYTES)).rstrip(b"\0").decode("utf-8", "replace")
            yield from unpacking.link(entry.name, target)
        elif kind in {0, _FILE}:
            yield Member(path=f"{specimen.path}!/{entry.name.removeprefix('./')}", blob=blob)
        elif kind != _DIRECTORY:
            message = f"the member {entry.name[:120]!r} is a device, a pipe or a socket"
            yield specimen.finding(INSIDE, Severity.HIGH, message)


def _ar(blob: Blob) -> Iterator[Entry]:
    at, names = len(_AR), b""
    while at < blob.size:
        header = blob.read_at(at, _AR_HEADER)
        if len(header) < _AR_HEADER or header[58:60] != b"`\n":
            raise MalformedError("an ar header is broken", offset=at)
        name, size = header[:16].rstrip(b" "), _number(header[48:58], 10, at)
        start = at + _AR_HEADER
        if start + size > blob.size:
            raise MalformedError(f"a member of {size} bytes goes on past the end", offset=at)
        at = start + size + size % 2
        if name == b"//":
            names = blob.read_at(start, min(size, _NAMES_BYTES))
            continue
        if name in {b"/", b"/SYM64/"}:
            continue  # the index of symbols
        if name[:3] == b"#1/":  # BSD: the name stands before the bytes
            length = min(_number(name[3:], 10, start), size)
            name = blob.read_at(start, min(length, _NAME_BYTES)).rstrip(b"\0")
            start, size = start + length, size - length
        elif name[:1] == b"/" and name[1:].isdigit():  # GNU: where it stands among the long names
            at_name = int(name[1:])
            name = names[at_name : names.find(b"\n", at_name, at_name + _NAME_BYTES)]
        yield Entry(
            (name[:-1] if name.endswith(b"/") else name).decode("utf-8", "replace"), _FILE, start, size
        )


def _cpio(blob: Blob) -> Iterator[Entry]:
    at = 0
    while at < blob.size:
        magic = blob.read_at(at, 6)
        if magic not in _CPIO:
            raise MalformedError("a cpio header is broken", offset=at)
        header = blob.read_at(at, _CPIO[magic])
        if len(header) < _CPIO[magic]:
            raise MalformedError("a cpio header is cut short", offset=at)
        if magic == b"070707":
            mode, length, size = (_number(header[a:b], 8, at) for a, b in ((18, 24), (59, 65), (65, 76)))
            start = after = at + 76 + length
            after += size
        else:
            mode, size, length = (_number(header[a : a + 8], 16, at) for a in (14, 54, 94))
            start = (at + 110 + length + 3) & ~3
            after = (start + size + 3) & ~3
        if not 0 < length <= _NAME_BYTES or start + size > blob.size:
            raise MalformedError("a cpio member goes on past the end", offset=at)
        name = blob.read_at(at + _CPIO[magic], length).split(b"\0")[0].decode("utf-8", "replace")
        if name == _TRAILER:
            return
        yield Entry(name, mode, start, size)
        at = after
    raise MalformedError("a cpio archive without its end", offset=blob.size)


def _number(digits: bytes, base: int, at: int) -> int:
    text = digits.strip(b" \0")
    if not text.isalnum():
        raise MalformedError(f"not a number: {digits[:16]!r}", offset=at)
    try:
        return int(text, base)
    except ValueError as error:
        raise MalformedError(f"not a number: {digits[:16]!r}", offset=at) from error
