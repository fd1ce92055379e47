"""7z archives: solid blocks are decoded forward under a budget, each file in them is looked at in turn.

Checksums of contents are not held against them: a loader's reader may not do so either.
"""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from ajar.blobs import SliceBlob, StreamBlob
from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import Member
from ajar.model.evidence import GapReason
from ajar.model.judgement import Severity
from ajar.safety.check import Sign, Specimen
from ajar.safety.inflating import (
    Deflate,
    Inflater,
    Pull,
    RefusedError,
    dictionary,
    lzma1,
    once,
    raw_lzma,
    reading,
    streams_of,
)
from ajar.safety.seven_zip_header import START_BYTES, Archive, Coder, Folder, Item, read
from ajar.safety.unpacking import LIMITS, OPEN, RATIO, SAME, Unpacking

_DECODED_BYTES = 1 << 30  # out of one archive, what is stepped over too
_LAZY_BYTES = 16 << 20
_PIECE_BYTES = 65536
_LINK, _KIND = 0xA000, 0xF000
_IS_UNIX, _IS_DIRECTORY, _IS_REPARSE = 0x8000, 0x10, 0x400

# Ids by Methods.txt of the LZMA SDK.
_COPY, _LZMA2, _LZMA, _DELTA = b"\x00", b"\x21", b"\x03\x01\x01", b"\x03"
_DEFLATE, _BZIP2, _ZSTD = b"\x04\x01\x08", b"\x04\x02\x02", b"\x04\xf7\x11\x01"
_AES = b"\x06\xf1\x07\x01"
_BRANCHES = {
    b"\x04": lzma.FILTER_X86, b"\x03\x03\x01\x03": lzma.FILTER_X86,
    b"\x05": lzma.FILTER_POWERPC, b"\x03\x03\x02\x05": lzma.FILTER_POWERPC,
    b"\x06": lzma.FILTER_IA64, b"\x03\x03\x04\x01": lzma.FILTER_IA64,
    b"\x07": lzma.FILTER_ARM, b"\x03\x03\x05\x01": lzma.FILTER_ARM,
    b"\x08": lzma.FILTER_ARMTHUMB, b"\x03\x03\x07\x01": lzma.FILTER_ARMTHUMB,
    b"\x09": lzma.FILTER_SPARC, b"\x03\x03\x08\x05": lzma.FILTER_SPARC,
}  # fmt: skip
_NAMES = {
    b"\x03\x03\x01\x1b": "BCJ2",
    b"\x03\x04\x01": "PPMd",
    b"\x04\x01\x09": "Deflate64",
    b"\x04\xf7\x11\x02": "brotli",
    b"\x04\xf7\x11\x04": "LZ4",
    b"\x0a": "ARM64",
    b"\x0b": "RISC-V",
}


def look(specimen: Specimen, base: int = 0) -> Iterator[Sign]:
    """Everything in the archive whose signature stands at `base`."""
    reader = _Reader(specimen)
    try:
        archive, problem = read(specimen.blob, base, reader.packed_header, specimen.limits.archive_members)
    except RefusedError as error:
        yield from reader.refused(error, "the list of its files")
        return
    if problem:
        yield specimen.gap(GapReason.MALFORMED, problem)
        yield specimen.finding(SAME, Severity.LOW, f"{problem}: some readers refuse the archive")
    if not archive.items and specimen.blob.size > base + START_BYTES:
        yield specimen.gap(GapReason.MALFORMED, "a 7z archive that lists no files")
    yield from reader.files(archive)


@dataclass(slots=True)
class _Reader:
    specimen: Specimen
    decoded: int = 0

    def packed_header(self, archive: Archive, folder: Folder) -> bytes:
        pull = self._folder(archive, folder)
        parts = []
        while len(part := pull(_PIECE_BYTES)):
            parts.append(part)
        data = b"".join(parts)
        if len(data) < folder.size:
            raise MalformedError(f"a packed 7z header of {folder.size} bytes ends after {len(data)}")
        return data

    def files(self, archive: Archive) -> Iterator[Sign]:
        unpacking = Unpacking(self.specimen)
        waiting = iter([item for item in archive.items if item.has_stream])
        yield from self._names(archive, unpacking)
        packed = sum(size for _, size in archive.streams)
        whole = sum(folder.size for folder in archive.folders)
        if whole > max(packed, 1) * RATIO and whole > _LAZY_BYTES:
            message = f"{packed} bytes that say they hold {whole}"
            yield self.specimen.finding(LIMITS, Severity.MEDIUM, message)
        for number, folder in enumerate(archive.folders):
            items = [next(waiting, Item(name=f"file-{n}", has_stream=True)) for n in range(len(folder.parts))]
            if not items:
                continue
            try:
                pull = self._folder(archive, folder)
            except RefusedError as error:
                yield from self.refused(error, f"block {number}, from {items[0].name!r}")
                continue
            try:
                yield from self._block(pull, list(zip(items, folder.parts, strict=True)), unpacking)
            except MalformedError as error:
                yield self.specimen.gap(GapReason.MALFORMED, error.message)
        for left in waiting:
            yield self.specimen.gap(GapReason.MALFORMED, f"{left.name[:120]!r} has no bytes in the archive")
            break

    def _names(self, archive: Archive, unpacking: Unpacking) -> Iterator[Sign]:
        seen: set[str] = set()
        twice = ""
        for item in archive.items:
            yield from unpacking.place(item.name)
            if _is_link(item.attributes):
                unpacking.expect_link(item.name)
            if item.name in seen and item.has_stream:
                twice = twice or item.name
            seen.add(item.name)
        if twice:
            yield self.specimen.finding(SAME, Severity.MEDIUM, f"two members are called {twice[:120]!r}")

    def _block(self, pull: Pull, rows: list[tuple[Item, int]], unpacking: Unpacking) -> Iterator[Sign]:
        limit = self.specimen.limits.inflate_bytes
        for number, (item, size) in enumerate(rows):
            part = _Part(pull, size)
            if _is_link(item.attributes):
                target = StreamBlob(part.pull, size, 4096).to_end()
                yield from unpacking.link(item.name, target.read_at(0, 4096).decode("utf-8", "replace"))
            elif size > _LAZY_BYTES:
                yield Member(path=self._path(item), blob=StreamBlob(part.pull, size, limit))
            elif size:
                yield Member(path=self._path(item), blob=StreamBlob(part.pull, size, limit).to_end())
            if number + 1 < len(rows) or size <= _LAZY_BYTES:
                part.pass_rest()
            elif part.left:
                break  # nothing follows that would need it
            if part.left:
                raise MalformedError(
                    f"{item.name[:120]!r} ends {part.left} bytes early; what follows is lost"
                )

    def _path(self, item: Item) -> str:
        return f"{self.specimen.path}!/{item.name}"

    def refused(self, error: RefusedError, what: str) -> Iterator[Sign]:
        yield self.specimen.gap(error.reason, f"{what[:160]}: {error.message}")
        yield self.specimen.finding(OPEN, Severity.LOW, f"{what[:160]} {error.message} and was not looked at")

    def _folder(self, archive: Archive, folder: Folder) -> Pull:
        """The unpacked stream of a folder. Raises `RefusedError` when a coder is not read here."""
        for coder in folder.coders:
            if coder.method == _AES:
                raise RefusedError("is encrypted", GapReason.UNSUPPORTED)
            if coder.inputs != 1 or coder.outputs != 1:
                name = _NAMES.get(coder.method, coder.method.hex())
                raise RefusedError(f"is compressed by {name}, which is not read here", GapReason.UNSUPPORTED)
        if len(folder.packed) != 1 or folder.first_pack >= len(archive.streams):
            raise MalformedError("a folder without its packed stream")
        start, size = archive.streams[folder.first_pack]
        pull = reading(SliceBlob(self.specimen.blob, start, min(size, self.specimen.blob.size - start)))
        at, passed = folder.packed[0], 0
        fed_by = {output: into for into, output in folder.bonds.items()}
        while True:
            pull = self._limited(self._coder(folder.coders[at], pull, folder.sizes[at]), folder.sizes[at])
            passed += 1
            if at not in fed_by:
                break
            at = fed_by[at]
            if passed >= len(folder.coders) or at >= len(folder.coders):
                raise MalformedError("coders of a folder that feed each other in a ring")
        if passed != len(folder.coders):
            raise MalformedError("coders of a folder that do not feed each other")
        return pull

    def _coder(self, coder: Coder, pull: Pull, size: int) -> Pull:
        method, properties, tick = coder.method, coder.properties, self.specimen.check_time
        if method == _COPY:
            return pull
        if method in _BRANCHES:
            return _filtered({"id": _BRANCHES[method]}, pull)
        if method == _DELTA:
            return _filtered(
                {"id": lzma.FILTER_DELTA, "dist": (properties[0] if properties else 0) + 1}, pull
            )
        if method == _LZMA:
            return Inflater(pull, once(lzma1(properties, size)), tick=tick).pull
        if method == _LZMA2:
            row = {"id": lzma.FILTER_LZMA2, "dict_size": dictionary(_lzma2_bytes(properties), size)}
            return Inflater(pull, once(raw_lzma([row])), tick=tick).pull
        if method == _DEFLATE:
            return Inflater(pull, once(lambda: Deflate(-zlib.MAX_WBITS)), tick=tick).pull
        if method == _BZIP2:
            return Inflater(pull, streams_of("bzip2"), tick=tick).pull
        if method == _ZSTD:
            return Inflater(pull, streams_of("zstd"), tick=tick).pull
        name = _NAMES.get(method, f"coder {method.hex()}")
        raise RefusedError(f"is compressed by {name}, which is not read here", GapReason.UNSUPPORTED)

    def _limited(self, pull: Pull, size: int) -> Pull:
        """No more than the header says, and all folders together no more than the budget."""
        left = size

        def limited(length: int) -> bytes:
            nonlocal left
            data = pull(min(length, left)) if left else b""
            left -= len(data)
            self.decoded += len(data)
            if self.decoded > _DECODED_BYTES:
                raise BudgetExceeded(f"more than {_DECODED_BYTES} bytes decoded out of one archive")
            return data

        return limited


class _Part:
    """One file of a solid block."""

    def __init__(self, pull: Pull, size: int) -> None:
        self._pull, self.left = pull, size

    def pull(self, length: int) -> bytes:
        data = self._pull(min(length, self.left)) if self.left else b""
        self.left -= len(data)
        return data

    def pass_rest(self) -> None:
        while self.pull(_PIECE_BYTES):
            pass


def _filtered(row: dict[str, int], pull: Pull) -> Pull:
    """A branch filter of liblzma over plain bytes.

    liblzma holds a filter's last bytes back until the coder below says that it ended; so the bytes come
    to it as stored chunks of LZMA2, which has an end.
    """
    chunks = _stored_chunks(pull)
    filters = [row, {"id": lzma.FILTER_LZMA2, "dict_size": 4096}]
    return Inflater(lambda _: next(chunks, b""), once(raw_lzma(filters))).pull


def _stored_chunks(pull: Pull) -> Iterator[bytes]:
    control = 1  # the first resets the dictionary
    while data := pull(_PIECE_BYTES):
        yield bytes([control]) + (len(data) - 1).to_bytes(2, "big") + data
        control = 2
    yield b"\0"


def _lzma2_bytes(properties: bytes) -> int:
    bits = properties[0] if properties else 0
    if bits > 40:
        raise RefusedError("has LZMA2 properties that are none", GapReason.MALFORMED)
    return (2 | bits & 1) << (bits // 2 + 11) if bits < 40 else 0xFFFFFFFF


def _is_link(attributes: int) -> bool:
    mode = attributes >> 16 if attributes & _IS_UNIX else 0
    return mode & _KIND == _LINK or bool(attributes & _IS_REPARSE and not attributes & _IS_DIRECTORY)
