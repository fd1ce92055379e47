"""Which licence a text is: word for word, up to its template, or with other words in it.

Candidates come from shared phrases, the best is aligned word by word, and what is left over decides.
Nothing is guessed: a text that no licence explains is unknown, with the nearest one named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ajar.errors import BudgetExceeded
from ajar.model.component import Difference, Licence, MatchKind, Openness
from ajar.rights.align import Steps
from ajar.rights.candidates import Hits, candidates, hits_of
from ajar.rights.data_store import Store, gram_hash, licences, store, whole_hash
from ajar.rights.differences import differences_of
from ajar.rights.edges import is_edge
from ajar.rights.fitting import Fit, Gap, fit, widened
from ajar.rights.normalise import Folded, Words, fold, placed_words, quick_words
from ajar.rights.template import GRAM
from ajar.rights.word_tables import word_set

# A text of fewer words is a name or a notice, not a licence.
MINIMUM_WORDS = 12
# Of the words that a licence asks for: above, a text bears its name; above the second, it is built from it.
_NEAR = 0.85
_DERIVED = 0.55
# One part, a preamble or an appendix, may be gone as a whole, when nearly all the rest is there.
_WITHOUT_PART, _NEARLY_ALL = 0.65, 0.98
_RELATED = 0.3
# A derived text holds at least this much of the other; a short sentence proves no descent.
_DERIVED_WORDS = 40
# What stands before, between or after licences is looked at by itself when it is as long as this.
_PART_WORDS = 40
# A shorter licence may be quoted in any text: it is only found whole.
_SHORT_WORDS = 40
_DEPTH = 64
_PARTS_LIMIT = 400
_NOTICE_NEAR = 0.75
# Words that tell one notice from the next.
_TELLING = frozenset(["library", "lesser", "affero", "version", "project", "company", "university"])
# A licence lets somebody do something: one of these words is in every grant.
_GRANTS = frozenset(
    [
        *(
            "permission",
            "permitted",
            "permit",
            "permits",
            "grant",
            "grants",
            "granted",
            "may",
            "can",
            "free",
            "freely",
        ),
        *("license", "licensed", "licence", "licenced", "allowed", "authorized", "rights", "domain"),
    ]
)
_UNKNOWN = "LicenseRef-unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identification:
    """A licence found in a text. `share` is how much of the licence's own text is there, 0 to 1.

    `nearest` is the licence that a derived or unknown text has most words of.
    """

    licence: Licence
    match: MatchKind
    share: float
    differences: tuple[Difference, ...]
    first_line: int
    last_line: int
    nearest: str = ""
    reason: str = ""


def identify(text: str, *, steps: Steps | None = None) -> tuple[Identification, ...]:
    """The licences a text consists of, in order; none when it is no licence."""
    folded = fold(text)
    known = store()
    quick = quick_words(folded)
    if quick is not None:
        if len(quick.words) < MINIMUM_WORDS:
            return ()
        owner = None if quick.is_cut else known.exact.get(whole_hash(quick.words))
        if owner is not None:
            return (_whole(folded, known.ids[owner]),)
    found = placed_words(folded, quick)
    if len(found.words) < MINIMUM_WORDS:
        return ()
    search = _Search(found, known, steps or Steps())
    return search.run()


def against(text: str, name: str, *, steps: Steps | None = None) -> Identification | None:
    """A text laid on one licence by its id, however near another is; `None` when nothing of it is there.

    Raises:
        KeyError: no licence of that id is known by its text or its phrases.

    """
    known = store()
    wordings = [number for number, owner in enumerate(known.owners) if known.ids[owner] == name]
    if not wordings:
        raise KeyError(name)
    found = placed_words(fold(text))
    search = _Search(found, known, steps or Steps())
    end = len(found.words)
    best: Fit | None = None
    for number in wordings:
        template = known.template(number)
        grams = search.grams() if template.grams is not None else ()
        laid = fit(template, found, grams, (0, end), search.steps)
        if laid is not None and (best is None or laid.score > best.score):
            best = laid
    if best is None:
        return None
    differences = differences_of(widened(best, found, 0, end, search.steps), found)
    kind = MatchKind.MODIFIED if differences else MatchKind.TEMPLATE
    return search.part(0, end, licences()[name], kind, best.share, differences)


def _whole(folded: Folded, name: str) -> Identification:
    clean = folded.clean
    first = len(clean) - len(clean.lstrip())
    last = max(len(clean.rstrip()) - 1, 0)
    return Identification(
        licence=licences()[name],
        match=MatchKind.EXACT,
        share=1.0,
        differences=(),
        first_line=folded.text.count("\n", 0, folded.plain.origin(first)) + 1,
        last_line=folded.text.count("\n", 0, folded.plain.origin(last)) + 1,
    )


@dataclass(slots=True)
class _Search:
    """One text being identified."""

    found: Words
    known: Store
    steps: Steps
    parts: list[Identification] = field(default_factory=list, init=False)
    hits: Hits = field(init=False)
    _grams: list[int] = field(default_factory=list, init=False)

    def run(self) -> tuple[Identification, ...]:
        end = len(self.found.words)
        try:
            self.hits = hits_of(self.found.words, self.known, self.steps)
            self.region(0, end, 0)
        except BudgetExceeded as error:
            self.parts.append(self._unknown(0, end, str(error), 0.0))
        if self.found.is_cut and self.parts:
            reason = f"the text goes on; only its first {end:,} words were read"
            self.parts.append(self._unknown(end - 1, end, reason, 0.0))
        return tuple(sorted(self.parts, key=lambda part: part.first_line))

    def region(self, start: int, end: int, depth: int) -> bool:
        """Identify words `start` to `end`; whether anything was found."""
        words = self.found.words[start:end]
        owner = self.known.exact.get(whole_hash(words))
        if owner is not None:
            self.parts.append(self.part(start, end, licences()[self.known.ids[owner]], MatchKind.EXACT))
            return True
        best = self.best(start, end)
        if best is None or self._only_disclaims(best):
            return False
        if not self._bears_name(best):
            return self._derived(best, start, end, depth)
        if depth < _DEPTH and len(self.parts) < _PARTS_LIMIT:
            if best.first - start >= _PART_WORDS and self.region(start, best.first, depth + 1):
                start = best.first
            if end - best.last >= _PART_WORDS and self.region(best.last, end, depth + 1):
                end = best.last
        self._named(best, start, end, depth)
        return True

    def _named(self, best: Fit, start: int, end: int, depth: int) -> None:
        whole = widened(best, self.found, start, end, self.steps)
        differences = differences_of(whole, self.found)
        kind = MatchKind.MODIFIED if differences else MatchKind.TEMPLATE
        if best.template.is_notice:
            kind, differences = MatchKind.REFERENCE, ()
        name = self.known.ids[best.template.owner]
        self.parts.append(self.part(start, end, licences()[name], kind, best.share, differences))
        if depth < _DEPTH:
            for gap in whole.gaps[1:-1]:
                if not gap.is_free and gap.b1 - gap.b0 >= _PART_WORDS:
                    self.region(gap.b0, gap.b1, _DEPTH)

    def best(self, start: int, end: int) -> Fit | None:
        """The wording that explains most, each weighed by its runs and by what differs."""
        best: Fit | None = None
        for candidate in candidates(self.hits, self.found.words, start, end, self.known, self.steps):
            if best is not None and candidate.most <= best.score:
                continue
            template = self.known.template(candidate.number)
            grams = self.grams() if template.grams is not None else ()
            laid = fit(template, self.found, grams, (candidate.start, candidate.end), self.steps)
            if laid is None or not self._counts(laid):
                continue
            if best is None or laid.score > best.score:
                best = laid
            edges = self.found.words[start : best.first], self.found.words[best.last : end]
            if all(gap.is_free for gap in best.gaps) and all(map(is_edge, edges)):
                break
        return best

    def _counts(self, laid: Fit) -> bool:
        if laid.template.is_notice:
            return laid.share >= _NOTICE_NEAR and all(
                gap.is_free or self._tells_nothing(laid, gap) for gap in laid.gaps
            )
        size = len(laid.template)
        return size >= _SHORT_WORDS or sum(gap.cost for gap in laid.gaps) <= size // 6

    def _tells_nothing(self, laid: Fit, gap: Gap) -> bool:
        """Whether a notice with this difference still names the same licence: one name or number, and it does not."""
        words = {*laid.template.words[gap.a0 : gap.a1], *self.found.words[gap.b0 : gap.b1]}
        plain = word_set("neutral") | word_set("english") | word_set("licence")
        return words <= plain and words.isdisjoint(_TELLING)

    def _only_disclaims(self, best: Fit) -> bool:
        """A disclaimer without the grant before it: the same words stand in dozens of licences."""
        return (
            best.share < _NEAR
            and best.template.grams is None
            and all(
                _GRANTS.isdisjoint(best.template.words[start : start + size]) for start, _, size in best.runs
            )
            and not _GRANTS.isdisjoint(best.template.words)
        )

    def _bears_name(self, best: Fit) -> bool:
        is_near = best.share >= _NEAR or (best.share >= _WITHOUT_PART and best.share_of_rest >= _NEARLY_ALL)
        return is_near and best.inside <= max(best.matched, _PART_WORDS)

    def _derived(self, best: Fit, start: int, end: int, depth: int) -> bool:
        """Terms of somebody's own that hold much of a known text; the name is never given to them."""
        if best.share < _RELATED or not self._reads_as_licence(start, end):
            return False
        if best.template.is_notice:
            return False
        is_derived = best.share >= _DERIVED and best.matched >= max(
            _DERIVED_WORDS, (best.last - best.first) // 4
        )
        if depth < _DEPTH and is_derived:
            if best.first - start >= _PART_WORDS and self.region(start, best.first, _DEPTH):
                start = best.first
            if end - best.last >= _PART_WORDS and self.region(best.last, end, _DEPTH):
                end = best.last
        nearest = licences()[self.known.ids[best.template.owner]]
        whole = widened(best, self.found, start, end, self.steps)
        if is_derived:
            licence = _unknown_licence(f"{best.share:.0%} of {nearest.name}")
            kind, differences = MatchKind.DERIVED, differences_of(whole, self.found)
        else:
            licence = _unknown_licence(f"unknown terms, nearest {nearest.id} ({best.share:.0%} of its words)")
            kind, differences = MatchKind.UNKNOWN, ()
        self.parts.append(self.part(start, end, licence, kind, best.share, differences, nearest.id))
        return True

    def grams(self) -> Sequence[int]:
        if not self._grams:
            words = self.found.words
            self.steps.take(len(words))
            self._grams = [gram_hash(words[at : at + GRAM]) for at in range(len(words) - GRAM + 1)]
        return self._grams

    def _reads_as_licence(self, start: int, end: int) -> bool:
        """Whether prose speaks like terms at all: a card may quote a licence without being one."""
        speech = Counter(word for word in self.found.words[start:end] if word in word_set("licence"))
        return speech.total() * 50 > end - start

    def part(
        self,
        start: int,
        end: int,
        licence: Licence,
        match: MatchKind,
        share: float = 1.0,
        differences: tuple[Difference, ...] = (),
        nearest: str = "",
    ) -> Identification:
        return Identification(
            licence=licence,
            match=match,
            share=share,
            differences=differences,
            first_line=self.found.line(start),
            last_line=self.found.line(end - 1),
            nearest=nearest,
        )

    def _unknown(self, start: int, end: int, reason: str, share: float) -> Identification:
        licence = _unknown_licence(reason)
        return Identification(
            licence=licence,
            match=MatchKind.UNKNOWN,
            share=share,
            differences=(),
            first_line=self.found.line(start),
            last_line=self.found.line(end - 1),
            reason=reason,
        )


def _unknown_licence(name: str) -> Licence:
    return Licence(id=_UNKNOWN, name=name, openness=Openness.UNKNOWN, osi=False)
