"""A zip file as each of its readers sees it: by every central directory, and by the local headers in a row.

Honest archives look the same from all sides. Spec: PKWARE APPNOTE 6.3, sections 4.3 and 4.4.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

from ajar.blobs import WindowBlob, will_read
from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import Blob

_END, _CENTRAL, _LOCAL = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"
_END_BYTES, _CENTRAL_BYTES, _LOCAL_BYTES = 22, 46, 30
_TAIL_BYTES = 65535 + _END_BYTES
_DIRECTORY_BYTES = 64 << 20
_SEARCH_BYTES = 1 << 16
_DESCRIPTOR_BYTES = 64  # 12 to 24 bytes, and the signature behind them
_NEAR_BYTES = 512
_HEADER_READ_BYTES = _DESCRIPTOR_BYTES + 4096  # as much as a window reads after a leap
_ENDS = 16  # directories that are read; an honest archive has one
_NEXT = re.compile(rb"PK(?:\x03\x04|\x01\x02|\x07\x08)")
_UNICODE_NAME = 0x7075  # APPNOTE 4.6.9
_DESCRIPTOR = 0x8
_NOTES = 8  # of one member


@dataclass(slots=True, kw_only=True)
class Entry:
    """One stored file. What the two headers say of it is kept apart; `None` where one does not know it."""

    header_at: int
    start: int  # of its data
    name: str
    local_name: str | None
    central_name: str | None
    method: int
    flags: int
    packed: int
    size: int
    mode: int = 0  # of the file system, from the directory's external attributes
    differs: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Views:
    """All entries by where their data begins, and what the views disagree on."""

    entries: dict[int, Entry]
    directories: int
    first: int  # where the first local header stands; bytes before it belong to something else
    duplicates: list[str]
    hidden: list[str]  # names that only the local headers know
    problems: list[str]
    rows: int  # of all directories; those of one may be those of another


def has_end(blob: Blob, *, anywhere: bool) -> bool:
    """Whether a zip reader would find a directory: at the very end, or before a comment."""
    tail = blob.read_at(max(blob.size - (_TAIL_BYTES if anywhere else _END_BYTES), 0), _TAIL_BYTES)
    return _END in tail if anywhere else tail.startswith(_END)


def read(blob: Blob, limits: Limits) -> Views:
    """Every view. Raises `BudgetExceeded` past the limit on members, `MalformedError` without any."""
    views = Views(entries={}, directories=0, first=blob.size, duplicates=[], hidden=[], problems=[], rows=0)
    tail_at = max(blob.size - _TAIL_BYTES, 0)
    tail = blob.read_at(tail_at, _TAIL_BYTES)
    seen: set[tuple[int, int, int]] = set()
    covered = _Covered()
    for end in sorted(_positions(tail, _END), reverse=True):
        # The end record of an archive inside a member is that member's own.
        if covered.holds(tail_at + end):
            continue
        place = _directory(blob, tail_at + end)
        if place is None or place in seen:
            continue
        if len(seen) >= _ENDS:
            views.problems.append(f"more than {_ENDS} directories")
            break
        seen.add(place)
        try:
            _central(blob, place, views, limits)
            views.directories += 1
        except (MalformedError, struct.error) as error:
            views.problems.append(str(error))
        covered = _Covered(views)
    blob = WindowBlob(blob)  # header after header, each byte once
    _local(blob, views, limits)
    if not views.entries:
        raise MalformedError("a zip without a readable member")
    return views


def read_forward(blob: Blob, limits: Limits) -> Views:
    """The members by their local headers alone, as far as the blob can be read."""
    views = Views(entries={}, directories=0, first=blob.size, duplicates=[], hidden=[], problems=[], rows=0)
    with suppress(BudgetExceeded, MalformedError):
        _local(blob, views, limits)
    return views


class _Covered:
    """The bytes that belong to members."""

    def __init__(self, views: Views | None = None) -> None:
        spans = sorted((e.start, e.start + e.packed) for e in views.entries.values()) if views else []
        self._starts = [start for start, _ in spans]
        self._ends: list[int] = []  # the furthest end of all spans up to each
        for _, end in spans:
            self._ends.append(max(end, self._ends[-1] if self._ends else 0))

    def holds(self, at: int) -> bool:
        number = bisect_right(self._starts, at)
        return number > 0 and at < self._ends[number - 1]


def _positions(data: bytes, sign: bytes) -> Iterator[int]:
    at = data.find(sign)
    while at >= 0:
        yield at
        at = data.find(sign, at + 1)


def _directory(blob: Blob, end: int) -> tuple[int, int, int] | None:
    """`(start, size, shift)` of the directory of an end record; offsets in a prefixed archive are shifted."""
    record = blob.read_at(end, _END_BYTES)
    if len(record) < _END_BYTES:
        return None
    size, start = struct.unpack_from("<II", record, 12)
    before = end
    locator = blob.read_at(end - 20, 20) if end >= 20 else b""
    if len(locator) == 20 and locator[:4] == b"PK\x06\x07":
        at = struct.unpack_from("<Q", locator, 8)[0]
        big = blob.read_at(at, 56) if at < blob.size else b""
        if len(big) == 56 and big[:4] == b"PK\x06\x06":
            size, start = struct.unpack_from("<QQ", big, 40)
            before = at
    shift = before - size - start
    if size > _DIRECTORY_BYTES:
        raise BudgetExceeded(f"a directory of {size} bytes")
    if shift < 0 or size > blob.size:
        return (start, size, 0) if start + size <= blob.size else None
    return start + shift, size, shift


def _central(blob: Blob, place: tuple[int, int, int], views: Views, limits: Limits) -> None:
    start, size, stated = place
    rows = list(islice(_rows(blob.read_at(start, size)), limits.archive_members - views.rows + 1))
    views.rows += len(rows)
    if views.rows > limits.archive_members:
        raise BudgetExceeded(f"more than {limits.archive_members} members")
    if not rows:
        return
    # Offsets in a prefixed archive count from the first local header.
    is_there = blob.read_at(rows[0].header_at + stated, 4) == _LOCAL
    shift = stated if is_there else _shift(blob, rows[0].header_at, start)
    # The member before may end in a descriptor, and its reader looks there for the header that follows.
    will_read(blob, ((row.header_at + shift - _DESCRIPTOR_BYTES, _HEADER_READ_BYTES) for row in rows))
    names = set[str]()
    for row in rows:
        if row.other_name and row.other_name != row.name:
            views.problems.append(f"{row.name[:80]!r} has a second name, {row.other_name[:80]!r}")
        if row.name in names and not row.name.endswith("/"):
            views.duplicates.append(row.name)
        names.add(row.name)
        _add_central(blob, views, row, row.header_at + shift)


@dataclass(frozen=True, slots=True)
class _Row:
    """What a directory says of one member."""

    name: str
    other_name: str
    header_at: int
    flags: int
    method: int
    packed: int
    size: int
    mode: int


def _rows(data: bytes) -> Iterator[_Row]:
    at = 0
    while at + _CENTRAL_BYTES <= len(data) and data[at : at + 4] == _CENTRAL:
        flags, method = struct.unpack_from("<HH", data, at + 8)
        packed, whole, name_length, extra_length, note_length = struct.unpack_from("<IIHHH", data, at + 20)
        external, header_at = struct.unpack_from("<II", data, at + 38)
        name = _text(data[at + 46 : at + 46 + name_length])
        extra = data[at + 46 + name_length : at + 46 + name_length + extra_length]
        whole, packed, header_at = _wide(extra, whole, packed, header_at)
        other = _unicode_name(extra) if name.isascii() else ""
        yield _Row(name, other, header_at, flags, method, packed, whole, external >> 16)
        at += _CENTRAL_BYTES + name_length + extra_length + note_length


def _shift(blob: Blob, header_at: int, directory_at: int) -> int:
    if blob.read_at(header_at, 4) == _LOCAL:
        return 0
    head = blob.read_at(0, min(directory_at, _SEARCH_BYTES))
    found = head.find(_LOCAL)
    return found - header_at if found >= 0 else 0


def _add_central(blob: Blob, views: Views, row: _Row, header_at: int) -> None:
    name = row.name
    header = blob.read_at(header_at, _LOCAL_BYTES) if 0 <= header_at < blob.size else b""
    if len(header) < _LOCAL_BYTES or header[:4] != _LOCAL:
        views.problems.append(f"the directory points {name!r} to no member")
        return
    local_flags, local_method = struct.unpack_from("<HH", header, 6)
    name_length, extra_length = struct.unpack_from("<HH", header, 26)
    local_name = _text(blob.read_at(header_at + _LOCAL_BYTES, name_length))
    start = header_at + _LOCAL_BYTES + name_length + extra_length
    differs = []
    if local_name != name:
        differs.append(f"the directory says {name!r}, the member itself {local_name!r}")
    if (local_flags ^ row.flags) & 1:
        differs.append(f"{name!r} is encrypted by one header and not by the other")
    if local_method != row.method:
        differs.append(f"{name!r} is compressed in two ways")
    known = views.entries.get(start)
    if known is not None and known.central_name != name:
        differs.append(f"{name!r} and {known.name!r} are the same bytes")
    views.first = min(views.first, header_at)
    views.entries[start] = Entry(
        header_at=header_at,
        start=start,
        name=name,
        local_name=local_name,
        central_name=name,
        method=row.method,
        flags=row.flags | (local_flags & 1),
        packed=row.packed,
        size=row.size,
        mode=row.mode,
        differs=[*(known.differs if known else []), *differs][:_NOTES],
    )


def _local(blob: Blob, views: Views, limits: Limits) -> None:
    """Header after header from the start, as a streaming reader goes."""
    head = blob.read_at(0, _SEARCH_BYTES)
    at = head.find(_LOCAL)
    while 0 <= at < blob.size:
        header = blob.read_at(at, _LOCAL_BYTES)
        if len(header) < _LOCAL_BYTES or header[:4] != _LOCAL:
            break
        flags, method = struct.unpack_from("<HH", header, 6)
        packed, whole, name_length, extra_length = struct.unpack_from("<IIHH", header, 18)
        start = at + _LOCAL_BYTES + name_length + extra_length
        known = views.entries.get(start)
        if known is None:
            name = _text(blob.read_at(at + _LOCAL_BYTES, name_length))
            whole, packed, _ = _wide(blob.read_at(start - extra_length, extra_length), whole, packed, 0)
            if flags & _DESCRIPTOR and not packed:
                packed = _until_next(blob, start)
            views.hidden.append(name)
            views.first = min(views.first, at)
            known = Entry(
                header_at=at, start=start, name=name, local_name=name, central_name=None, method=method,
                flags=flags, packed=min(packed, max(blob.size - start, 0)), size=whole or packed,
            )  # fmt: skip
            views.entries[start] = known
            if len(views.entries) > limits.archive_members:
                raise BudgetExceeded(f"more than {limits.archive_members} members")
        at = _next_header(blob, known.start + known.packed)


def _next_header(blob: Blob, at: int) -> int:
    """The next local header at or shortly behind a member's end; -1 at the directory."""
    sign = blob.read_at(at, 4)
    if sign == _LOCAL:
        return at
    # A descriptor, or whatever else stands between two members.
    for reach in (_DESCRIPTOR_BYTES, _NEAR_BYTES * 8):
        near = blob.read_at(at, reach)
        local, central = near.find(_LOCAL), near.find(_CENTRAL)
        if local >= 0 or central >= 0:
            return at + local if local >= 0 and (central < 0 or local < central) else -1
    return -1


def _until_next(blob: Blob, start: int) -> int:
    """The length of a member that states none: up to the next header, within reach."""
    for reach in (_NEAR_BYTES, _SEARCH_BYTES):
        data = blob.read_at(start, reach)
        found = _NEXT.search(data)
        if found:
            return found.start()
    return len(data)


def _unicode_name(extra: bytes) -> str:
    """The name that an extra field says in UTF-8, which some readers take instead of the header's."""
    at = 0
    while at + 4 <= len(extra):
        tag, length = struct.unpack_from("<HH", extra, at)
        if tag == _UNICODE_NAME and length > 5:
            return extra[at + 9 : at + 4 + length].decode("utf-8", "replace")
        at += 4 + length
    return ""


def _wide(extra: bytes, whole: int, packed: int, header_at: int) -> tuple[int, int, int]:
    """The 64-bit values of the extra field, where the 32-bit ones are all ones. APPNOTE 4.5.3."""
    at = 0
    while at + 4 <= len(extra):
        tag, length = struct.unpack_from("<HH", extra, at)
        if tag == 1:
            body = extra[at + 4 : at + 4 + length]
            values = [int.from_bytes(body[i : i + 8], "little") for i in range(0, len(body) - 7, 8)]
            if whole == 0xFFFFFFFF and values:
                whole = values.pop(0)
            if packed == 0xFFFFFFFF and values:
                packed = values.pop(0)
            if header_at == 0xFFFFFFFF and values:
                header_at = values.pop(0)
            break
        at += 4 + length
    return whole, packed, header_at


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp437")
