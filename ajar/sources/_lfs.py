"""Git LFS: pointers, and where the files they stand for are read.

https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md and docs/api/batch.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from ajar.errors import AjarError
from ajar.sources._pins import pin
from ajar.sources._remote import ANSWER_BYTES, Line, parsed
from ajar.sources._transport import Refused

POINTER_BYTES = 1024  # the specification's own limit
_AT_ONCE = 100  # as many as hosts take in one question
_MEDIA = "application/vnd.git-lfs+json"
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-.{1,300}\n)*"
    rb"oid sha256:(?P<oid>[0-9a-f]{64})\nsize (?P<size>\d{1,18})\n?"
)


@dataclass(frozen=True, slots=True)
class Pointer:
    """What stands in for a file: its SHA-256 and its size in bytes."""

    oid: str
    size: int


def pointer(data: bytes) -> Pointer | None:
    found = _POINTER.fullmatch(data) if len(data) <= POINTER_BYTES else None
    return Pointer(found["oid"].decode(), int(found["size"])) if found else None


def addresses(line: Line, base: str, wanted: Sequence[Pointer]) -> Mapping[str, str]:
    """Where the files can be read, by their digests. Whatever the host does not hand out stays a pointer."""
    found: dict[str, str] = {}
    pins: dict[str, Mapping[str, str]] = {}
    key = f"lfs:{base}#{sha256(''.join(item.oid for item in wanted).encode()).hexdigest()}"
    if line.options.offline:  # no address is asked: the cache has the bytes, or nobody
        kept = line.cache.answer(key)
        return dict.fromkeys(map(str, kept if isinstance(kept, list) else ()), base)
    for start in range(0, len(wanted), _AT_ONCE):
        for oid, url, headers in _batch(line, base, wanted[start : start + _AT_ONCE]):
            if base.startswith("https:") and not url.startswith("https:"):
                continue  # no way from a safe address to an open one
            found[oid] = url
            if headers:
                pins[url] = headers
    pin(line, pins)
    if wanted:
        line.cache.keep_answer(key, sorted(found))
    return found


def _batch(line: Line, base: str, wanted: Sequence[Pointer]) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    question = {
        "operation": "download",
        "transfers": ["basic"],
        "objects": [{"oid": item.oid, "size": item.size} for item in wanted],
    }
    url = f"{base}.git/info/lfs/objects/batch"
    try:
        reply = line.transport.get(
            url,
            limit_bytes=ANSWER_BYTES,
            accept=_MEDIA,
            headers={"content-type": _MEDIA},
            content=json.dumps(question).encode(),
        )
        answer = parsed(reply) if reply.status == 200 else None
    except (Refused, AjarError):
        return
    rows: Any = answer.get("objects") if isinstance(answer, dict) else None
    known = {item.oid for item in wanted}
    for row in rows if isinstance(rows, list) else []:
        download = _download(row)
        if download and row["oid"] in known:
            yield row["oid"], *download


def _download(row: Any) -> tuple[str, Mapping[str, str]] | None:
    actions = row.get("actions") if isinstance(row, dict) and isinstance(row.get("oid"), str) else None
    action = actions.get("download") if isinstance(actions, dict) else None
    href = action.get("href") if isinstance(action, dict) else None
    if not isinstance(href, str) or urlsplit(href).scheme not in {"http", "https"}:
        return None
    headers = action["header"] if isinstance(action, dict) and "header" in action else None
    rows = headers.items() if isinstance(headers, dict) else ()
    return href, {
        str(name).lower(): value
        for name, value in rows
        if isinstance(value, str) and str(name).lower() not in {"range", "host"}
    }
