"""Pictures, by their first bytes; nothing in them is decoded."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from ajar.config import Limits
from ajar.formats._text import EvidenceMaker
from ajar.interfaces import HEAD_BYTES, Blob, Format, Observation

_SVG = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s{0,200}(?:<\?xml[^>]{0,300}>\s{0,200})?(?:<!--.{0,2000}?-->\s{0,200}|<!DOCTYPE[^>]{0,500}>\s{0,200}){0,4}<svg\b",
    re.DOTALL,
)


def _kind(head: bytes) -> str | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    return "svg" if _SVG.match(head) else None


def _size(kind: str, head: bytes) -> tuple[int, int] | None:
    if kind == "png" and len(head) >= 24:
        return struct.unpack(">II", head[16:24])
    if kind == "gif" and len(head) >= 10:
        return struct.unpack("<HH", head[6:10])
    return None


def _matches(head: bytes, path: str) -> bool:  # noqa: ARG001
    return _kind(head) is not None


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:  # noqa: ARG001
    head = blob.read_at(0, min(HEAD_BYTES, blob.size))
    make = EvidenceMaker(path, "image")
    kind = _kind(head)
    if kind is None:
        return
    yield make("image.kind", kind)
    size = _size(kind, head)
    if size:
        yield make("image.width", size[0])
        yield make("image.height", size[1])


FORMAT = Format(
    id="image",
    title="picture",
    family="other",
    suffixes=(".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg"),
    matches=_matches,
    inspect=_inspect,
    keys={
        "image.kind": "png, jpeg, gif, webp or svg",
        "image.width": "width in pixels, of PNG and GIF",
        "image.height": "height in pixels, of PNG and GIF",
    },
    spec="https://www.w3.org/TR/png-3/",
)
