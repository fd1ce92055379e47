"""What git sends, read without git: packet lines, and packs of objects, each held against its own name.

https://git-scm.com/docs/protocol-v2, https://git-scm.com/docs/gitformat-pack. A pack is a hostile archive: counts, sizes
and the length of what a delta makes are checked against a budget before anything is made.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha1

from ajar.errors import BudgetExceeded, MalformedError

INFLATED_BYTES = 256 << 20  # of all objects of one pack: they are held in memory
FIRST_BYTES = 32 << 20  # of an object that is looked at by itself
OBJECTS = 500_000
_KINDS = {1: "commit", 2: "tree", 3: "blob", 4: "tag"}
_BY_OFFSET, _BY_NAME = 6, 7
_PIECE = 1 << 16


def packets(data: bytes) -> Iterator[bytes | None]:
    """Packet lines; `None` for a flush or a delimiter. Raises `MalformedError` where one is cut."""
    at = 0
    while at < len(data):
        if at + 4 > len(data):
            raise MalformedError("a packet line that is cut short", offset=at)
        try:
            length = int(data[at : at + 4], 16)
        except ValueError:
            raise MalformedError("a packet line without a length", offset=at) from None
        if length < 4:
            yield None
            at += 4
        elif at + length > len(data):
            raise MalformedError("a packet line that is cut short", offset=at)
        else:
            yield data[at + 4 : at + length]
            at += length


def packet(text: str) -> bytes:
    body = text.encode()
    return b"%04x%s" % (len(body) + 4, body)


def question(command: str, *lines: str) -> bytes:
    """A command of protocol version 2, with its arguments."""
    head = (f"command={command}\n", "agent=ajar\n", "object-format=sha1\n")
    body = b"".join(packet(f"{line}\n") for line in lines)
    return b"".join(map(packet, head)) + b"0001" + body + b"0000"


def pack_of(data: bytes, *, may_be_cut: bool = False) -> bytes:
    """The pack in an answer to `fetch`, out of its side band. Raises `MalformedError`, also with the host's own words."""
    found = bytearray()
    is_pack = False
    try:
        for line in packets(data):
            if line is None:
                continue
            if not is_pack:
                is_pack = line == b"packfile\n"
                if line.startswith(b"ERR "):
                    raise MalformedError(f"the host says: {line[4:200].decode('utf-8', 'replace').strip()}")
            elif line[:1] == b"\x01":
                found += line[1:]
            elif line[:1] == b"\x03":
                raise MalformedError(f"the host says: {line[1:200].decode('utf-8', 'replace').strip()}")
    except MalformedError as error:
        if not may_be_cut or "cut short" not in error.message:
            raise
        at = error.offset or 0
        if is_pack and data[at + 4 : at + 5] == b"\x01":
            found += data[at + 5 :]
    if not is_pack:
        raise MalformedError("the host sends no pack")
    return bytes(found)


@dataclass(slots=True)
class Pack:
    """The objects of a pack by their names, which are the SHA-1 of what they hold."""

    data: bytes
    objects: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # name -> kind, content
    _by_offset: dict[int, str] = field(default_factory=dict)
    _left: int = INFLATED_BYTES

    def __post_init__(self) -> None:
        count = _count(self.data)
        waiting: list[tuple[int, str, bytes]] = []
        at = 12
        for _ in range(count):
            at = self._read(at, waiting)
        while waiting:
            rest = [row for row in waiting if row[1] not in self.objects]
            if len(rest) == len(waiting):
                raise MalformedError("a delta whose base is not in the pack")
            for start, base, delta in waiting:
                if base in self.objects:
                    self._keep(start, *self._made(base, delta))
            waiting = rest

    def _read(self, start: int, waiting: list[tuple[int, str, bytes]]) -> int:
        kind, size, at = _head(self.data, start)
        base = ""
        if kind == _BY_OFFSET:
            back, at = _back(self.data, at)
            base = self._by_offset.get(start - back, "")
            if not base:
                raise MalformedError("a delta whose base was not read before it", offset=start)
        elif kind == _BY_NAME:
            base = self.data[at : at + 20].hex()
            at += 20
        elif kind not in _KINDS:
            raise MalformedError(f"an object of kind {kind}", offset=start)
        self._charge(size)
        content, at = inflated(self.data, at, size)
        if kind in _KINDS:
            self._keep(start, _KINDS[kind], content)
        elif base in self.objects:
            self._keep(start, *self._made(base, content))
        else:
            waiting.append((start, base, content))
        return at

    def _made(self, base: str, delta: bytes) -> tuple[str, bytes]:
        kind, source = self.objects[base]
        return kind, self._applied(source, delta)

    def _keep(self, start: int, kind: str, content: bytes) -> None:
        name = sha1(b"%s %d\0%s" % (kind.encode(), len(content), content), usedforsecurity=False).hexdigest()
        self.objects[name] = (kind, content)
        self._by_offset[start] = name

    def _charge(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise BudgetExceeded(f"a pack of more than {INFLATED_BYTES} bytes, inflated")

    def _applied(self, source: bytes, delta: bytes) -> bytes:
        """What a delta makes of its base."""
        was, at = _little(delta, 0)
        size, at = _little(delta, at)
        if was != len(source):
            raise MalformedError("a delta for a base of another length")
        self._charge(size)
        made = bytearray()
        while at < len(delta):
            code = delta[at]
            at += 1
            if code & 0x80:
                start, length, at = _copy(delta, code, at)
                if start + length > len(source):
                    raise MalformedError("a delta that copies from beyond its base")
                made += source[start : start + length]
            elif code:
                made += delta[at : at + code]
                at += code
            else:
                raise MalformedError("a delta with a reserved instruction")
            if len(made) > size:
                break
        if len(made) != size:
            raise MalformedError("a delta that makes another length than it says")
        return bytes(made)


def first_object(data: bytes) -> tuple[int, bytes]:
    """Size of the first object of a pack, and as much of its content as the bytes give: the pack may be cut."""
    if _count(data) != 1:
        raise MalformedError("one object was asked for, and others came")
    kind, size, at = _head(data, 12)
    if kind != 3:
        raise MalformedError("a file was asked for, and another object came")
    try:
        content = zlib.decompressobj().decompress(data[at:], max(1, min(size, FIRST_BYTES)))
    except zlib.error:
        raise MalformedError("an object that is not compressed as it should be", offset=at) from None
    return size, content[:size]


def inflated(data: bytes, at: int, size: int) -> tuple[bytes, int]:
    """`size` bytes from the zlib stream at `at`, and where the stream ends. Raises `MalformedError`."""
    view = memoryview(data)
    stream = zlib.decompressobj()
    made = bytearray()
    start = at
    try:
        while not stream.eof and at < len(data):
            piece = view[at : at + _PIECE]
            made += stream.decompress(piece, size - len(made) + 1)
            at += len(piece) - len(stream.unconsumed_tail)
            if len(made) > size:
                break
    except zlib.error:
        raise MalformedError("an object that is not compressed as it should be", offset=start) from None
    if not stream.eof or len(made) != size:
        raise MalformedError("an object of another length than it says", offset=start)
    return bytes(made), at - len(stream.unused_data)


def _count(data: bytes) -> int:
    if len(data) < 12 or data[:4] != b"PACK" or data[4:8] not in {b"\0\0\0\2", b"\0\0\0\3"}:
        raise MalformedError("what came is no pack")
    count = int.from_bytes(data[8:12])
    if count > OBJECTS:
        raise BudgetExceeded(f"a pack of more than {OBJECTS} objects")
    return count


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Kind and size of the object at `at`, and where its content begins."""
    byte = _byte(data, at)
    kind, size, shift = byte >> 4 & 7, byte & 15, 4
    while byte & 0x80:
        at += 1
        byte = _byte(data, at)
        size |= (byte & 0x7F) << shift
        shift += 7
        if shift > 63:
            raise MalformedError("an object with a size beyond all bounds", offset=at)
    return kind, size, at + 1


def _back(data: bytes, at: int) -> tuple[int, int]:
    """How far before a delta its base stands."""
    byte = _byte(data, at)
    value = byte & 0x7F
    while byte & 0x80:
        at += 1
        byte = _byte(data, at)
        value = (value + 1) << 7 | byte & 0x7F
        if value > 1 << 62:
            raise MalformedError("a delta with a base beyond all bounds", offset=at)
    return value, at + 1


def _little(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = _byte(data, at)
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return value, at
        if shift > 63:
            raise MalformedError("a delta with a size beyond all bounds", offset=at)


def _copy(delta: bytes, code: int, at: int) -> tuple[int, int, int]:
    start = length = 0
    for bit in range(4):
        if code & 1 << bit:
            start |= _byte(delta, at) << 8 * bit
            at += 1
    for bit in range(3):
        if code & 0x10 << bit:
            length |= _byte(delta, at) << 8 * bit
            at += 1
    return start, length or 0x10000, at


def _byte(data: bytes, at: int) -> int:
    if at >= len(data):
        raise MalformedError("a pack that is cut short", offset=at)
    return data[at]
