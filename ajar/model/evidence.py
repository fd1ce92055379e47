"""Facts observed, and facts that could not be observed. Neither carries a judgement."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Scalar = str | int | float | bool | None

QUOTE_LIMIT_CHARS = 200


class Basis(StrEnum):
    """How a fact is known."""

    VERIFIED = "verified"  # read in the bytes
    DECLARED = "declared"  # said by the publisher: card, tag, link, hub field
    INFERRED = "inferred"  # concluded from other facts
    ABSENT = "absent"  # looked for, not there
    WITHHELD = "withheld"  # the publisher says it will not be released
    UNKNOWN = "unknown"  # could not look


class GapReason(StrEnum):
    """Why a fact could not be observed."""

    ABSENT = "absent"
    UNREADABLE = "unreadable"
    UNSUPPORTED = "unsupported"
    MALFORMED = "malformed"
    OVER_BUDGET = "over-budget"
    OFFLINE = "offline"
    INTERNAL_ERROR = "internal-error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place in a release: a path, and where known a byte span, a 1-based line or a JSON pointer."""

    path: str
    start: int | None = None
    end: int | None = None
    line: int | None = None
    pointer: str | None = None

    def __str__(self) -> str:
        if self.line is not None:
            return f"{self.path}:{self.line}"
        if self.pointer is not None:
            return f"{self.path}#{self.pointer}"
        if self.start is not None:
            return f"{self.path}@{self.start}-{self.end}"
        return self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One fact: a dotted key, a scalar value, where it was read, and the words it rests on."""

    key: str
    value: Scalar
    location: Location
    inspector: str
    quote: str = ""
    basis: Basis = Basis.VERIFIED

    def __post_init__(self) -> None:
        if len(self.quote) > QUOTE_LIMIT_CHARS:
            object.__setattr__(self, "quote", self.quote[: QUOTE_LIMIT_CHARS - 1] + "…")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What could not be observed, where, and why."""

    location: Location
    reason: GapReason
    detail: str
    inspector: str = "pipeline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A document's words, bounded. It travels from formats to judges and never into a report."""

    path: str
    text: str
    sha256: str
    truncated: bool = False


Ground = Evidence | Gap
