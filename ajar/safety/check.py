"""The seam of the safety checks: what one sees of a file, and what it may say.

A check reads bytes through `Blob.read_at` only, never runs, imports or unpickles what it reads, and
yields as it goes, so that what it found stands even where it must stop.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ajar.config import Limits
from ajar.errors import BudgetExceeded
from ajar.interfaces import Blob, Member
from ajar.model.evidence import Evidence, Gap, GapReason, Location
from ajar.model.judgement import Confidence, Finding, Outcome, Severity
from ajar.safety.rules import RULES

MESSAGE_CHARS = 1000  # a name of a zip's member has up to 65,535
LEVELS = ("clean", "caution", "unknown", "dangerous")  # best first
INSPECTOR = "safety"

Sign = Finding | Gap | Member
"""What a check yields: something to know, something it could not see, a file inside to look at in turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """One file, or one member of one, as a check sees it."""

    path: str  # `outer!/inner` for a member
    format: str  # the id that its bytes gave it, `unknown` when none fits
    head: bytes  # the first `HEAD_BYTES`
    blob: Blob
    limits: Limits
    deadline: float  # on the monotonic clock, in seconds

    def check_time(self) -> None:
        """Raises `BudgetExceeded` when this file has had its time."""
        if time.monotonic() > self.deadline:
            raise BudgetExceeded("the time for this file is spent")

    def finding(
        self,
        rule: str,
        severity: Severity,
        message: str,
        *,
        start: int | None = None,
        end: int | None = None,
        line: int | None = None,
        pointer: str | None = None,
        quote: str = "",
        confidence: Confidence = Confidence.HIGH,
        remedy: str = "",
    ) -> Finding:
        """A finding about this file, resting on one place in it (bytes, a line, or a JSON pointer)."""
        if start is not None and end is None:
            end = start + 1
        where = Location(path=self.path, start=start, end=end, line=line, pointer=pointer)
        ground = Evidence(
            key=f"safety.{rule}", value=True, location=where, inspector=INSPECTOR, quote=_short(quote)
        )
        return Finding(
            rule=rule,
            severity=severity,
            message=_short(message),
            because=(ground,),
            outcome=Outcome.UNMET if _rank(severity) >= _rank(Severity.HIGH) else Outcome.PARTIAL,
            confidence=confidence,
            remedy=remedy or RULES[rule].remedy,
        )

    def cut(self, limit: int, what: str = "bytes") -> Iterator[Gap]:
        """A gap when the file has more bytes than a check reads of it: what lies behind was not looked at."""
        if self.blob.size > limit:
            yield self.gap(GapReason.OVER_BUDGET, f"only the first {limit} {what} were looked at", at=limit)

    def gap(self, reason: GapReason, detail: str, *, at: int | None = None) -> Gap:
        """Something in this file that could not be looked at."""
        where = Location(path=self.path, start=at, end=at)
        return Gap(location=where, reason=reason, detail=_short(detail), inspector=INSPECTOR)


@dataclass(slots=True)
class Lines:
    """Line numbers of offsets in a text, each counted from the last one asked for."""

    text: str
    _offset: int = 0
    _line: int = 1

    def at(self, offset: int) -> int:
        if offset >= self._offset:
            self._line += self.text.count("\n", self._offset, offset)
        else:
            self._line -= self.text.count("\n", offset, self._offset)
        self._offset = offset
        return self._line


def _short(text: str) -> str:
    return text if len(text) <= MESSAGE_CHARS else f"{text[: MESSAGE_CHARS - 1]}…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One family of checks. Which formats it looks into stands in the registry."""

    id: str
    title: str
    look: Callable[[Specimen], Iterator[Sign]]


def level_of(findings: Iterable[Finding], gaps: Iterable[Gap]) -> str:
    """`dangerous` from a high finding, `caution` from a low or medium one, `unknown` from a gap alone.

    An `info` finding explains and does not lower the level.
    """
    worst = max((finding.severity for finding in findings), key=_rank, default=Severity.INFO)
    if _rank(worst) >= _rank(Severity.HIGH):
        return "dangerous"
    if _rank(worst) >= _rank(Severity.LOW):
        return "caution"
    return "unknown" if any(True for _ in gaps) else "clean"


def worst(levels: Sequence[str]) -> str:
    """The worst of levels; `unknown` when there are none."""
    return max(levels, key=LEVELS.index, default="unknown")


_ORDER = tuple(Severity)


def _rank(severity: Severity) -> int:
    return _ORDER.index(severity)
