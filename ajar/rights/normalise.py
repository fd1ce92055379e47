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
from itertools import accumulate

from ajar.rights.blanking import blanked, holders_of
from ajar.rights.plain import Plain, plain_of
from ajar.rights.word_tables import ASCII_WORD, confusable, joined, spelling, word_set

# The longest licence known has 15,000 words; a text of more is a collection, and its end is not read.
WORDS_LIMIT = 60_000
_CHARS_LIMIT = 10 * WORDS_LIMIT

# Beyond this a text is read word by word with its places at once.
_QUICK_CHARS = 400_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_HIDDEN = "\x01"  # stands for a character that shows nothing
_LIGATURES = {"\x02": "ff", "\x03": "fi", "\x04": "fl", "\x05": "ffi", "\x06": "ffl", "\x07": "st"}
_ASCII_PARTS = re.compile(r"([a-z0-9]+)")
_WORD = re.compile(r"(?:[^\W_]|[\x01-\x07])+")
_SCRIPTS_WITHOUT_SPACES = re.compile(
    r"[\u2e80-\u9fff\uf900-\ufaff\u0e00-\u0eff]|[^\u2e80-\u9fff\uf900-\ufaff\u0e00-\u0eff]+"
)


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
    return Folded(text, blanked(clean).lower(), plain, len(text) > _CHARS_LIMIT, holders_of(clean))


@dataclass(frozen=True, slots=True)
class Quick:
    """The words of a plain ASCII text; `joins` are those read as one, each by its number and what it became."""

    words: Sequence[str]
    joins: Sequence[tuple[int, tuple[str, ...]]]
    parts: Sequence[str]  # what stands between the words and the words, in turn
    is_cut: bool


def quick_words(folded: Folded) -> Quick | None:
    """The words alone, when the text is plain ASCII; None when it is not, or is too long."""
    if not folded.clean.isascii() or len(folded.clean) > _QUICK_CHARS or _HIDDEN in folded.clean:
        return None
    spellings, pairs = spelling(), joined()
    parts = _ASCII_PARTS.split(folded.clean)
    found = parts[1 : 2 * WORDS_LIMIT : 2]
    words = list(map(spellings.get, found, found))
    joins = _joins(words, pairs)
    is_cut = len(parts) > 2 * WORDS_LIMIT + 1
    return Quick(_with_joined(words, joins) if joins else words, joins, parts, is_cut)


def _joins(
    words: Sequence[str], pairs: Mapping[tuple[str, str], tuple[str, ...]]
) -> list[tuple[int, tuple[str, ...]]]:
    firsts = {pair[0] for pair in pairs}
    if firsts.isdisjoint(words):
        return []
    found: list[tuple[int, tuple[str, ...]]] = []
    after = 0
    for at, word in enumerate(words[:-1]):
        if word in firsts and at >= after:
            whole = pairs.get((word, words[at + 1]))
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
    plain = folded.plain
    ends = list(accumulate(map(len, quick.parts[: 2 * WORDS_LIMIT])))
    spans = list(zip(ends[::2], ends[1::2], strict=False))
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
    pattern = ASCII_WORD if clean.isascii() and _HIDDEN not in clean else _WORD
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    disguised: set[int] = set()
    spellings, pairs = spelling(), joined()
    firsts = {pair[0] for pair in pairs}
    pending = False
    for match in pattern.finditer(clean):
        word = match[0]
        start, end = match.span()
        if not word.isascii() or not word.isalnum():
            _add_foreign(word, start, words, spans, disguised)
            pending = False
            continue
        word = spellings.get(word, word)
        if pending and (words[-1], word) in pairs:
            whole = pairs[words[-1], word]
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
        table = confusable()
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
    words.append(spelling().get(bare, bare))
    spans.append((start, end))
