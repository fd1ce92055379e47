"""Buckets: a steady rate, a small burst, and a pause for all when the host asks for one."""

from __future__ import annotations

from ajar.survey.limits import BURST_S, PLANS, SHARE, WINDOW_S, Bucket, Limiter, kind_of


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def taken(bucket: Bucket, clock: Clock, seconds: float) -> int:
    """Requests that went out in so many seconds, asked for all the time."""
    count, until = 0, clock.now + seconds
    while clock.now < until:
        granted, _ = bucket.take()
        count += granted
        if not granted:
            clock.now += 0.05
    return count


def test_the_rate_is_kept_over_a_window() -> None:
    clock = Clock()
    limit = PLANS["anonymous"]["resolve"]
    per_s = limit * SHARE / WINDOW_S
    bucket = Bucket(per_s, clock=clock)
    assert taken(bucket, clock, WINDOW_S) <= limit
    assert taken(bucket, clock, WINDOW_S) >= limit * SHARE * 0.98
    clock.now += 10_000
    assert taken(bucket, clock, WINDOW_S) <= per_s * (WINDOW_S + BURST_S) + 1


def test_a_pause_holds_for_all_and_no_burst_follows() -> None:
    clock = Clock()
    bucket = Bucket(10.0, clock=clock)
    bucket.slow(30)
    assert bucket.take() == (0, 30.0)
    clock.now += 29.9
    assert bucket.take()[0] == 0
    clock.now += 0.2
    assert bucket.take(50)[0] <= 10.0 * BURST_S
    unlimited = Bucket(None, clock=clock)
    assert unlimited.take(8) == (8, 0.0)
    unlimited.slow(5)
    assert unlimited.take(8) == (0, 5.0)


def test_a_pause_is_bounded_whatever_the_host_says() -> None:
    clock = Clock()
    bucket = Bucket(None, clock=clock)
    bucket.slow(1e9)
    clock.now += 361
    assert bucket.take()[0] == 1


def test_kinds_are_counted_apart() -> None:
    limiter = Limiter("anonymous")
    while limiter.take("api")[0]:
        pass
    assert limiter.take("resolve", 5)[0] == 5
    assert limiter.take("other", 500)[0] == 500
    assert limiter.take("never heard of", 2)[0] == 2
    assert kind_of("https://huggingface.co/api/models/x/y") == "api"
    assert kind_of("https://huggingface.co/x/y/resolve/main/a?b") == "resolve"
    assert kind_of("https://cdn.example/x") == "other"
