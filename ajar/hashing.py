"""Digests of files at the speed of the disk: in parallel over files, and for BLAKE3 within them.

For SHA-256 one buffer goes round a file, small enough to stay in the processor's cache. BLAKE3 is so fast that the
copy would cost a third: there the file is mapped, a window at a time, which the kernel fills before it is read. A
file that shrinks meanwhile is then an error of that call, where a plain map would end the process. `hashlib` and
`blake3` let go of the interpreter while they work.
"""

from __future__ import annotations

import errno
import hashlib
import mmap
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

from ajar.errors import UsageError
from ajar.interfaces import Progress

BUFFER_BYTES = 256 * 2**10  # measured best of 64 kB to 4 MB for SHA-256
WINDOW_BYTES = 4 * 2**20  # mapped at once; measured best of 4 to 256 MB
WIDE_FROM_BYTES = 512 * 2**10  # below this one processor is as quick
WORKERS = 8
_POPULATE_READ = 22  # MADV_POPULATE_READ of linux/mman.h (Linux 5.14); the mmap module has no name for it


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
            size = 0
            for piece in _windows(fd, part) if _is_wide(part) else _turns(fd, part):
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
    yield from _turns_from(fd, part.start, part.start + part.size)


def _turns_from(fd: int, at: int, end: int) -> Iterator[memoryview]:
    buffer = memoryview(bytearray(min(BUFFER_BYTES, max(end - at, 1))))
    while at < end:
        count = os.preadv(fd, [buffer[: end - at]], at)
        if not count:
            return
        at += count
        yield buffer[:count]


def _windows(fd: int, part: Part) -> Iterator[memoryview]:
    """The file as the kernel has it, without a copy. Where it cannot fill a window first, as by `_turns`."""
    at, end = part.start, part.start + part.size
    while at < end:
        base = at - at % mmap.ALLOCATIONGRANULARITY
        length = min(WINDOW_BYTES, end - base)
        if os.fstat(fd).st_size < base + length:
            return
        with _window(fd, length, base) as window:
            try:
                window.madvise(_POPULATE_READ)
            except (OSError, AttributeError) as error:
                if getattr(error, "errno", errno.EINVAL) != errno.EINVAL:
                    raise  # it shrank
                yield from _turns_from(fd, at, end)
                return
            with memoryview(window) as whole, whole[at - base :] as view:
                yield view
        at = base + length


def _window(fd: int, length: int, offset: int) -> mmap.mmap:
    try:
        return mmap.mmap(fd, length, access=mmap.ACCESS_READ, offset=offset)
    except ValueError as error:
        raise OSError(errno.EIO, "was cut short while it was read") from error


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
