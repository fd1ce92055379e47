"""Lists of digests as `sha256sum`, `b3sum` and their like write them, plain or tagged.

GNU coreutils manual, "cksum output modes"; b3sum writes the same forms.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ajar.errors import MalformedError
from ajar.signing.manifest import ITEMS, Item, Manifest, inside

LIST_BYTES = 64 * 2**20
_PLAIN = re.compile(r"(?P<escaped>\\?)(?P<digest>[0-9a-fA-F]{32,128}) [ *](?P<path>.+)")
_TAGGED = re.compile(
    r"(?P<escaped>\\?)(?P<tag>[A-Za-z0-9-]{2,12}) \((?P<path>.+)\) = (?P<digest>[0-9a-fA-F]{32,128})"
)
_TAGS: Mapping[str, str] = {
    "SHA256": "sha256",
    "SHA384": "sha384",
    "SHA512": "sha512",
    "BLAKE2B": "blake2",
    "BLAKE3": "blake3",
}
_LENGTHS: Mapping[int, str] = {64: "sha256", 96: "sha384", 128: "sha512"}
_BROKEN: Mapping[int, str] = {32: "MD5", 40: "SHA-1", 56: "SHA-224"}
_ESCAPES: Mapping[str, str] = {"\\\\": "\\", "\\n": "\n", "\\r": "\r"}


def algorithm_of(name: str) -> str | None:
    """The algorithm that a list's file name tells: a digest of 64 digits may be SHA-256's or BLAKE3's."""
    lower = name.lower()
    short = re.search(r"(?<![a-z0-9])b([23])(?:sums?)?(?![a-z0-9])|blake([23])", lower)
    if short:
        return f"blake{short[1] or short[2]}"
    found = re.search(r"sha-?(256|384|512)", lower)
    return f"sha{found[1]}" if found else None


def parse_checksums(data: bytes, name: str) -> Manifest:
    """The list in a file called `name`. Raises `MalformedError` for a line that is none, or a digest that proves nothing."""
    if len(data) > LIST_BYTES:
        raise MalformedError(f"a list of more than {LIST_BYTES >> 20} MiB")
    told = algorithm_of(name)
    items: dict[str, Item] = {}
    for number, line in enumerate(data.decode("utf-8", "surrogateescape").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        item = _item(line, told, number)
        if items.setdefault(item.path, item).digest != item.digest:
            raise MalformedError(f"line {number}: {item.path[:100]} is listed twice, with other digests")
        if len(items) > ITEMS:
            raise MalformedError(f"more than {ITEMS} files")
    if not items:
        raise MalformedError("no digest in it")
    algorithms = {item.algorithm for item in items.values()}
    return Manifest(
        name=name,
        method="files",
        algorithm=algorithms.pop() if len(algorithms) == 1 else "several",
        items=tuple(items.values()),
    )


def _item(line: str, told: str | None, number: int) -> Item:
    found = _TAGGED.fullmatch(line) or _PLAIN.fullmatch(line)
    if not found:
        raise MalformedError(f"line {number} is no digest with a path")
    digest = found["digest"].lower()
    if len(digest) in _BROKEN:
        raise MalformedError(
            f"line {number}: {_BROKEN[len(digest)]} proves nothing against somebody who means harm; use SHA-256 or BLAKE3"
        )
    tag = found.groupdict().get("tag")
    algorithm = _TAGS.get(tag.upper()) if tag else (told or _LENGTHS.get(len(digest)))
    if algorithm is None or len(digest) != _digits(algorithm):
        raise MalformedError(f"line {number}: no digest of a kind that is known")
    path = found["path"]
    if found["escaped"]:
        path = re.sub(r"\\[\\nr]", lambda match: _ESCAPES[match[0]], path)
    return Item(path=inside(path.removeprefix("./")), digest=digest, algorithm=algorithm)


def _digits(algorithm: str) -> int:
    return {"sha384": 96, "sha512": 128, "blake2": 128}.get(algorithm, 64)
