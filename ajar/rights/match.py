"""Which licence a text is: word for word, up to its template, or with other words in it.

Candidates come from shared phrases, the best is aligned word by word, and what is left over decides.
Nothing is guessed: a text that no licence explains is unknown, with the nearest one named.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ajar.model.component import Difference, Licence, MatchKind, Openness
from ajar.rights.align import Block, blocks
from ajar.rights.data_store import Store, licences, shingles_of, store, whole_hash
from ajar.rights.normalise import Words, words_of

# A text of fewer words is a name or a notice, not a licence.
MINIMUM_WORDS = 12
_CANDIDATES = 6
_NEAR = 0.85
_RELATED = 0.45
_COMPOSITE_WORDS = 40
_DIFFERENCE_CHARS = 600
_TITLE_WORDS = 14
_SLOT_WORDS = 14

# Words that carry a condition: where one of them differs, the difference is never a matter of template.
_WEIGHTY = frozenset(
    [
        "shall",
        "must",
        "not",
        "no",
        "only",
        "except",
        "unless",
        "may",
        "if",
        "however",
        "provided",
        "prohibited",
        "forbidden",
        "require",
        "requires",
        "required",
        "commercial",
        "non",
        "research",
        "military",
        "revenue",
        "users",
        "fee",
        "royalty",
        "exceed",
        "permitted",
        "restricted",
        "restrict",
        "derivative",
        "indicate",
        "responsibly",
        "terminate",
        "display",
        "credit",
    ]
)
# Slots: where a template lets a name stand (SPDX template markup of the BSD, MIT and Apache families).
_SLOT_NEIGHBOURS = frozenset(
    [
        "name",
        "names",
        "of",
        "by",
        "holder",
        "holders",
        "owner",
        "owners",
        "author",
        "authors",
        "contributors",
        "copyright",
        "the",
        "its",
        "their",
        "institute",
        "university",
        "company",
        "corporation",
        "foundation",
        "regents",
        "neither",
        "nor",
        "and",
        "or",
        "inc",
        "project",
        "organization",
    ]
)
_TITLE = re.compile(
    r"^(?:the )?(?:[\w.+-]+ ){0,8}(?:license|agreement|terms of use|licence)(?: [\w.]+){0,6}$"
)
_APPENDIX = "appendix how to apply the apache license to your work"
_END = "end of terms and conditions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identification:
    """A licence found in a text. `share` is how much of the licence's own text is there, 0 to 1."""

    licence: Licence
    match: MatchKind
    share: float
    differences: tuple[Difference, ...]
    first_line: int
    last_line: int


def identify(text: str) -> tuple[Identification, ...]:
    """The licences a text consists of, in order; none when it is no licence."""
    found = words_of(text)
    if len(found.words) < MINIMUM_WORDS:
        return ()
    return tuple(_identify(text, found, 0, len(found.words), depth=3))


def _identify(text: str, found: Words, start: int, end: int, *, depth: int) -> Iterator[Identification]:
    words = found.words[start:end]
    known = store()
    owner = known.exact.get(whole_hash(words))
    if owner is not None:
        yield _result(found, start, end, known.ids[owner], MatchKind.EXACT, 1.0, ())
        return
    best = _best(words, known)
    if best is None:
        return
    name, template, runs, share = best
    first, last = start + runs[0][1], start + runs[-1][1] + runs[-1][2]
    explained = sum(run[2] for run in runs) / max(last - first, 1)
    if share < _NEAR or explained < 0.5:
        nearest = licences()[name]
        if share >= _RELATED and _reads_as_licence(words):
            unknown = Licence(
                id="LicenseRef-unknown",
                name=f"unknown terms, nearest {nearest.id} ({share:.0%} of its words)",
                openness=Openness.UNKNOWN,
                osi=False,
            )
            yield _result(found, start, end, unknown, MatchKind.UNKNOWN, share, ())
        return
    if depth and first - start >= _COMPOSITE_WORDS:
        before = list(_identify(text, found, start, first, depth=depth - 1))
        yield from before
        start = first if before else start
    after: list[Identification] = []
    if depth and end - last >= _COMPOSITE_WORDS:
        after = list(_identify(text, found, last, end, depth=depth - 1))
        end = last if after else end
    differences = tuple(_differences(text, found, start, end, template, _within(runs, start, first)))
    kind = MatchKind.MODIFIED if differences else MatchKind.TEMPLATE
    yield _result(found, start, end, name, kind, share, differences)
    yield from after


def _within(runs: Sequence[Block], start: int, first: int) -> list[Block]:
    """Runs with positions counted from `start`."""
    shift = first - start - runs[0][1]
    return [(a, b + shift, length) for a, b, length in runs]


def _result(
    found: Words,
    start: int,
    end: int,
    name: str | Licence,
    match: MatchKind,
    share: float,
    differences: tuple[Difference, ...],
) -> Identification:
    licence = name if isinstance(name, Licence) else licences()[name]
    return Identification(
        licence=licence,
        match=match,
        share=share,
        differences=differences,
        first_line=found.lines[start],
        last_line=found.lines[end - 1],
    )


def _best(words: Sequence[str], known: Store) -> tuple[str, Sequence[str], list[Block], float] | None:
    """The candidate that explains most, weighed by runs: `(id, its words, runs, share of it found)`."""
    votes: Counter[int] = Counter()
    for shingle in shingles_of(words):
        votes.update(known.shingles.get(shingle, ()))
    if len(words) < 400:
        # Short texts may sample no phrase at all: let every licence of a like length be aligned.
        for number, size in enumerate(known.sizes):
            if 0.5 < size / len(words) < 2 and size < 60:
                votes[number] += 1
    ranked = sorted(
        votes.items(),
        key=lambda vote: -(vote[1] / (known.sizes[vote[0]] + 20) + vote[1] / (len(words) + 20) * 0.5),
    )[:_CANDIDATES]
    best: tuple[float, str, Sequence[str], list[Block], float] | None = None
    for number, _ in ranked:
        name = known.ids[number]
        template = _fitting(words_of(known.text(name)).words, words)
        runs = blocks(template, words)
        if not runs:
            continue
        matched = sum(run[2] for run in runs)
        weight = sum(min(run[2], 12) if run[2] < 12 else run[2] for run in runs if run[2] > 2)
        score = weight - 0.9 * (len(template) - matched)
        if best is None or score > best[0]:
            best = (score, name, template, runs, matched / max(len(template), 1))
    return best[1:] if best else None


def _reads_as_licence(words: Sequence[str]) -> bool:
    """Whether prose speaks like terms at all: a card may quote a licence without being one."""
    speech = Counter(
        word for word in words if word in {"license", "you", "shall", "agreement", "rights", "terms"}
    )
    return speech.total() * 50 > len(words)


def _differences(
    text: str, found: Words, start: int, end: int, template: Sequence[str], runs: Sequence[Block]
) -> Iterator[Difference]:
    a = b = 0
    for at, into, length in (*runs, (len(template), end - start, 0)):
        missing, extra = template[a:at], (start + b, start + into)
        if missing or extra[0] < extra[1]:
            difference = _difference(
                text, found, missing, extra, template, a, at_edge=b == 0 or into == end - start
            )
            if difference is not None:
                yield difference
        a, b = at + length, into + length


def _difference(
    text: str,
    found: Words,
    missing: Sequence[str],
    extra: tuple[int, int],
    template: Sequence[str],
    a: int,
    *,
    at_edge: bool,
) -> Difference | None:
    """What differs here, or None when a template lets it: a title, a name, an optional appendix."""
    words = found.words[extra[0] : extra[1]]
    if _is_free(words, missing, template, a, at_edge=at_edge):
        return None
    if not missing:
        extra = _slid(text, found, extra)
        words = found.words[extra[0] : extra[1]]
    line = found.lines[min(extra[0], len(found.lines) - 1)]
    if not words:
        return Difference(change="removed", text=" ".join(missing)[:_DIFFERENCE_CHARS], line=line)
    stands = " ".join(text[found.spans[extra[0]][0] : found.spans[extra[1] - 1][1]].split())
    change = "changed" if missing else "added"
    if missing and len(missing) <= 3 and len(words) > 4 * len(missing):
        change = "added"
    return Difference(change=change, text=stands[:_DIFFERENCE_CHARS], line=line)


def _slid(text: str, found: Words, extra: tuple[int, int]) -> tuple[int, int]:
    """An insertion may be told in several places when its ends repeat; the one at a sentence's start reads best."""
    words = found.words
    for step in (0, -1, 1):
        start, end = extra
        for _ in range(12):
            gap = text[found.spans[start - 1][1] : found.spans[start][0]] if start else ". "
            if "." in gap or "\n\n" in gap:
                return start, end
            if step == 1 and end < len(words) and words[start] == words[end]:
                start, end = start + 1, end + 1
            elif step == -1 and start and words[start - 1] == words[end - 1]:
                start, end = start - 1, end - 1
            else:
                break
    return extra


def _fitting(template: Sequence[str], words: Sequence[str]) -> Sequence[str]:
    """The template without its optional "how to apply" appendix, when the text has none either."""
    end = _END.split()
    for at in range(len(template) * 3 // 4, len(template) - len(end)):
        if list(template[at : at + len(end)]) == end:
            if "how to apply" in " ".join(words[-700:]):
                return template
            has_end = _END in " ".join(words[-60:])
            return template[: at + len(end)] if has_end else template[:at]
    return template


def _is_free(
    words: Sequence[str], missing: Sequence[str], template: Sequence[str], a: int, *, at_edge: bool
) -> bool:
    weighty = _WEIGHTY.intersection(words) or _WEIGHTY.intersection(missing)
    if at_edge and _is_appendix(missing) and not words:
        return True
    if at_edge and not weighty and len(words) <= _TITLE_WORDS and len(missing) <= _TITLE_WORDS:
        return all(not side or _TITLE.match(" ".join(side)) or len(side) <= 4 for side in (words, missing))
    if weighty or len(words) > _SLOT_WORDS or len(missing) > _SLOT_WORDS:
        return False
    if not words and not missing:
        return True
    near = template[max(a - 3, 0) : a]
    named = bool(_SLOT_NEIGHBOURS.intersection(near)) and (
        not missing or _SLOT_NEIGHBOURS.issuperset(missing)
    )
    return named and bool(words)


def _is_appendix(missing: Sequence[str]) -> bool:
    """Apache's "how to apply" and its like stand after the terms and are not part of them."""
    joined = " ".join(missing)
    return joined.startswith((_APPENDIX, _END)) or "how to apply these terms" in joined[:200]
