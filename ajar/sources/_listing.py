"""What a hub lists, page by page, and large files fetched piece by piece: what a survey starts from.

API: https://huggingface.co/docs/hub/api. The `Link` header of a page gives the address of the next one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from ajar.blobs import Meter
from ajar.config import Options
from ajar.errors import AjarError, MalformedError, TargetUnreadable
from ajar.sources._remote import Line, parsed, refused
from ajar.sources._transport import Refused
from ajar.sources.hub import NEXT, endpoint_of, trusted_line

PAGE_ROWS = 1000  # the hub gives no more
PIECE_BYTES = 8 << 20
SNAPSHOT_BYTES = 16 << 30  # a table of a whole hub; today's is 0.4 GB
_FIELDS = (
    "author", "createdAt", "downloads", "gated", "lastModified", "library_name", "likes", "pipeline_tag",
    "safetensors", "sha", "tags",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which models of a hub, in which order. Empty is all."""

    author: str = ""
    task: str = ""
    library: str = ""
    licence: str = ""
    sort: str = ""  # createdAt | downloads | lastModified | likes | trendingScore


def hub_pages(
    query: Query, cursor: str | None, options: Options
) -> Iterator[tuple[list[Mapping[str, Any]], str | None]]:
    """Pages of a hub's listing with the cursor of the page after, from `cursor` on. Raises `TargetError`."""
    endpoint = endpoint_of()
    line = trusted_line(endpoint, options)
    url: str | None = cursor or f"{endpoint}/api/models?{urlencode(_asked(query))}"
    try:
        while url:
            if urlsplit(url).netloc != urlsplit(endpoint).netloc:
                raise MalformedError("the listing goes on at another host")
            reply = line.ask(url)
            if reply.status != 200:
                raise Refused(reply.status, f"the host answers {reply.status}", reply.headers)
            rows = parsed(reply)
            if not isinstance(rows, list):
                raise MalformedError("the hub's listing is no list")
            link = NEXT.search(reply.headers.get("link", ""))
            following = link[1] if link else None
            if following == url:
                raise MalformedError("the listing's next page is the same one")
            url = following
            yield [row for row in rows if isinstance(row, dict)], url
    except Refused as error:
        raise refused(error, f"the listing of {endpoint}") from error
    except MalformedError as error:
        raise TargetUnreadable(
            f"the listing of {endpoint}: {error.message}",
            hint="run the same command: it goes on at this page",
        ) from error
    finally:
        line.close()


def _asked(query: Query) -> list[tuple[str, str]]:
    named = [
        ("author", query.author),
        ("pipeline_tag", query.task),
        ("filter", query.library),
        ("filter", f"license:{query.licence}" if query.licence else ""),
        ("sort", query.sort),
    ]
    asked = [(name, value) for name, value in named if value]
    return [*asked, ("limit", f"{PAGE_ROWS}"), *(("expand", name) for name in _FIELDS)]


def fetch(url: str, path: Path, options: Options) -> None:
    """A file from an address to `path`, whole or not at all; what an interrupted fetch has is gone on from.

    Raises `TargetError` where the host refuses, `OSError` where the disk does.
    """
    if path.exists():
        return
    line = Line(options, Meter(SNAPSHOT_BYTES), trusted=frozenset({urlsplit(url).hostname or ""}))
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("ab") as handle:
            while _piece(line, url, handle.tell(), handle.write):
                handle.flush()
            os.fsync(handle.fileno())
        partial.replace(path)
    except Refused as error:
        raise refused(error, url) from error
    except AjarError as error:
        raise TargetUnreadable(f"{url}: {error.message}", hint="run the same command: it goes on") from error
    finally:
        line.close()


def _piece(line: Line, url: str, at: int, write: Any) -> bool:
    """The next piece of a file. Returns whether there is more."""
    reply = line.transport.get(url, start=at, length=PIECE_BYTES, limit_bytes=PIECE_BYTES)
    if reply.status == 416 and at:
        return False
    if reply.status == 200 and at == 0 and reply.is_whole:
        write(reply.body)
        return False
    said = reply.headers.get("content-range", "")
    if reply.status != 206 or not said.startswith(f"bytes {at}-"):
        raise Refused(reply.status, f"the host serves no ranges (status {reply.status})", reply.headers)
    write(reply.body)
    total = said.rpartition("/")[2]
    if total.isdigit() and int(total) > SNAPSHOT_BYTES:
        raise Refused(0, f"a file of {total} bytes is no table of a hub")
    return bool(reply.body) and (not total.isdigit() or at + len(reply.body) < int(total))
