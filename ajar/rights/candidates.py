"""Which known wordings a text may be, by the phrases that they share, and where in the text they stand."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, repeat
from math import inf

from ajar.rights.align import Steps
from ajar.rights.data_store import NOBODY, Store, phrases_of
from ajar.rights.fitting import MISSING_COUNTED, MISSING_WEIGHT
from ajar.rights.template import GRAM

# Texts below this are looked up phrase by phrase, longer ones by a sample of one in five.
_DENSE_WORDS = 1000
# Wordings whose place in the text is worked out, and those of them that are handed on.
_SHORTLIST = 24
_HANDED_SMALL, _HANDED = 8, 5
_SMALL_WORDS = 500
# Wordings of whose phrases fewer are there are passed over while there are others.
_LIKELY = 0.3
# Wordings whose promise is as close as this to the best are told apart by all their words.
_CLOSE = 0.6
# A text with fewer than a sixth of a wording's phrases has too few of its words to be called its relative.
_HOPELESS = 1 / 6 - 1
_COMPARED = 16
# Words at a wording's edges that may be missing and cost nothing: titles and lines of copyright.
_EDGE_WORDS = 30
# Of so many licences one wording each is looked at before a second one of any.
_LICENCES = 3
_LICENCES_SMALL = 6


@dataclass(frozen=True, slots=True)
class Hits:
    """Places of a text at which a phrase of some wording stands."""

    places: Sequence[int]
    grams: Sequence[int]
    holders: Sequence[Sequence[int]]
    is_dense: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A wording, and the words of the text among which it is to be looked for.

    `most` is about the highest score that laying it on them could reach.
    """

    number: int
    start: int
    end: int
    most: float = inf


def hits_of(words: Sequence[str], known: Store, steps: Steps) -> Hits:
    is_dense = len(words) < _DENSE_WORDS
    steps.take(len(words) if is_dense else len(words) // 3)
    places: list[int] = []
    grams: list[int] = []
    holders: list[Sequence[int]] = []
    looked_up: dict[int, Sequence[int]] = {}
    for place, gram in phrases_of(words, dense=is_dense):
        who = looked_up.get(gram)
        if who is None:
            who = looked_up[gram] = known.holders(gram)
        if who:
            places.append(place)
            grams.append(gram)
            holders.append(who)
    return Hits(places, grams, holders, is_dense)


def candidates(
    hits: Hits, words: Sequence[str], start: int, end: int, known: Store, steps: Steps
) -> Sequence[Candidate]:
    """The likeliest wordings of words `start` to `end`, likeliest first."""
    low, high = bisect_left(hits.places, start), bisect_left(hits.places, end - GRAM + 1)
    votes: Counter[int] = Counter()
    # Each phrase speaks once: a text that repeats it is no likelier to be the licence.
    once = dict(zip(hits.grams[low:high], hits.holders[low:high], strict=True))
    votes.update(chain.from_iterable(once.values()))
    del votes[NOBODY]
    steps.take((high - low) // 4 + sum(map(len, once.values())) // 8 + 1)
    asked = known.asked
    column = 1 if hits.is_dense else 2
    likely = [number for number, count in votes.items() if count > _LIKELY * asked[number][column]]
    ranked = sorted(
        likely or votes, key=lambda number: -_promise(known, number, votes[number], is_dense=hits.is_dense)
    )
    shortlist = ranked[:_SHORTLIST]
    promises = {
        number: _promise(known, number, votes[number], is_dense=hits.is_dense) for number in shortlist
    }
    # Those that are about as long as the text are looked for in all of it. One that is shorter has to be found, unless
    # it promises too little even so.
    short = {number for number in shortlist if end - start > 1.15 * known.sizes[number] + 20}
    sure = max((promises[number] for number in shortlist if number not in short), default=0.0)
    short = {number for number in short if promises[number] > _CLOSE * sure}
    placed = _placed(hits, low, high, short) if short else {}
    steps.take(sum(map(len, placed.values())))
    found: list[tuple[float, Candidate]] = []
    for number in shortlist:
        promise, first, last = promises[number], start, end
        if number in short:
            size = known.sizes[number]
            count, first, last = _densest(placed[number], int(size * 1.15) + 10)
            margin = size // 6 + 20
            first, last = max(start, first - margin), min(end, last + margin)
            promise = _promise(known, number, count, is_dense=hits.is_dense)
        found.append((promise, Candidate(number, first, last)))
    found.sort(key=lambda item: -item[0])
    limit = _HANDED_SMALL if end - start < _SMALL_WORDS else _HANDED
    if len(found) < 2 or found[0][0] <= 0:
        return [candidate for promise, candidate in found[:limit] if promise > _HOPELESS]
    return _nearest_first(
        [item for item in found if item[0] > _CLOSE * found[0][0]],
        words,
        known,
        steps,
        _LICENCES_SMALL if limit == _HANDED_SMALL else _LICENCES,
    )[:limit]


def _nearest_first(
    found: Sequence[tuple[float, Candidate]],
    words: Sequence[str],
    known: Store,
    steps: Steps,
    licences: int,
) -> Sequence[Candidate]:
    """Candidates of like promise by their words; of each licence the nearest wording comes first, its others last."""
    counted: dict[tuple[int, int], Counter[str]] = {}
    compared = [_compared(candidate, words, known, counted, steps) for _, candidate in found[:_COMPARED]]
    ranked = sorted((unlike, number) for number, (unlike, _) in enumerate(compared))
    first: list[Candidate] = []
    others: list[Candidate] = []
    owners: set[int] = set()
    for _, number in ranked:
        candidate = compared[number][1]
        owner = known.owners[candidate.number]
        (others if owner in owners else first).append(candidate)
        owners.add(owner)
    return (*first[:licences], *others, *first[licences:])


def _compared(
    candidate: Candidate,
    words: Sequence[str],
    known: Store,
    counted: dict[tuple[int, int], Counter[str]],
    steps: Steps,
) -> tuple[float, Candidate]:
    """How far the words of a wording, in any order, are from those of the text: near relatives differ in few.

    A missing word counts less than one too many, because templates have optional parts. Of two that are there
    as a whole, the one that explains more is nearer.
    """
    span = candidate.start, candidate.end
    if span not in counted:
        counted[span] = Counter(words[candidate.start : candidate.end])
    template = known.template(candidate.number)
    steps.take((len(template) + len(counted[span])) // 4)
    if template.grams is not None:
        return -0.3 * len(template), candidate
    kinds, counts = _word_counts(known, candidate.number)
    both = sum(map(min, counts, map(counted[span].get, kinds, repeat(0))))
    size = len(template)
    unlike = min(candidate.end - candidate.start, size) - both + 0.4 * (size - both) - 0.3 * both
    missing = known.asked[candidate.number][0] - both - _EDGE_WORDS
    return unlike, replace(candidate, most=both - MISSING_WEIGHT * min(max(missing, 0), MISSING_COUNTED))


@lru_cache(maxsize=128)
def _word_counts(known: Store, number: int) -> tuple[Sequence[str], Sequence[int]]:
    """The different words of a wording, and how often each stands in it."""
    counted = Counter(known.template(number).words)
    return tuple(counted), tuple(counted.values())


def _promise(known: Store, number: int, count: int, *, is_dense: bool) -> float:
    """About how many words it would explain, less those of it that would be missing.

    With its optional words counted and without: a copy may hold all of them or none.
    """
    words, phrases, sampled = known.asked[number]
    every = known.totals[number] if is_dense else known.samples[number]
    size = known.sizes[number]
    whole = _explained(count, every, size)
    asked = phrases if is_dense else sampled
    if asked >= every:
        return whole
    return max(whole, _explained(count, asked, max(words, size * count // every)))


def _explained(count: int, expected: int, size: int) -> float:
    share = min(count / max(expected, 1), 1.0)
    return size * (1.9 * share - 0.9) if share > 0.6 else share - 1


def _placed(hits: Hits, low: int, high: int, wanted: set[int]) -> dict[int, list[tuple[int, int]]]:
    placed: dict[int, list[tuple[int, int]]] = {number: [] for number in wanted}
    for at in range(low, high):
        for number in hits.holders[at]:
            if number in wanted:
                placed[number].append((hits.places[at], hits.grams[at]))
    return placed


def _densest(places: Sequence[tuple[int, int]], width: int) -> tuple[int, int, int]:
    """`(phrases, first, last)` of the stretch of `width` words with the most different phrases in it."""
    best = (0, 0, 0)
    left = 0
    inside: Counter[int] = Counter()
    for place, gram in places:
        inside[gram] += 1
        while place - places[left][0] > width:
            gone = places[left][1]
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            left += 1
        if len(inside) > best[0]:
            best = (len(inside), places[left][0], place)
    return best
