"""How open a system or a maker is said to be, under which licence, and what that allows, against the catalogue."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence

from ajar.catalogue.names import fold
from ajar.model.article import Judgement, StatementKind
from ajar.model.catalogue import Access, Grant, Organisation, Product, Share, System
from ajar.model.partial_date import PartialDate
from ajar.reading.claims import Claim, Draft
from ajar.reading.facts import Facts, Plain, is_open_source, sources_of
from ajar.reading.items import LicenceMention
from ajar.reading.lexicon import words
from ajar.reading.mentions import Mention

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
    verdict, fact = _over(systems, facts, lambda system: _state(claim, system, says))
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


def _over(
    systems: Sequence[System], facts: Facts, judge: Callable[[System], Judgement]
) -> tuple[Judgement, str]:
    """One verdict for a system, or for all of a line where they agree."""
    if not systems:
        return _SILENT, ""
    found = [(system, judge(system)) for system in systems]
    told = [(system, verdict) for system, verdict in found if verdict is not _SILENT]
    if not told:
        return _SILENT, facts.openness_words(systems[0])
    verdicts = {verdict for _, verdict in told}
    verdict = next(iter(verdicts)) if len(verdicts) == 1 else _PART
    if len(systems) == 1:
        return verdict, facts.openness_words(systems[0])
    shown: dict[Judgement, list[str]] = {}
    for system, state in told:
        shown.setdefault(state, []).append(system.name)
    if len(verdicts) == 1:
        return verdict, facts.openness_words(told[0][0]) + f"; so with {len(told)} of the line"
    return verdict, "; ".join(
        f"{facts.openness_words(next(s for s, v in told if v is state))}" for state in shown
    )


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


# licences

_FAMILIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("modified-mit", ("modified mit", "modified-mit")),
    ("apache", ("apache-2.0", "apache 2")),
    ("cc-by-nc", ("cc-by-nc",)),
    ("cc-by", ("cc-by",)),
    ("rail", ("rail",)),
    ("mistral-research", ("mistral research", "mistral ai research")),
    ("mistral-non-production", ("non-production",)),
    ("gemma", ("gemma terms",)),
    ("community", ("community license", "community licence")),
    ("gpl", ("gpl",)),
    ("bsd", ("bsd",)),
    ("own", ("maker's own", "terms of use", "proprietary")),
)
_RELICENSED = re.compile(r"(?:Apache|MIT)[-\w. ]*later|later (?:under|moved|relicen)|relicen", re.IGNORECASE)
_OSI = frozenset({"apache", "mit", "bsd", "gpl"})


def family_of(grant: Grant) -> str:
    """The small family that licences are compared by."""
    name = grant.name.lower()
    if name == "mit":
        return "mit"
    return next((family for family, ways in _FAMILIES if any(way in name for way in ways)), "named")


def licence(claim: Claim) -> Iterator[Draft]:
    """A system is under a licence."""
    item = claim.match.one("l")
    if item is None or not isinstance(item.ref, LicenceMention):
        return
    said = item.ref
    for thing in claim.mentions("a"):
        if not isinstance(thing.entity, System | Product):
            continue
        systems = () if thing.is_vague else claim.facts.systems_of(thing.entity)
        verdict, fact = _over(systems, claim.facts, lambda system: _licence(claim.facts, system, said))
        yield Draft(
            kind=StatementKind.LICENCE,
            verdict=verdict,
            subject=thing.shown,
            about=f"{thing.shown} under {said.text}",
            fact=fact,
            sources=_licence_sources(systems),
        )


def _licence_sources(systems: Sequence[System]) -> tuple[str, ...]:
    urls = [system.licence.url for system in systems[:3] if system.licence and system.licence.url]
    return tuple(dict.fromkeys([*urls, *sources_of(*systems[:2])]))[:4]


def _licence(facts: Facts, system: System, said: LicenceMention) -> Judgement:
    plain = facts.plain(system)
    grant = system.licence
    if plain is Plain.SHUT:
        return _NO if said.id in _OSI | {"open-source", "permissive"} else _SILENT
    if grant is None or not facts.is_past(system.weights_date or system.date):
        return _SILENT
    verdict = _compared(grant, said)
    if verdict is _NO and system.code.licence is not None and _compared(system.code.licence, said) is _YES:
        return _PART
    if (
        verdict is _NO
        and _RELICENSED.search(f"{grant.name}; {system.notes}")
        and family_of(grant) not in {"apache", "mit"}
    ):
        return _PART
    return verdict


def _compared(grant: Grant, said: LicenceMention) -> Judgement:
    family = family_of(grant)
    free = is_open_source(grant.id)
    if said.id == family and said.id != "named":
        return _YES if said.id != "community" or not said.text[0].isupper() else _same_words(grant, said)
    if said.id in {"permissive", "open-source"}:
        return _YES if free else _NO
    if said.id in {"own", "restrictive", "proprietary"}:
        return (
            _NO
            if free
            else _YES
            if family
            in {
                "own",
                "community",
                "gemma",
                "named",
                "mistral-research",
                "mistral-non-production",
                "modified-mit",
            }
            else _PART
        )
    if said.id == "non-commercial":
        return (
            _YES if "non-commercial" in limits_of(grant) or family == "cc-by-nc" else _NO if free else _PART
        )
    if said.id == "community":
        return _NO if free else _PART
    if said.id == "named":
        same = _same_words(grant, said)
        return same if same is _YES or free else _PART
    if {said.id, family} == {"mit", "modified-mit"}:
        return _PART
    return _NO if family != "own" or free else _PART


def _same_words(grant: Grant, said: LicenceMention) -> Judgement:
    """Two names of licences, without the words that every licence has."""
    drop = {"license", "licence", "agreement", "the", "s"}
    left = [fold(word) for word in grant.name.replace("'", " ").split() if fold(word) not in drop]
    right = [
        fold(word) for word in said.text.replace("’", " ").replace("'", " ").split() if fold(word) not in drop
    ]
    return _YES if set(right) <= set(left) or set(left) <= set(right) else _NO


def limits_of(grant: Grant) -> tuple[str, ...]:
    """The limits that the licence data name."""
    from ajar import rights

    known = rights.resolve(grant.id) if grant.id else None
    found = tuple(known.limits) if known else ()
    name = grant.name.lower()
    return (*found, "non-commercial") if "non-commercial" in name or "non-production" in name else found


def commercial(claim: Claim) -> Iterator[Draft]:
    """A system may, or may not, be used for money."""
    text = " ".join(claim.words())
    forbids = claim.says == "forbidden" or any(
        word in text
        for word in (
            "forbid",
            "forbade",
            "prohibit",
            "bars",
            "excludes",
            "bans",
            "rules out",
            "only be used",
            "banned",
        )
    )
    for thing in claim.mentions("a"):
        if not isinstance(thing.entity, System | Product):
            continue
        systems = () if thing.is_vague else claim.facts.systems_of(thing.entity)
        verdict, fact = _over(
            systems, claim.facts, lambda system: _commercial(claim.facts, system, forbids=forbids)
        )
        yield Draft(
            kind=StatementKind.LICENCE,
            verdict=verdict,
            subject=thing.shown,
            about=f"{thing.shown}: commercial use {'forbidden' if forbids else 'allowed'}",
            fact=fact,
            sources=_licence_sources(systems),
        )


def _commercial(facts: Facts, system: System, *, forbids: bool) -> Judgement:
    grant = system.licence
    if grant is None or facts.plain(system) in {Plain.SHUT, Plain.UNKNOWN}:
        return _SILENT
    found = limits_of(grant)
    if is_open_source(grant.id):
        return _NO if forbids else _YES
    if "non-commercial" in found:
        shared = "share of revenue" in grant.name
        return _PART if shared else _YES if forbids else _NO
    return _PART


def limits(claim: Claim) -> Iterator[Draft]:
    """A licence has limits, or a certain one."""
    things = list(claim.mentions("a"))
    item = claim.match.one("l")
    if not things and item is not None and isinstance(item.ref, LicenceMention):
        yield from _limits_of_name(claim, item.ref)
    for thing in things:
        if not isinstance(thing.entity, System | Product):
            continue
        systems = () if thing.is_vague else claim.facts.systems_of(thing.entity)
        verdict, fact = _over(systems, claim.facts, lambda system: _limited(claim, system))
        yield Draft(
            kind=StatementKind.LICENCE,
            verdict=verdict,
            subject=thing.shown,
            about=f"{thing.shown}: the licence {'bars training other models' if claim.says == 'train-others' else 'has limits'}",
            fact=fact,
            sources=_licence_sources(systems),
        )


def _limited(claim: Claim, system: System) -> Judgement:
    grant = system.licence
    if grant is None or claim.facts.plain(system) is Plain.SHUT:
        return _SILENT
    if is_open_source(grant.id):
        return _NO
    if claim.says == "train-others":
        told = "outputs-may-not-train" in limits_of(grant) or "train other" in system.notes.lower()
        return _YES if told else _SILENT
    return _YES


def _limits_of_name(claim: Claim, said: LicenceMention) -> Iterator[Draft]:
    held = [
        system
        for system in claim.facts.catalogue.systems
        if system.licence
        and said.text[0].isupper()
        and fold(said.text)[:12] == fold(system.licence.name)[:12]
    ]
    if held and held[0].licence is not None:
        yield Draft(
            kind=StatementKind.LICENCE,
            verdict=_NO if is_open_source(held[0].licence.id) else _YES,
            subject=said.text,
            about=f"{said.text} has limits",
            fact=", ".join(limits_of(held[0].licence)),
            sources=_licence_sources(held),
        )
