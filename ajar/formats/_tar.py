"""A tar archive as its readers see it: headers walked, extended ones applied, what readers disagree on noted.

Spec: POSIX.1-2017 pax and ustar; GNU tar manual, "Basic Tar Format" and "Storing Sparse Files".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import Blob

BLOCK = 512
_EXTENDED_BYTES = 1 << 20
_SEARCH_BYTES = 64 << 20  # behind a broken header, or behind the end, for another one
_WINDOW_BLOCKS = 128
_PIECES = 100_000  # of one sparse file
_SPARSE, _FOLDER = ord("S"), ord("5")
_BODILESS = frozenset(b"123456")

Piece = tuple[int, int]
"""Of a sparse file: where a run of bytes belongs, and its length; the rest are zeros."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One member: its kind by the type flag, the target of a link, where its body stands, in bytes."""

    name: str
    header_name: str  # without what an extended header says
    kind: int
    link: str
    body: int
    size: int
    mode: int = 0
    pieces: tuple[Piece, ...] = ()
    whole: int = 0  # size of a sparse file with its holes
    notes: tuple[str, ...] = ()


def checksum_holds(block: bytes) -> bool:
    """By unsigned bytes as POSIX has it, or by signed ones as some old programs wrote it."""
    field_ = block[148:156].strip(b" \0")
    if not field_ or not field_.isdigit() or len(block) < BLOCK:
        return False
    try:
        stated = int(field_, 8)
    except ValueError:
        return False
    rest = block[:148] + block[156:BLOCK]
    total = 8 * 32 + sum(rest)
    return stated in {total, total - 256 * sum(byte > 127 for byte in rest)}


def number(data: bytes) -> int:
    """A number of a header, octal or GNU's base 256; a negative one is no size. Raises `MalformedError`."""
    if data[:1] in {b"\x80", b"\xff"}:
        value = int.from_bytes(data[1:], "big")
        return value if data[0] == 0x80 else value - (1 << 8 * (len(data) - 1))
    text = data.split(b"\0")[0].strip(b" ")
    try:
        return int(text or b"0", 8)
    except ValueError as error:
        raise MalformedError(f"not a number: {data[:12]!r}") from error


@dataclass(slots=True)
class _Pending:
    """What extended headers say of the member that follows them."""

    name: str = ""
    link: str = ""
    size: int | None = None
    sparse: dict[str, str] = field(default_factory=dict)
    map: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Walk:
    """Goes from header to header. `at` is where it stands, in bytes."""

    blob: Blob
    limits: Limits
    at: int = 0
    members: int = 0
    turns: bool = False  # a size was negative
    _common: _Pending = field(default_factory=_Pending)
    _pending: _Pending = field(default_factory=_Pending)
    _notes: list[str] = field(default_factory=list)
    _searched: int = 0

    def entries(self) -> Iterator[Entry]:
        """The members in order. Raises `MalformedError` where nothing more can be read, `BudgetExceeded`."""
        while self.at + BLOCK <= self.blob.size:
            block = self.blob.read_at(self.at, BLOCK)
            if len(block) < BLOCK:
                break  # a stream knows its size when it ends
            if not any(block):
                end = self.at
                if not self._next_header():
                    self.at = end
                    return
                self._notes.append("stands behind the end of the archive, where some readers go on")
                continue
            if not checksum_holds(block):
                broken = self.at
                if not self._next_header():
                    self.at = broken
                    raise MalformedError("a tar header whose checksum is wrong", offset=broken)
                self._notes.append(f"stands behind a broken header at {broken}, which some readers skip")
                continue
            entry = self._one(block)
            if entry is not None:
                yield entry
        if self.at > self.blob.size:
            raise MalformedError(f"a member goes on past the end at {self.blob.size}", offset=self.at)

    def _next_header(self) -> bool:
        """Move to the next block that is a header; false when there is none within reach."""
        at, blocks = self.at + BLOCK, 1
        while at + BLOCK <= self.blob.size:
            # Little first: where many headers are broken, each costs what stands between it and the next.
            window = self.blob.read_at(at, blocks * BLOCK)
            if len(window) < BLOCK:
                return False
            blocks = min(blocks * 2, _WINDOW_BLOCKS)
            if window.count(0) != len(window):
                for offset in range(0, len(window) - BLOCK + 1, BLOCK):
                    if window[offset] and checksum_holds(window[offset : offset + BLOCK]):
                        self.at = at + offset
                        return True
            self._searched += len(window)
            if self._searched > _SEARCH_BYTES:
                raise BudgetExceeded(f"no tar header in {_SEARCH_BYTES} bytes behind byte {self.at}")
            at += len(window)
        return False

    def _one(self, block: bytes) -> Entry | None:
        kind, body, start = block[156], self.at + BLOCK, self.at
        extended = kind in b"xXgLK"
        pending = self._pending
        size = number(block[124:136])
        if not extended:
            size = next((n for n in (pending.size, self._common.size) if n is not None), size)
        if kind == 0 and _name(block).endswith("/"):
            kind = _FOLDER  # of the seventh edition
        if kind in _BODILESS and size:
            self._notes.append(f"has {size} bytes that some readers step over and others read on in")
            size = 0
        if size < 0:
            self.turns = True
            raise MalformedError(f"a member of {size} bytes: some readers turn in a circle", offset=start)
        pieces: list[int] = []
        if kind == _SPARSE:
            pieces, body = self._old_map(block, body)
        if body + size > self.blob.size:
            raise MalformedError(f"a member of {size} bytes goes on past the end", offset=start)
        self.at = body + -(-size // BLOCK) * BLOCK
        if extended:
            self._extend(kind, body, size)
            return None
        self._pending = _Pending()
        self.members += 1
        if self.members > self.limits.archive_members:
            raise BudgetExceeded(f"more than {self.limits.archive_members} members")
        return self._entry(block, pending, pieces, (kind, body, size))

    def _entry(
        self, block: bytes, pending: _Pending, pieces: list[int], place: tuple[int, int, int]
    ) -> Entry:
        kind, body, size = place
        header_name = _name(block)
        link = _text(block[157:257].split(b"\0")[0]) if kind in b"12" else ""
        if link or kind in b"12":
            link = pending.link or self._common.link or link or "."
        whole = size
        if kind == _SPARSE:
            whole = number(block[483:495])
        elif pending.sparse or pending.map:
            pieces, body, size, whole = self._pax_map(pending, body, size)
        notes = [*self._notes, *pending.notes, *self._common.notes]
        self._notes = []
        runs = tuple(zip(pieces[::2], pieces[1::2], strict=False))
        if runs and not _in_order(runs, whole, size):
            notes.append("has a map of its holes that no two readers take alike")
            runs = ()
        try:
            mode = number(block[100:108])
        except MalformedError:
            mode = 0
        name = pending.sparse.get("name") or pending.name or self._common.name or header_name
        return Entry(
            name=name, header_name=header_name, kind=kind, link=link, body=body, size=size, mode=mode,
            pieces=runs, whole=whole if runs else size, notes=tuple(dict.fromkeys(notes)),
        )  # fmt: skip

    def _extend(self, kind: int, body: int, size: int) -> None:
        data = self.blob.read_at(body, min(size, _EXTENDED_BYTES))
        pending = self._common if kind == ord("g") else self._pending
        if size > _EXTENDED_BYTES:
            pending.notes.append(f"has an extended header of {size} bytes")
        if kind in b"LK":
            text = _text(data.split(b"\0")[0])
            if kind == ord("K"):
                pending.link = text
            else:
                _rename(pending, text)
            return
        for key, value in _records(data, pending):
            _apply(pending, key, value)
        if kind == ord("g") and (pending.name or pending.link or pending.size is not None):
            pending.notes.append(
                "is named or sized by a header for all members, which not all readers follow"
            )

    def _old_map(self, block: bytes, body: int) -> tuple[list[int], int]:
        """GNU's older sparse files: four runs in the header, 21 in each block behind it."""
        runs, rows, more = list[int](), block[386:482], block[482]
        while True:
            for at in range(0, len(rows), 24):
                if rows[at : at + 1] in {b"", b"\0"}:
                    break
                runs += [number(rows[at : at + 12]), number(rows[at + 12 : at + 24])]
            if not more:
                return runs, body
            block = self.blob.read_at(body, BLOCK)
            if len(block) < BLOCK or len(runs) > 2 * _PIECES:
                raise MalformedError("the map of a sparse file has no end", offset=body)
            rows, more, body = block[:504], block[504], body + BLOCK

    def _pax_map(self, pending: _Pending, body: int, size: int) -> tuple[list[int], int, int, int]:
        """`(runs, body, size, whole)` of GNU's pax sparse files 0.0, 0.1 and 1.0."""
        said = pending.sparse
        whole = _whole(said.get("realsize") or said.get("size"), size)
        if said.get("major") != "1":
            text = said.get("map", "").split(",")
            runs = [int(item) for item in text if item.isdigit() and len(item) < 20] or pending.map
            return runs, body, size, whole
        data = self.blob.read_at(body, min(size, _EXTENDED_BYTES))
        first, _, rest = data.partition(b"\n")
        count = int(first) if first.isdigit() and len(first) < 8 else 0
        lines = rest.split(b"\n", 2 * count)[: 2 * count]
        if len(lines) < 2 * count or not all(line.isdigit() and len(line) < 20 for line in lines):
            pending.notes.append("has a map of its holes that cannot be read")
            return [], body, size, size
        used = -(-(len(first) + 1 + sum(len(line) + 1 for line in lines)) // BLOCK) * BLOCK
        return [int(line) for line in lines], body + used, max(size - used, 0), whole


def _in_order(runs: tuple[Piece, ...], whole: int, size: int) -> bool:
    end = 0
    for start, length in runs:
        if start < end or length < 0:
            return False
        end = start + length
    return end <= whole and sum(length for _, length in runs) <= size


def _whole(text: str | None, size: int) -> int:
    return int(text) if text and text.isdigit() and len(text) < 20 else size


def _rename(pending: _Pending, name: str) -> None:
    if pending.name and pending.name != name:
        pending.notes.append(f"has two names, {pending.name[:80]!r} and {name[:80]!r}")
    pending.name = name


def _records(data: bytes, pending: _Pending) -> Iterator[tuple[str, str]]:
    r"""Records of "length key=value\\n" of a pax header."""
    at = 0
    while at < len(data) and data[at]:
        digits, space, _ = data[at : at + 20].partition(b" ")
        length = int(digits) if digits.isdigit() and space and len(digits) < 10 else 0
        record = data[at + len(digits) + 1 : at + length]
        if length <= len(digits) + 1 or at + length > len(data) or b"=" not in record or record[-1:] != b"\n":
            pending.notes.append("has a broken extended header")
            return
        key, _, value = record[:-1].partition(b"=")
        yield _text(key), _text(value)
        at += length


def _apply(pending: _Pending, key: str, value: str) -> None:
    if key == "path":
        _rename(pending, value)
    elif key == "linkpath":
        pending.link = value
    elif key == "size":
        if value.isdigit() and len(value) < 20:
            pending.size = int(value)
        else:
            pending.notes.append(f"has a size that is none: {value[:40]!r}")
    elif key in {"GNU.sparse.offset", "GNU.sparse.numbytes"}:
        if value.isdigit() and len(value) < 20 and len(pending.map) < 2 * _PIECES:
            pending.map.append(int(value))
    elif key.startswith("GNU.sparse."):
        pending.sparse[key.removeprefix("GNU.sparse.")] = value


def _name(block: bytes) -> str:
    name = block[:100].split(b"\0")[0]
    prefix = block[345:500].split(b"\0")[0] if block[257:263] == b"ustar\0" else b""
    return _text(prefix + b"/" + name if prefix else name)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")
