"""The words in which a text departs from a wording, as a person reads them, each with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ajar.model.component import Difference
from ajar.rights.data_store import store
from ajar.rights.fitting import Fit, Gap, is_edge
from ajar.rights.normalise import Words, words_of

_CHARS = 600
# More than this and a list tells no more; the last entry says how many are left out.
_COUNT = 200
_TITLE_WORDS = 14
_SENTENCE_GAP = re.compile(r"[.;:]\s|\n\s*\n")


def differences_of(fit: Fit, found: Words) -> tuple[Difference, ...]:
    """Every gap that means something, in the order of the text."""
    gaps = [gap for gap in fit.gaps if not gap.is_free]
    shown = tuple(item for gap in gaps[:_COUNT] for item in _of_gap(fit, gap, found))
    if len(gaps) <= _COUNT:
        return shown
    line = found.line(min(gaps[_COUNT].b0, len(found.words) - 1))
    return (*shown, Difference(change="changed", text=f"and {len(gaps) - _COUNT} more places", line=line))


def _of_gap(fit: Fit, gap: Gap, found: Words) -> Iterator[Difference]:
    start, end = gap.b0, gap.b1
    removed = gap.a1 - gap.a0
    if start == fit.start:
        start = _after_title(found, start, end)
    if not removed:
        start, end = _slid(found, start, end)
    line = found.line(min(start, len(found.words) - 1))
    if start == end:
        yield Difference(change="removed", text=removed_words(fit, gap), line=line)
        return
    text = _words_at(found, start, end)
    change = "changed" if removed else "added"
    if removed and removed <= 3 and end - start > 4 * removed:
        change = "added"
    yield Difference(change=change, text=text, line=line)
    # A whole sentence gone is told apart from the one that came; a word or two show by their place.
    if removed > 3:
        yield Difference(change="removed", text=removed_words(fit, gap), line=line)


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


def removed_words(fit: Fit, gap: Gap) -> str:
    """The licence's own words that are not in the text, as it prints them where its text is known."""
    template = fit.template
    if template.grams is not None:
        count = gap.a1 - gap.a0
        return f"about {count} word{'s' if count > 1 else ''} of the licence, whose text is known by its fingerprint only"
    words = " ".join(template.words[gap.a0 : gap.a1])
    if template.is_published:
        published = _published(store().ids[template.owner])
        if gap.a1 <= len(published.spans):
            start, end = published.spans[gap.a0][0], published.spans[gap.a1 - 1][1]
            words = " ".join(published.text[start:end].split())
    return words[:_CHARS]


@lru_cache(maxsize=16)
def _published(name: str) -> Words:
    return words_of(store().text(name))


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
