"""Licence text as a sequence of words, the same for the index and for what is asked of it.

What people change without meaning anything is taken out: case, punctuation, markup, enumerators, copyright
lines, spelling variants (SPDX matching guidelines, annex B). Order and every other word stay. Words of any
script count, and characters that hide inside a word or stand in for another letter are seen through.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any

from ajar.rights.plain import Plain, plain_of

# The longest licence known has 15,000 words; a text of more is a collection, and its end is not read.
WORDS_LIMIT = 60_000
_CHARS_LIMIT = 10 * WORDS_LIMIT

# Beyond this a text is read word by word with its places at once.
_QUICK_CHARS = 400_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_HIDDEN = "\x01"  # stands for a character that shows nothing
_LIGATURES = {"\x02": "ff", "\x03": "fi", "\x04": "fl", "\x05": "ffi", "\x06": "ffl", "\x07": "st"}
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_WORD = re.compile(r"(?:[^\W_]|[\x01-\x07])+")
_SCRIPTS_WITHOUT_SPACES = re.compile(
    r"[\u2e80-\u9fff\uf900-\ufaff\u0e00-\u0eff]|[^\u2e80-\u9fff\uf900-\ufaff\u0e00-\u0eff]+"
)

_TAG = re.compile(
    r"</?(?:a|b|i|p|u|em|strong|br|hr|code|pre|tt|span|div|font|center|small|sup|sub|li|ul|ol|table|tr|td|th|h[1-6])\b[^<>\n]{0,200}>",
    re.IGNORECASE,
)
_SLOT = re.compile(
    r"<(?![^<>]{0,60}(?:://|\n\s*\n))[^<>]{1,60}>|[\[{](?:name|year|yyyy|fullname|owner|organi[sz]ation|project|copyright)[^\[\]{}\n]{0,50}[\]}]",
    re.IGNORECASE,
)
_LINK = re.compile(r"\]\((?:https?:|mailto:|#|/)[^()\s]{0,300}\)")
_SHOWN = re.compile(r"[^\n]")
_SIGN = re.compile(r"\([cC]\)")
_LEADER = re.compile(r"^[ \t]*(?:dnl|rem|REM|\.\\\")(?=[ \t])", re.MULTILINE)
_ENUMERATOR = re.compile(
    r"(?<![\w.])\(?(?:[ivx]{1,5}|[a-z]|\d{1,2}(?:\.\d{1,2}){0,3})[.)](?=[\s*_]|$)", re.IGNORECASE
)
_BEFORE_ENUMERATOR = re.compile(r"(?:[.;:,)\"'!?\]]|\band|\bor|^)$", re.IGNORECASE)
_LEAD_CHARS = " \t\r\n#/*;%>|_-"
# A copyright line carries a year, a sign, a slot or a "by"; a wrapped sentence that starts so does not.
_COPYRIGHT = re.compile(
    r"^[^\w\n]*(?:(?:(?!are |is |of |or |and |the |under )\w+ ){0,2}copyright\b(?! treaty\b)(?:[^\w\n]*(?:\(c\)|©|<|\[|\{|by\b|year\b|yyyy\b)|[^\n]{0,60}?(?<!of )\b(?:19|20)\d\d\b)"
    r"|(?:©|\(c\)\s)[^\n]{0,60}?\b(?:19|20)\d\d\b"
    r"|all rights reserved[^\w\n]*$)[^\n]*",
    re.IGNORECASE | re.MULTILINE,
)
_RESERVED = re.compile(r"all rights reserved\.?", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[a-z)>])\.\s+(?=[A-Z]|\d{1,3}\s)")
_NEUTRAL_LIMIT = 2
_ADDRESSES = re.compile(r"\S+@\S+|https?://\S+|<[^<>]*>")
_COPYRIGHT_LINE = 240
# A holder's name of two or three words, straight after a year or a sign: "2020 Will Doe".
_HOLDER = re.compile(
    r"(?:\b\d{4}|\([cC]\)|©|\b[Bb]y)[\s,-]*((?:[A-Z][\w'’.-]{0,30}\s+){1,2}[A-Z][\w'’.-]{0,30})(?=\s*(?:$|[,.;<(&]|All\b|and\b))",
    re.MULTILINE,
)
_HOLDERS = 8  # names looked for in the rest of a text
_AUTHORS = re.compile(r"\b[A-Z][a-z]+ (Authors|Contributors|Developers)\b")  # The Go Authors: no verb


@cache
def tables() -> Mapping[str, Any]:
    """`data/words.toml`."""
    import tomllib

    return tomllib.loads((files("ajar.rights") / "data" / "words.toml").read_text("utf-8"))


@cache
def word_set(name: str) -> frozenset[str]:
    return frozenset(tables()[name]["words"].split())


@cache
def _spelling() -> Mapping[str, str]:
    pairs: Mapping[str, str] = tables()["spelling"]["pairs"]
    return pairs


@cache
def _joined() -> Mapping[tuple[str, str], tuple[str, ...]]:
    return {
        (one.split()[0], one.split()[1]): tuple(other.split())
        for one, other in tables()["joined"]["pairs"].items()
    }


@cache
def _confusable() -> Mapping[str, str]:
    return {pair[0]: pair[1] for pair in tables()["confusable"]["pairs"].split()}


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a text and the span of each in it; `disguised` holds the numbers of words that hid something."""

    text: str
    words: Sequence[str]
    spans: Sequence[tuple[int, int]]
    disguised: frozenset[int] = frozenset()
    is_cut: bool = False  # the text goes on beyond what is read

    def line(self, number: int) -> int:
        """The 1-based line of a word."""
        return self.text.count("\n", 0, self.spans[number][0]) + 1 if self.spans else 1


@dataclass(frozen=True, slots=True)
class Folded:
    """A text, and the same with only words left in it."""

    text: str
    clean: str
    plain: Plain
    is_cut: bool
    holders: frozenset[tuple[str, ...]] = frozenset()  # those whose name is a verb as well


class _Folding(dict[int, str]):
    """One character for one character, so that places hold: what looks the same becomes the same."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold(chr(code)) if code > 127 else _control(chr(code))
        return folded


def _control(char: str) -> str:
    return (
        char
        if (char >= " " and char != "\x7f") or char in "\n\r\t"
        else " "
        if char in "\x0b\x0c"
        else _HIDDEN
    )


def _fold(char: str) -> str:
    kind = unicodedata.category(char)
    if char in "©℗":
        return "©"
    # Fillers are letters that show nothing; the blank Braille cell is a sign that shows nothing.
    if kind in {"Cf", "Mn", "Me", "Cc"} or char in "\u115f\u1160\u3164\uffa0\u2800":
        return " " if char == "\x85" else _HIDDEN
    if kind[0] in "PSZ":
        plain = unicodedata.normalize("NFKC", char)
        return plain if len(plain) == 1 and plain.isascii() else " "
    plain = unicodedata.normalize("NFKD", char)
    bare = "".join(part for part in plain if unicodedata.category(part) != "Mn").lower()
    for mark, letters in _LIGATURES.items():
        if bare == letters and len(plain) == len(bare):
            return mark
    if len(bare) == 1:
        return bare
    lower = char.lower()
    return lower if len(lower) == 1 else bare[:1] or char


_FOLDING = _Folding()


def words_of(text: str) -> Words:
    """Normalise. Linear in the text; only its first `WORDS_LIMIT` words, or ten times as many characters."""
    return placed_words(fold(text))


def fold(text: str) -> Folded:
    """The text with everything blanked that is no word, in lower case."""
    plain = plain_of(text[:_CHARS_LIMIT])
    clean = plain.text
    if not clean.isascii() or _CONTROL.search(clean):
        clean = clean.translate(_FOLDING)
    return Folded(text, _blanked(clean).lower(), plain, len(text) > _CHARS_LIMIT, _holders(clean))


@dataclass(frozen=True, slots=True)
class Quick:
    """The words of a plain ASCII text; `joins` are those read as one, each by its number and what it became."""

    words: Sequence[str]
    joins: Sequence[tuple[int, tuple[str, ...]]]
    is_cut: bool


def quick_words(folded: Folded) -> Quick | None:
    """The words alone, when the text is plain ASCII; None when it is not, or is too long."""
    if not folded.clean.isascii() or len(folded.clean) > _QUICK_CHARS or _HIDDEN in folded.clean:
        return None
    spelling, joined = _spelling(), _joined()
    found = _ASCII_WORD.findall(folded.clean)
    words = [spelling.get(word, word) for word in found[:WORDS_LIMIT]]
    joins = _joins(words, joined)
    return Quick(_with_joined(words, joins) if joins else words, joins, len(found) > WORDS_LIMIT)


def _joins(
    words: Sequence[str], joined: Mapping[tuple[str, str], tuple[str, ...]]
) -> list[tuple[int, tuple[str, ...]]]:
    firsts = {pair[0] for pair in joined}
    if firsts.isdisjoint(words):
        return []
    found: list[tuple[int, tuple[str, ...]]] = []
    after = 0
    for at, word in enumerate(words[:-1]):
        if word in firsts and at >= after:
            whole = joined.get((word, words[at + 1]))
            if whole is not None:
                found.append((at, whole))
                after = at + 2
    return found


def _with_joined(words: Sequence[str], joins: Sequence[tuple[int, tuple[str, ...]]]) -> list[str]:
    found: list[str] = []
    after = 0
    for at, whole in joins:
        found += words[after:at]
        found += whole
        after = at + 2
    return found + list(words[after:])


def placed_words(folded: Folded, quick: Quick | None = None) -> Words:
    """The words with their places. `quick` are those of the same text, where they were read already."""
    if quick is None:
        quick = quick_words(folded)
    if quick is None:
        return _slowly_placed(folded)
    clean, plain = folded.clean, folded.plain
    spans = [match.span() for match in islice(_ASCII_WORD.finditer(clean), WORDS_LIMIT)]
    if quick.joins:
        spans = _joined_spans(spans, quick.joins)
    if plain.starts != (0,):
        spans = [(plain.origin(start), plain.origin(end - 1) + 1) for start, end in spans]
    words = list(quick.words)
    for holder in folded.holders:
        _write_as_name(words, holder)
    return Words(folded.text, words, spans, frozenset(), folded.is_cut or quick.is_cut)


def _joined_spans(
    spans: Sequence[tuple[int, int]], joins: Sequence[tuple[int, tuple[str, ...]]]
) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    after = 0
    for at, whole in joins:
        found += spans[after:at]
        found += spans[at : at + 2] if len(whole) > 1 else [(spans[at][0], spans[at + 1][1])]
        after = at + 2
    return found + list(spans[after:])


def _slowly_placed(folded: Folded) -> Words:
    """Word by word, with letters of any script and what hides in them."""
    clean, plain = folded.clean, folded.plain
    pattern = _ASCII_WORD if clean.isascii() and _HIDDEN not in clean else _WORD
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    disguised: set[int] = set()
    spelling, joined = _spelling(), _joined()
    firsts = {pair[0] for pair in joined}
    pending = False
    for match in pattern.finditer(clean):
        word = match[0]
        start, end = match.span()
        if not word.isascii() or not word.isalnum():
            _add_foreign(word, start, words, spans, disguised)
            pending = False
            continue
        word = spelling.get(word, word)
        if pending and (words[-1], word) in joined:
            whole = joined[words[-1], word]
            words[-1:] = whole
            first = spans.pop()
            spans += [(first[0], end)] if len(whole) == 1 else [first, (start, end)]
            pending = False
            continue
        words.append(word)
        spans.append((start, end))
        pending = word in firsts
        if len(words) >= WORDS_LIMIT:
            break
    for holder in folded.holders:
        _write_as_name(words, holder)
    is_cut = folded.is_cut or len(words) >= WORDS_LIMIT
    if plain.starts != (0,):
        spans = [(plain.origin(start), plain.origin(end - 1) + 1) for start, end in spans]
    return Words(folded.text, words, spans, frozenset(disguised), is_cut)


def _holders(text: str) -> frozenset[tuple[str, ...]]:
    """Holders' names in a text's lines of copyright that hold a verb which is a name as well."""
    if "opyright" not in text and "OPYRIGHT" not in text:
        return frozenset()
    found: set[tuple[str, ...]] = set()
    for line in _COPYRIGHT.finditer(text):
        for holder in _HOLDER.finditer(line[0]):
            name = tuple(_ASCII_WORD.findall(holder[1].lower()))
            if _is_called_so(name):
                found.add(name)
        if len(found) >= _HOLDERS:
            break
    return frozenset(found)


def _is_called_so(name: Sequence[str]) -> bool:
    """Whether one word of a name is a verb that people are called, and the others are neither verbs nor conditions."""
    given = [word for word in name if word in word_set("given")]
    return len(given) == 1 < len(name) and is_name([word for word in name if word not in given])


def _write_as_name(words: list[str], holder: tuple[str, ...]) -> None:
    """Write the verb in a holder's name as the rest of it, so that it reads as the name that it is."""
    rest = next(word for word in holder if word not in word_set("given"))
    size = len(holder)
    for at, word in enumerate(words):
        if word == holder[0] and tuple(words[at : at + size]) == holder:
            words[at : at + size] = [rest if part in word_set("given") else part for part in holder]


def _add_foreign(
    word: str, start: int, words: list[str], spans: list[tuple[int, int]], disguised: set[int]
) -> None:
    """A word with letters of another script, or with characters in it that show nothing."""
    end = start + len(word)
    bare = word
    if any(char <= "\x07" for char in word):
        bare = "".join(_LIGATURES.get(char, char) for char in word if char != _HIDDEN)
        if not bare:
            return
        # A byte-order mark or a soft break at a word's edge is no disguise.
        if _HIDDEN in word.strip(_HIDDEN):
            disguised.add(len(words))
    if not bare.isascii():
        table = _confusable()
        looks = "".join(table.get(char, char) for char in bare)
        if looks.isascii() and (len(bare) > 1 or looks in "ai"):
            disguised.add(len(words))
            bare = looks
        elif len(bare) > 1 and _SCRIPTS_WITHOUT_SPACES.search(bare):
            offset = start
            for piece in _SCRIPTS_WITHOUT_SPACES.findall(word):
                words.append(piece)
                spans.append((offset, offset + len(piece)))
                offset += len(piece)
            return
    words.append(_spelling().get(bare, bare))
    spans.append((start, end))


def _blanked(text: str) -> str:
    """The text with copyright lines, markup and enumerators as blanks, so that places hold."""
    if "opyright" in text or "(c)" in text or "©" in text or "OPYRIGHT" in text or "eserved" in text:
        text = _COPYRIGHT.sub(_without_copyright, text)
        text = _SIGN.sub("   ", text)
    if "<" in text:
        text = _TAG.sub(_light, text)
    if "<" in text or "[" in text or "{" in text:
        text = _SLOT.sub(_named, text)
    if "](" in text:
        text = _LINK.sub(_blank, text)
    if "dnl" in text or "rem " in text or "REM " in text or '.\\"' in text:
        text = _LEADER.sub(_blank, text)
    return _ENUMERATOR.sub(_without_enumerator, text).replace("©", " ")


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def is_light(words: str) -> bool:
    """Whether no word of it carries a condition."""
    return word_set("weighty").isdisjoint(_ASCII_WORD.findall(words.lower()))


def is_name(words: Sequence[str]) -> bool:
    """Whether words may name a party, a product or a document: no condition among them, and no verb."""
    return word_set("weighty").isdisjoint(words) and word_set("verbs").isdisjoint(words)


def _light(match: re.Match[str]) -> str:
    return _SHOWN.sub(" ", match[0]) if is_light(match[0]) else match[0]


def _named(match: re.Match[str]) -> str:
    """A slot blanked when it holds a name or asks for one; a sentence in brackets is a sentence."""
    words = _ASCII_WORD.findall(match[0].lower())
    return _SHOWN.sub(" ", match[0]) if is_name(words) else match[0]


def _without_copyright(match: re.Match[str]) -> str:
    """A line of copyright blanked, as far as it is one: a condition on the same line stays."""
    line = match[0]
    reserved = _RESERVED.search(line)
    stop = _SENTENCE_END.search(line)
    end = reserved.end() if reserved else stop.end() if stop else len(line)
    statement = line[:end]
    named = _ADDRESSES.sub(" ", statement[max(statement.lower().find("copyright"), 0) :])
    named = _AUTHORS.sub(r"\1", _HOLDER.sub(_without_given, named))
    if len(statement) > _COPYRIGHT_LINE or not is_name(_ASCII_WORD.findall(named.lower())):
        return line
    plain = [word for word in re.findall(r"[A-Za-z][a-z]*", named) if word.islower()]
    if sum(word not in word_set("neutral") for word in plain) > _NEUTRAL_LIMIT:
        return line
    return " " * end + line[end:]


def _without_given(match: re.Match[str]) -> str:
    return " " if _is_called_so(_ASCII_WORD.findall(match[1].lower())) else match[0]


def _without_enumerator(match: re.Match[str]) -> str:
    """Enumerators stand at a paragraph's start or after punctuation; "in Section 4." is none."""
    before = match.string[max(match.start() - 40, 0) : match.start()]
    bare = before.rstrip(_LEAD_CHARS)
    if before.count("\n", len(bare)) >= 2 or _BEFORE_ENUMERATOR.search(bare):
        return " " * len(match[0])
    return match[0]
