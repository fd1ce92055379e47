"""Under which licence a system is said to be, and what that allows, against the catalogue and the licence data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ajar.catalogue.names import fold
from ajar.model.article import Judgement, StatementKind
from ajar.model.catalogue import Grant, Product, System
from ajar.reading.claims import Claim, Draft
from ajar.reading.facts import Facts, Plain, is_open_source, over, sources_of
from ajar.reading.items import LicenceMention

_YES, _NO, _PART, _SILENT = (
    Judgement.SUPPORTED,
    Judgement.CONTRADICTED,
    Judgement.IMPRECISE,
    Judgement.UNKNOWN,
)

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
RELICENSED = re.compile(r"(?:Apache|MIT)[-\w. ]*later|later (?:under|moved|relicen)|relicen", re.IGNORECASE)
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
        verdict, fact = over(systems, claim.facts, lambda system: _licence(claim.facts, system, said))
        if verdict is _NO and (thing.is_variant or "series" in thing.text):
            verdict = _SILENT
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
        and RELICENSED.search(f"{grant.name}; {system.notes}")
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
            "for research only",
            "purposes only",
            "banned",
        )
    )
    for thing in claim.mentions("a"):
        if not isinstance(thing.entity, System | Product):
            continue
        systems = () if thing.is_vague else claim.facts.systems_of(thing.entity)
        verdict, fact = over(
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
        verdict, fact = over(systems, claim.facts, lambda system: _limited(claim, system))
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
