"""Alignment of two word sequences: long runs found by words that stand once in each, small gaps by difflib.

Work is counted in steps, one for each word or pair of words looked at, and stops at a budget: a text may be
made so that any alignment of it is slow.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise

from ajar.errors import BudgetExceeded

Block = tuple[int, int, int]
"""`(start in a, start in b, length)` of equal words."""

# Shorter runs around a word that stands once are chance.
_RUN = 4
# Phrases that are tried where no word stands once, longest first.
_GRAMS = (4, 2)
# Above this product of lengths a gap is taken as different outright: difflib is quadratic, and worse on repeats.
_GAP = 20_000
# Gaps of a few words are not worth an index.
_SMALL = 400
# Windows in windows. A text that is a licence needs four.
_DEPTH = 60
# Words compared at once: equal slices are found equal many times faster than word by word.
_SLICE, _LONGEST_SLICE = 16, 1024
# About two seconds of work on a slow machine; GPL-3.0 with a clause put in takes 30,000.
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
    aligned = _Alignment(list(a), list(b), steps or Steps())
    aligned.between((0, len(a), 0, len(b)), 0)
    return aligned.found


_Window = tuple[int, int, int, int]


@dataclass(slots=True)
class _Alignment:
    """Two sequences being aligned; blocks are found from left to right."""

    a: list[Hashable]
    b: list[Hashable]
    steps: Steps
    found: list[Block] = field(default_factory=list, init=False)

    def between(self, window: _Window, depth: int) -> None:
        a0, a1, b0, b1 = window
        head = self._run(a0, b0, min(a1 - a0, b1 - b0))
        if head:
            self.found.append((a0, b0, head))
        a0, b0 = a0 + head, b0 + head
        tail = self._run_back(a1, b1, min(a1 - a0, b1 - b0))
        a1, b1 = a1 - tail, b1 - tail
        self.steps.take(head + tail + 1)
        if a0 < a1 and b0 < b1:
            self._middle((a0, a1, b0, b1), depth)
        if tail:
            self.found.append((a1, b1, tail))

    def _middle(self, window: _Window, depth: int) -> None:
        a0, a1, b0, b1 = window
        size = (a1 - a0) * (b1 - b0)
        runs = self._runs(window) if size > _SMALL and depth < _DEPTH else []
        if not runs:
            if size <= _GAP:
                self.steps.take(size // 4)
                matcher = SequenceMatcher(None, self.a[a0:a1], self.b[b0:b1], autojunk=False)
                self.found += ((a0 + at, b0 + into, length) for at, into, length in _matching(matcher))
            return
        for at, into, length in runs:
            over = max(a0 - at, b0 - into, 0)  # two runs may share words
            if over >= length:
                continue
            self.between((a0, at + over, b0, into + over), depth + 1)
            self.found.append((at + over, into + over, length - over))
            a0, b0 = at + length, into + length
        self.between((a0, a1, b0, b1), depth + 1)

    def _runs(self, window: _Window) -> Sequence[Block]:
        """Runs through words or phrases that stand once in each, as a chain that rises in both."""
        for gram in (1, *_GRAMS):
            self.steps.take(window[1] - window[0] + window[3] - window[2])
            runs = self._runs_through(window, gram)
            if runs:
                return _chain(runs)
        return ()

    def _runs_through(self, window: _Window, gram: int) -> list[Block]:
        a0, a1, b0, b1 = window
        once_a, once_b = _once(self.a, a0, a1, gram), _once(self.b, b0, b1, gram)
        shortest = max(_RUN if gram == 1 else 0, gram)
        runs: list[Block] = []
        ends: dict[int, int] = {}  # by diagonal, how far its last run reaches
        for at, into in sorted((once_a[word], once_b[word]) for word in once_a.keys() & once_b.keys()):
            diagonal = into - at
            if at < ends.get(diagonal, 0):
                continue
            before = self._run_back(at, into, min(at - a0, into - b0))
            length = before + self._run(at, into, min(a1 - at, b1 - into))
            ends[diagonal] = at - before + length
            self.steps.take(length)
            if length >= shortest:
                runs.append((at - before, into - before, length))
        return runs

    def _run(self, at: int, into: int, limit: int) -> int:
        """How many words from here on are the same, at most `limit`."""
        a, b = self.a, self.b
        count, size = 0, _SLICE
        while count < limit:
            size = min(size, limit - count)
            if a[at + count : at + count + size] == b[into + count : into + count + size]:
                count += size
                size = min(2 * size, _LONGEST_SLICE)
            elif size == 1:
                break
            else:  # the first that differs is among these
                limit, size = count + size, size // 2
        return count

    def _run_back(self, at: int, into: int, limit: int) -> int:
        """How many words before here are the same, at most `limit`."""
        a, b = self.a, self.b
        count, size = 0, _SLICE
        while count < limit:
            size = min(size, limit - count)
            if a[at - count - size : at - count] == b[into - count - size : into - count]:
                count += size
                size = min(2 * size, _LONGEST_SLICE)
            elif size == 1:
                break
            else:
                limit, size = count + size, size // 2
        return count


def _matching(matcher: SequenceMatcher[Hashable]) -> list[Block]:
    return [(block.a, block.b, block.size) for block in matcher.get_matching_blocks() if block.size]


def _once(words: Sequence[Hashable], start: int, end: int, gram: int) -> dict[Hashable, int]:
    """Words, or phrases of `gram` words, that stand once between `start` and `end`, each with its place."""
    part: Sequence[Hashable] = words[start:end]
    if gram > 1:
        part = list(zip(*(part[shift:] for shift in range(gram)), strict=False))
    last = dict(zip(part, range(start, start + len(part)), strict=True))
    if len(last) == len(part):
        return last
    first = dict(zip(reversed(part), range(start + len(part) - 1, start - 1, -1), strict=True))
    return {word: at for word, at in last.items() if first[word] == at}


def _chain(runs: list[Block]) -> Sequence[Block]:
    """The runs, ordered by their place in one sequence, that rise in the other and have most words together."""
    runs.sort()
    if all(one[1] < other[1] for one, other in pairwise(runs)):
        return runs
    order = sorted({run[1] for run in runs})
    best: list[tuple[int, int]] = [(0, -1)] * (len(order) + 1)  # a Fenwick tree of (words, last run)
    before: list[int] = []
    top = (0, -1)
    for number, (_, into, length) in enumerate(runs):
        rank = bisect_left(order, into)
        words, last = 0, -1
        at = rank
        while at:
            words, last = max((words, last), best[at])
            at &= at - 1
        before.append(last)
        reached = (words + length, number)
        top = max(top, reached)
        at = rank + 1
        while at <= len(order):
            best[at] = max(best[at], reached)
            at += at & -at
    chain: list[Block] = []
    number = top[1]
    while number >= 0:
        chain.append(runs[number])
        number = before[number]
    return chain[::-1]
