"""The list of digests that a model signature is over: an in-toto statement of OpenSSF Model Signing.

Spec: github.com/sigstore/model-transparency, predicate https://model_signing/signature/v1.0, read at e343073 (2026-03-30).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ajar.errors import MalformedError

PREDICATE = "https://model_signing/signature/v1.0"
OLD_PREDICATE = "https://model_signing/Digests/v0.1"
STATEMENT = "https://in-toto.io/Statement/v1"
ALGORITHMS = {"sha256": 32, "blake2": 64, "blake3": 32}  # digest bytes; as the specification calls them
ITEMS = 1_000_000
WHOLE = "."  # the name of a model that is one file
_SHARD = re.compile(r"(?P<path>.+):(?P<start>\d{1,18}):(?P<end>\d{1,18})", re.DOTALL)
_HEX = re.compile(r"[0-9a-f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A file, or a part of it: its path, its digest in hexadecimal, and where the part starts and ends."""

    path: str
    digest: str
    algorithm: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What was signed. `method` is `files` or `shards`."""

    name: str
    method: str
    algorithm: str
    items: tuple[Item, ...]
    ignored: tuple[str, ...] = ()


def manifest_of(payload: bytes) -> Manifest:
    """The list in a statement. Raises `MalformedError` for another predicate, or where root and parts disagree."""
    try:
        statement = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise MalformedError("what was signed is not JSON") from error
    if not isinstance(statement, dict) or statement.get("_type") != STATEMENT:
        raise MalformedError("what was signed is no in-toto statement")
    kind = statement.get("predicateType")
    if kind == OLD_PREDICATE:
        raise MalformedError("signed before Model Signing 1.0; ask for a new signature")
    if kind != PREDICATE:
        raise MalformedError(f"signs something else than a model's files: {str(kind)[:100]}")
    predicate = statement.get("predicate")
    subject = statement.get("subject")
    if not isinstance(predicate, dict) or not isinstance(subject, list) or len(subject) != 1:
        raise MalformedError("a statement without its one subject or its predicate")
    how, rows = predicate.get("serialization"), predicate.get("resources")
    if not isinstance(how, dict) or not isinstance(rows, list) or len(rows) > ITEMS:
        raise MalformedError("a predicate without its resources")
    method = str(how.get("method"))
    if method not in {"files", "shards"}:
        raise MalformedError(f"a way to hash that is not known: {method[:40]}")
    items = tuple(_item(row, method) for row in rows)
    _agrees(subject[0], items)
    _distinct(items)
    ignored = how.get("ignore_paths")
    return Manifest(
        name=str(subject[0].get("name", "")),
        method=method,
        algorithm=_named(str(how.get("hash_type", "sha256"))),
        items=items,
        ignored=tuple(str(path) for path in ignored) if isinstance(ignored, list) else (),
    )


def _named(algorithm: str) -> str:
    return "blake2" if algorithm == "blake2b" else algorithm


def _item(row: object, method: str) -> Item:
    name, digest = (row.get("name"), row.get("digest")) if isinstance(row, dict) else (None, None)
    if not isinstance(row, dict) or not isinstance(name, str) or not isinstance(digest, str):
        raise MalformedError("a resource without name or digest")
    # `sha256-sharded-1000000` is a part's: the algorithm, the way, the size.
    algorithm = _named(str(row.get("algorithm", "")).partition("-")[0])
    if algorithm not in ALGORITHMS:
        raise MalformedError(f"a digest that is not known: {algorithm[:40]}")
    if len(digest) != 2 * ALGORITHMS[algorithm] or not _HEX.fullmatch(digest):
        raise MalformedError(f"{name[:100]}: its digest is no {algorithm}")
    path, start, end = name, None, None
    if method == "shards":
        part = _SHARD.fullmatch(name)
        if not part:
            raise MalformedError(f"{name[:100]}: no part of a file")
        path, start, end = part["path"], int(part["start"]), int(part["end"])
    return Item(path=inside(path), digest=digest, algorithm=algorithm, start=start, end=end)


def inside(path: str) -> str:
    """A relative path that stays inside the release. Raises `MalformedError` for any other."""
    parts = path.split("/")
    if not path or path.startswith("/") or "\0" in path or ".." in parts or (path != WHOLE and "" in parts):
        raise MalformedError(f"a path that leads out of the release: {path[:100]!r}")
    return "/".join(part for part in parts if part != ".") or WHOLE


def _agrees(subject: Mapping[str, Any], items: tuple[Item, ...]) -> None:
    digest = subject.get("digest") if isinstance(subject, dict) else None
    stated = digest.get("sha256") if isinstance(digest, dict) else None
    root = sha256(b"".join(bytes.fromhex(item.digest) for item in items)).hexdigest()
    if stated != root:
        raise MalformedError("the digest of the whole is not that of its parts")


def _distinct(items: tuple[Item, ...]) -> None:
    """A path listed twice could be held against whichever digest suits."""
    if len({(item.path, item.start) for item in items}) != len(items):
        raise MalformedError("a path is listed twice")
