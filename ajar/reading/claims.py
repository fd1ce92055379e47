"""What every check shares: the claim that a rule found, and the statement that comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ajar.model.article import Judgement, StatementKind
from ajar.model.catalogue import Entity
from ajar.model.partial_date import PartialDate
from ajar.reading.clauses import VERBS
from ajar.reading.facts import Facts
from ajar.reading.items import Item
from ajar.reading.lexicon import word_set
from ajar.reading.mention import Mention
from ajar.reading.quantities import DateMention
from ajar.reading.rules import Match

_NEGATIONS = frozenset({"not", "never", "no", "neither", "nor", "cannot", "nobody", "none"})
_IDIOMS = ("anything but", "far from", "hardly")
_APPOSED = frozenset({"role", "former-name", "same-as", "country"})
_EDGES = frozenset({"until", "by", "before", "till"})
_OPPOSITE = {Judgement.SUPPORTED: Judgement.CONTRADICTED, Judgement.CONTRADICTED: Judgement.SUPPORTED}
_PAST = frozenset({"former", "formerly", "ex", "ex-", "previously", "erstwhile", "onetime", "one-time"})
_WAS = word_set("claims-was")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A statement before it has its place in the text."""

    kind: StatementKind
    verdict: Judgement
    subject: str
    about: str
    fact: str = ""
    sources: tuple[str, ...] = ()
    span: tuple[int, int] | None = None  # when it is not the whole match
    is_flippable: bool = True  # whether `not` turns the verdict round
    when: PartialDate | None = None  # the earliest day on which it could be said


@dataclass(slots=True)
class Claim:
    """A match with what the checks need to know besides."""

    match: Match
    facts: Facts
    dates: Callable[[Sequence[Item]], list[tuple[DateMention, tuple[PartialDate, ...]]]]
    named: frozenset[str]  # ids of everybody that the article names
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def says(self) -> str:
        return self.match.rule.fixed.get("says", "")

    def mentions(self, slot: str) -> Iterator[Mention]:
        for item in self.match.slots.get(slot, ()):
            if isinstance(item.ref, Mention):
                yield item.ref

    def entity(self, slot: str) -> Entity | None:
        return next((mention.entity for mention in self.mentions(slot)), None)

    def words(self, first: int | None = None, last: int | None = None) -> list[str]:
        """The words of the match, or of a part of its clause."""
        start = self.match.first if first is None else first
        end = self.match.last if last is None else last
        return [item.code for item in self.match.view[start:end]]

    def around(self) -> list[str]:
        """The match's words with the few before it."""
        return self.words(max(self.match.first - 3, 0))

    @property
    def is_negated(self) -> bool:
        """Whether the claim is denied. Before an apposition a `not` belongs to another verb."""
        if self.match.rule.fixed.get("negated") == "yes":
            return True
        back = 0 if self.match.rule.relation in _APPOSED else 2
        words = self.words(max(self.match.first - back, 0))
        count = sum(
            word in _NEGATIONS
            and words[number + 1 : number + 2] not in (["only"], ["longer"], ["doubt"], ["strings"])
            for number, word in enumerate(words)
        )
        if "neither" in words and "nor" in words:
            count -= words.count("nor")
        text = " ".join(words)
        count += sum(idiom in text for idiom in _IDIOMS)
        return count % 2 == 1

    @property
    def is_over(self) -> bool:
        """Whether it is said of the past in so many words: former, formerly."""
        return any(word in _PAST for word in self.around()) or "no longer" in " ".join(self.around())

    @property
    def is_past(self) -> bool:
        return self.is_over or any(word in _WAS for word in self.around())

    def said_dates(self, *, without: frozenset[str] = frozenset()) -> list[tuple[PartialDate, ...]]:
        """Dates that go with the match, each with every year that it may mean; those behind another verb do not."""
        view = self.match.view
        found = []
        for mention, dates in self.dates(view):
            if not dates or mention.sign in _EDGES | without:
                continue
            at = next(number for number, item in enumerate(view) if item.ref is mention)
            between = view[self.match.last : at] if at >= self.match.last else view[:at]
            inside = self.match.first <= at < self.match.last
            if inside or not any(item.code in VERBS for item in between):
                found.append(dates)
        return found


def flipped(draft: Draft) -> Draft:
    """What a denial of the claim comes to."""
    if not draft.is_flippable:
        return draft
    return replace(draft, verdict=_OPPOSITE.get(draft.verdict, draft.verdict), about=f"not: {draft.about}")


def listed(names: Sequence[str], limit: int = 4) -> str:
    """Names in a row, with `and` before the last."""
    shown = list(names[:limit]) + (["others"] if len(names) > limit else [])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""
