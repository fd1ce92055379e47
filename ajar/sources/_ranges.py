"""A file behind HTTP seen as a blob: read by ranges, in blocks that are kept, each read checked for what it claims."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from ajar.errors import MalformedError
from ajar.sources._transport import Refused, Reply

BLOCK_BYTES = 1 << 16
FIRST_BYTES = 1 << 18  # nearly every header is shorter, so one request is enough
WHOLE_BYTES = 8 << 20  # a host without ranges may send this much; of a larger file nothing is seen
_CONTENT_RANGE = re.compile(r"bytes (\d{1,19})-(\d{1,19})/(\d{1,19}|\*)")


class Getter(Protocol):
    """The part of a transport that a blob needs."""

    def get(
        self, url: str, *, limit_bytes: int, start: int | None = None, length: int | None = None
    ) -> Reply: ...


@dataclass(slots=True)
class RangeBlob:
    """`size` bytes at `url`. The address a redirect leads to is kept, and asked anew when it has expired."""

    transport: Getter
    url: str
    size: int
    kept: Callable[[int], bytes | None] = lambda _: None  # a block from the cache, by its number
    keep: Callable[[int, bytes], None] = lambda _, __: None
    _blocks: dict[int, bytes] = field(default_factory=dict, repr=False)
    _direct: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def read_at(self, offset: int, length: int) -> bytes:
        if offset < 0 or length < 0:
            raise ValueError("negative offset or length")
        end = min(offset + length, self.size)
        if end <= offset:
            return b""
        with self._lock:
            self._want(offset // BLOCK_BYTES, (end - 1) // BLOCK_BYTES)
            first = offset // BLOCK_BYTES
            joined = b"".join(self._blocks[number] for number in range(first, (end - 1) // BLOCK_BYTES + 1))
        return joined[offset - first * BLOCK_BYTES : end - first * BLOCK_BYTES]

    def _want(self, first: int, last: int) -> None:
        """Have the blocks from `first` to `last`; runs of missing ones in one request each."""
        if first == 0:
            last = max(last, min(FIRST_BYTES, self.size) // BLOCK_BYTES - 1)
        run: list[int] = []
        for number in range(first, last + 1):
            if number not in self._blocks:
                stored = self.kept(number)
                if stored is None:
                    run.append(number)
                    continue
                self._blocks[number] = stored
            if run:
                self._fetch(run)
                run = []
        if run:
            self._fetch(run)

    def _fetch(self, run: list[int]) -> None:
        start = run[0] * BLOCK_BYTES
        length = min((run[-1] + 1) * BLOCK_BYTES, self.size) - start
        reply = self._ask(start, length)
        if reply.status == 200:
            data = self._whole(reply, start, length)
        elif reply.status == 206:
            data = self._part(reply, start, length)
        else:
            raise Refused(reply.status, f"the host answers {reply.status}", reply.headers)
        if len(data) != length:
            raise Refused(0, f"{len(data)} of {length} bytes came")
        if reply.url != self.url:
            self._direct = reply.url
        for number in run:
            at = (number - run[0]) * BLOCK_BYTES
            self._blocks[number] = data[at : at + BLOCK_BYTES]
            self.keep(number, self._blocks[number])

    def _ask(self, start: int, length: int) -> Reply:
        limit = max(length, WHOLE_BYTES if self.size <= WHOLE_BYTES else length)
        if self._direct:
            reply = self.transport.get(self._direct, start=start, length=length, limit_bytes=limit)
            if reply.status not in {401, 403, 404, 410}:
                return reply
            self._direct = ""  # a signed address has its time
        return self.transport.get(self.url, start=start, length=length, limit_bytes=limit)

    def _whole(self, reply: Reply, start: int, length: int) -> bytes:
        """The host ignored the range. A small file is there whole; of a large one this is no answer."""
        said = reply.headers.get("content-length", "")
        if said.isdigit() and int(said) != self.size:
            raise Refused(0, f"the host listed {self.size} bytes and sends {said}")
        if self.size > WHOLE_BYTES:
            raise Refused(0, "the host serves no ranges, and the file is too large to be read whole")
        if len(reply.body) != self.size:
            raise Refused(0, f"{len(reply.body)} of {self.size} bytes came")
        for number in range((self.size + BLOCK_BYTES - 1) // BLOCK_BYTES):
            self._blocks.setdefault(number, reply.body[number * BLOCK_BYTES : (number + 1) * BLOCK_BYTES])
        return reply.body[start : start + length]

    def _part(self, reply: Reply, start: int, length: int) -> bytes:
        found = _CONTENT_RANGE.fullmatch(reply.headers.get("content-range", ""))
        if found is None:
            raise MalformedError("a part of the file came without saying which")
        if int(found[1]) != start or int(found[2]) != start + length - 1:
            raise MalformedError(f"asked for bytes from {start}, the host sends bytes from {found[1]}")
        if found[3] != "*" and int(found[3]) != self.size:
            raise Refused(0, f"the host listed {self.size} bytes and has {found[3]}")
        return reply.body
