"""Rate limits that all workers of a survey share: one bucket of tokens for each kind of request.

The plans are those of https://huggingface.co/docs/hub/rate-limits, read 2026-11-23: requests in windows of five
minutes, counted apart for the API and for files. A tenth is left to whoever else uses the same address or token.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

WINDOW_S = 300.0
SHARE = 0.9
BURST_S = 6.0  # of requests that may go out at once after a pause
PLANS: dict[str, Mapping[str, int]] = {
    "anonymous": {"api": 500, "resolve": 3_000},
    "free": {"api": 1_000, "resolve": 5_000},
    "pro": {"api": 2_500, "resolve": 12_000},
    "enterprise": {"api": 6_000, "resolve": 50_000},
    "none": {},
}
LONGEST_PAUSE_S = 360.0
RECHECK_S = 1.0  # how long a waiter sleeps before it asks again: somebody may have been told to slow down


def kind_of(url: str) -> str:
    """`api`, `resolve`, or `other`: the store that a hub redirects to has no limit of this sort."""
    path = urlsplit(url).path
    if path.startswith("/api/"):
        return "api"
    return "resolve" if "/resolve/" in path else "other"


@dataclass(slots=True)
class Bucket:
    """Tokens that come back at a steady rate. Safe to use from several threads."""

    per_s: float | None  # None: no limit but what the host asks for
    clock: Callable[[], float] = time.monotonic
    _tokens: float = 0.0
    _at: float = 0.0
    _not_before: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        self._at = self.clock()
        self._tokens = self._most

    @property
    def _most(self) -> float:
        return max(1.0, (self.per_s or 0.0) * BURST_S)

    def take(self, most: int = 1) -> tuple[int, float]:
        """Up to `most` requests that may go out; when none, seconds after which to ask again."""
        with self._lock:
            now = self.clock()
            if now < self._not_before:
                return 0, self._not_before - now
            if self.per_s is None:
                return most, 0.0
            self._tokens = min(self._most, self._tokens + (now - self._at) * self.per_s)
            self._at = now
            granted = min(most, int(self._tokens))
            self._tokens -= granted
            return granted, 0.0 if granted else (1.0 - self._tokens) / self.per_s

    def slow(self, seconds: float) -> None:
        """Nothing goes out for so long, and no burst after it."""
        with self._lock:
            self._not_before = max(self._not_before, self.clock() + min(seconds, LONGEST_PAUSE_S))
            self._tokens = min(self._tokens, 1.0)


class Limiter:
    """One bucket a kind of request."""

    def __init__(self, plan: str) -> None:
        limits = PLANS[plan]
        self._buckets = {
            kind: Bucket(limits[kind] * SHARE / WINDOW_S if kind in limits else None)
            for kind in ("api", "resolve", "other")
        }

    def take(self, kind: str, most: int = 1) -> tuple[int, float]:
        """As `Bucket.take`, for a kind of request; one that is unknown counts as other."""
        return self._buckets.get(kind, self._buckets["other"]).take(most)

    def slow(self, kind: str, seconds: float) -> None:
        self._buckets.get(kind, self._buckets["other"]).slow(seconds)


class WaitingGate:
    """A gate at a limiter of this process, for whoever lists."""

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter

    def hold(self, url: str) -> None:
        kind = kind_of(url)
        while not (answer := self._limiter.take(kind))[0]:
            time.sleep(min(answer[1], RECHECK_S))

    def slow(self, url: str, seconds: float) -> None:
        self._limiter.slow(kind_of(url), seconds)

    def lost(self, url: str) -> None:
        """Whoever lists hears of it by the error."""
