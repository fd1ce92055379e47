"""Digests of files at the speed of the disk: in parallel over files, and for BLAKE3 within them.

One buffer goes round a file, small enough to stay in the processor's cache; memory maps are not used, since a file
that shrinks under one ends the process. `hashlib` and `blake3` let go of the interpreter while they work.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

from ajar.errors import UsageError
from ajar.interfaces import Progress

BUFFER_BYTES = 256 * 2**10  # measured best of 64 kB to 4 MB for SHA-256
WIDE_BUFFER_BYTES = 2 * 2**20  # one is read while the other is hashed, on all processors
WIDE_FROM_BYTES = 8 * 2**20
WORKERS = 8


class Hasher(Protocol):
    def update(self, data: memoryview, /) -> object: ...
    def hexdigest(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A file to hash, or a span of one; `open` gives a descriptor for as long as it is held."""

    key: str
    algorithm: str  # sha256 | sha384 | sha512 | blake2 | blake3
    size: int
    open: Callable[[], AbstractContextManager[int]]
    start: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Digested:
    """The digest of a part, or why there is none."""

    key: str
    digest: str = ""
    size: int = 0
    why: str = ""


def digests(parts: Sequence[Part], progress: Progress | None = None) -> tuple[Digested, ...]:
    """One for each part, in order. Largest first, so that none is left alone at the end."""
    counter = _Counter(sum(part.size for part in parts), progress)
    order = sorted(range(len(parts)), key=lambda at: -parts[at].size)
    found: dict[int, Digested] = {}
    workers = min(WORKERS, os.cpu_count() or 1, max(len(parts), 1))
    if workers == 1:
        return tuple(_digest(part, counter) for part in parts)
    wide = [at for at in order if _is_wide(parts[at])]
    for at in wide:  # each takes every processor by itself
        found[at] = _digest(parts[at], counter)
    with ThreadPoolExecutor(workers) as pool:
        rest = [at for at in order if at not in found]
        found.update(zip(rest, pool.map(lambda at: _digest(parts[at], counter), rest), strict=True))
    return tuple(found[at] for at in range(len(parts)))


def _is_wide(part: Part) -> bool:
    return part.algorithm == "blake3" and part.size >= WIDE_FROM_BYTES


def _digest(part: Part, counter: _Counter) -> Digested:
    try:
        hasher = new(part.algorithm, wide=_is_wide(part))
        with part.open() as fd:
            turns = _ahead(fd, part) if _is_wide(part) else _turns(fd, part)
            size = 0
            for piece in turns:
                hasher.update(piece)
                size += len(piece)
                counter.add(len(piece))
    except OSError as error:
        return Digested(key=part.key, why=error.strerror or "cannot be read")
    if size != part.size:
        return Digested(key=part.key, why="was cut short while it was read")
    return Digested(key=part.key, digest=hasher.hexdigest(), size=size)


def new(algorithm: str, *, wide: bool = False) -> Hasher:
    """A fresh state. Raises `UsageError` for BLAKE3 without its package."""
    if algorithm == "blake3":
        try:
            import blake3
        except ImportError as error:
            hint = "install it with: pip install 'ajar[signing]'"
            raise UsageError("BLAKE3 digests need the package blake3", hint=hint) from error
        made: Hasher = blake3.blake3(max_threads=blake3.blake3.AUTO if wide else 1)
        return made
    if algorithm == "blake2":
        return hashlib.blake2b()
    return hashlib.new(algorithm, usedforsecurity=True)


def _turns(fd: int, part: Part) -> Iterator[memoryview]:
    """One buffer, filled again and again."""
    buffer = memoryview(bytearray(min(BUFFER_BYTES, max(part.size, 1))))
    at, end = part.start, part.start + part.size
    while at < end:
        count = os.preadv(fd, [buffer[: end - at]], at)
        if not count:
            return
        at += count
        yield buffer[:count]


def _ahead(fd: int, part: Part) -> Iterator[memoryview]:
    """Two buffers: one is filled while the other is in use."""
    buffers = [memoryview(bytearray(WIDE_BUFFER_BYTES)) for _ in range(2)]
    at, end = part.start, part.start + part.size

    with ThreadPoolExecutor(1) as reader:

        def read(turn: int, where: int) -> Future[int]:
            return reader.submit(os.preadv, fd, [buffers[turn][: end - where]], where)

        turn, coming = 0, read(0, at)
        while count := coming.result():
            at += count
            if at < end:
                coming = read(1 - turn, at)
            yield buffers[turn][:count]
            if at >= end:
                return
            turn = 1 - turn


class _Counter:
    """Bytes done over all workers, told in megabytes."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total, self._progress, self._done, self._told = total, progress, 0, 0
        self._lock = Lock()

    def add(self, count: int) -> None:
        if self._progress is None:
            return
        with self._lock:
            self._done += count
            if self._done - self._told >= 2**24:
                self._told = self._done
                self._progress("hashing, MB", self._done // 10**6, self._total // 10**6)


def total(found: Iterable[Digested]) -> int:
    """Bytes that were read."""
    return sum(item.size for item in found)
