"""Clauses read from any text by what its sentences say: no licence is recognised here, only wording.

The wordings are data, `data/clauses.toml`. A pattern looks only at sentences that hold one of its words,
every wildcard is bounded and so is a sentence, so that the work grows with the text and no faster.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ajar.model.terms import Clause, Facet
from ajar.rights.frames import HARMLESS, forbids_at, frames_in
from ajar.rights.quoting import quote_of
from ajar.rights.sentences import Sentence, sentences_of
from ajar.rights.thresholds import laws_in, territories_in, thresholds_in

_BAN = re.compile(
    r"\b(?:not|never|cannot|can't|no one|nobody|neither|prohibit\w*|forbid\w*|forbidden|refrain|unlicensed)\b"
    r"(?! (?:limited|only|apply|exclusively|be (?:deemed|construed|liable)|necessarily|prohibit|restrict|forbid|limit|prevent|require))"
    r"|不得|禁止"
)
_BANNED_AFTER = re.compile(
    r"[^.;]{0,90}?\b(?:is|are|be)\b[\w ]{0,16}\b(?:not (?:permitted|allowed|granted|licen[cs]ed|authori[sz]ed)|prohibited|forbidden|disallowed|barred|excluded from (?:this|the))\b"
)
# "No modified version may be shared": the subject itself says that nothing of the kind is allowed.
_NOTHING = re.compile(
    r"^(?:further(?:more)?,? |moreover,? )?no (?!warrant|liab|rights?\b|licen|other|one\b|part(?:y|ies)\b|permission|consent|fee|charge|royalt)"
    r"[^.;:]{0,100}\b(?:may|shall|can|must|is|are)\b(?! (?:required|needed|necessary|liable|responsible|obliged))"
)
_NOT_GRANTED = re.compile(
    r"\b(?:may|shall|must|can|will) not\b|\bcannot\b|\bnot (?:permitted|allowed|granted|authori[sz]ed)\b|\b(?:prohibited|forbidden)\b"
)
_UNBAN = re.compile(
    r"\b(?:not|no longer|never|nothing|neither)\b.{0,30}\b(?:prohibit|restrict|forbid|limit|prevent)\w*|\bnot (?:limited|only)\b"
)
# Words about other terms than these, or that take a wording back.
_ELSEWHERE = re.compile(
    r"\b(?:unlike|in contrast (?:to|with)|as opposed to|instead of the|formerly|previous(?:ly)? (?:version|release|licen|model|restrict|limit)|used to be|no longer (?:restrict|limit|prohibit|requir|appl)"
    r"|(?:earlier|older|prior) (?:versions?|releases?)|(?:has|have) been (?:dropped|lifted|removed)|is not an? \S{0,30}(?:licen[cs]e|restriction)|(?:does|do|did|shall|will) not (?:prohibit|forbid|restrict|limit the|require|prevent)"
    r"|not (?:required|obliged|obligated|restricted|prohibited)|no (?:restrictions?|limits?|limitations?) on|not a non-?commercial|without any restriction"
    r"|nothing in this (?:licen[cs]e|agreement|policy) (?:shall |will )?(?:prohibits?|restricts?|limits?|prevents?|forbids?))\b"
)
_DISCLAIMER = re.compile(
    r"\b(?:as is|as-is|warrant(?:y|ies|ed)|represents and warrants|in no event|liable|not be (?:held )?responsible|not designed or intended|not (?:designed(?:, manufactured)? or )?intended for|not designed for|patent license|severab\w+|unenforceable|does not cover|information act|personal data act|export control)\b"
)
# What a list grants or asks stands half in its lead and half in its items.
_LISTED = frozenset(
    {
        Facet.NOTICES,
        Facet.MODIFICATION,
        Facet.REDISTRIBUTION,
        Facet.COMMERCIAL_USE,
        Facet.SUBLICENCE,
        Facet.COPYLEFT,
    }
)
_GRANTS = frozenset({"yes", "free", "granted"})
_NAME_START = re.compile(r"^(?:(?:and|or|adhere|to|with|the|this|of|in|our|its|any|for|Your|accordance) )+")


@dataclass(frozen=True, slots=True)
class _Pattern:
    facet: Facet
    value: str
    words: tuple[str, ...]
    regex: re.Pattern[str]
    unless: re.Pattern[str] | None
    ask: re.Pattern[str] | None
    items: tuple[str, ...]
    ban: bool


@dataclass(frozen=True, slots=True)
class _Field:
    id: str
    words: tuple[str, ...]
    regex: re.Pattern[str]


def clauses_of(text: str) -> tuple[Clause, ...]:
    """The clauses a text holds, in the order of their facets, one for each value and thing named."""
    page = _Page(sentences_of(text))
    patterns, fields = _tables()
    found: dict[tuple[object, ...], Clause] = {}
    for pattern in patterns:
        for clause in _matches(page, pattern):
            found.setdefault((clause.facet, clause.value, clause.items), clause)
    for field in fields:
        clause_or_none = _barred(page, field)
        if clause_or_none is not None:
            found[Facet.FIELD_OF_USE, field.id] = clause_or_none
    for clause in (*_thresholds(page), *_territories(page), *_laws(page)):
        found.setdefault((clause.facet, clause.value, clause.unit, clause.items), clause)
    for clause in frames_in(page.sentences, page.worth):
        found.setdefault((clause.facet, clause.value, clause.items), clause)
    order = {facet: number for number, facet in enumerate(Facet)}
    return tuple(sorted(_settled(found.values()), key=lambda clause: order[clause.facet]))


class _Page:
    """Sentences with an index of the words that gate the patterns."""

    __slots__ = ("_cache", "_worth", "flat", "sentences", "starts", "wide")

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self.sentences = sentences
        self.wide = "\n".join(sentence.low for sentence in sentences)
        # One byte a character: searching that is several times faster.
        self.flat = self.wide.encode("latin-1", "replace").decode("latin-1")
        self.starts: list[int] = []
        at = 0
        for sentence in sentences:
            self.starts.append(at)
            at += len(sentence.low) + 1
        self._cache: dict[str, tuple[int, ...]] = {}
        self._worth: dict[int, bool] = {}

    def holding(self, words: Sequence[str]) -> list[int]:
        """Numbers of the sentences that hold one of the words, in order."""
        return sorted({number for word in words for number in self._with(word)})

    def worth(self, words: Sequence[str]) -> list[int]:
        """The same without sentences that disclaim, or that speak of other terms than these."""
        return [number for number in self.holding(words) if self._is_worth(number)]

    def _is_worth(self, number: int) -> bool:
        known = self._worth.get(number)
        if known is None:
            low = self.sentences[number].low
            known = self._worth[number] = not (_ELSEWHERE.search(low) or _DISCLAIMER.search(low))
        return known

    def _with(self, word: str) -> tuple[int, ...]:
        known = self._cache.get(word)
        if known is None:
            numbers: list[int] = []
            flat = self.flat if word.isascii() else self.wide
            at = flat.find(word)
            while at >= 0:
                number = bisect_right(self.starts, at) - 1
                numbers.append(number)
                following = self.starts[number + 1] if number + 1 < len(self.starts) else len(flat)
                at = flat.find(word, following)
            known = self._cache[word] = tuple(numbers)
        return known


def _matches(page: _Page, pattern: _Pattern) -> Iterator[Clause]:
    for number in page.holding(pattern.words):
        sentence = page.sentences[number]
        low = sentence.low
        match = _search(pattern, sentence)
        if match is None or (pattern.unless is not None and pattern.unless.search(low)):
            continue
        if pattern.ask is not None and not pattern.ask.search(low):
            continue
        if pattern.ban and not _is_banned(sentence, match.start(), match.end()):
            continue
        if pattern.value not in _GRANTS and _ELSEWHERE.search(low):
            continue
        if pattern.value == "yes" and (
            _NOT_GRANTED.search(match.string, max(match.start() - 8, 0), match.end()) or _NOTHING.match(low)
        ):
            continue
        yield Clause(
            facet=pattern.facet,
            value=pattern.value,
            quote=quote_of(sentence.text, *_span_in(sentence, match)),
            line=sentence.line,
            items=pattern.items or _named(sentence, match),
        )
        if not match.re.groupindex:
            return


def _search(pattern: _Pattern, sentence: Sentence) -> re.Match[str] | None:
    """A match in the sentence, or in the lead of its list and the sentence together."""
    if sentence.lead and pattern.facet in _LISTED:
        match = pattern.regex.search(f"{sentence.lead} {sentence.low}")
        if match is not None and match.end() > len(sentence.lead) + 1:
            return match
    return pattern.regex.search(sentence.low)


def _span_in(sentence: Sentence, match: re.Match[str]) -> tuple[int, int]:
    shift = 0 if match.string == sentence.low else len(sentence.lead) + 1
    return max(match.start() - shift, 0), match.end() - shift


def _named(sentence: Sentence, match: re.Match[str]) -> tuple[str, ...]:
    for group in match.re.groupindex:
        if match[group]:
            return (_NAME_START.sub("", sentence.text[match.start(group) : match.end(group)]).strip(),)
    return ()


def _is_banned(sentence: Sentence, start: int, end: int) -> bool:
    """Whether what stands there is forbidden, by the sentence itself or by the list it is an item of."""
    before = sentence.low[:start]
    if _NOTHING.match(sentence.low):
        return True
    if _BAN.search(HARMLESS.sub(" ", _UNBAN.sub(" ", before))) or _BANNED_AFTER.match(sentence.low, end):
        return True
    return bool(sentence.lead) and bool(_BAN.search(_UNBAN.sub(" ", sentence.lead)))


def _barred(page: _Page, field: _Field) -> Clause | None:
    for number in page.holding(field.words):
        sentence = page.sentences[number]
        if _DISCLAIMER.search(sentence.low) or _ELSEWHERE.search(sentence.low):
            continue
        for match in field.regex.finditer(sentence.low):
            if _is_banned(sentence, match.start(), match.end()) or forbids_at(sentence.low, match.start()):
                quote = quote_of(sentence.text, match.start(), match.end())
                return Clause(
                    facet=Facet.FIELD_OF_USE,
                    value="limited",
                    quote=quote,
                    line=sentence.line,
                    items=(field.id,),
                )
    return None


def _thresholds(page: _Page) -> Iterator[Clause]:
    words = ("user", "mau", "muu", "revenue", "visits", "turnover", "funding", "people", "employees", "individuals", "members", "requests", "queries", "earn", "sales", "profit", "valuation", "valued", "raised", "users", "income", " arr", "staff", "visitors", "capitali", "访问", "月活", "收入")  # fmt: skip
    for number in page.holding(words):
        sentence = page.sentences[number]
        if _ELSEWHERE.search(sentence.low):
            continue
        for threshold in thresholds_in(sentence.low, sentence.lead):
            yield Clause(
                facet=Facet.THRESHOLD,
                value=threshold.effect,
                quote=quote_of(sentence.text, threshold.start, threshold.end),
                line=sentence.line,
                number=threshold.number,
                unit=threshold.unit,
            )


def _territories(page: _Page) -> Iterator[Clause]:
    words = ("not apply", "exclud", "not being granted", "not granted", "domiciled", "outside", "not available", "not licensed", "other than", "except", "principal place", "not use", "located in", "resident", "not extend", "not be made available", "not be offered", "only in", "only within", "solely within", "exclusively in", "exclusively within", "limited to", "restricted to", "established in", "based in", "residing", "void in", "prohibited", "excluded", "forbidden", "exception of", "not located", "not permitted in", "only", "cannot", "n't", "not be downloaded", "save for", "not licen", "不适用", "不包括")  # fmt: skip
    for number in page.holding(words):
        sentence = page.sentences[number]
        found = territories_in(sentence.low)
        if found is None or _ELSEWHERE.search(sentence.low):
            continue
        quote = quote_of(sentence.text, found.start, found.end)
        yield Clause(
            facet=Facet.TERRITORY, value=found.effect, quote=quote, line=sentence.line, items=found.codes
        )


def _laws(page: _Page) -> Iterator[Clause]:
    for number in page.holding(
        ("governed", " law", "subject to the law", "construed in accordance", "governing law", "受中华")
    ):
        sentence = page.sentences[number]
        for place, start, end in laws_in(sentence.low):
            quote = quote_of(sentence.text, start, end)
            yield Clause(facet=Facet.LAW, value="named", quote=quote, line=sentence.line, items=(place,))


def _settled(found: Iterable[Clause]) -> list[Clause]:
    """What one clause says takes back what another seems to say."""
    clauses = list(found)
    gating = [c for c in clauses if c.facet is Facet.THRESHOLD and c.value in {"ask-licence", "rights-end"}]
    if gating and not any(c.facet is Facet.COMMERCIAL_USE and c.value == "conditional" for c in clauses):
        first = gating[0]
        clauses.append(
            Clause(facet=Facet.COMMERCIAL_USE, value="conditional", quote=first.quote, line=first.line)
        )
    values = {(c.facet, c.value) for c in clauses}
    dropped: set[tuple[Facet, str]] = set()
    if (Facet.REVOCABLE, "any-time") in values:
        dropped.add((Facet.REVOCABLE, "on-breach"))
    if (Facet.REVOCABLE, "no") in values:
        dropped.add((Facet.REVOCABLE, "on-breach"))
    if (Facet.REDISTRIBUTION, "conditional") in values:
        dropped.add((Facet.REDISTRIBUTION, "yes"))
    if (Facet.REDISTRIBUTION, "no") in values:
        dropped.add((Facet.REDISTRIBUTION, "yes"))
    if (Facet.MODIFICATION, "no") in values or (Facet.MODIFICATION, "conditional") in values:
        dropped.add((Facet.MODIFICATION, "yes"))
    if (Facet.COMMERCIAL_USE, "no") in values:
        dropped |= {(Facet.COMMERCIAL_USE, "yes"), (Facet.COMMERCIAL_USE, "conditional")}
    if (Facet.COMMERCIAL_USE, "conditional") in values and (Facet.COMMERCIAL_USE, "no") not in values:
        dropped.add((Facet.COMMERCIAL_USE, "yes"))
    if (Facet.OUTPUTS, "owned-by-licensor") in values:
        dropped.add((Facet.OUTPUTS, "free"))
    firm = {(c.number, c.unit) for c in clauses if c.facet is Facet.THRESHOLD and c.value != "limit"}
    clauses = [
        c
        for c in clauses
        if (c.facet, c.value) != (Facet.THRESHOLD, "limit") or (c.number, c.unit) not in firm
    ]
    if (Facet.COPYLEFT, "weak") in values:
        dropped.add((Facet.COPYLEFT, "strong"))
    return [clause for clause in clauses if (clause.facet, clause.value) not in dropped]


@cache
def _tables() -> tuple[tuple[_Pattern, ...], tuple[_Field, ...]]:
    data = tomllib.loads((files("ajar.rights") / "data" / "clauses.toml").read_text("utf-8"))
    patterns = tuple(map(_pattern, data["clause"]))
    fields = tuple(
        _Field(row["id"], tuple(row["words"]), re.compile(row["pattern"])) for row in data["field"]
    )
    return patterns, fields


def _pattern(row: Mapping[str, Any]) -> _Pattern:
    return _Pattern(
        facet=Facet(row["facet"]),
        value=row["value"],
        words=tuple(row["words"]),
        regex=re.compile(row["pattern"]),
        unless=re.compile(row["unless"]) if "unless" in row else None,
        ask=re.compile(row["ask"]) if "ask" in row else None,
        items=tuple(row.get("items", ())),
        ban=bool(row.get("ban", False)),
    )
