"""Several ranges of one file in one answer. RFC 9110, sections 14.2, 14.4 and 14.6.

A host may send the parts in another order, joined, or not at all, so each is taken for what it says of itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ajar.errors import MalformedError
from ajar.sources._transport import Refused, Reply

_CONTENT_RANGE = re.compile(r"bytes (\d{1,19})-(\d{1,19})/(\d{1,19}|\*)")
_BOUNDARY = re.compile(
    r"multipart/byteranges\s*;.*?\bboundary=(?:\"([^\"]{1,70})\"|([^\s;\"]{1,70}))", re.IGNORECASE
)
_IN_PART = re.compile(rb"^content-range\s*:\s*([^\r\n]{1,100})\r?$", re.IGNORECASE | re.MULTILINE)
PART_BYTES = 512  # of a boundary and a part's headers; CDNs write some 120
_HEADERS_BYTES = 4096


def header(spans: Sequence[tuple[int, int]]) -> str:
    """The `Range` of `(start, length)` spans, which are in order and apart, as CDNs ask."""
    return "bytes=" + ",".join(f"{start}-{start + length - 1}" for start, length in spans)


def said_range(value: str, size: int) -> tuple[int, int]:
    """`(start, length)` that a `Content-Range` states. Raises `MalformedError`, or `Refused` for another size."""
    found = _CONTENT_RANGE.fullmatch(value.strip())
    if found is None:
        raise MalformedError("a part of the file came without saying which")
    if found[3] != "*" and int(found[3]) != size:
        raise Refused(0, f"the host listed {size} bytes and has {found[3]}")
    start, end = int(found[1]), int(found[2]) + 1
    return start, end - start


def parts(reply: Reply, size: int) -> Iterator[tuple[int, bytes]]:
    """`(start, bytes)` of each whole part of a 206. Raises `MalformedError`, `Refused`."""
    bounded = _BOUNDARY.match(reply.headers.get("content-type", ""))
    if bounded is None:
        start, length = said_range(reply.headers.get("content-range", ""), size)
        if len(reply.body) == length:
            yield _inside(start, size, reply.body)
        return
    mark = b"--" + (bounded[1] or bounded[2]).encode("latin-1", "replace")
    at = reply.body.find(mark)
    while at >= 0:
        at += len(mark)
        if reply.body[at : at + 2] == b"--":
            return
        # Lengths come from the part's own header: its bytes may hold the boundary.
        end = reply.body.find(b"\r\n\r\n", at, at + _HEADERS_BYTES)
        if end < 0:
            return
        stated = _IN_PART.search(reply.body, at, end + 2)
        if stated is None:
            raise MalformedError("a part of the file came without saying which")
        start, length = said_range(stated[1].decode("latin-1"), size)
        data = reply.body[end + 4 : end + 4 + length]
        if len(data) < length:
            return
        yield _inside(start, size, data)
        at = reply.body.find(mark, end + 4 + length, end + 4 + length + _HEADERS_BYTES)


def _inside(start: int, size: int, data: bytes) -> tuple[int, bytes]:
    if start + len(data) > size:
        raise MalformedError(f"the host sends bytes up to {start + len(data)} of {size}")
    return start, data
