"""Zip files and tars, torch's and others: every member in every view, and what the archive does to a disk."""

from __future__ import annotations

import bz2
import lzma
import posixpath
import re
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

from ajar.blobs import SliceBlob, StreamBlob
from ajar.errors import MalformedError
from ajar.formats import tar_archive
from ajar.interfaces import Blob, Member
from ajar.model.evidence import GapReason
from ajar.model.judgement import Severity
from ajar.safety import zip_views
from ajar.safety.check import Check, Sign, Specimen
from ajar.safety.pickles import imports_something
from ajar.safety.zip_views import Entry, Views

SAME, INSIDE, LIMITS, OPEN = (
    "archive-reads-the-same-everywhere",
    "archive-stays-in-its-folder",
    "archive-expands-within-limits",
    "archive-can-be-looked-into",
)
_ZIPS = frozenset({"zip", "torch-zip", "keras"})
# Formats whose readers stop at their own end, so that a zip may hang behind unseen.
_MAY_TRAIL = frozenset({"pickle", "unknown", "safetensors", "gguf", "image", "plain-text", "numpy", "npy"})
_STORAGE = re.compile(r"^[^/]+/(\.?data)/[^/]+$")
_INPUT_BYTES = 65536
_RATIO, _WHOLE_BYTES = 200, 256 << 20
_LAZY_BYTES = 16 << 20
_LINK, _KIND = 0xA000, 0xF000
_STORED, _DEFLATED, _BZIP2, _LZMA = 0, 8, 12, 14


def _look(specimen: Specimen) -> Iterator[Sign]:
    if specimen.format == "tar":
        yield from _tar(specimen)
    elif specimen.format in _ZIPS:
        yield from _zip(specimen)
    elif isinstance(specimen.blob, StreamBlob):
        return  # a compressed member is not inflated to its end to look for a zip there
    elif zip_views.has_end(specimen.blob, anywhere=specimen.format in {"pickle", "unknown"}):
        message = f"is {specimen.format}, and a zip file at its end"
        # TFLite's metadata keeps its label files in a zip behind the model.
        severity = Severity.INFO if specimen.format == "tflite" else Severity.MEDIUM
        yield specimen.finding("file-is-one-kind-of-file", severity, message)
        yield from _zip(specimen)


def _zip(specimen: Specimen) -> Iterator[Sign]:
    try:
        views = zip_views.read(specimen.blob, specimen.limits)
    except MalformedError as error:
        yield specimen.gap(GapReason.MALFORMED, error.message)
        return
    yield from _disagreements(specimen, views)
    yield from _expansion(specimen, views)
    if 0 < views.first < specimen.blob.size and specimen.format in _ZIPS:
        yield Member(
            path=f"{specimen.path}!/before-the-archive", blob=SliceBlob(specimen.blob, 0, views.first)
        )
    for entry in sorted(views.entries.values(), key=lambda item: item.start):
        specimen.check_time()
        yield from _member(specimen, entry)


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
    if (whole > max(packed, 1) * _RATIO and whole > _WHOLE_BYTES // 16) or whole > packed * 20 + (1 << 40):
        message = f"{packed} bytes that say they hold {whole}"
        yield specimen.finding(LIMITS, Severity.MEDIUM, message)


def _member(specimen: Specimen, entry: Entry) -> Iterator[Sign]:
    path = f"{specimen.path}!/{entry.name}"
    if entry.name.endswith("/") and not entry.packed:
        return
    yield from _place(specimen, entry.name)
    if entry.mode & _KIND == _LINK:
        target = specimen.blob.read_at(entry.start, min(entry.packed, 4096)).decode("utf-8", "replace")
        yield from _link(specimen, entry.name, target)
        return
    if entry.start + entry.packed > specimen.blob.size:
        yield specimen.gap(GapReason.MALFORMED, f"{entry.name!r} goes on past the end of the file")
    body = SliceBlob(specimen.blob, entry.start, min(entry.packed, max(specimen.blob.size - entry.start, 0)))
    if entry.flags & 1 and not _is_plain(body):
        yield specimen.gap(GapReason.UNSUPPORTED, f"{entry.name!r} is encrypted")
        yield specimen.finding(OPEN, Severity.LOW, f"{entry.name!r} is encrypted and was not looked at")
        return
    blob = _opened(body, entry, specimen)
    if blob is None:
        message = f"{entry.name!r} is compressed by method {entry.method}, which is not read here"
        yield specimen.gap(GapReason.UNSUPPORTED, message)
        yield specimen.finding(OPEN, Severity.LOW, message)
    elif not _is_numbers(specimen, entry, blob):
        yield Member(path=path, blob=blob)


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


def _opened(body: Blob, entry: Entry, specimen: Specimen) -> Blob | None:
    if entry.method == _STORED:
        return body
    engines: dict[int, Callable[[], Engine]] = {
        _DEFLATED: lambda: zlib.decompressobj(-zlib.MAX_WBITS),
        _BZIP2: bz2.BZ2Decompressor,
    }
    if entry.method not in engines:
        return None
    limit = specimen.limits.inflate_bytes
    pull = inflating(body, engines[entry.method]())
    if entry.size > _LAZY_BYTES:
        return StreamBlob(pull, entry.size, limit)  # large: only as far as somebody reads
    return StreamBlob(pull, limit, limit).to_end()


class Engine(Protocol):
    """A decompressor of the standard library."""

    @property
    def eof(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def inflating(body: Blob, engine: Engine) -> Callable[[int], bytes]:
    """A `pull` for `StreamBlob` that feeds an engine from a blob. What is broken ends the stream."""
    position = 0

    def pull(length: int) -> bytes:
        nonlocal position
        while not engine.eof:
            data = getattr(engine, "unconsumed_tail", b"")
            if not data and getattr(engine, "needs_input", True):
                data = body.read_at(position, _INPUT_BYTES)
                position += len(data)
                if not data:
                    return b""
            try:
                out = engine.decompress(data, length)
            except (zlib.error, lzma.LZMAError, OSError, EOFError):
                return b""
            if out:
                return out
        return b""

    return pull


def _place(specimen: Specimen, name: str) -> Iterator[Sign]:
    clean = name.replace("\\", "/")
    if clean.startswith("/") or ".." in clean.split("/") or re.match(r"[A-Za-z]:", clean):
        message = f"the member {name[:120]!r} leads out of the folder"
        yield specimen.finding(INSIDE, Severity.HIGH, message)


def _link(specimen: Specimen, name: str, target: str) -> Iterator[Sign]:
    reached = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
    outward = target.startswith("/") or reached.startswith("..")
    severity = Severity.HIGH if outward else Severity.INFO
    message = f"the member {name[:120]!r} is a link to {target[:120]!r}"
    yield specimen.finding(INSIDE, severity, message)


def _tar(specimen: Specimen) -> Iterator[Sign]:
    for entry in tar_archive.entries(specimen.blob, specimen.limits):
        specimen.check_time()
        yield from _place(specimen, entry.name)
        if entry.link:
            yield from _link(specimen, entry.name, entry.link)
        elif entry.kind in b"346":
            message = f"the member {entry.name[:120]!r} is a device or a pipe"
            yield specimen.finding(INSIDE, Severity.HIGH, message)
        else:
            blob = SliceBlob(specimen.blob, entry.body, entry.size)
            yield Member(path=f"{specimen.path}!/{entry.name.removeprefix('./')}", blob=blob)


CHECK = Check(
    id="archives",
    title="Every file of an archive, as each of its readers sees it",
    look=_look,
)
