"""A file behind HTTP seen as a blob: read by ranges, in pages that are kept, each answer checked for what it claims."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from ajar.errors import AjarError, MalformedError
from ajar.sources._cache import Cache
from ajar.sources._parts import PART_BYTES, header, parts, said_range
from ajar.sources._strides import Strides
from ajar.sources._transport import Refused, Reply, authority

PAGE_BYTES = 1 << 12
FIRST_BYTES = 1 << 18  # nearly every header is shorter, so one request is enough
LEAP_BYTES = 1 << 14  # after a leap; 1.3 ms at 100 Mbit/s, and most headers between weights are shorter
ONWARD_BYTES = 1 << 20  # at once, when a reader goes on and on
WHOLE_BYTES = 8 << 20  # a host without ranges may send this much; of a larger file nothing is seen
KEPT_BYTES = 1 << 20  # of one span in the cache
_NEAR_BYTES = 1 << 15  # spans this near are one: the bytes between cost less than a request
_AHEAD_SPANS = 4096  # read ahead for one caller; an archive may name more members than anybody should fetch
_SPANS_A_REQUEST = 100  # servers refuse more (Apache: 200), and headers of more than 8 kB
_WORTH = 3  # spans that are worth asking for together
_GUESS_BEFORE, _GUESS_BYTES = 128, 1024


class Getter(Protocol):
    """The part of a transport that a blob needs."""

    def get(
        self,
        url: str,
        *,
        limit_bytes: int,
        start: int | None = None,
        length: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply: ...


Together = Callable[[Sequence[Callable[[], Reply]]], Iterable[Reply]]
"""Does several requests at once."""


def _in_turn(work: Sequence[Callable[[], Reply]]) -> Iterable[Reply]:
    return (item() for item in work)


@dataclass(slots=True)
class Hosts:
    """What an audit has learnt of hosts. Shared by its blobs."""

    one_range: set[str] = field(default_factory=set)  # those that do not answer several ranges at once
    together: Together = _in_turn


@dataclass(slots=True)
class RangeBlob:
    """`size` bytes at `url`. The address a redirect leads to is kept, and asked anew when it has expired."""

    transport: Getter
    url: str
    size: int
    cache: Cache = Cache(None)  # noqa: RUF009  frozen
    key: str = ""
    hosts: Hosts = field(default_factory=Hosts)
    _pages: dict[int, bytes] = field(default_factory=dict, repr=False)
    _kept: dict[int, tuple[int, int]] | None = None  # page -> the span in the cache that has it
    _strides: Strides = field(default_factory=Strides, repr=False)
    _onward: int = LEAP_BYTES
    _after: int = -1  # the page behind the last that was fetched for a reader
    _direct: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def read_at(self, offset: int, length: int) -> bytes:
        if offset < 0 or length < 0:
            raise ValueError("negative offset or length")
        end = min(offset + length, self.size)
        if end <= offset:
            return b""
        with self._lock:
            first, last = offset // PAGE_BYTES, (end - 1) // PAGE_BYTES
            self._strides.step(offset, end)
            self._want(first, last)
            joined = b"".join(self._pages[number] for number in range(first, last + 1))
        return joined[offset - first * PAGE_BYTES : end - first * PAGE_BYTES]

    def will_read(self, spans: Iterable[tuple[int, int]]) -> None:
        """Fetch `(offset, length)` spans that will be read, in as few requests as the host allows.

        What fails here fails again, and is told, when it is read.
        """
        with self._lock:
            wanted: set[int] = set()
            for offset, length in spans:
                start, end = max(offset, 0), min(offset + min(length, ONWARD_BYTES), self.size)
                if start < end:
                    wanted.update(_pages_of(start, end - start))
                if len(wanted) > _AHEAD_SPANS * 4:
                    break
            self._from_cache(wanted)
            runs = _runs(sorted(number for number in wanted if number not in self._pages))
            with suppress(OSError, AjarError):
                self._fetch_all([self._span(first, last) for first, last in runs[:_AHEAD_SPANS]])

    # what is missing

    def _want(self, first: int, last: int) -> None:
        """Have the pages from `first` to `last`, and a little more where a reader is likely to go on."""
        if first == 0:
            last = max(last, min(FIRST_BYTES, self.size) // PAGE_BYTES - 1)
        self._from_cache(range(first, last + 1))
        missing = [number for number in range(first, last + 1) if number not in self._pages]
        if not missing:
            return
        goes_on = missing[0] == self._after
        self._onward = min(self._onward * 4, ONWARD_BYTES) if goes_on else LEAP_BYTES
        end = min(max(missing[-1], missing[0] + self._onward // PAGE_BYTES - 1), self._last())
        self._after = end + 1
        missing += [number for number in range(last + 1, end + 1) if number not in self._pages]
        runs = [self._span(low, high) for low, high in _runs(missing)]
        guessed = [] if goes_on else self._guessed(set(missing))
        if guessed:
            with suppress(OSError, AjarError):
                fetch = self._side_by_side if self._is_dear() else self._fetch_together
                fetch(_joined([*runs, *guessed]))
        for start, length in runs:
            if self._lacks(start, length):
                self._fetch(start, length)

    def _guessed(self, wanted: set[int]) -> list[tuple[int, int]]:
        pages: set[int] = set()
        for offset in self._strides.guesses(is_dear=self._is_dear()):
            start, end = max(offset - _GUESS_BEFORE, 0), min(offset + _GUESS_BYTES, self.size)
            if start < end:
                pages.update(_pages_of(start, end - start))
        self._from_cache(pages)
        missing = sorted(number for number in pages - wanted if number not in self._pages)
        return [self._span(low, high) for low, high in _runs(missing)]

    def _span(self, first: int, last: int) -> tuple[int, int]:
        start = first * PAGE_BYTES
        return start, min((last + 1) * PAGE_BYTES, self.size) - start

    def _last(self) -> int:
        return (self.size - 1) // PAGE_BYTES

    def _from_cache(self, numbers: Iterable[int]) -> None:
        if self._kept is None:
            spans = [span for span in self.cache.spans(self.key) if self._is_possible(*span)]
            self._kept = {number: span for span in spans for number in _pages_of(*span)}
        for number in numbers if self._kept else ():
            span = self._kept.pop(number, None) if number not in self._pages else None
            if span is None:
                continue
            data = self.cache.span(self.key, *span)
            if data is not None:
                self._hold(span[0], data)
            for other in _pages_of(*span):
                self._kept.pop(other, None)

    def _is_possible(self, start: int, length: int) -> bool:
        """Whole pages of this file."""
        end = start + length
        return (
            not start % PAGE_BYTES
            and length > 0
            and (end == self.size or (end < self.size and not end % PAGE_BYTES))
        )

    # requests

    def _is_dear(self) -> bool:
        """Whether each span costs a request of its own here."""
        return authority(self._direct or self.url) in self.hosts.one_range

    def _fetch_all(self, spans: list[tuple[int, int]]) -> None:
        """Spans in order and apart: together where the host serves several ranges at once, else side by side."""
        while len(spans) >= _WORTH and not self._is_dear():
            self._fetch_together(spans[:_SPANS_A_REQUEST])
            spans = [span for span in spans if self._lacks(*span)]
        self._side_by_side(_joined(spans))

    def _lacks(self, start: int, length: int) -> bool:
        return any(number not in self._pages for number in _pages_of(start, length))

    def _side_by_side(self, spans: list[tuple[int, int]]) -> None:
        if not self._direct and spans:
            self._fetch(*spans.pop(0))  # learn where a redirect leads before many ask
        work = [partial(self._ask, *span) for span in spans]
        for (start, length), reply in zip(spans, self.hosts.together(work), strict=True):
            self._take(reply, start, length)

    def _fetch_together(self, spans: list[tuple[int, int]]) -> None:
        """Several ranges in one request. What the host does send is kept; where it is not all, it is not asked again."""
        limit = sum(length + PART_BYTES for _, length in spans)
        reply = self._get(limit, headers={"range": header(spans)})
        if reply.status == 206:
            asked = {start for start, _ in spans}
            for start, data in parts(reply, self.size):
                if start not in asked:
                    raise MalformedError(f"the host sends bytes from {start}, which were not asked for")
                self._hold(start, data, is_new=True)
        elif reply.status == 200 and len(reply.body) == self.size:
            self._hold(0, reply.body)
        if any(self._lacks(*span) for span in spans):
            self.hosts.one_range |= {authority(reply.url), authority(self._direct or self.url)}

    def _fetch(self, start: int, length: int) -> None:
        self._take(self._ask(start, length), start, length)

    def _take(self, reply: Reply, start: int, length: int) -> None:
        if reply.status == 200:
            data = self._whole(reply, start, length)
        elif reply.status == 206:
            data = self._part(reply, start, length)
        else:
            raise Refused(reply.status, f"the host answers {reply.status}", reply.headers)
        if len(data) != length:
            raise Refused(0, f"{len(data)} of {length} bytes came")
        self._hold(start, data, is_new=True)

    def _hold(self, start: int, data: bytes, *, is_new: bool = False) -> None:
        """Keep the whole pages of some bytes, in memory and, when new, in the cache."""
        end = start + len(data)
        first = -(-start // PAGE_BYTES) * PAGE_BYTES
        end = end if end == self.size else end // PAGE_BYTES * PAGE_BYTES
        for at in range(first, end, PAGE_BYTES):
            self._pages.setdefault(at // PAGE_BYTES, data[at - start : min(at + PAGE_BYTES, end) - start])
        if is_new and self.key:
            for at in range(first, end, KEPT_BYTES):
                self.cache.keep_span(self.key, at, data[at - start : min(at + KEPT_BYTES, end) - start])

    def _ask(self, start: int, length: int) -> Reply:
        limit = max(length, WHOLE_BYTES if self.size <= WHOLE_BYTES else length)
        return self._get(limit, start=start, length=length)

    def _get(
        self,
        limit: int,
        *,
        start: int | None = None,
        length: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        if self._direct:
            reply = self.transport.get(
                self._direct, start=start, length=length, limit_bytes=limit, headers=headers
            )
            if reply.status not in {401, 403, 404, 410}:
                return reply
            self._direct = ""  # a signed address has its time
        reply = self.transport.get(self.url, start=start, length=length, limit_bytes=limit, headers=headers)
        if reply.url != self.url and reply.status in {200, 206}:
            self._direct = reply.url
        return reply

    def _whole(self, reply: Reply, start: int, length: int) -> bytes:
        """The host ignored the range. A small file is there whole; of a large one this is no answer."""
        said = reply.headers.get("content-length", "")
        if said.isdigit() and int(said) != self.size:
            raise Refused(0, f"the host listed {self.size} bytes and sends {said}")
        if self.size > WHOLE_BYTES:
            raise Refused(0, "the host serves no ranges, and the file is too large to be read whole")
        if len(reply.body) != self.size:
            raise Refused(0, f"{len(reply.body)} of {self.size} bytes came")
        self._hold(0, reply.body)
        return reply.body[start : start + length]

    def _part(self, reply: Reply, start: int, length: int) -> bytes:
        found = said_range(reply.headers.get("content-range", ""), self.size)
        if found != (start, length):
            raise MalformedError(f"asked for bytes from {start}, the host sends bytes from {found[0]}")
        return reply.body


def _pages_of(start: int, length: int) -> range:
    return range(start // PAGE_BYTES, (start + length - 1) // PAGE_BYTES + 1)


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """`(first, last)` of the runs in numbers that are in order."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that touch or nearly touch as one."""
    found: list[tuple[int, int]] = []
    for start, length in sorted(spans):
        if found and start - sum(found[-1]) <= _NEAR_BYTES:
            found[-1] = (found[-1][0], max(start + length - found[-1][0], found[-1][1]))
        else:
            found.append((start, length))
    return found
