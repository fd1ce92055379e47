"""The header of a 7z archive: its folders, coders and files. Nothing is decoded here but the header itself.

Spec: 7zFormat.txt of the LZMA SDK 24.09. Every count is held against the bytes that are left for it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import Blob

MAGIC = b"7z\xbc\xaf\x27\x1c"
START_BYTES = 32
_HEADER_BYTES = 16 << 20  # room for 100,000 members and their names
_CODERS, _STREAMS = 32, 32  # of one folder, as 7-Zip limits them
_FOLDERS = 100_000

# Property ids, 7zFormat.txt "Property IDs".
(_END, _HEADER, _ARCHIVE, _ADDITIONAL, _MAIN, _FILES, _PACK, _UNPACK, _SUBSTREAMS, _SIZE, _CRC, _FOLDER,
 _UNPACK_SIZE, _UNPACK_STREAMS, _EMPTY_STREAM, _EMPTY_FILE, _ANTI, _NAMES) = range(18)  # fmt: skip
_ATTRIBUTES, _ENCODED = 0x15, 0x17


@dataclass(frozen=True, slots=True)
class Coder:
    """One step of decoding: a method's id and its properties."""

    method: bytes
    inputs: int
    outputs: int
    properties: bytes


@dataclass(slots=True, kw_only=True)
class Folder:
    """A solid block: packed streams through coders to one unpacked stream, which holds files in a row."""

    coders: list[Coder]
    bonds: dict[int, int]  # input -> output that feeds it
    packed: list[int]  # inputs fed from the archive
    sizes: list[int] = field(default_factory=list)  # by output
    first_pack: int = 0  # number of its first packed stream
    parts: list[int] = field(default_factory=list)  # sizes of the files in it

    @property
    def main(self) -> int:
        """The output that feeds no other coder."""
        fed = set(self.bonds.values())
        return next((n for n in range(len(self.sizes)) if n not in fed), 0)

    @property
    def size(self) -> int:
        return self.sizes[self.main] if self.sizes else 0


@dataclass(slots=True, kw_only=True)
class Item:
    """A file, or a folder of files, by the header. `has_stream` is false where there are no bytes."""

    name: str
    has_stream: bool
    attributes: int = 0


@dataclass(slots=True, kw_only=True)
class Archive:
    """Where packed streams stand, in bytes from the start of the blob, and what comes out of them."""

    streams: list[tuple[int, int]] = field(default_factory=list)  # (start, length)
    folders: list[Folder] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)


Decode = Callable[[Archive, Folder], bytes]
"""The whole of a folder that holds a packed header. Raises as the reader does."""


def starts(data: bytes) -> bool:
    """Whether 32 bytes are a signature header whose own checksum holds."""
    if len(data) < START_BYTES or data[:6] != MAGIC:
        return False
    return int.from_bytes(data[8:12], "little") == zlib.crc32(data[12:32])


def read(blob: Blob, base: int, decode: Decode, members: int) -> tuple[Archive, str]:
    """The archive whose signature stands at `base`, and what is wrong with its checksum.

    Raises `MalformedError`, and `BudgetExceeded` past `members` files.
    """
    start = blob.read_at(base, START_BYTES)
    if len(start) < START_BYTES:
        raise MalformedError("a 7z archive that ends in its first header", offset=base)
    problem = "" if starts(start) else "the checksum of the first header is wrong"
    offset, size, crc = struct.unpack_from("<QQI", start, 12)
    at = base + START_BYTES + offset
    if size == 0:
        return Archive(), problem
    if size > _HEADER_BYTES:
        raise BudgetExceeded(f"a 7z header of {size} bytes")
    if at + size > blob.size:
        raise MalformedError(f"the 7z header at {at} goes on past the end of the file", offset=at)
    data = blob.read_at(at, size)
    if zlib.crc32(data) != crc:
        problem = problem or "the checksum of the header is wrong"
    for _ in range(4):  # a packed header may hold a packed header
        reader = _Reader(data, base + START_BYTES, blob.size, members)
        kind = reader.byte()
        if kind == _HEADER:
            return reader.header(), problem
        if kind != _ENCODED:
            raise MalformedError(f"a 7z header of kind {kind}", offset=at)
        archive = reader.streams_info()
        if not archive.folders or archive.folders[0].size > _HEADER_BYTES:
            raise BudgetExceeded("a packed 7z header that is empty or too large")
        data = decode(archive, archive.folders[0])
    raise MalformedError("a 7z header packed more than three times")


class _Reader:
    def __init__(self, data: bytes, base: int, limit: int, members: int) -> None:
        self.data, self.at = data, 0
        self.base, self.limit, self.members = base, limit, members

    def take(self, length: int) -> bytes:
        if not 0 <= length <= len(self.data) - self.at:
            raise MalformedError("the 7z header ends early", offset=self.at)
        self.at += length
        return self.data[self.at - length : self.at]

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        """Up to 64 bits; the leading ones of the first byte count the bytes behind it."""
        first, mask, value = self.byte(), 0x80, 0
        for number in range(8):
            if not first & mask:
                return value | (first & (mask - 1)) << (8 * number)
            value |= self.byte() << (8 * number)
            mask >>= 1
        return value

    def count(self, most: int, what: str) -> int:
        value = self.number()
        if value > most:
            raise BudgetExceeded(f"{value} {what} in a 7z header")
        return value

    def bits(self, count: int) -> list[bool]:
        data = self.take((count + 7) // 8)
        return [bool(data[n >> 3] & 0x80 >> (n & 7)) for n in range(count)]

    def optional_bits(self, count: int) -> list[bool]:
        return [True] * count if self.byte() else self.bits(count)

    def checksums(self, count: int) -> list[bool]:
        """Whether each of `count` streams has a checksum; the checksums themselves are passed."""
        defined = self.optional_bits(count)
        self.take(4 * sum(defined))
        return defined

    def skip_to(self, wanted: int) -> None:
        """Pass sized properties until one of the id `wanted`."""
        while (kind := self.byte()) != wanted:
            if kind == _END:
                raise MalformedError(f"a 7z header without its part {wanted}", offset=self.at)
            self.take(self.number())

    def after(self, last: int, kind: int) -> int:
        """`kind`, which comes once and in order: a part that comes again would cost more than its bytes."""
        if kind <= last:
            raise MalformedError(f"a part {kind} out of order in a 7z header", offset=self.at)
        return kind

    def header(self) -> Archive:
        archive, last = Archive(), _END
        while (kind := self.byte()) != _END:
            last = self.after(last, kind)
            if kind == _ARCHIVE:
                while self.byte() != _END:
                    self.take(self.number())
            elif kind == _ADDITIONAL:
                self.streams_info()
            elif kind == _MAIN:
                archive = self.streams_info()  # before the files, by the order
            elif kind == _FILES:
                archive.items = self.files()
            else:
                raise MalformedError(f"a part {kind} in a 7z header", offset=self.at)
        return archive

    def streams_info(self) -> Archive:
        archive, has_crc, last = Archive(), list[bool](), _END
        while (kind := self.byte()) != _END:
            last = self.after(last, kind)
            if kind == _PACK:
                archive.streams = self.pack_info()
            elif kind == _UNPACK:
                archive.folders, has_crc = self.unpack_info()
            elif kind == _SUBSTREAMS:
                self.substreams(archive.folders, has_crc)
                has_crc = []
            else:
                raise MalformedError(f"a part {kind} among the streams of a 7z header", offset=self.at)
        for folder in archive.folders:
            if has_crc and not folder.parts:
                folder.parts = [folder.size]
        return archive

    def pack_info(self) -> list[tuple[int, int]]:
        at = self.base + self.number()
        count = self.count(_FOLDERS, "packed streams")
        streams = []
        while (kind := self.byte()) != _END:
            if kind == _SIZE:
                for _ in range(count):
                    size = self.number()
                    streams.append((at, size))
                    at += size
            elif kind == _CRC:
                self.checksums(count)
            else:
                self.take(self.number())
        if at > self.limit:
            raise MalformedError(f"packed streams to byte {at} of a file of {self.limit}")
        return streams

    def unpack_info(self) -> tuple[list[Folder], list[bool]]:
        self.skip_to(_FOLDER)
        count = self.count(min(_FOLDERS, len(self.data)), "folders")
        if self.byte():
            raise MalformedError("folders that stand elsewhere in a 7z archive", offset=self.at)
        folders, pack = [], 0
        for _ in range(count):
            folder = self.folder()
            folder.first_pack = pack
            pack += len(folder.packed)
            folders.append(folder)
        self.skip_to(_UNPACK_SIZE)
        for folder in folders:
            folder.sizes = [self.number() for coder in folder.coders for _ in range(coder.outputs)]
        has_crc = [False] * count
        while (kind := self.byte()) != _END:
            if kind == _CRC:
                has_crc = self.checksums(count)
            else:
                self.take(self.number())
        return folders, has_crc

    def folder(self) -> Folder:
        coders = []
        for _ in range(self.count(_CODERS, "coders")):
            flags = self.byte()
            method = self.take(flags & 0x0F)
            inputs = outputs = 1
            if flags & 0x10:
                inputs, outputs = self.count(_STREAMS, "inputs"), self.count(_STREAMS, "outputs")
            properties = self.take(self.number()) if flags & 0x20 else b""
            if flags & 0x80:
                raise MalformedError("a coder of a kind that is not defined", offset=self.at)
            coders.append(Coder(method, inputs, outputs, properties))
        inputs, outputs = sum(c.inputs for c in coders), sum(c.outputs for c in coders)
        if not 0 < outputs <= _STREAMS * 4 or not outputs - 1 <= inputs <= _STREAMS * 4:
            raise MalformedError("a folder whose coders do not fit together", offset=self.at)
        bonds = {}
        for _ in range(outputs - 1):
            into = self.number()
            bonds[into] = self.number()
        loose = inputs - len(bonds)
        packed = (
            [n for n in range(inputs) if n not in bonds]
            if loose == 1
            else [self.number() for _ in range(loose)]
        )
        return Folder(coders=coders, bonds=bonds, packed=packed)

    def substreams(self, folders: list[Folder], has_crc: list[bool]) -> None:
        counts = [1] * len(folders)
        kind = self.byte()
        while kind not in {_UNPACK_STREAMS, _SIZE, _CRC, _END}:
            self.take(self.number())
            kind = self.byte()
        if kind == _UNPACK_STREAMS:
            counts = [self.count(self.members, "files in a folder") for _ in folders]
            kind = self.byte()
        if sum(counts) > self.members:
            raise BudgetExceeded(f"more than {self.members} members")
        for folder, count in zip(folders, counts, strict=True):
            # All sizes but the last of a folder are written; the last is what is left.
            written = [self.number() for _ in range(count - 1)] if kind == _SIZE and count else []
            rest = folder.size - sum(written)
            if rest < 0:
                raise MalformedError("files larger than the folder that they are in", offset=self.at)
            folder.parts = [*written, rest] if count else []
        if kind == _SIZE:
            kind = self.byte()
        missing = sum(
            count
            for count, known in zip(counts, has_crc or [False] * len(counts), strict=True)
            if count != 1 or not known
        )
        while kind != _END:
            if kind == _CRC:
                self.checksums(missing)
            else:
                self.take(self.number())
            kind = self.byte()

    def files(self) -> list[Item]:
        count = self.number()
        if count > self.members:
            raise BudgetExceeded(f"more than {self.members} members")
        if count > len(self.data) * 8:
            raise MalformedError(f"{count} files in a header of {len(self.data)} bytes", offset=self.at)
        names, empty, attributes = [""] * count, [False] * count, [0] * count
        while (kind := self.byte()) != _END:
            size = self.number()
            inner = _Reader(self.take(size), self.base, self.limit, self.members)
            if kind == _EMPTY_STREAM:
                empty = inner.bits(count)
            elif kind == _NAMES:
                names = inner.names(count)
            elif kind == _ATTRIBUTES:
                attributes = inner.attributes(count)
        return [
            Item(name=name, has_stream=not is_empty, attributes=bits)
            for name, is_empty, bits in zip(names, empty, attributes, strict=True)
        ]

    def names(self, count: int) -> list[str]:
        if self.byte():
            raise MalformedError("names that stand elsewhere in a 7z archive")
        text = self.data[1:].decode("utf-16-le", "replace")
        found = text.split("\0")
        if len(found) < count + 1:
            raise MalformedError(f"{len(found) - 1} names for {count} files")
        return found[:count]

    def attributes(self, count: int) -> list[int]:
        defined = self.optional_bits(count)
        if self.byte():
            raise MalformedError("attributes that stand elsewhere in a 7z archive")
        return [struct.unpack("<I", self.take(4))[0] if known else 0 for known in defined]
