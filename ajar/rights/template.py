"""What a licence's template lets vary: optional words and slots, as SPDX's markup says.

A template is its words with groups laid on them. An optional group may be left out as a whole. A slot may hold
one of its alternatives; a `*` in an alternative stands for a few words of the user's own (names, products,
years), none of which may carry a condition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ajar.rights.align import Steps
from ajar.rights.word_tables import is_name

OPTIONAL, SLOT = "o", "s"
# A slot names a party or a product; whole sentences do not fit into one (the longest of SPDX's examples has 31 words).
SLOT_WORDS = 40


@dataclass(frozen=True, slots=True)
class Group:
    """Words `start` to `end` of a template that may vary. Groups nest and do not cross."""

    start: int
    end: int
    kind: str
    alternatives: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """One wording of a licence. `grams` stand in for words that are known by their fingerprints only."""

    owner: int  # number of the licence
    words: Sequence[str]
    groups: tuple[Group, ...] = ()
    grams: Sequence[int] | None = None
    is_published: bool = True  # the words are those of the text in texts.zip
    is_notice: bool = False  # not the licence, but the words with which a file names it

    def __len__(self) -> int:
        return len(self.words) if self.grams is None else len(self.grams) + GRAM - 1


GRAM = 4


def outermost(groups: Sequence[Group], start: int, end: int, *, from_inside: bool = False) -> tuple[int, int]:
    """The range widened to whole groups: those it cuts or touches.

    `from_inside` leaves out those that hold it and more on either side: their other words need no explaining.
    """
    changed = True
    while changed:
        changed = False
        for group in groups:
            touches = group.start <= end and group.end >= start
            if from_inside and group.start < start and group.end > end:
                continue
            if touches and (group.start < start or group.end > end):
                start, end = min(start, group.start), max(end, group.end)
                changed = True
    return start, end


def fits(template: Template, start: int, end: int, words: Sequence[str], steps: Steps) -> bool:
    """Whether `words` are what the template lets stand for its words `start` to `end`."""
    return len(words) in reach(template, (start, end), words, {0}, steps)


def reach(
    template: Template, span: tuple[int, int], words: Sequence[str], starts: set[int], steps: Steps
) -> set[int]:
    """Places in `words` that the template's words `span` lead to from any of `starts`."""
    start, end = span
    groups = [group for group in template.groups if start <= group.start and group.end <= end]
    return _walk(template, groups, span, words, set(starts), steps)


def _walk(
    template: Template,
    groups: Sequence[Group],
    span: tuple[int, int],
    words: Sequence[str],
    reached: set[int],
    steps: Steps,
) -> set[int]:
    """Places in `words` that may be reached after the span, from the places reached before it."""
    at, end = span
    rest = list(groups)
    while reached:
        steps.take(len(reached) + 1)
        group = next((group for group in rest if group.start == at), None)
        if group is not None:
            inner = [
                other
                for other in rest
                if other is not group and group.start <= other.start and other.end <= group.end
            ]
            through = _walk(template, inner, (group.start, group.end), words, set(reached), steps)
            if group.kind == OPTIONAL:
                through |= reached
            else:
                for alternative in group.alternatives:
                    through |= _slot(alternative, words, reached, steps)
            reached, at = through, group.end
            # A group of no words stands where the next one may begin.
            rest = [other for other in rest if other is not group and other not in inner]
            continue
        if at >= end:
            break
        word = template.words[at]
        reached = {place + 1 for place in reached if place < len(words) and words[place] == word}
        at += 1
    return reached


def _slot(alternative: Sequence[str], words: Sequence[str], reached: set[int], steps: Steps) -> set[int]:
    for word in alternative:
        steps.take(len(reached) + 1)
        if word == "*":
            wide = set(reached)
            for place in reached:
                for step in range(SLOT_WORDS):
                    if place + step >= len(words) or not is_name(words[place + step : place + step + 1]):
                        break
                    wide.add(place + step + 1)
            steps.take(len(wide))
            reached = wide
        else:
            reached = {place + 1 for place in reached if place < len(words) and words[place] == word}
    return reached
