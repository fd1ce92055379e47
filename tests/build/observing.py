"""Looks at a format at work: what it says, and which bytes it read to say it."""

from __future__ import annotations

from dataclasses import dataclass, field

from ajar.blobs import BytesBlob
from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import HEAD_BYTES, Format, Member
from ajar.model.evidence import Evidence, Gap


@dataclass
class ObservingBlob:
    """Bytes followed by zeros up to `size`, which remembers every read."""

    data: bytes
    size: int
    reads: list[tuple[int, int]] = field(default_factory=list)

    def read_at(self, offset: int, length: int) -> bytes:
        end = min(offset + length, self.size)
        self.reads.append((offset, max(end - offset, 0)))
        known = self.data[offset:end]
        return known + bytes(max(end - offset - len(known), 0))

    @property
    def bytes_read(self) -> int:
        return sum(length for _, length in self.reads)


@dataclass
class Seen:
    evidence: list[Evidence]
    gaps: list[Gap]
    members: list[Member]
    blob: ObservingBlob

    def all(self, key: str) -> list[object]:
        return [item.value for item in self.evidence if item.key == key]

    def one(self, key: str) -> object:
        (value,) = self.all(key)
        return value


def look(
    form: Format, data: bytes, path: str, *, size: int | None = None, limits: Limits | None = None
) -> Seen:
    """Recognise and inspect; every key must be declared."""
    blob = ObservingBlob(data, len(data) if size is None else size)
    assert form.matches(data[:HEAD_BYTES], path), f"{form.id} does not know {path}"
    items = list(form.inspect(path, blob, limits or Limits()))
    seen = Seen(
        [item for item in items if isinstance(item, Evidence)],
        [item for item in items if isinstance(item, Gap)],
        [item for item in items if isinstance(item, Member)],
        blob,
    )
    assert {item.key for item in seen.evidence} <= set(form.keys)
    return seen


def cut_everywhere(form: Format, data: bytes, path: str) -> int:
    """Inspect every prefix. Gives how many were complained of; any other error is a fault."""
    complaints = 0
    for end in range(1, len(data)):
        try:
            items = list(form.inspect(path, BytesBlob(data[:end]), Limits()))
        except (MalformedError, BudgetExceeded):
            complaints += 1
        else:
            complaints += any(isinstance(item, Gap) for item in items)
    return complaints
