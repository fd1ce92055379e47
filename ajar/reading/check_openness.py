"""How open a system or a maker is said to be, under which licence, and what that allows, against the catalogue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ajar.model.article import Judgement, StatementKind
from ajar.model.catalogue import Access, Organisation, Product, Share, System
from ajar.model.partial_date import PartialDate
from ajar.reading.check_licence import RELICENSED, family_of
from ajar.reading.claims import Claim, Draft
from ajar.reading.facts import Facts, Plain, over, sources_of
from ajar.reading.lexicon import words
from ajar.reading.mention import Mention

_YES, _NO, _PART, _SILENT = (
    Judgement.SUPPORTED,
    Judgement.CONTRADICTED,
    Judgement.IMPRECISE,
    Judgement.UNKNOWN,
)
# What is said of a system, and how it stands to each plain state of its weights.
_TABLE: dict[str, dict[Plain, Judgement]] = {
    "open-source": {Plain.FULL: _YES, Plain.OPEN: _PART, Plain.LIMITED: _NO, Plain.SHUT: _NO},
    "fully-open": {Plain.FULL: _YES, Plain.OPEN: _PART, Plain.LIMITED: _NO, Plain.SHUT: _NO},
    "open-weights": {Plain.FULL: _YES, Plain.OPEN: _YES, Plain.LIMITED: _PART, Plain.SHUT: _NO},
    "open": {Plain.FULL: _YES, Plain.OPEN: _YES, Plain.LIMITED: _PART, Plain.SHUT: _NO},
    "weights-public": {Plain.FULL: _YES, Plain.OPEN: _YES, Plain.LIMITED: _YES, Plain.SHUT: _NO},
    "closed": {Plain.FULL: _NO, Plain.OPEN: _NO, Plain.LIMITED: _PART, Plain.SHUT: _YES},
    "hosted-only": {Plain.FULL: _NO, Plain.OPEN: _NO, Plain.LIMITED: _NO, Plain.SHUT: _YES},
}
_OPENING = frozenset({"open-source", "fully-open", "open-weights", "open", "weights-public"})
_ONE = frozenset(
    {"first", "last", "next", "newest", "latest", "another"}
)  # one model, and not the maker's way
_WITHHELD = frozenset({"secret", "undisclosed", "withheld", "missing", "withholds", "keeps", "kept"})
_ANYBODY = frozenset({"anyone", "anybody", "everyone", "everybody", "freely"})


def openness(claim: Claim) -> Iterator[Draft]:
    """A system is open, closed, hosted, with its data public, and so on."""
    says = claim.says or _said(claim.extra.get("o", ""))
    if not says:
        return
    after = claim.match.view[claim.match.last].code if claim.match.last < len(claim.match.view) else ""
    if claim.extra.get("o") == "hosted" and after in {"on", "at", "in", "by"}:
        return  # where the files lie
    claim.facts = _before(claim)
    for thing in claim.mentions("a"):
        if isinstance(thing.entity, System | Product):
            yield _openness(claim, thing, thing.entity, says)


def _before(claim: Claim) -> Facts:
    """The facts of the day before a date that is said with `before` or `until`."""
    for mention, dates in claim.dates(claim.match.view):
        if mention.sign in {"before", "until", "till"} and dates:
            day = dates[0].earliest - dt.timedelta(days=1)
            return Facts(claim.facts.lexicon, PartialDate(day.isoformat()))
    return claim.facts


def _said(word: str) -> str:
    return next((name for name, ways in words()["openness"].items() if word in ways), "")


def _openness(claim: Claim, thing: Mention, entity: System | Product, says: str) -> Draft:
    facts = claim.facts
    withheld = bool(_WITHHELD & set(claim.words())) and says in {
        "weights-public",
        "data-public",
        "code-public",
    }
    about = f"{thing.shown}: {'not ' if withheld else ''}{says.replace('-', ' ')}"
    systems = () if thing.is_vague else facts.systems_of(entity)
    if thing.others and isinstance(entity, System):
        systems = (entity, *(other for other in thing.others if isinstance(other, System)))
    verdict, fact = over(systems, facts, lambda system: _state(claim, system, says))
    if thing.is_variant and verdict is _NO and not _is_line_of_one_kind(facts, entity):
        verdict = _SILENT
    if withheld:
        verdict = {_YES: _NO, _NO: _YES}.get(verdict, verdict)
    return Draft(
        kind=StatementKind.OPENNESS,
        verdict=verdict,
        subject=thing.shown,
        about=about,
        fact=fact,
        sources=sources_of(*systems[:3]),
    )


def _is_line_of_one_kind(facts: Facts, entity: System | Product) -> bool:
    """Whether every release of the line is as open: then a variant that the catalogue does not have is so too."""
    line = facts.lexicon.family(entity) if isinstance(entity, System) else entity
    return line is not None and len({facts.plain(system) for system in facts.systems_of(line)}) == 1


def _state(claim: Claim, system: System, says: str) -> Judgement:
    facts = claim.facts
    now = facts.then(system)
    if says == "gated":
        return (
            _SILENT
            if now.weights is None
            else _YES
            if now.weights is Access.GATED
            else _NO
            if now.weights is Access.API
            else _PART
        )
    if says in {"data-public", "code-public"}:
        part = now.data if says == "data-public" else now.code
        return {Share.RELEASED: _YES, Share.PARTIAL: _PART, Share.NONE: _NO, None: _SILENT}[part.share]
    plain = facts.plain(system)
    verdict = _TABLE[says].get(plain, _SILENT)
    if verdict is _NO and plain is Plain.LIMITED and now.licence is not None:
        # A licence that is nearly one, that is not known by its text, or that was changed later: not simply wrong.
        near = now.licence.id is None or family_of(now.licence) == "modified-mit"
        verdict = _PART if near or RELICENSED.search(f"{now.licence.name}; {now.notes}") else _NO
    if says == "fully-open" and plain is Plain.OPEN and now.data.share is Share.NONE:
        return _NO
    if (
        says == "weights-public"
        and verdict is _YES
        and now.weights is Access.GATED
        and _ANYBODY & set(claim.words())
    ):
        return _PART
    return verdict


def record(claim: Claim) -> Iterator[Draft]:
    """A maker is open or closed."""
    says = claim.says or _said(claim.extra.get("o", ""))
    other = _said(claim.extra.get("o2", ""))
    if _ONE & set(claim.words()):
        return
    for maker in claim.mentions("a"):
        if isinstance(maker.entity, Organisation):
            yield record_draft(claim, maker.entity, says, both=bool(other) and other != says)


def record_draft(claim: Claim, maker: Organisation, says: str, *, both: bool = False) -> Draft:
    """The maker's record beside the word for it."""
    found = claim.facts.record(maker)
    verdict = _SILENT
    if found.size and both:
        verdict = _YES if found.is_mixed else _NO
    elif found.size and says in _OPENING:
        verdict = _PART if found.is_mixed or found.limited else _YES if found.opened else _NO
        if verdict is _PART and not found.shut and says == "weights-public":
            verdict = _YES
    elif found.size:
        verdict = _PART if found.is_mixed else _YES if found.shut else _NO
    return Draft(
        kind=StatementKind.OPENNESS,
        verdict=verdict,
        subject=maker.name,
        about=f"{maker.name}: {'both open and closed' if both else says.replace('-', ' ')}",
        fact=f"{maker.name}'s systems on the article's day: {found.words()}" if found.size else "",
        sources=sources_of(*(found.shut + found.limited + found.opened)[:3]),
    )
