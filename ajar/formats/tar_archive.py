"""Tar archives: headers are walked, bodies stepped over, each file a member in place.

Spec: POSIX.1-2017 pax, ustar; GNU long names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ajar.blobs import SliceBlob
from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import Blob, Format, Member, Observation
from ajar.model.evidence import Gap, GapReason, Location

ID = "tar"

_BLOCK = 512
_NAME_BYTES = 65536
_FILES = frozenset(b"0\x007")
_LINKS = {
    ord("1"): "a hard link",
    ord("2"): "a symbolic link",
    ord("3"): "a device",
    ord("4"): "a device",
    ord("6"): "a pipe",
}


def _matches(head: bytes, path: str) -> bool:  # noqa: ARG001  bytes decide
    return len(head) >= _BLOCK and head[257:262] == b"ustar" and _checksum_holds(head[:_BLOCK])


def _checksum_holds(block: bytes) -> bool:
    try:
        stated = _octal(block[148:156])
    except MalformedError:
        return False
    return stated == sum(block[:148]) + 8 * 32 + sum(block[156:_BLOCK])


def _octal(data: bytes) -> int:
    if data[:1] == b"\x80":  # GNU base-256
        return int.from_bytes(data[1:], "big")
    text = data.rstrip(b"\0 ").lstrip(b" ")
    try:
        return int(text or b"0", 8)
    except ValueError as error:
        raise MalformedError(f"not a number: {data[:12]!r}") from error


@dataclass(frozen=True, slots=True)
class Entry:
    """One member: its kind by the type flag, the target of a link, where its body stands, in bytes."""

    name: str
    kind: int
    link: str
    body: int
    size: int


def entries(blob: Blob, limits: Limits) -> Iterator[Entry]:
    """The members in order, long names resolved. Raises `MalformedError` and `BudgetExceeded`."""
    at, members, long_name, stated_size = 0, 0, "", None
    while at + _BLOCK <= blob.size:
        block = blob.read_at(at, _BLOCK)
        if not any(block):
            return
        if not _checksum_holds(block):
            raise MalformedError("a tar header whose checksum is wrong", offset=at)
        kind, body = block[156], at + _BLOCK
        size = stated_size if stated_size is not None and kind not in b"xgLK" else _octal(block[124:136])
        if size < 0 or body + size > blob.size:
            raise MalformedError(f"a member of {size} bytes goes on past the end", offset=at)
        at = body + -(-size // _BLOCK) * _BLOCK
        if kind in b"Lx":
            data = blob.read_at(body, min(size, _NAME_BYTES))
            if kind == ord("L"):
                long_name = data.rstrip(b"\0").decode("utf-8", "backslashreplace")
            else:
                long_name, stated_size = _pax(data, long_name)
            continue
        if kind in b"gK5":
            long_name, stated_size = "", None
            continue
        members += 1
        if members > limits.archive_members:
            raise BudgetExceeded(f"more than {limits.archive_members} members")
        link = block[157:257].split(b"\0")[0].decode("utf-8", "backslashreplace") if kind in b"12" else ""
        yield Entry(long_name or _name(block), kind, link, body, size)
        long_name, stated_size = "", None


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    for entry in entries(blob, limits):
        yield _member(path, blob, entry.name, entry.kind, entry.body, entry.size)


def _name(block: bytes) -> str:
    name = block[:100].split(b"\0")[0]
    prefix = block[345:500].split(b"\0")[0] if block[257:263] == b"ustar\0" else b""
    return (prefix + b"/" + name if prefix else name).decode("utf-8", "backslashreplace")


def _pax(data: bytes, name: str) -> tuple[str, int | None]:
    r"""`path` and `size` of a pax header: records of "length key=value\\n"."""
    size: int | None = None
    at = 0
    while at < len(data):
        digits = data[at : at + 9].partition(b" ")[0]
        if not digits.isdigit() or len(digits) > 8 or not 0 < int(digits) <= len(data) - at:
            break
        record = data[at + len(digits) + 1 : at + int(digits)]
        at += int(digits)
        key, _, value = record.rstrip(b"\n").partition(b"=")
        if key == b"path":
            name = value.decode("utf-8", "backslashreplace")
        elif key == b"size" and value.isdigit() and len(value) <= 20:
            size = int(value)
    return name, size


def _member(path: str, blob: Blob, name: str, kind: int, body: int, size: int) -> Observation:
    clean = name.removeprefix("./")
    location = Location(path=f"{path}!/{clean}")
    if clean.startswith("/") or ".." in clean.split("/"):
        detail = "a member name that leads out of the archive"
        return Gap(location=location, reason=GapReason.UNSUPPORTED, detail=detail, inspector=ID)
    if kind not in _FILES:
        detail = f"{_LINKS.get(kind, f'a member of kind {chr(kind)!r}')}; not followed"
        return Gap(location=location, reason=GapReason.UNSUPPORTED, detail=detail, inspector=ID)
    return Member(path=location.path, blob=SliceBlob(blob, body, size))


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
