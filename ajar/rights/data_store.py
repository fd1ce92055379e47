"""The licence data: texts and index as built by `make licences`, and the hand-written tables.

`texts.zip` holds one text a licence. `index.bin` and `fingerprints.bin` are sections, each a u32 length and that
many bytes after a u32 magic; columns are little-endian, texts zlib streams (docs/licence-data.md has the table).
A folder named by `AJAR_LICENCES` adds licences of one's own.
"""

from __future__ import annotations

import json
import lzma
import os
import struct
import sys
import zipfile
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from hashlib import blake2b
from importlib.resources import as_file, files
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from ajar.errors import UsageError
from ajar.model.component import Licence, Openness
from ajar.rights.template import GRAM, Group, Template

MAGIC = 0x414A4C33
# A folder of `*.toml` files with rows of licences of one's own, each with its text.
FOLDER_VARIABLE = "AJAR_LICENCES"
# Wordings below this are indexed phrase by phrase, so that near relatives are told apart; longer ones by a sample.
DENSE_WORDS = 400
# Stands for no wording, in the column of those that hold a phrase.
NOBODY = 0xFFFF
# Phrases are told apart by 24 bits: one false hit in eighty costs little, and they pack to a byte each.
_PHRASE_BITS = 0xFFFFFF
# One phrase in so many is sampled: those that begin with a word whose own hash says so.
_SAMPLE = 5
# Wordings kept unpacked. All of them would be 30 MB.
_KEPT = 96


Asked = tuple[int, int, int]
"""Words, phrases and sampled phrases that any copy of a wording holds: none that are optional or stand in a slot."""


@dataclass(frozen=True, slots=True)
class Store:
    """The index in memory. `owners`, `sizes`, `totals`, `samples` and `asked` have one entry a wording."""

    ids: Sequence[str]
    exact: Mapping[int, int]
    owners: Sequence[int]
    sizes: Sequence[int]
    totals: Sequence[int]  # phrases indexed
    samples: Sequence[int]  # of them, those in the sample
    asked: Sequence[Asked]
    grams: Sequence[int] = field(repr=False)  # sorted
    gram_holders: Sequence[int] = field(repr=False)
    extra: Mapping[int, Sequence[int]] = field(repr=False)  # phrases of fingerprints and of added licences
    starts: Sequence[int] = field(repr=False)
    added: Mapping[int, Template] = field(repr=False)
    published: frozenset[int] = field(repr=False)
    notices: frozenset[int] = field(repr=False)

    def holders(self, gram: int) -> Sequence[int]:
        """Wordings that hold a phrase; `NOBODY` may be among them."""
        grams = self.grams
        start = bisect_left(grams, gram)
        more = self.extra.get(gram, ())
        if start == len(grams) or grams[start] != gram:
            return more
        # A step at a time as far as most go.
        end, last = start + 1, min(start + 4, len(grams))
        while end < last and grams[end] == gram:
            end += 1
        if end == last:
            end = bisect_right(grams, gram, end)
        if more:
            return [*more, *self.gram_holders[start:end]]
        return self.gram_holders[start:end] if end - start > 1 or self.gram_holders[start] != NOBODY else ()

    def template(self, number: int) -> Template:
        """One wording, unpacked; the last ones asked for are kept."""
        return _template(self, number)

    def text(self, name: str) -> str:
        """The published text of a licence.

        Raises:
            KeyError: its text is not here, only a fingerprint.

        """
        added = next((row["text"] for row in _added_rows() if row["id"] == name), None)
        return added if added is not None else _archive().read(f"{name}.txt").decode("utf-8")

    def __hash__(self) -> int:
        return id(self)


@lru_cache(maxsize=_KEPT)
def _template(known: Store, number: int) -> Template:
    if number in known.added:
        return known.added[number]
    numbers, vocabulary = _word_numbers()
    words = [vocabulary[value] for value in numbers[known.starts[number] : known.starts[number + 1]]]
    return Template(
        owner=known.owners[number],
        words=words,
        groups=_groups().get(number, ()),
        is_published=number in known.published,
        is_notice=number in known.notices,
    )


@cache
def _word_numbers() -> tuple[Sequence[int], Sequence[str]]:
    """The words of all wordings one after the other as numbers, and the words. Unpacked when first needed."""
    parts = _sections("index.bin")
    return _array("H", lzma.decompress(parts[_WORDS])), zlib.decompress(parts[_VOCABULARY]).decode().split(
        "\n"
    )


@cache
def _groups() -> Mapping[int, tuple[Group, ...]]:
    rows = json.loads(zlib.decompress(_sections("index.bin")[_GROUPS]))
    return {
        int(number): tuple(
            Group(start, start + size, kind, tuple(tuple(words.split()) for words in alternatives))
            for start, size, kind, alternatives in groups
        )
        for number, groups in rows.items()
    }


@cache
def _archive() -> zipfile.ZipFile:
    with as_file(files("ajar.rights") / "data" / "texts.zip") as path:
        return zipfile.ZipFile(path)


def names_of_texts() -> frozenset[str]:
    """Ids of the licences whose published text is here."""
    added = {row["id"] for row in _added_rows()}
    return frozenset({name.removesuffix(".txt") for name in _archive().namelist()} | added)


def whole_hash(words: Sequence[str]) -> int:
    """64 bits over the whole word sequence."""
    return int.from_bytes(blake2b(" ".join(words).encode(), digest_size=8).digest(), "little")


def gram_hash(words: Sequence[str]) -> int:
    """What a fingerprint keeps of a phrase: as many bits as the index, no more is needed to align."""
    return zlib.crc32(" ".join(words).encode()) & _PHRASE_BITS


@lru_cache(maxsize=1 << 15)
def _is_first(word: str) -> bool:
    return zlib.crc32(word.encode()) % _SAMPLE == 0


def phrases_of(words: Sequence[str], *, dense: bool) -> Iterator[tuple[int, int]]:
    """`(place, hash)` of the phrases of a text: all of them, or a sample that any copy chooses alike."""
    places: Sequence[int] = range(len(words) - GRAM + 1)
    if not dense:
        firsts = {word for word in set(words) if _is_first(word)}
        places = [at for at, word in enumerate(words[: len(places)]) if word in firsts]
    if not places:
        return iter(())
    data = " ".join(words).encode()
    lengths = map(len, words) if len(data) == sum(map(len, words)) + len(words) - 1 else map(_bytes, words)
    before = list(accumulate(lengths, initial=0))  # bytes of the words before one, without the spaces
    return (
        (at, zlib.crc32(data[before[at] + at : before[at + GRAM] + at + GRAM - 1]) & _PHRASE_BITS)
        for at in places
    )


def _bytes(word: str) -> int:
    return len(word.encode())


_IDS, _COUNTS, _EXACT, _EXACT_OWNERS, _GRAMS, _HOLDERS, _VOCABULARY, _WORDS, _GROUPS = range(9)


@cache
def _sections(name: str) -> Sequence[bytes]:
    data = (files("ajar.rights") / "data" / name).read_bytes()
    if len(data) < 4 or struct.unpack_from("<I", data)[0] != MAGIC:
        raise ValueError(f"{name} is of another version; run `make licences`")
    found, at = [], 4
    while at + 4 <= len(data):
        (size,) = struct.unpack_from("<I", data, at)
        found.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return found


@cache
def store() -> Store:
    """Load the index once.

    Raises:
        UsageError: a licence of one's own is not well formed.

    """
    parts = _sections("index.bin")
    ids = zlib.decompress(parts[_IDS]).decode().split("\n")
    owners, sizes, totals, samples, published, notices, *asked = _columns("I", parts[_COUNTS], 9)
    exact = dict(zip(_array("Q", parts[_EXACT]), _array("H", parts[_EXACT_OWNERS]), strict=True))
    starts = [0]
    for size in sizes:
        starts.append(starts[-1] + size)
    every = list(zip(*asked, strict=True))
    loaded = _Added(ids, exact, list(owners), list(sizes), list(totals), list(samples), every, {}, {})
    _add_fingerprints(loaded)
    for row in _added_rows():
        loaded.add(row["id"], row["text"])
    return Store(
        ids=loaded.ids,
        exact=exact,
        owners=loaded.owners,
        sizes=loaded.sizes,
        totals=loaded.totals,
        samples=loaded.samples,
        asked=loaded.asked,
        grams=array("I", accumulate(zlib.decompress(parts[_GRAMS]))),
        gram_holders=_array("H", zlib.decompress(parts[_HOLDERS])),
        extra=loaded.phrases,
        starts=starts,
        added=loaded.templates,
        published=frozenset(number for number, is_so in enumerate(published) if is_so),
        notices=frozenset(number for number, is_so in enumerate(notices) if is_so),
    )


@dataclass(slots=True)
class _Added:
    """What is laid over the index while it is loaded."""

    ids: list[str]
    exact: dict[int, int]
    owners: list[int]
    sizes: list[int]
    totals: list[int]
    samples: list[int]
    asked: list[Asked]
    phrases: dict[int, list[int]]
    templates: dict[int, Template]

    def add(self, name: str, text: str) -> None:
        from ajar.rights.normalise import words_of

        words = words_of(text).words
        dense = len(words) < DENSE_WORDS
        grams = {gram for _, gram in phrases_of(words, dense=dense)}
        sampled = {gram for _, gram in phrases_of(words, dense=False)}
        self.put(name, whole_hash(words), Template(self.owner(name), words), grams, len(sampled))

    def owner(self, name: str) -> int:
        if name not in self.ids:
            self.ids.append(name)
        return self.ids.index(name)

    def put(self, name: str, whole: int, template: Template, grams: set[int], sampled: int) -> None:
        number = len(self.owners)
        self.exact[whole] = self.owner(name)
        self.owners.append(template.owner)
        self.sizes.append(len(template))
        self.totals.append(len(grams))
        self.samples.append(sampled)
        self.asked.append((len(template), len(grams), sampled))
        self.templates[number] = template
        for gram in grams:
            self.phrases.setdefault(gram, []).append(number)


def _add_fingerprints(loaded: _Added) -> None:
    """Licences whose text is not here: a hash of the whole and one of each phrase, in order."""
    parts = _sections("fingerprints.bin")
    for row, grams, places in zip(
        json.loads(zlib.decompress(parts[0])), parts[1::2], parts[2::2], strict=True
    ):
        every, sampled = _array("I", grams), _array("H", places)
        phrases = set(every) if len(every) < DENSE_WORDS else {every[place] for place in sampled}
        template = Template(loaded.owner(row["id"]), (), (), every)
        loaded.put(row["id"], int(row["whole"], 16), template, phrases, len(sampled))


def _array(code: str, data: bytes) -> array[int]:
    values = array(code)
    values.frombytes(data)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def _columns(code: str, data: bytes, count: int) -> Iterator[array[int]]:
    values = _array(code, data)
    bounds = [len(values) * number // count for number in range(count + 1)]
    return (values[start:end] for start, end in pairwise(bounds))


@cache
def _added_rows() -> Sequence[Mapping[str, Any]]:
    """Rows of `*.toml` in the folder that `AJAR_LICENCES` names; each with its text."""
    import tomllib

    folder = os.environ.get(FOLDER_VARIABLE, "")
    found: list[Mapping[str, Any]] = []
    for path in sorted(Path(folder).glob("*.toml")) if folder else ():
        try:
            table = tomllib.loads(path.read_text("utf-8"))["licence"]
            for row in table:
                Openness(row["openness"])
                found.append({"id": str(row["id"]), "name": str(row["name"]), "text": str(row["text"])} | row)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"{path} is not a licence file: {error}",
                hint="It needs [[licence]] rows with id, name, openness and text; see docs/licence-data.md.",
            ) from error
    return found


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


def is_spdx(name: str) -> bool:
    """Whether an id is one of SPDX's list, as this release carries it."""
    return name in _spdx()


@cache
def _spdx() -> Mapping[str, Any]:
    data = json.loads((files("ajar.rights") / "data" / "spdx.json").read_text("utf-8"))
    table: Mapping[str, Any] = data["licences"]
    return table


@cache
def rows() -> Sequence[Mapping[str, Any]]:
    """The hand-written rows of `licences.toml`, and those of one's own."""
    import tomllib

    data = tomllib.loads((files("ajar.rights") / "data" / "licences.toml").read_text("utf-8"))
    return (*data["licence"], *_added_rows())


@cache
def aliases() -> Mapping[str, Sequence[str]]:
    """Other spellings of SPDX ids, from `licences.toml`."""
    import tomllib

    data = tomllib.loads((files("ajar.rights") / "data" / "licences.toml").read_text("utf-8"))
    table: Mapping[str, Sequence[str]] = data["aliases"]
    return table
