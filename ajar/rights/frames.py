"""Facets read from what a clause speaks of and in which mood, whatever its wording: for texts that nobody has read.

A clause is a part of a sentence. A frame names the things it must speak of, in any order, and whether it
must forbid, limit to or require them; the names are word lists in `data/frames.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ajar.model.terms import Clause, Facet
from ajar.rights.quoting import quote_of
from ajar.rights.sentences import Sentence

# A longer clause speaks of too many things at once for their order not to matter.
CLAUSE_CHARS = 420
_AFTER_CHARS = 110
_SPLIT = re.compile(
    r";|, (?:but|however|though|yet|whereas)\b|\bbut\b|(?:,| and|, and) (?=(?:you|the licen[cs]ee|licen[cs]ee|the user|it|we) (?:may|must|shall|can|will|have|has|are|is|agree)\b)"
)
# "If you publish it, you must …" is one clause.
_CONDITION = re.compile(
    r"[\W\d]*(?:\b\w\)|and|or|where|when(?:ever)?|if|should|once|in case|upon|provided)?[\W\d]*\b(?:if|when(?:ever)?|where|should|once|in case|upon)\b"
)
# What sounds like a prohibition and takes nothing away.
HARMLESS = re.compile(
    r"\b(?:was|were|is|are) not (?:\w+ )?(?:trained|tested|evaluated|built)\b|\b(?:the (?:model|software)|so it) does not\b|\bnothing\b(?: \w+){0,8} prevent\w*|\b(?:not|no|never|nothing|neither)\b(?: \w+){0,4} (?:prohibit|restrict|forbid|limit|prevent|exclude|impair|affect|diminish)\w*"
    r"|\bnot (?:be )?(?:limited|only|required|necessary|necessarily|obliged|obligated|exclusively|merely|just|responsible|liable|intended)\b|\bneed not\b|\b(?:do(?:es)? )?not (?:have|need) to\b"
    r"|\bno (?:restrictions?|limits?|limitations?|obligations?|need|fees?|charge|cost|royalt\w+|permission|consent|warrant\w*|liabilit\w*|other|later|event|way|longer|matter)\b"
    r"|\bwhether or not\b|\bif (?:you|it|they) (?:do|does) not\b|\b(?:shall|will) not apply\b|\bdo(?:es)? not (?:own|claim|apply|affect|constitute|waive|imply|warrant)\b|\bnon-\w+\b|\bnot-for-profit\b"
)
_MOODS = {
    "ban": re.compile(
        r"\b(?:not|never|none|nothing|nobody|no|cannot|can't|don't|mustn't|neither|nor|prohibit\w*|forbid\w*|forbidden|ruled out|rules out|excluded?|excludes"
        r"|outside (?:the scope|of this)|refrain\w*|void|all [\w ]{0,20}rights (?:are )?reserved|barred|disallow\w*|impermissible|not ok(?:ay)?|is a breach of|except (?:for )?(?:the )?training|unlawful|denied|withheld|off limits)\b"
    ),
    "only": re.compile(
        r"\b(?:only|solely|exclusively|strictly|alone|purely|just for|(?:limited|confined|restricted) to|nothing (?:else|more|other)|no other purpose)\b"
    ),
    "duty": re.compile(
        r"\b(?:must|shall|will|has to|have to|needs?|needed|as long as|on condition|requires?|(?:is|are|be) (?:required|obliged|obligated|needed|necessary)|agrees? (?:to|that)|undertakes? to|provided that|condition of|conditions?|ensure)\b|^\W*(?:please |just |always )?(?:keep|include|credit|retain|add|give|state|show|display|write|mark|cite|mention|put|fill)\b"
    ),
    "any": re.compile(""),
}
_ITEM = re.compile(r'"([^"]{1,60})"')


# A prohibition that follows what it forbids.
_AFTER = re.compile(
    r"\b(?:not (?:be )?(?:permitted|allowed|granted|licen[cs]ed|authori[sz]ed|ok(?:ay)?)|prohibited|forbidden|disallowed|(?:expressly )?excluded|barred|ruled out|not (?:be )?(?:shared|published|distributed|transferred))\b"
)


@dataclass(frozen=True, slots=True)
class _Frame:
    facet: Facet
    value: str
    mood: str
    has: tuple[str, ...]
    lacks: tuple[str, ...]
    items: tuple[str, ...]
    near: int  # how far, in characters, the prohibition may stand from the first of `has`; 0: anywhere in the clause
    gate: tuple[str, ...]
    item: str  # the word list whose match names what the clause is about


def frames_in(
    sentences: Sequence[Sentence], holding: Callable[[Sequence[str]], Sequence[int]]
) -> Iterator[Clause]:
    """Clauses of a text's sentences. `holding(words)` gives the numbers of those that hold one of some words."""
    frames, _ = _table()
    wanted: dict[int, list[_Frame]] = {}
    for frame in frames:
        for number in holding(frame.gate):
            wanted.setdefault(number, []).append(frame)
    for number in sorted(wanted):
        sentence = sentences[number]
        for begin, end in _clauses(sentence.low):
            yield from _read(sentence, wanted[number], begin, end)


def _clauses(low: str) -> Iterator[tuple[int, int]]:
    at = 0
    for cut in _SPLIT.finditer(low):
        if cut.start() - at > 12 and (low[cut.start()] == ";" or not _CONDITION.match(low, at)):
            yield from _short(low, at, cut.start())
            at = cut.start() if low[cut.start()] != ";" else cut.end()
    yield from _short(low, at, len(low))


def _short(low: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut at commas what is too long."""
    while end - begin > CLAUSE_CHARS:
        stop = low.rfind(", ", begin + CLAUSE_CHARS // 2, begin + CLAUSE_CHARS)
        stop = begin + CLAUSE_CHARS if stop < 0 else stop + 1
        yield begin, stop
        begin = stop
    yield begin, end


def _read(sentence: Sentence, frames: Sequence[_Frame], begin: int, end: int) -> Iterator[Clause]:
    low = sentence.low[begin:end]
    said = _Said(low)
    moods: dict[str, bool] = {}
    for frame in frames:
        if frame.mood not in moods:
            moods[frame.mood] = _in_mood(frame.mood, low, sentence.lead)
        if not moods[frame.mood] or not all(said.of(name) for name in frame.has):
            continue
        spot = said.of(frame.has[0])
        if frame.near and spot and not _is_near(low, spot, frame.near, sentence.lead):
            continue
        if any(said.of(name) for name in frame.lacks):
            continue
        named = said.of(frame.item) if frame.item else spot
        start, stop = (named.start() + begin, named.end() + begin) if named else (begin, end)
        yield Clause(
            facet=frame.facet,
            value=frame.value,
            quote=quote_of(sentence.text, start, stop),
            line=sentence.line,
            items=frame.items or ((sentence.text[start:stop].strip('"“”'),) if frame.item and named else ()),
        )


def _is_near(low: str, spot: re.Match[str], reach: int, lead: str) -> bool:
    """Whether the prohibition bears on the words found, and not on something else in the clause."""
    if _AFTER.search(low[spot.end() : spot.end() + _AFTER_CHARS]):
        return True
    before = HARMLESS.sub(" ", low[max(spot.start() - reach, 0) : spot.end()])
    if _MOODS["ban"].search(before):
        return True
    return bool(lead) and spot.start() < reach and bool(_MOODS["ban"].search(HARMLESS.sub(" ", lead)))


def _in_mood(name: str, low: str, lead: str) -> bool:
    if name != "ban":
        return bool(_MOODS[name].search(low) or (name == "duty" and _MOODS[name].search(lead)))
    return bool(_MOODS["ban"].search(HARMLESS.sub(" ", low))) or bool(
        lead and _MOODS["ban"].search(HARMLESS.sub(" ", lead))
    )


def forbids_at(low: str, at: int) -> bool:
    """Whether the clause of a sentence that holds a place takes something away."""
    for begin, end in _clauses(low):
        if begin <= at < end:
            return _in_mood("ban", low[begin:end], "")
    return False


class _Said:
    """What a clause speaks of, looked up once a word list."""

    __slots__ = ("_found", "_low")

    def __init__(self, low: str) -> None:
        self._low = low
        self._found: dict[str, re.Match[str] | None] = {}

    def of(self, name: str) -> re.Match[str] | None:
        if name not in self._found:
            self._found[name] = _table()[1][name].search(self._low)
        return self._found[name]


@cache
def _table() -> tuple[tuple[_Frame, ...], Mapping[str, re.Pattern[str]]]:
    data = tomllib.loads((files("ajar.rights") / "data" / "frames.toml").read_text("utf-8"))
    words = {name: re.compile(wording) for name, wording in {**data["words"], **data["shy"]}.items()}
    frames = tuple(
        _Frame(
            Facet(row["facet"]),
            row["value"],
            row["mood"],
            tuple(row["has"]),
            tuple(row.get("lacks", ())),
            tuple(row.get("items", ())),
            row.get("near", 0),
            tuple(data["gates"][row["has"][0]]),
            row.get("item", ""),
        )
        for row in data["frame"]
    )
    return frames, words
