"""Many targets, one after the other; of those on hosts several are under way at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeVar

from ajar.interfaces import Progress

AT_ONCE = 8  # a release on a host mostly waits
_Result_co = TypeVar("_Result_co", covariant=True)


class Work(Protocol[_Result_co]):
    """What is done with one target."""

    def __call__(self, target: str, /, *, progress: Progress | None = None) -> _Result_co: ...


def in_turn(
    targets: Sequence[str], work: Work[_Result_co], progress: Progress | None
) -> Iterator[Callable[[], _Result_co]]:
    """For each target, in order, what gives its result or raises its error.

    Those on disk come one by one: they would only take each other's time, which each audit has a limit of.
    """
    if len(targets) == 1:
        yield partial(work, targets[0], progress=progress)
        return
    rest = iter(targets)
    at_once = 1 if any(Path(target).exists() for target in targets) else AT_ONCE
    with ThreadPoolExecutor(at_once) as pool:
        under_way = deque(pool.submit(work, target) for target in islice(rest, at_once))
        try:
            for number in range(len(targets)):
                if progress:
                    progress("auditing releases", number, len(targets))
                first = under_way.popleft()
                yield first.result
                under_way.extend(pool.submit(work, target) for target in islice(rest, 1))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
