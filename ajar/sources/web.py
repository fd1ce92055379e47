"""A file or an archive at an address: `https://host/path/model.gguf`. Members of a zip are read by range."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import unquote, urlsplit

from ajar.blobs import Meter
from ajar.config import Options
from ajar.errors import MalformedError, UsageError
from ajar.interfaces import OpenRelease
from ajar.model.evidence import Evidence, Gap
from ajar.model.locator import Locator
from ajar.model.release import FileEntry, Release
from ajar.sources._ranges import WHOLE_BYTES
from ajar.sources._remote import OFFLINE, Line, RemoteFile, opened, said
from ajar.sources._transport import Refused

INSPECTOR = "web"
_RANGE = re.compile(r"bytes \d{1,19}-\d{1,19}/(\d{1,19})")
_HTML = re.compile(rb"^\s*(?:<!doctype html|<html)", re.IGNORECASE)


class WebSource:
    """One file at an address. Its revision is the entity tag that the host gives it, where it gives one."""

    schemes: tuple[str, ...] = ("http", "https")

    def resolve(self, locator: Locator, options: Options) -> AbstractContextManager[OpenRelease]:
        url = str(locator)
        parts = urlsplit(url)
        if not parts.hostname:
            raise UsageError(f"{locator}: not an address", hint="give it whole, with https:// and a host")
        line = Line(options, Meter(options.limits.read_bytes), trusted=frozenset({parts.hostname}))
        return opened(line, lambda way: _listed(way, url, locator), str(locator))


def _listed(
    line: Line, url: str, locator: Locator
) -> tuple[Release, Sequence[Evidence | Gap], Mapping[str, RemoteFile]]:
    name = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2] or "index"
    name = re.sub(r"[\x00-\x1f/\\]", "_", name)[:200]
    facts = line.cache.answer(f"web:{url}") if line.options.offline else _asked(line, url)
    if facts is None:
        raise Refused(0, OFFLINE)
    size, tag = int(facts["size"]), str(facts["tag"])
    file = RemoteFile(url=url, size=size, key=f"{url}#{tag or size}")
    release = Release(locator=locator, revision=tag or None, files=(FileEntry(path=name, size=size),))
    notes = (
        [said("host.last-modified", str(facts["modified"])[:200], name, INSPECTOR)]
        if facts["modified"]
        else []
    )
    return release, notes, {name: file}


def _asked(line: Line, url: str) -> Mapping[str, Any]:
    """Size and tag of what stands at the address, from an answer to a range of one byte."""
    reply = line.transport.get(url, start=0, length=1, limit_bytes=WHOLE_BYTES)
    found = _RANGE.fullmatch(reply.headers.get("content-range", ""))
    if reply.status == 206 and found:
        size = int(found[1])
    elif reply.status == 200 and reply.headers.get("content-length", "").isdigit():
        size = int(reply.headers["content-length"])
    elif reply.status == 200 and reply.is_whole:
        size = len(reply.body)
    elif reply.status in {200, 206}:
        raise MalformedError("the host does not say how large the file is")
    else:
        raise Refused(reply.status, f"the host answers {reply.status}", reply.headers)
    if reply.status == 200 and _HTML.match(reply.body[:200]):
        raise MalformedError("a web page stands there, not a file of a model")
    tag = reply.headers.get("etag", "").removeprefix("W/").strip('"')[:128]
    facts = {"size": size, "tag": tag, "modified": reply.headers.get("last-modified", "")}
    line.cache.keep_answer(f"web:{url}", facts)
    return facts
