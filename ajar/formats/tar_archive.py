"""Tar archives: headers are walked, bodies stepped over, each file a member in place.

Spec: POSIX.1-2017 pax, ustar; GNU long names.
"""

from __future__ import annotations

from collections.abc import Iterator

from ajar.blobs import PiecesBlob, SliceBlob
from ajar.config import Limits
from ajar.formats._tar import BLOCK, Entry, Walk, checksum_holds
from ajar.interfaces import Blob, Format, Member, Observation
from ajar.model.evidence import Gap, GapReason, Location

ID = "tar"

__all__ = ["BLOCK", "FORMAT", "ID", "Entry", "Walk", "content", "is_tar"]

_FILES = frozenset(b"0\x007S")
_LINKS = {
    ord("1"): "a hard link",
    ord("2"): "a symbolic link",
    ord("3"): "a device",
    ord("4"): "a device",
    ord("6"): "a pipe",
}


def is_tar(head: bytes) -> bool:
    """Whether the first block is a header whose checksum holds, of ustar or of the seventh edition."""
    return len(head) >= BLOCK and head[0] != 0 and checksum_holds(head[:BLOCK])


def content(blob: Blob, entry: Entry) -> Blob:
    """The bytes of a member, holes and all."""
    if entry.pieces:
        return PiecesBlob(SliceBlob(blob, entry.body, entry.size), entry.pieces, entry.whole)
    return SliceBlob(blob, entry.body, entry.size)


def _matches(head: bytes, path: str) -> bool:  # noqa: ARG001  bytes decide
    return is_tar(head)


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    for entry in Walk(blob, limits).entries():
        for note in entry.notes:
            where = Location(path=f"{path}!/{entry.name}")
            yield Gap(location=where, reason=GapReason.MALFORMED, detail=f"it {note}", inspector=ID)
        if entry.kind != ord("5"):
            yield _member(path, blob, entry)


def _member(path: str, blob: Blob, entry: Entry) -> Observation:
    clean = entry.name.removeprefix("./")
    location = Location(path=f"{path}!/{clean}")
    if clean.startswith("/") or ".." in clean.split("/"):
        detail = "a member name that leads out of the archive"
        return Gap(location=location, reason=GapReason.UNSUPPORTED, detail=detail, inspector=ID)
    if entry.kind not in _FILES:
        detail = f"{_LINKS.get(entry.kind, f'a member of kind {chr(entry.kind)!r}')}; not followed"
        return Gap(location=location, reason=GapReason.UNSUPPORTED, detail=detail, inspector=ID)
    return Member(path=location.path, blob=content(blob, entry))


FORMAT = Format(
    id=ID,
    title="tar archive",
    family="container",
    suffixes=(".tar", ".nemo"),
    matches=_matches,
    inspect=_inspect,
    keys={},
    spec="https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html",
)
