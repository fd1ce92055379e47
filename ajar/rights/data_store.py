"""The licence data: texts and index as built by `make licences`, and the hand-written tables.

`texts.zip` holds one text a licence. `index.bin` is a header of four little-endian u32 (magic, licences,
exact hashes, shingles), then u64 hash and u16 licence pairs of whole texts, then u32 shingle and u16
licence pairs, each list in columns, sorted.
"""

from __future__ import annotations

import io
import sys
import zipfile
import zlib
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any

from ajar.model.component import Licence, Openness

MAGIC = 0x414A4C31
GRAM = 5
_SAMPLE = 8


@dataclass(frozen=True, slots=True)
class Store:
    """The index in memory."""

    ids: Sequence[str]
    exact: Mapping[int, int]
    shingles: Mapping[int, Sequence[int]]
    sizes: Sequence[int]
    archive: zipfile.ZipFile = field(repr=False)

    def text(self, name: str) -> str:
        return self.archive.read(f"{name}.txt").decode("utf-8")


def whole_hash(words: Sequence[str]) -> int:
    """64 bits over the whole word sequence."""
    return int.from_bytes(blake2b(" ".join(words).encode(), digest_size=8).digest(), "little")


def shingles_of(words: Sequence[str]) -> set[int]:
    """A fixed sample of the 5-word phrases, chosen by their own hash, so that any copy chooses the same."""
    found = set()
    for at in range(len(words) - GRAM + 1):
        value = zlib.crc32(" ".join(words[at : at + GRAM]).encode())
        if value % _SAMPLE == 0:
            found.add(value)
    return found


@cache
def store() -> Store:
    """Load the index once."""
    folder = files("ajar.rights") / "data"
    data = (folder / "index.bin").read_bytes()
    magic, count, exact_count, shingle_count = _array("I", data[:16])
    if magic != MAGIC:
        raise ValueError("index.bin is of another version; run `make licences`")
    names = zipfile.ZipFile(io.BytesIO((folder / "texts.zip").read_bytes()))
    at = 16
    sizes = _array("I", data[at : at + 4 * count])
    at += 4 * count
    hashes = _array("Q", data[at : at + 8 * exact_count])
    at += 8 * exact_count
    owners = _array("H", data[at : at + 2 * exact_count])
    at += 2 * exact_count
    grams = _array("I", data[at : at + 4 * shingle_count])
    at += 4 * shingle_count
    holders = _array("H", data[at : at + 2 * shingle_count])
    postings: dict[int, list[int]] = {}
    for gram, holder in zip(grams, holders, strict=True):
        postings.setdefault(gram, []).append(holder)
    ids = [name.removesuffix(".txt") for name in names.namelist()]
    return Store(ids, dict(zip(hashes, owners, strict=True)), postings, sizes, names)


def _array(code: str, data: bytes) -> array[int]:
    values = array(code)
    values.frombytes(data)
    if sys.byteorder == "big":
        values.byteswap()
    return values


@cache
def licences() -> Mapping[str, Licence]:
    """Every known licence by id: SPDX's list and the hand-written rows of AI licences."""
    known = {
        name: Licence(
            id=name,
            name=row["name"],
            openness=Openness(row["openness"]),
            osi=row["osi"],
            limits=tuple(row.get("limits", ())),
        )
        for name, row in _spdx().items()
    }
    for row in rows():
        known[row["id"]] = Licence(
            id=row["id"],
            name=row["name"],
            openness=Openness(row["openness"]),
            osi=bool(row.get("osi", False)),
            limits=tuple(row.get("limits", ())),
        )
    return known


@cache
def _spdx() -> Mapping[str, Any]:
    import json

    data = json.loads((files("ajar.rights") / "data" / "spdx.json").read_text("utf-8"))
    table: Mapping[str, Any] = data["licences"]
    return table


@cache
def rows() -> Sequence[Mapping[str, Any]]:
    """The hand-written rows of `licences.toml`."""
    import tomllib

    data = tomllib.loads((files("ajar.rights") / "data" / "licences.toml").read_text("utf-8"))
    return tuple(data["licence"])


@cache
def aliases() -> Mapping[str, Sequence[str]]:
    """Other spellings of SPDX ids, from `licences.toml`."""
    import tomllib

    data = tomllib.loads((files("ajar.rights") / "data" / "licences.toml").read_text("utf-8"))
    table: Mapping[str, Sequence[str]] = data["aliases"]
    return table
