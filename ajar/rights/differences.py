"""The words in which a text departs from a wording, as a person reads them, each with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ajar.model.component import Difference
from ajar.rights.data_store import store
from ajar.rights.edges import is_edge
from ajar.rights.fitting import Fit, Gap
from ajar.rights.normalise import Words

_CHARS = 600
# More than this and a list tells no more; the last entry says how many are left out.
_COUNT = 200
_TITLE_WORDS = 14
# Fewer words read alike in any case; of more than this, as many are shown.
_AS_PRINTED, _PRINTED = 3, 120
_LOOKED_UP = 24  # places for which the licence's text is searched
_BETWEEN = r"[\W_]+(?:\(?[a-z0-9]{1,3}[.)][\W_]+)?"  # an enumerator, or none
_SENTENCE_GAP = re.compile(r"[.;:]\s|\n\s*\n")


def differences_of(fit: Fit, found: Words) -> tuple[Difference, ...]:
    """Every gap that means something, in the order of the text."""
    gaps = [gap for gap in fit.gaps if not gap.is_free]
    shown = tuple(
        item
        for number, gap in enumerate(gaps[:_COUNT])
        for item in _of_gap(fit, gap, found, as_printed=number < _LOOKED_UP)
    )
    if len(gaps) <= _COUNT:
        return shown
    line = found.line(min(gaps[_COUNT].b0, len(found.words) - 1))
    return (*shown, Difference(change="changed", text=f"and {len(gaps) - _COUNT} more places", line=line))


def _of_gap(fit: Fit, gap: Gap, found: Words, *, as_printed: bool) -> Iterator[Difference]:
    start, end = gap.b0, gap.b1
    removed = gap.a1 - gap.a0
    if start == fit.start:
        start = _after_title(found, start, end)
    if not removed:
        start, end = _slid(found, start, end)
    line = found.line(min(start, len(found.words) - 1))
    if start == end:
        yield Difference(change="removed", text=removed_words(fit, gap, as_printed=as_printed), line=line)
        return
    text = _words_at(found, start, end)
    change = "changed" if removed else "added"
    if removed and removed <= 3 and end - start > 4 * removed:
        change = "added"
    yield Difference(change=change, text=text, line=line)
    # A whole sentence gone is told apart from the one that came; a word or two show by their place.
    if removed > 3:
        yield Difference(change="removed", text=removed_words(fit, gap, as_printed=as_printed), line=line)


def _after_title(found: Words, start: int, end: int) -> int:
    """Words that differ before a licence, without the title above them."""
    for at in range(min(start + _TITLE_WORDS, end - 1), start, -1):
        between = found.text[found.spans[at - 1][1] : found.spans[at][0]]
        if "\n" in between and is_edge(found.words[start:at]):
            return at
    return start


def _words_at(found: Words, start: int, end: int) -> str:
    text = " ".join(found.text[found.spans[start][0] : found.spans[end - 1][1]].split())[:_CHARS]
    if not found.disguised.isdisjoint(range(start, end)):
        plain = " ".join(found.words[start:end])[:_CHARS]
        return f"{text} (disguised characters; it reads: {plain})"
    return text


def removed_words(fit: Fit, gap: Gap, *, as_printed: bool = True) -> str:
    """The licence's own words that are not in the text, as it prints them where its text is known and looked into."""
    template = fit.template
    if template.grams is not None:
        count = gap.a1 - gap.a0
        return f"about {count} word{'s' if count > 1 else ''} of the licence, whose text is known by its fingerprint only"
    words = template.words[gap.a0 : gap.a1]
    shown = " ".join(words)
    if as_printed and template.is_published and len(words) >= _AS_PRINTED:
        shown = _as_printed(store().ids[template.owner], words) or shown
    return shown[:_CHARS]


@lru_cache(maxsize=8)
def _published(name: str) -> str:
    return store().text(name)


def _as_printed(name: str, words: Sequence[str]) -> str:
    """The same words in a licence's text; empty when other spellings are among them."""
    found = re.search(_BETWEEN.join(words[:_PRINTED]), _published(name), re.IGNORECASE)
    return " ".join(found[0].split()) if found else ""


def _slid(found: Words, start: int, end: int) -> tuple[int, int]:
    """An insertion may be told in several places when its ends repeat; the one at a sentence's start reads best."""
    words: Sequence[str] = found.words
    for step in (0, -1, 1):
        at, until = start, end
        for _ in range(12):
            between = found.text[found.spans[at - 1][1] : found.spans[at][0]] if at else ". "
            if _SENTENCE_GAP.search(between + " "):
                return at, until
            if step == 1 and until < len(words) and words[at] == words[until]:
                at, until = at + 1, until + 1
            elif step == -1 and at and words[at - 1] == words[until - 1]:
                at, until = at - 1, until - 1
            else:
                break
    return start, end
