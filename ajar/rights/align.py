"""Alignment of two word sequences: long runs found by unique phrases, small gaps by difflib."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from difflib import SequenceMatcher

Block = tuple[int, int, int]
"""`(start in a, start in b, length)` of equal words."""

_GRAM = 4
# Above this product of lengths a gap is taken as different outright: difflib is quadratic.
_GAP = 250_000


def blocks(a: Sequence[str], b: Sequence[str]) -> list[Block]:
    """Matching blocks of `a` and `b`, in order, none overlapping."""
    return _between(a, b, 0, len(a), 0, len(b), _GRAM)


def _between(
    a: Sequence[str], b: Sequence[str], a0: int, a1: int, b0: int, b1: int, gram: int
) -> list[Block]:
    found: list[Block] = []
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
    if a0 < a1 and b0 < b1:
        found += _middle(a, b, a0, a1, b0, b1, gram)
    if tail:
        found.append((a1, b1, tail))
    return found


def _middle(a: Sequence[str], b: Sequence[str], a0: int, a1: int, b0: int, b1: int, gram: int) -> list[Block]:
    anchors = _anchors(a, b, a0, a1, b0, b1, gram) if gram else []
    if not anchors:
        if gram > 2:
            return _middle(a, b, a0, a1, b0, b1, gram - 2)
        if (a1 - a0) * (b1 - b0) > _GAP:
            return []
        matcher = SequenceMatcher(None, list(a[a0:a1]), list(b[b0:b1]), autojunk=False)
        return [
            (a0 + block.a, b0 + block.b, block.size) for block in matcher.get_matching_blocks() if block.size
        ]
    found: list[Block] = []
    for start_a, start_b, length in anchors:
        if start_a < a0 or start_b < b0:
            continue
        found += _between(a, b, a0, start_a, b0, start_b, gram)
        while start_a + length < a1 and start_b + length < b1 and a[start_a + length] == b[start_b + length]:
            length += 1  # noqa: PLW2901  the run grows in place
        found.append((start_a, start_b, length))
        a0, b0 = start_a + length, start_b + length
    return found + _between(a, b, a0, a1, b0, b1, gram)


def _anchors(
    a: Sequence[str], b: Sequence[str], a0: int, a1: int, b0: int, b1: int, gram: int
) -> list[Block]:
    """Phrases that stand once in each: the longest chain that rises in both."""
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


def _unique(words: Sequence[str], start: int, end: int, gram: int) -> dict[tuple[str, ...], int]:
    seen: dict[tuple[str, ...], int] = {}
    for at in range(start, end - gram + 1):
        phrase = tuple(words[at : at + gram])
        seen[phrase] = -1 if phrase in seen else at
    return {phrase: at for phrase, at in seen.items() if at >= 0}
