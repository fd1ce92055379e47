"""One wording laid on a text: which words are the same, which differ, and which differences mean nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ajar.rights.align import Block, Steps, blocks
from ajar.rights.edges import (
    ENUMERATOR,
    TITLE_WORDS,
    are_enumerators,
    continues_notice,
    follows_copyright,
    is_appendix,
    is_edge,
    is_notice,
    is_party,
)
from ajar.rights.normalise import Words
from ajar.rights.template import OPTIONAL, Template, outermost, reach

# A preamble left out is one difference, however long; many small ones tell of another licence.
MISSING_COUNTED = 40
MISSING_WEIGHT = 0.9
# Runs below this at an edge, far from the rest, are chance: "of the" stands in every text.
_STRAY_WORDS = 4


@dataclass(frozen=True, slots=True)
class Gap:
    """Words `a0` to `a1` of the wording for which words `b0` to `b1` of the text stand."""

    a0: int
    a1: int
    b0: int
    b1: int
    is_free: bool = False
    optional: int = 0  # of the missing words, those that may be left out or stand in a slot

    @property
    def missing(self) -> int:
        return 0 if self.is_free else self.a1 - self.a0 - self.optional

    @property
    def cost(self) -> int:
        return 0 if self.is_free else self.missing + self.b1 - self.b0


@dataclass(frozen=True, slots=True)
class Fit:
    """How a wording lies on words `start` to `end` of a text; `gaps` in order, the outermost two included."""

    template: Template
    start: int
    end: int
    runs: Sequence[Block]
    gaps: Sequence[Gap]
    score: float

    @property
    def first(self) -> int:
        return self.runs[0][1]

    @property
    def last(self) -> int:
        return self.runs[-1][1] + self.runs[-1][2]

    @property
    def matched(self) -> int:
        return sum(run[2] for run in self.runs)

    @property
    def share(self) -> float:
        """Of the words that the wording asks for, those that are there."""
        missing = sum(gap.missing for gap in self.gaps)
        return self.matched / max(self.matched + missing, 1)

    @property
    def share_of_rest(self) -> float:
        """The same without the largest part that is missing."""
        missing = sorted(_missing_parts(self.gaps))
        return self.matched / max(self.matched + sum(missing[:-1]), 1)

    @property
    def inside(self) -> int:
        """Words of the text between the first and the last that are the same, and that mean something else."""
        return sum(gap.b1 - gap.b0 for gap in self.gaps[1:-1] if not gap.is_free)


def _missing_parts(gaps: Sequence[Gap]) -> list[int]:
    """Missing words, part by part: a part goes on across a stray word or two that the text has elsewhere."""
    parts = [0]
    last = 0
    for gap in gaps:
        if gap.a0 - last >= _STRAY_WORDS:
            parts.append(0)
        parts[-1] += gap.missing
        last = gap.a1
    return parts


def fit(
    template: Template, found: Words, grams: Sequence[int], span: tuple[int, int], steps: Steps
) -> Fit | None:
    """Lay a wording on words `span` of a text; None when nothing of it is there."""
    start, end = span
    if template.grams is None:
        runs = blocks(template.words, found.words[start:end], steps)
    else:
        runs = _word_runs(blocks(template.grams, grams[start : max(end - 3, start)], steps))
    runs = _without_strays([(a, b + start, length) for a, b, length in runs])
    if not runs:
        return None
    bare = _gaps(template, runs, runs[0][1], runs[-1][1] + runs[-1][2])
    gaps = judged(template, found, bare, steps)
    matched = sum(min(run[2], 12) if run[2] < 12 else run[2] for run in runs if run[2] > 2)
    free = sum(gap.b1 - gap.b0 for gap in gaps if gap.is_free)
    spent = sum(min(part, MISSING_COUNTED) for part in _missing_parts(gaps))
    spent += sum(gap.cost - gap.missing for gap in gaps)
    score = matched - MISSING_WEIGHT * spent - 0.05 * free
    return Fit(template, runs[0][1], runs[-1][1] + runs[-1][2], runs, gaps, score)


def widened(fitted: Fit, found: Words, start: int, end: int, steps: Steps) -> Fit:
    """The same with the words before and after it counted as its own."""
    if (start, end) == (fitted.first, fitted.last):
        return fitted
    gaps = _gaps(fitted.template, fitted.runs, start, end)
    return replace(fitted, start=start, end=end, gaps=judged(fitted.template, found, gaps, steps))


def _word_runs(runs: Sequence[Block]) -> list[Block]:
    """Runs of phrases as runs of words: a phrase reaches three words further than it begins."""
    found: list[Block] = []
    at = into = 0
    for a, b, length in runs:
        skip = max(at - a, into - b, 0)
        if length + 3 > skip:
            found.append((a + skip, b + skip, length + 3 - skip))
            at, into = a + length + 3, b + length + 3
    return found


def _without_strays(runs: list[Block]) -> list[Block]:
    while len(runs) > 1 and runs[0][2] < _STRAY_WORDS and runs[1][1] - runs[0][1] > 8 * runs[0][2]:
        runs = runs[1:]
    while (
        len(runs) > 1
        and runs[-1][2] < _STRAY_WORDS
        and runs[-1][1] - runs[-2][1] - runs[-2][2] > 8 * runs[-1][2]
    ):
        runs = runs[:-1]
    return runs


def _gaps(template: Template, runs: Sequence[Block], start: int, end: int) -> list[Gap]:
    """What lies between the runs; first and last are those before and after them, empty or not."""
    gaps: list[Gap] = []
    a, b = 0, start
    for at, into, length in (*runs, (len(template), end, 0)):
        gaps.append(Gap(a, at, b, into))
        a, b = at + length, into + length
    return [
        gap
        for number, gap in enumerate(gaps)
        if number in {0, len(gaps) - 1} or gap.a0 < gap.a1 or gap.b0 < gap.b1
    ]


def judged(template: Template, found: Words, gaps: Sequence[Gap], steps: Steps) -> Sequence[Gap]:
    """The gaps with those marked free that the template, or the matching guidelines, let be."""
    done = list(gaps)
    last = len(gaps) - 1
    has_groups = bool(template.groups) and template.grams is None
    tried: set[_Reached] = set()
    for number, gap in enumerate(gaps):
        if done[number].is_free:
            continue
        missing = _asked_for(template, gap) if template.grams is None else None
        if _is_free(missing, gap, found, template, at_start=number == 0, at_end=number == last):
            done[number] = Gap(gap.a0, gap.a1, gap.b0, gap.b1, is_free=True)
            continue
        if missing is not None:
            done[number] = Gap(
                gap.a0, gap.a1, gap.b0, gap.b1, is_free=False, optional=_not_asked_for(template, gap)
            )
        if has_groups:
            for other in _by_groups(template, found, gaps, number, steps, tried):
                done[other] = replace(gaps[other], is_free=True)
    return done


def _not_asked_for(template: Template, gap: Gap) -> int:
    """Of the missing words, those of optional groups, and of slots for which others stand: theirs is an example."""
    count, at = 0, gap.a0
    if gap.a0 < gap.a1:
        is_filled = gap.b0 < gap.b1
        for group in template.groups:
            if group.start >= at and group.end <= gap.a1 and (is_filled or group.kind == OPTIONAL):
                count += group.end - group.start
                at = group.end
    return count


def _asked_for(template: Template, gap: Gap) -> Sequence[str]:
    """The missing words without the optional groups among them that are missing as a whole."""
    if gap.a0 == gap.a1:
        return ()
    asked: list[str] = []
    at = gap.a0
    for group in template.groups:
        if group.kind == OPTIONAL and group.start >= at and group.end <= gap.a1:
            asked.extend(template.words[at : group.start])
            at = group.end
    asked.extend(template.words[at : gap.a1])
    return asked


def _by_groups(
    template: Template,
    found: Words,
    gaps: Sequence[Gap],
    number: int,
    steps: Steps,
    tried: set[_Reached],
) -> range:
    """The gaps, this one among them, that the template's groups explain together; none when they do not."""
    gap = gaps[number]
    steps.take(1 + len(template.groups) // 8)
    near = [group for group in template.groups if group.start <= gap.a1 and group.end >= gap.a0]
    if not near:
        return range(0)
    inside = [group for group in near if group.start >= gap.a0 or group.end <= gap.a1]
    for from_inside in (True, False) if inside else (False,):
        reached = _reached(template, gaps, number, steps, from_inside=from_inside)
        if reached in tried:
            continue
        tried.add(reached)
        if _explains(template, found, gaps, reached, steps):
            return reached.gaps
    return range(0)


@dataclass(frozen=True, slots=True)
class _Reached:
    """Neighbouring gaps, and words `start` to `end` of the wording whose groups may explain them."""

    gaps: range
    start: int
    end: int


def _reached(
    template: Template, gaps: Sequence[Gap], number: int, steps: Steps, *, from_inside: bool
) -> _Reached:
    low = high = number
    start, end = gaps[number].a0, gaps[number].a1
    while True:
        steps.take(len(template.groups))
        start, end = outermost(template.groups, start, end, from_inside=from_inside)
        moved = False
        while low > 0 and gaps[low - 1].a1 >= start:
            low, moved = low - 1, True
        while high < len(gaps) - 1 and gaps[high + 1].a0 <= end:
            high, moved = high + 1, True
        start, end = min(start, gaps[low].a0), max(end, gaps[high].a1)
        if not moved:
            return _Reached(range(low, high + 1), start, end)


def _explains(template: Template, found: Words, gaps: Sequence[Gap], reached: _Reached, steps: Steps) -> bool:
    first, last = gaps[reached.gaps[0]], gaps[reached.gaps[-1]]
    b0, b1 = first.b0 - (first.a0 - reached.start), last.b1 + (reached.end - last.a1)
    words = found.words[b0:b1]
    starts, ends = {0}, {len(words)}
    if reached.gaps[0] == 0:
        starts = {step for step in range(min(TITLE_WORDS, len(words)) + 1) if is_edge(words[:step])}
    if reached.gaps[-1] == len(gaps) - 1:
        ends = {
            len(words) - step
            for step in range(min(TITLE_WORDS, len(words)) + 1)
            if is_edge(words[len(words) - step :])
        }
    return not ends.isdisjoint(reach(template, (reached.start, reached.end), words, starts, steps))


def _is_free(
    missing: Sequence[str] | None, gap: Gap, found: Words, template: Template, *, at_start: bool, at_end: bool
) -> bool:
    extra = found.words[gap.b0 : gap.b1]
    if missing is None:  # a fingerprint: which words are missing is not known
        return gap.a0 == gap.a1 and (
            not extra
            or is_notice(extra)
            or ((at_start or at_end) and is_edge(extra))
            or are_enumerators(extra, found, gap.b0)
        )
    if not extra and not missing:
        return True
    if not missing:
        return (
            is_notice(extra)
            or continues_notice(extra, found, gap.b0)
            or ((at_start or at_end) and is_edge(extra))
            or are_enumerators(extra, found, gap.b0)
        )
    if not extra:
        return (
            is_notice(missing)
            or follows_copyright(missing, template.words[max(gap.a0 - 2, 0) : gap.a0])
            or ((at_start or at_end) and is_edge(missing))
            or (at_end and is_appendix(missing))
            or (len(missing) == 1 and bool(ENUMERATOR.match(missing[0])) and missing[0] not in {"a", "i"})
        )
    if at_start and is_edge(extra) and is_edge(missing):
        return True
    if is_notice(extra) and is_notice(missing):
        return True
    return not template.groups and is_party(missing, extra, template.words[max(gap.a0 - 3, 0) : gap.a0])
