"""Zip files and tars, torch's and others: every member in every view, and what the archive does to a disk."""

from __future__ import annotations

import bz2
import re
import zlib
from collections.abc import Iterator

from ajar.blobs import SliceBlob, SlidingBlob, StreamBlob
from ajar.errors import BudgetExceeded, MalformedError
from ajar.formats import tar_archive
from ajar.interfaces import Blob, Member
from ajar.model.evidence import Gap, GapReason
from ajar.model.judgement import Finding, Severity
from ajar.safety import zip_views
from ajar.safety.check import Check, Sign, Specimen
from ajar.safety.inflating import Deflate, Inflater, RefusedError, lzma1, once, reading, streams_of
from ajar.safety.pickles import imports_something
from ajar.safety.unpacking import INSIDE, LIMITS, OPEN, RATIO, SAME, Unpacking
from ajar.safety.zip_views import Entry, Views

ONE_KIND = "file-is-one-kind-of-file"
_ZIPS = frozenset({"zip", "torch-zip", "keras"})
_STORAGE = re.compile(r"^[^/]+/(\.?data)/[^/]+$")
_WHOLE_BYTES = 256 << 20
_LAZY_BYTES = 16 << 20
_LINK, _KIND = 0xA000, 0xF000
_STORED, _DEFLATED, _BZIP2, _LZMA, _ZSTD, _XZ = 0, 8, 12, 14, 93, 95  # APPNOTE 4.4.5
_METHODS = {
    1: "Shrink",
    6: "Implode",
    9: "Deflate64",
    94: "MP3",
    96: "JPEG",
    97: "WavPack",
    98: "PPMd",
    99: "AES",
}


def _look(specimen: Specimen) -> Iterator[Sign]:
    if specimen.format == "tar" or specimen.head[257:262] == b"ustar":
        yield from tar(specimen)
        if specimen.format in _ZIPS and tar_archive.is_tar(specimen.head):
            message = f"is {specimen.format}, and a tar archive from its first byte on"
            yield specimen.finding(ONE_KIND, Severity.MEDIUM, message)
    if specimen.format in _ZIPS:
        yield from _zip(specimen)
    elif specimen.format == "tar" or isinstance(specimen.blob, StreamBlob):
        return  # a compressed member is not inflated to its end to look for a zip there
    elif zip_views.has_end(specimen.blob, anywhere=specimen.format in {"pickle", "unknown"}):
        message = f"is {specimen.format}, and a zip file at its end"
        # TFLite's metadata keeps its label files in a zip behind the model.
        severity = Severity.INFO if specimen.format == "tflite" else Severity.MEDIUM
        yield specimen.finding(ONE_KIND, severity, message)
        yield from _zip(specimen)


def _zip(specimen: Specimen) -> Iterator[Sign]:
    try:
        views = zip_views.read(specimen.blob, specimen.limits)
    except MalformedError as error:
        yield specimen.gap(GapReason.MALFORMED, error.message)
        return
    except BudgetExceeded as error:
        if not isinstance(specimen.blob, StreamBlob):
            raise
        # The directory stands past what is inflated; what stands before that is seen as a stream.
        yield specimen.gap(GapReason.OVER_BUDGET, error.message)
        views = zip_views.read_forward(specimen.blob, specimen.limits)
        for entry in sorted(views.entries.values(), key=lambda item: item.start):
            yield from _member(specimen, entry, Unpacking(specimen))
        return
    yield from _disagreements(specimen, views)
    yield from _expansion(specimen, views)
    if 0 < views.first < specimen.blob.size and specimen.format in _ZIPS:
        yield Member(
            path=f"{specimen.path}!/before-the-archive", blob=SliceBlob(specimen.blob, 0, views.first)
        )
    unpacking = Unpacking(specimen)
    for entry in sorted(views.entries.values(), key=lambda item: item.start):
        specimen.check_time()
        yield from _member(specimen, entry, unpacking)


def _disagreements(specimen: Specimen, views: Views) -> Iterator[Sign]:
    notes = [note for entry in views.entries.values() for note in entry.differs]
    if views.directories > 1:
        notes.append(f"{views.directories} directories, and readers that take different ones")
    if views.duplicates:
        notes.append(f"two members are called {views.duplicates[0]!r}")
    if views.hidden and views.directories:
        notes.append(f"{views.hidden[0]!r} stands in the file and not in its directory")
    notes += views.problems[:4]
    for note in dict.fromkeys(notes[:12]):
        yield specimen.finding(SAME, Severity.MEDIUM, note)
    if not views.directories:
        yield specimen.gap(GapReason.MALFORMED, "a zip without its directory")
    last = 0
    for entry in sorted(views.entries.values(), key=lambda item: item.header_at):
        if entry.header_at < last:
            yield specimen.finding(SAME, Severity.MEDIUM, f"{entry.name!r} begins inside another member")
            break
        last = entry.start + entry.packed


def _expansion(specimen: Specimen, views: Views) -> Iterator[Sign]:
    packed = sum(entry.packed for entry in views.entries.values())
    whole = sum(entry.size for entry in views.entries.values())
    if (whole > max(packed, 1) * RATIO and whole > _WHOLE_BYTES // 16) or whole > packed * 20 + (1 << 40):
        message = f"{packed} bytes that say they hold {whole}"
        yield specimen.finding(LIMITS, Severity.MEDIUM, message)


def _member(specimen: Specimen, entry: Entry, unpacking: Unpacking) -> Iterator[Sign]:
    path = f"{specimen.path}!/{entry.name}"
    if entry.name.endswith("/") and not entry.packed:
        return
    yield from unpacking.place(entry.name)
    if entry.start + entry.packed > specimen.blob.size:
        yield specimen.gap(GapReason.MALFORMED, f"{entry.name!r} goes on past the end of the file")
    body = SliceBlob(specimen.blob, entry.start, min(entry.packed, max(specimen.blob.size - entry.start, 0)))
    if entry.flags & 1 and not _is_plain(body):
        yield specimen.gap(GapReason.UNSUPPORTED, f"{entry.name!r} is encrypted")
        yield specimen.finding(OPEN, Severity.LOW, f"{entry.name!r} is encrypted and was not looked at")
        return
    for item in [body] if entry.method == _STORED else _inflated(body, entry, specimen):
        if isinstance(item, (Finding, Gap, Member)):
            yield item
        elif entry.mode & _KIND == _LINK:
            target = item.read_at(0, min(item.size, 4096)).decode("utf-8", "replace")
            yield from unpacking.link(entry.name, target)
        elif not _is_numbers(specimen, entry, item):
            yield Member(path=path, blob=item)


def _is_plain(body: Blob) -> bool:
    """Some loaders ignore the flag: bytes that name themselves are not encrypted."""
    return body.read_at(0, 2) in {b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"}


def _is_numbers(specimen: Specimen, entry: Entry, blob: Blob) -> bool:
    """A storage of torch: numbers, whose first bytes may look like anything. Only what imports is looked at."""
    if specimen.format != "torch-zip" or not _STORAGE.match(entry.name) or entry.method != _STORED:
        return False
    head = blob.read_at(0, 16)
    if head[:4] in {b"PK\x03\x04", b"\x7fELF"} or head[:2] in {b"MZ", b"\x1f\x8b"}:
        return False
    return not (head[:1] == b"\x80" and imports_something(blob, specimen))


def _inflater(body: Blob, entry: Entry, specimen: Specimen) -> Inflater | None:
    """Raises `RefusedError` for what the standard library cannot decode."""
    source, tick = reading(body), specimen.check_time
    if entry.method == _DEFLATED:
        return Inflater(source, once(lambda: Deflate(-zlib.MAX_WBITS)), tick=tick)
    if entry.method == _BZIP2:
        return Inflater(source, once(bz2.BZ2Decompressor), tick=tick)
    if entry.method == _LZMA:
        # Two bytes of version, the length of the properties, the properties. APPNOTE 5.8.8.
        head = body.read_at(0, 9)
        after = 4 + int.from_bytes(head[2:4], "little")
        return Inflater(reading(body, after), once(lzma1(head[4:9], entry.size)), tick=tick)
    if entry.method in {_ZSTD, 20}:
        return Inflater(source, streams_of("zstd"), tick=tick)
    if entry.method == _XZ:
        return Inflater(source, streams_of("xz"), tick=tick)
    return None


def _inflated(body: Blob, entry: Entry, specimen: Specimen) -> Iterator[Blob | Sign]:
    """The member's content, once, and what is wrong with its compression."""
    try:
        machine = _inflater(body, entry, specimen)
    except RefusedError as error:
        yield specimen.gap(error.reason, f"{entry.name!r}: {error.message}")
        return
    if machine is None:
        name = _METHODS.get(entry.method, f"method {entry.method}")
        message = f"{entry.name!r} is compressed by {name}, which is not read here"
        yield specimen.gap(GapReason.UNSUPPORTED, message)
        yield specimen.finding(OPEN, Severity.LOW, message)
        return
    limit = specimen.limits.inflate_bytes
    if entry.size > _LAZY_BYTES:
        yield StreamBlob(machine.pull, entry.size, limit)  # large: only as far as somebody reads
        return
    yield StreamBlob(machine.pull, limit, limit).to_end()
    if machine.broken:
        detail = f"{entry.name!r} cannot be inflated to its end: {machine.broken}"
        yield specimen.gap(machine.reason, detail)


def tar(specimen: Specimen) -> Iterator[Sign]:
    """Every member of a tar archive; its blob may be a stream that is read forward only."""
    unpacking = Unpacking(specimen)
    walk = tar_archive.Walk(specimen.blob, specimen.limits)
    last: str | None = None
    try:
        for entry in walk.entries():
            specimen.check_time()
            for note in entry.notes:
                if note != last:
                    yield specimen.finding(SAME, Severity.MEDIUM, f"{entry.name[:120]!r} {note}")
                last = note
            yield from unpacking.place(entry.name)
            if entry.header_name != entry.name:
                yield from unpacking.place(entry.header_name)
            if entry.kind != ord("5"):
                yield from _tar_member(specimen, entry, unpacking)
    except MalformedError as error:
        yield specimen.gap(GapReason.MALFORMED, error.message, at=error.offset)
        if walk.turns:
            message = f"byte {error.offset}: {error.message}"
            yield specimen.finding(LIMITS, Severity.MEDIUM, message, start=error.offset)
    yield from _behind_tar(specimen, walk.at)


def _tar_member(specimen: Specimen, entry: tar_archive.Entry, unpacking: Unpacking) -> Iterator[Sign]:
    if entry.link:
        yield from unpacking.link(entry.name, entry.link, hard=entry.kind == ord("1"))
    if entry.kind in b"346":
        message = f"the member {entry.name[:120]!r} is a device or a pipe"
        yield specimen.finding(INSIDE, Severity.HIGH, message)
    elif entry.size and not (entry.link and entry.kind == ord("2")):
        if entry.whole > max(entry.size, 1) * RATIO and entry.whole > _WHOLE_BYTES // 16:
            message = f"{entry.name[:120]!r} has {entry.size} bytes and says that it is {entry.whole} long"
            yield specimen.finding(LIMITS, Severity.MEDIUM, message)
        blob = tar_archive.content(specimen.blob, entry)
        if isinstance(specimen.blob, SlidingBlob):
            blob = StreamBlob(reading(blob), blob.size, specimen.limits.inflate_bytes)
        yield Member(path=f"{specimen.path}!/{entry.name.removeprefix('./')}", blob=blob)


def _behind_tar(specimen: Specimen, end: int) -> Iterator[Sign]:
    """A zip behind the last member; one in the last member is that member's own."""
    is_stream = isinstance(specimen.blob, (StreamBlob, SlidingBlob))
    if is_stream or specimen.format in _ZIPS or end >= specimen.blob.size:
        return
    if zip_views.has_end(SliceBlob(specimen.blob, end, specimen.blob.size - end), anywhere=True):
        message = "is a tar archive, and a zip file at its end"
        yield specimen.finding(ONE_KIND, Severity.MEDIUM, message)
        yield from _zip(specimen)


CHECK = Check(
    id="archives",
    title="Every file of an archive, as each of its readers sees it",
    look=_look,
)
