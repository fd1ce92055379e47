"""What a worker does with one release: audit it to the depth asked for, and say what came of it in plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ajar.config import Gate, Limits, Options
from ajar.errors import AjarError, TargetError, TargetNotFound, UsageError
from ajar.sources._remote import OFFLINE
from ajar.survey import packs
from ajar.survey.rows import row_of, stored_json
from ajar.survey.schema import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How releases are looked at. Plain values: they go to workers as JSON."""

    depth: str
    plan: str = "none"
    deadline_s: float = 900.0  # one release, with its waiting for the host's limits
    memory_bytes: int = 1_500_000_000  # one worker
    backoff_s: float = 5.0  # before a release that the network failed is tried again; doubled each time
    threads: int = 8  # releases that one worker has under way: on hosts it mostly waits
    offline: bool = False
    keep: bool = False  # a survey does not come back to what it read, but for a run that was cut
    cache: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a release: a row with its report, a reason for failure, or neither: it is to be done again.

    `lost` counts requests that were given up, `strikes` how far its worker's end is its doing.
    """

    id: int
    row: Row | None = None
    digest: str | None = None
    report: bytes | None = None
    reason: str | None = None
    detail: str = ""
    lost: int = 0
    strikes: int = 0


class CountingGate:
    """The gate of one audit: it counts what was given up, and leaves the rest to the gate of the process."""

    def __init__(self, inner: Gate) -> None:
        self._inner = inner
        self.count = 0

    def hold(self, url: str) -> None:
        self._inner.hold(url)

    def slow(self, url: str, seconds: float) -> None:
        self._inner.slow(url, seconds)

    def lost(self, url: str) -> None:  # noqa: ARG002  which one does not matter
        self.count += 1


def options_of(settings: Settings, gate: Gate) -> Options:
    """An audit's options at a depth."""
    return Options(
        limits=replace(Limits(), seconds=settings.deadline_s),
        shallow=settings.depth == "documents",
        scan=settings.depth == "safety",
        changes=False,
        offline=settings.offline,
        keep=settings.keep or settings.offline,
        cache=Path(settings.cache) if settings.cache else None,
        gate=gate,
    )


def work(key: int, target: str, listed: Row, settings: Settings, gate: Gate) -> Outcome:
    """Audit one release. Never raises: whatever goes wrong is an outcome."""
    from ajar.model.locator import Locator
    from ajar.pipeline import audit

    counting = CountingGate(gate)
    try:
        locator = _pinned(Locator.parse(target), listed)
        report = audit(locator, options_of(settings, counting))
        text = stored_json(report)
        row = row_of(report, target, listed, settings.depth)
        digest, frame = packs.compress(text) if len(text) <= packs.REPORT_BYTES else (None, None)
        return Outcome(id=key, row=row, digest=digest, report=frame, lost=counting.count)
    except AjarError as error:
        return Outcome(
            id=key, reason=_reason(error, counting), detail=error.message[:300], lost=counting.count
        )
    except MemoryError:
        return Outcome(id=key, reason="worker-memory", detail="out of memory")
    except Exception as error:  # noqa: BLE001  a fault of ajar's own fails one release and not the survey
        detail = f"{type(error).__name__}: {error}"[:300]
        return Outcome(id=key, reason="internal-error", detail=detail)


def _pinned(locator: Any, listed: Row) -> Any:
    """At the revision that was listed: what is found then is the same whenever it is looked at."""
    if locator.scheme == "hf" and not locator.revision and listed.get("revision"):
        return replace(locator, revision=listed["revision"])
    return locator


def _reason(error: AjarError, counting: CountingGate) -> str:
    status = getattr(error.__cause__, "status", None)
    if status in {401, 403}:
        return "gated"
    if isinstance(error, TargetNotFound):
        return "not-found"
    if isinstance(error, UsageError):
        return "invalid-target"
    if getattr(error.__cause__, "strerror", "") == OFFLINE:
        return "offline"
    if counting.count or (isinstance(error, TargetError) and status == 0):
        return "unreachable"
    return "unreadable"
