"""Runs one text format over bytes and sorts what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ajar.blobs import BytesBlob
from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import HEAD_BYTES, Format
from ajar.model.evidence import Evidence, Gap, Text

DEFAULT = Limits()
_NEWLINE = re.compile(rb"\r\n?|\n")
SMALL = Limits(text_bytes=256)


@dataclass
class Seen:
    """What a format yielded, sorted by kind."""

    evidence: list[Evidence]
    gaps: list[Gap]
    texts: list[Text]

    def all(self, key):
        return [item.value for item in self.evidence if item.key == key]

    def items(self, key):
        return [item for item in self.evidence if item.key == key]

    def one(self, key):
        values = self.all(key)
        assert len(values) == 1, (key, values)
        return values[0]


def look(form: Format, data: bytes | str, path: str, limits: Limits = DEFAULT) -> Seen:
    """Inspect, and hold the format to its own list of keys and to values that any output can carry."""
    raw = data.encode() if isinstance(data, str) else data
    seen = list(form.inspect(path, BytesBlob(raw), limits))
    found = [item for item in seen if isinstance(item, Evidence)]
    for item in found:
        assert item.key in form.keys, item.key
        assert item.inspector == form.id
        if isinstance(item.value, str):
            item.value.encode()
            assert len(item.value) <= 500
        item.quote.encode()
        line = item.location.line
        assert line is None or 1 <= line <= len(_NEWLINE.findall(raw)) + 1, item
    return Seen(
        found,
        [item for item in seen if isinstance(item, Gap)],
        [item for item in seen if isinstance(item, Text)],
    )


def matches(form: Format, data: bytes | str, path: str) -> bool:
    raw = data.encode() if isinstance(data, str) else data
    return form.matches(raw[:HEAD_BYTES], path)


def survives_cuts(form: Format, data: bytes | str, path: str, step: int = 1) -> None:
    """However a file is cut, the format gives facts, gaps, or one of the two errors it may raise."""
    raw = data.encode() if isinstance(data, str) else data
    for end in range(0, len(raw) + 1, step):
        try:
            look(form, raw[:end], path)
        except (MalformedError, BudgetExceeded):
            continue
