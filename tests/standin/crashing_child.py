"""A worker in which some releases do what hostile bytes may one day do: end it, hang it, fill it."""

from __future__ import annotations

import os
import time
from typing import Any

from ajar.survey import child
from ajar.survey.work import Outcome
from ajar.survey.work import work as real

_held: list[bytes] = []


def work(key: int, target: str, *rest: Any) -> Outcome:
    name = target.rpartition("/")[2]
    if "crash" in name:
        time.sleep(0.1)
        os.abort()
    if "hang" in name:
        time.sleep(1000)
    if "leak" in name:
        for _ in range(400):
            _held.append(b"x" * 4_000_000)
            time.sleep(0.005)
    if "big" in name:
        _held.append(b"x" * 290_000_000)
    if "print" in name:
        print("not a message")  # noqa: T201
    return real(key, target, *rest)


if __name__ == "__main__":
    child.work = work
    child.main()
