"""Licences by their full titles in a short notice: "under the Mozilla Public License, v. 2.0".

A title is one of SPDX's names or of the rows' aliases, with the word licence in it and its version behind it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice

from ajar.model.component import Licence
from ajar.rights.data_store import aliases, licences, rows
from ajar.rights.normalise import words_of
from ajar.rights.word_tables import word_set

# Shorter titles are words of any sentence; the longest of SPDX's that are written out have fewer.
_SHORTEST, _LONGEST = 3, 14
# Words that some write and others leave out.
_LEFT_OUT = frozenset(["the", "version", "v"])
_DENIES = frozenset(["not", "no", "never", "nor", "without", "unlike", "longer", "formerly", "previously"])
_DENIES_WITHIN = 5  # words before a title
_WORD = re.compile(r"[a-z0-9]+")
# A title has one of these.
_TITLE_WORDS = frozenset(["license", "agreement", "dedication"])


@cache
def _titles() -> Mapping[tuple[str, ...], str]:
    """Every title, as words, to its licence. Hand-written rows win over SPDX's names."""
    table: dict[tuple[str, ...], str] = {}
    for name, licence in licences().items():
        table.setdefault(_plain(licence.name), name)
    for name, others in (*aliases().items(), *((row["id"], row.get("aliases", ())) for row in rows())):
        table.update({_plain(other): name for other in others})
    return {
        title: name
        for title, name in table.items()
        if _SHORTEST <= len(title) <= _LONGEST and not _TITLE_WORDS.isdisjoint(title)
    }


def _plain(text: str) -> tuple[str, ...]:
    """Words of a title. Enumerators stay, unlike in a licence's text: the "2.0." of a title looks like one."""
    words = _WORD.findall(text.lower().replace("licence", "license"))
    bare = (word[1:] if word[:1] == "v" and word[1:].isdigit() else word for word in words)
    return tuple(word for word in bare if word not in _LEFT_OUT)


def named_by_title(text: str) -> Licence | None:
    """The one licence that a text names by its title; None when it names none, several, or denies one."""
    table = _titles()
    plain = _plain(text)
    found: set[str] = set()
    at = 0
    while at < len(plain):
        size = next(
            (
                size
                for size in range(min(_LONGEST, len(plain) - at), _SHORTEST - 1, -1)
                if plain[at : at + size] in table and not _goes_on(plain, at + size)
            ),
            0,
        )
        if size:
            if not _DENIES.isdisjoint(islice(plain, max(at - _DENIES_WITHIN, 0), at)):
                return None
            found.add(table[plain[at : at + size]])
        at += size or 1
    return licences().get(found.pop()) if len(found) == 1 else None


def _goes_on(words: Sequence[str], end: int) -> bool:
    """Whether a number follows: of the version, or of another one than the title's."""
    return end < len(words) and words[end].isdigit()


def sets_terms(words: Sequence[str], licence: Licence) -> bool:
    """Whether a notice holds words that limit whom or what a licence is for, and that are not in its name."""
    own = set(words).difference(words_of(licence.name).words, words_of(licence.id).words)
    return not word_set("limiting").isdisjoint(own)
