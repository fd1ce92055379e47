"""Any other text: how long it is."""

from __future__ import annotations

from collections.abc import Iterator

from ajar.config import Limits
from ajar.formats._text import EvidenceMaker, looks_like_text
from ajar.interfaces import Blob, Format, Observation

_SAMPLE_BYTES = 65_536


def _matches(head: bytes, path: str) -> bool:  # noqa: ARG001
    return looks_like_text(head)


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    make = EvidenceMaker(path, "plain-text")
    data = blob.read_at(0, min(blob.size, _SAMPLE_BYTES, limits.text_bytes))
    lines = data.count(b"\n")
    if len(data) < blob.size:
        yield make("text.lines", max(lines, 1) * blob.size // max(len(data), 1), quote="estimated")
        return
    yield make("text.lines", lines + (bool(data) and not data.endswith(b"\n")))


FORMAT = Format(
    id="plain-text",
    title="text",
    family="other",
    suffixes=(".txt",),
    matches=_matches,
    inspect=_inspect,
    keys={"text.lines": "number of lines; estimated from the first 64 kB of a longer file"},
    spec="https://www.rfc-editor.org/rfc/rfc3676",
)
