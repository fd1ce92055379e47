"""The one answer for one text: which licence it is, as text or as bytes, with no release around it.

Safe to call from many threads: what is loaded once is only read afterwards, and a call keeps nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ajar.errors import MalformedError
from ajar.model.component import Licence, LicenceMatch, MatchKind, Openness
from ajar.model.evidence import Location
from ajar.rights.align import Steps
from ajar.rights.match import Identification, identify
from ajar.rights.names import resolve
from ajar.rights.normalise import words_of
from ajar.rights.plain import decode
from ajar.rights.statements import mentions
from ajar.rights.titles import named_by_title, sets_terms
from ajar.rights.word_tables import word_set

# Bytes beyond are not looked at: the longest licence known has 150 kB, in UTF-32 600 kB.
BYTES_LIMIT = 4 * 2**20
# A text that only names a licence is a paragraph or two, and perhaps a disclaimer.
_REFERENCE_WORDS = 300
_ADDRESS = re.compile(r"https?://[^\s<>\"')\]]{4,200}")
_GNU = re.compile(r"\b(?:(affero|lesser|library) )?gnu (?:(affero|lesser|library) )?general public license\b")
_GNU_VERSION = re.compile(r"\bversion (\d)(?: (\d))?\b")
_GNU_BOOK = "gnu free documentation license"
_GNU_KINDS = {"": "GPL", "affero": "AGPL", "lesser": "LGPL", "library": "LGPL"}
# Of the words of an English text, this many are among its commonest; half as many as in any licence of the data.
_ENGLISH_SHARE = 0.12
# Fewer words do not tell a language.
_LANGUAGE_WORDS = 20
_WITH_TEXT = frozenset(
    [MatchKind.EXACT, MatchKind.TEMPLATE, MatchKind.MODIFIED, MatchKind.DERIVED, MatchKind.COMPOSITE]
)
_BECAUSE = {
    MatchKind.EXACT: "every word is the licence's, and there is no other",
    MatchKind.TEMPLATE: "the words are the licence's but for names, titles and what its template lets vary",
    MatchKind.MODIFIED: "the words are the licence's but for those that are shown",
    MatchKind.DERIVED: "much of a known licence stands in it, too little to bear its name",
    MatchKind.COMPOSITE: "several licences stand in it, one after the other",
    MatchKind.REFERENCE: "it names a licence, or links to one, and does not hold its text",
    MatchKind.UNKNOWN: "no known licence explains it",
}


def identify_licence(text: str | bytes) -> LicenceMatch:
    """Which licence a text is. Never raises for any text or bytes, and takes a bounded time for each.

    The location has no path; its line and `last_line` are 1-based lines of the text as given. `applies_to` is
    empty: a text alone does not say what it covers.
    """
    is_cut = len(text) > BYTES_LIMIT
    if isinstance(text, bytes):
        try:
            text = decode(text[:BYTES_LIMIT])
        except MalformedError as error:
            return _unknown(error.message)
    found = identify(text, steps=Steps())
    if not found:
        return _named(text) or _unknown(_why_nothing(text))
    parts = tuple(_match(item, text) for item in found)
    if is_cut:
        parts = (
            *parts,
            _unknown(f"the text goes on beyond {BYTES_LIMIT:,} characters; the rest was not read"),
        )
    return parts[0] if len(parts) == 1 else _composite(parts)


def _match(item: Identification, text: str) -> LicenceMatch:
    because = item.reason or _BECAUSE[item.match]
    return LicenceMatch(
        licence=item.licence,
        match=item.match,
        location=Location(path="", line=item.first_line),
        applies_to=(),
        because=because,
        quote=_line(text, item.first_line),
        differences=item.differences,
        text_present=item.match in _WITH_TEXT,
        share=round(item.share, 4),
        nearest=item.nearest,
        last_line=item.last_line,
    )


def _composite(parts: Sequence[LicenceMatch]) -> LicenceMatch:
    """Several licences as one: as strict as the strictest, and as unsure as the least sure."""
    kinds = {part.licence.openness for part in parts}
    strictest = next(
        kind
        for kind in (Openness.RESTRICTED, Openness.UNKNOWN, Openness.OPEN_CONTENT, Openness.OPEN_SOURCE)
        if kind in kinds
    )
    names = list(dict.fromkeys(part.licence.id for part in parts))
    shown = names if len(names) <= 8 else [*names[:8], f"and {len(names) - 8} more"]
    licence = Licence(
        id=" AND ".join(shown),
        name=", ".join(list(dict.fromkeys(part.licence.name for part in parts))[:8]),
        openness=strictest,
        osi=all(part.licence.osi for part in parts),
        limits=tuple(sorted({limit for part in parts for limit in part.licence.limits})),
    )
    return LicenceMatch(
        licence=licence,
        match=MatchKind.COMPOSITE,
        location=parts[0].location,
        applies_to=(),
        because=_BECAUSE[MatchKind.COMPOSITE],
        quote=parts[0].quote,
        text_present=all(part.text_present for part in parts),
        last_line=max(part.last_line or 1 for part in parts),
        parts=tuple(parts),
    )


def _named(text: str) -> LicenceMatch | None:
    """A short text that only names a licence, gives its id, or links to it."""
    if len(text) > 16 * _REFERENCE_WORDS or len(text.split()) > _REFERENCE_WORDS:
        return None
    address = _ADDRESS.search(text)
    words = words_of(text).words
    licence = resolve(text) or (resolve(address[0].rstrip(".,;")) if address else None)
    line = text.count("\n", 0, address.start()) + 1 if address and licence else 1
    licence = licence or _gnu_named(" ".join(words)) or named_by_title(text)
    if licence is None:
        mention = next(iter(mentions(text)), None)
        if mention is None:
            return None
        licence, line = mention.licence, mention.line
    if sets_terms(words, licence):
        return _unknown(f"it names {licence.name} and sets terms of its own")
    return LicenceMatch(
        licence=licence,
        match=MatchKind.REFERENCE,
        location=Location(path="", line=line),
        applies_to=(),
        because=_BECAUSE[MatchKind.REFERENCE],
        quote=_line(text, line),
        last_line=line,
    )


def _gnu_named(words: str) -> Licence | None:
    """The GNU licence of a file's header: kind, version, and whether later ones do too."""
    kinds = {match[1] or match[2] or "" for match in _GNU.finditer(words)}
    versions = {f"{match[1]}.{match[2] or 0}" for match in _GNU_VERSION.finditer(words)}
    is_book = _GNU_BOOK in words
    if len(kinds) + is_book != 1 or len(versions) != 1:
        return None
    later = "or-later" if "any later version" in words else "only"
    version = versions.pop()
    if is_book:
        part = "no-invariants-" if "no invariant sections" in words else ""
        part = part or ("invariants-" if "invariant sections" in words else "")
        return resolve(f"GFDL-{version}-{part}{later}")
    return resolve(f"{_GNU_KINDS[kinds.pop()]}-{version}-{later}")


def _unknown(reason: str) -> LicenceMatch:
    licence = Licence(id="LicenseRef-unknown", name=reason, openness=Openness.UNKNOWN, osi=False)
    return LicenceMatch(
        licence=licence,
        match=MatchKind.UNKNOWN,
        location=Location(path="", line=1),
        applies_to=(),
        because=reason,
    )


def _why_nothing(text: str) -> str:
    found = words_of(text)
    words = found.words
    if found.is_cut:
        return f"no known licence explains its first {len(words):,} words; the rest was not read"
    if not words:
        return "the text is empty"
    letters = sum(word.isalpha() for word in words)
    english = sum(word in word_set("english") for word in words)
    if letters >= _LANGUAGE_WORDS and english < _ENGLISH_SHARE * letters:
        return "the text is not English, and no known translation of a licence"
    return _BECAUSE[MatchKind.UNKNOWN]


def _line(text: str, number: int) -> str:
    """The first words from a line on."""
    at = 0
    for _ in range(number - 1):
        at = text.find("\n", at) + 1
    return next((line.strip()[:120] for line in text[at : at + 2000].split("\n") if line.strip()), "")
