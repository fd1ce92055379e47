"""A sentence as the rules see it: words in lower case, and one character for each name, date, figure, licence or title.

A name's class is its character's block, so that rules are regular expressions over one line (`ajar.reading.rules`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from ajar.model.article import EntityKind
from ajar.model.catalogue import RoleKind
from ajar.reading.lexicon import words
from ajar.reading.mention import Mention
from ajar.reading.quantities import DateMention, Quantity
from ajar.reading.tokens import Sentence, Token

_BLOCK = 0x100
_FIRST = 0xE000
CLASSES = "POSNDMQCLR"  # person, organisation, system or line, unknown name, date, money, parameters, count, licence, role


def block(classes: str) -> str:
    """A character class of the names of these classes."""
    parts = (
        f"{chr(_FIRST + _BLOCK * CLASSES.index(name))}-{chr(_FIRST + _BLOCK * (CLASSES.index(name) + 1) - 1)}"
        for name in classes
    )
    return f"[{''.join(parts)}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceMention:
    """A licence by its name or kind. `id` is of the small family that names are compared by."""

    start: int
    end: int
    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """The words of a role."""

    start: int
    end: int
    kind: RoleKind
    text: str


Reference = Mention | DateMention | Quantity | LicenceMention | Title


class Item(NamedTuple):
    """A word, or one thing that several words name. `code` is what rules match."""

    code: str
    start: int
    end: int
    ref: Reference | None = None
    quoted: bool = False

    @property
    def cls(self) -> str:
        """The class letter of a name, `w` of a word."""
        at = ord(self.code[0]) - _FIRST
        return CLASSES[at // _BLOCK] if 0 <= at < _BLOCK * len(CLASSES) else "w"


_LICENCES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("mistral-research", r"\bMistral (?:AI )?Research Licen[cs]e\b|\bMRL\b"),
        ("mistral-non-production", r"\bMistral (?:AI )?Non-Production Licen[cs]e\b|\bMNPL\b"),
        (
            "apache",
            r"\bApache(?:[- ]2\.0)?-licen[cs]ed\b|\bApache(?: (?:Software )?[Ll]icen[cs]e)?,?(?: ?-?(?:[Vv]ersion |v)?2(?:\.0)?)(?:[ -][Ll]icen[cs]e)?\b|\bApache(?:-style)? [Ll]icen[cs]e\b",
        ),
        ("modified-mit", r"\b[Mm]odified(?: version of the)? MIT(?:[ -][Ll]icen[cs]e)?\b"),
        (
            "mit",
            r"\bMIT-licen[cs]ed\b|\bMIT(?:-style)?[ -][Ll]icen[cs]e\b|(?<=under )MIT\b|(?<=under the )MIT\b|(?<=licence is )MIT\b|(?<=license is )MIT\b|(?<=licence, )MIT\b",
        ),
        (
            "gpl",
            r"\b(?:GNU )?[AL]?GPL(?:[ -]?v?\d(?:\.\d)?)?(?: [Ll]icen[cs]e)?\b|\bGNU General Public Licen[cs]e\b",
        ),
        ("bsd", r"\b(?:\d-[Cc]lause )?BSD(?: \d-[Cc]lause)?(?: [Ll]icen[cs]e)?\b"),
        (
            "cc-by-nc",
            r"\bCC[ -]BY-NC(?:-[SN][AD])?(?:[ -]\d\.0)?(?: [Ll]icen[cs]e)?\b|\bCreative Commons [Nn]on-?[Cc]ommercial(?: [Ll]icen[cs]e)?\b",
        ),
        ("cc-by", r"\bCC[ -]BY(?:-SA)?(?:[ -]\d\.0)?(?: [Ll]icen[cs]e)?\b|\bCC0\b"),
        (
            "rail",
            r"\b(?:BigScience |BigCode )?(?:Open)?RAIL(?:-M)?(?:[ -]\d\.0)?(?: [Ll]icen[cs]e)?\b|\b[Rr]esponsible AI [Ll]icen[cs]e\b",
        ),
        ("gemma", r"\bGemma(?:'s|’s)? (?:own )?[Tt]erms(?: of [Uu]se)?\b"),
        (
            "named",
            r"\b(?!The )(?:[A-Z][\w.]{0,30} ){1,5}(?:\d[\w.]* )?(?:Open )?(?:Community|Model|Open Model|Research|Large Model|Source Code|Sample Code)? ?Licen[cs]e(?: Agreement)?\b",
        ),
        ("community", r"\b(?:own )?(?:restrictive |custom )?community licen[cs]e\b"),
        (
            "own",
            r"\blicen[cs]e of (?:its|his|their|[A-Z]\w{1,30}(?:'s|’s)) own\b|\bown (?:\w+ )?(?:licen[cs]e|terms(?: of (?:use|service))?|licensing terms|conditions)\b|\b(?:bespoke|custom) (?:\w+ )?licen[cs]e\b",
        ),
        (
            "non-commercial",
            r"\b(?:non-?commercial|research(?:-only)?) (?:research |use |community )?licen[cs]e\b",
        ),
        ("permissive", r"\b(?:permissive|liberal) (?:open[ -]source )?(?:software )?licen[cs]e\b"),
        ("open-source", r"\bopen[ -]source licen[cs]e\b"),
        ("proprietary", r"\b(?:proprietary|commercial) licen[cs]e\b"),
        ("restrictive", r"\b(?:restrictive|restricted) (?:\w+ )?licen[cs]e\b"),
    )
)
_HAS_LICENCE = re.compile(r"[Ll]icen[cs]|Apache|MIT|GPL|BSD|CC|RAIL|MRL|MNPL|terms|conditions")


def licences(text: str, start: int, end: int) -> list[LicenceMention]:
    """Licences named between two places."""
    if not _HAS_LICENCE.search(text, start, end):
        return []
    found: list[LicenceMention] = []
    for name, pattern in _LICENCES:
        for match in pattern.finditer(text, start, end):
            if all(match.end() <= other.start or other.end <= match.start() for other in found):
                found.append(LicenceMention(start=match.start(), end=match.end(), id=name, text=match[0]))
    return sorted(found, key=lambda item: item.start)


def titles(tokens: Sequence[Token]) -> Iterator[Title]:
    """Words of roles, longest first."""
    table, starts = _titles(), _title_starts()
    at = 0
    while at < len(tokens):
        if tokens[at].lower not in starts:
            at += 1
            continue
        for size in range(min(6, len(tokens) - at), 0, -1):
            words_ = " ".join(token.lower for token in tokens[at : at + size])
            kind = table.get(words_)
            if kind is not None:
                yield Title(start=tokens[at].start, end=tokens[at + size - 1].end, kind=kind, text=words_)
                at += size - 1
                break
        at += 1


@cache
def _titles() -> dict[str, RoleKind]:
    table: dict[str, RoleKind] = {}
    for kind, names in words()["titles"].items():
        for name in names:
            table[name] = RoleKind(kind)
            if kind not in {"staff", "officer"} and name not in {"head", "chair", "chief", "boss"}:
                table[f"{name}s"] = RoleKind(kind)
    return table


@cache
def _title_starts() -> frozenset[str]:
    return frozenset(name.split()[0] for name in _titles())


_KIND_CLASS = {
    EntityKind.PERSON: "P",
    EntityKind.ORGANISATION: "O",
    EntityKind.SYSTEM: "S",
    EntityKind.PRODUCT: "S",
    None: "N",
}


def class_of(ref: Reference) -> str:
    if isinstance(ref, Mention):
        return _KIND_CLASS[ref.kind]
    if isinstance(ref, DateMention):
        return "D"
    if isinstance(ref, Quantity):
        return "M" if ref.unit in {"USD", "EUR", "GBP"} else "Q" if ref.unit == "parameters" else "C"
    return "L" if isinstance(ref, LicenceMention) else "R"


def items(sentence: Sentence, refs: Iterable[Reference]) -> list[Item]:
    """The sentence's items; of two things that overlap the one named first in `refs` stands."""
    taken: list[Reference] = []
    for ref in refs:
        if all(ref.end <= other.start or other.end <= ref.start for other in taken):
            taken.append(ref)
    taken.sort(key=lambda ref: ref.start)
    counts: dict[str, int] = {}
    found: list[Item] = []
    ahead = iter(taken)
    current = next(ahead, None)
    for token in sentence.tokens:
        while current is not None and current.end <= token.start:
            current = next(ahead, None)
        if current is not None and current.start < token.end:
            if found and found[-1].ref is current:
                continue
            cls = class_of(current)
            number = counts.get(cls, 0)
            counts[cls] = number + 1
            found.append(Item(code(cls, number), current.start, current.end, current, token.quoted))
        elif token.text not in _QUOTES:
            found.append(Item(_word(token), token.start, token.end, None, token.quoted))
    return found


def code(cls: str, number: int) -> str:
    """The character of the nth name of a class in a sentence."""
    return chr(_FIRST + _BLOCK * CLASSES.index(cls) + min(number, _BLOCK - 1))


_QUOTES = frozenset('"“”«»„‘')  # seen in `Item.quoted`; no rule asks for them
_MARKS = {"(": ",", ")": ",", "—": ",", "–": ",", "[": ",", "]": ",", "…": ".", "n't": "not", "n’t": "not"}


def _word(token: Token) -> str:
    word = _MARKS.get(token.lower, token.lower)
    first = ord(word[0])
    return "?" if _FIRST <= first <= 0xF8FF else word  # an article may hold such characters itself
