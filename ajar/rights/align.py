"""Alignment of two word sequences: long runs found by unique phrases, small gaps by difflib.

Work is counted in steps, one for each word or pair of words looked at, and stops at a budget: a text may be
made so that any alignment of it is slow.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from ajar.errors import BudgetExceeded

Block = tuple[int, int, int]
"""`(start in a, start in b, length)` of equal words."""

_GRAM = 4
# Above this product of lengths a gap is taken as different outright: difflib is quadratic, and worse on repeats.
_GAP = 20_000
# About two seconds of work on a slow machine; GPL-3.0 with a clause put in takes 60,000.
STEPS_LIMIT = 3_000_000


@dataclass(slots=True)
class Steps:
    """How much work is left. One for each text that is identified."""

    limit: int = STEPS_LIMIT
    taken: int = field(default=0, init=False)

    def take(self, count: int) -> None:
        self.taken += count
        if self.taken > self.limit:
            raise BudgetExceeded(f"identifying this text would take more than {self.limit:,} steps")


def blocks(a: Sequence[Hashable], b: Sequence[Hashable], steps: Steps | None = None) -> list[Block]:
    """Matching blocks of `a` and `b`, in order, none overlapping.

    Raises:
        BudgetExceeded: the steps are spent.

    """
    return _between(a, b, (0, len(a), 0, len(b)), _GRAM, steps or Steps())


_Window = tuple[int, int, int, int]


def _between(
    a: Sequence[Hashable], b: Sequence[Hashable], window: _Window, gram: int, steps: Steps
) -> list[Block]:
    found: list[Block] = []
    tails: list[Block] = []
    a0, a1, b0, b1 = window
    head = 0
    while a0 + head < a1 and b0 + head < b1 and a[a0 + head] == b[b0 + head]:
        head += 1
    if head:
        found.append((a0, b0, head))
    a0, b0 = a0 + head, b0 + head
    tail = 0
    while a1 - tail > a0 and b1 - tail > b0 and a[a1 - tail - 1] == b[b1 - tail - 1]:
        tail += 1
    a1, b1 = a1 - tail, b1 - tail
    if tail:
        tails.append((a1, b1, tail))
    steps.take(head + tail + 1)
    if a0 < a1 and b0 < b1:
        found += _middle(a, b, (a0, a1, b0, b1), gram, steps)
    return found + tails


def _middle(
    a: Sequence[Hashable], b: Sequence[Hashable], window: _Window, gram: int, steps: Steps
) -> list[Block]:
    a0, a1, b0, b1 = window
    if (a1 - a0) * (b1 - b0) <= _SMALL:
        gram = 0
    anchors = _anchors(a, b, window, gram, steps) if gram else []
    if not anchors:
        if gram > 2:
            return _middle(a, b, window, gram - 2, steps)
        if (a1 - a0) * (b1 - b0) > _GAP:
            return []
        steps.take((a1 - a0) * (b1 - b0) // 4)
        matcher = SequenceMatcher(None, a[a0:a1], b[b0:b1], autojunk=False)
        return [
            (a0 + block.a, b0 + block.b, block.size) for block in matcher.get_matching_blocks() if block.size
        ]
    found: list[Block] = []
    for start_a, start_b, length in anchors:
        if start_a < a0 or start_b < b0:
            continue
        found += _between(a, b, (a0, start_a, b0, start_b), gram, steps)
        while start_a + length < a1 and start_b + length < b1 and a[start_a + length] == b[start_b + length]:
            length += 1  # noqa: PLW2901  the run grows in place
        steps.take(length)
        found.append((start_a, start_b, length))
        a0, b0 = start_a + length, start_b + length
    return found + _between(a, b, (a0, a1, b0, b1), gram, steps)


# Gaps of a few words are not worth an index of phrases.
_SMALL = 400


def _anchors(
    a: Sequence[Hashable], b: Sequence[Hashable], window: _Window, gram: int, steps: Steps
) -> list[Block]:
    """Phrases that stand once in each: the longest chain that rises in both."""
    a0, a1, b0, b1 = window
    steps.take(a1 - a0 + b1 - b0)
    once_a, once_b = _unique(a, a0, a1, gram), _unique(b, b0, b1, gram)
    pairs = sorted((at, once_b[phrase]) for phrase, at in once_a.items() if phrase in once_b)
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for number, (_, at) in enumerate(pairs):
        place = bisect_left(tops, at)
        if place == len(tops):
            tops.append(at)
            ends.append(number)
        else:
            tops[place], ends[place] = at, number
        before.append(ends[place - 1] if place else -1)
    chain: list[Block] = []
    number = ends[-1] if ends else -1
    while number >= 0:
        chain.append((*pairs[number], gram))
        number = before[number]
    return chain[::-1]


def _unique(words: Sequence[Hashable], start: int, end: int, gram: int) -> dict[tuple[Hashable, ...], int]:
    part = words[start:end]
    seen: dict[tuple[Hashable, ...], int] = {}
    for at, phrase in enumerate(zip(*(part[shift:] for shift in range(gram)), strict=False), start):
        seen[phrase] = -1 if phrase in seen else at
    return {phrase: at for phrase, at in seen.items() if at >= 0}
