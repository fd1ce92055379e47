"""Names of organisations, what kind of body they are and where they sit, against the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ajar.catalogue.names import fold
from ajar.model.article import Judgement, StatementKind
from ajar.model.catalogue import Entity, Event, EventKind, Organisation
from ajar.reading.claims import Claim, Draft
from ajar.reading.facts import day_words, may_be_same, sources_of
from ajar.reading.lexicon import words
from ajar.reading.mention import Mention


def _names(before: Mention, name: str, entity: Entity) -> bool:
    """Whether a former name was meant; a legal form may stand behind it."""
    if fold(name) in {fold(before.text), fold(before.name)}:
        return True
    return before.entity is entity and fold(before.text).startswith(fold(name))


def former_name(claim: Claim) -> Iterator[Draft]:
    """`a` was called `b` before."""
    now, before = next(claim.mentions("a"), None), next(claim.mentions("b"), None)
    if now is None or before is None or now.entity is None:
        return
    entity = now.entity
    if claim.match.rule.fixed.get("same") and before.entity is not entity:
        return
    names = entity.former_names() if isinstance(entity, Organisation) else ()
    held = next((name for name in names if _names(before, name.name, entity)), None)
    about = f"{now.text} was called {before.text}"
    known = "; ".join(
        f"{entity.name} was called {name.name} until {day_words(name.until)}" for name in names if name.until
    )
    verdict, fact, sources = Judgement.UNKNOWN, known, sources_of(*names)
    if held is not None:
        verdict = Judgement.SUPPORTED if fold(now.text) != fold(held.name) else Judgement.CONTRADICTED
        until = [
            dates for mention, dates in claim.dates(claim.match.view) if mention.sign in {"until", "till"}
        ]
        if until and held.until and not any(may_be_same(one, held.until, 31) for one in until[0]):
            verdict = Judgement.IMPRECISE
    elif before.entity is not None and before.entity is not entity:
        verdict = Judgement.CONTRADICTED
        fact = known or f"{before.entity.name} and {entity.name} are two"
        sources = sources or sources_of(entity)
    elif (
        before.entity is entity
        and fold(before.text) == fold(entity.name)
        and fold(now.text) in map(fold, (n.name for n in names))
    ):
        verdict = Judgement.CONTRADICTED
    elif names:
        verdict = (
            Judgement.CONTRADICTED if before.entity is None and len(before.text) > 2 else Judgement.UNKNOWN
        )
    yield Draft(
        kind=StatementKind.IDENTITY,
        verdict=verdict,
        subject=entity.name,
        about=about,
        fact=fact,
        sources=sources,
    )


def same_as(claim: Claim) -> Iterator[Draft]:
    one, other = next(claim.mentions("a"), None), next(claim.mentions("b"), None)
    if one is None or other is None or one.entity is None or other.entity is None or one.is_coreference:
        return
    if one.entity is other.entity and fold(one.text) != fold(other.text):
        yield Draft(
            kind=StatementKind.IDENTITY,
            verdict=Judgement.SUPPORTED,
            subject=one.entity.name,
            about=f"{one.text} is {other.text}",
            fact=f"both are names of {one.entity.name}",
            sources=sources_of(one.entity),
        )


_FORMS = {
    "non-profit": ("non-profit", "nonprofit", "not-for-profit", "charity"),
    "capped-profit": ("capped-profit", "capped profit", "capped profits"),
    "public benefit corporation": ("public benefit", "pbc"),
    "for-profit": ("for-profit", "profit-driven", "profit-making", "capped profit", "public benefit"),
}


_AT_FIRST = [
    "founded",
    "created",
    "launched",
    "established",
    "set up",
    "conceived",
    "announced",
    "began",
    "original",
    "started",
    "betraying",
    "abandoning",
    "breaking",
    "initial",
    "early",
    "born",
]


def nature(claim: Claim) -> Iterator[Draft]:
    """What kind of body an organisation is, or was founded as."""
    place = claim.entity("a")
    said = " ".join(claim.words())
    forms = [form for form, ways in _FORMS.items() if any(way in said for way in ways)]
    if "public benefit corporation" in forms and "for-profit" in forms:
        forms.remove("for-profit")  # the words for the one are among those for the other
    if not isinstance(place, Organisation) or not forms:
        return
    events = list(claim.facts.events(kind=EventKind.CORPORATE, parties=[place.id]))
    found = [event for form in forms if (event := _telling(events, form)) is not None]
    if "non-profit" in place.kinds and forms == ["non-profit"]:
        verdict, fact, found = Judgement.SUPPORTED, f"{place.name} is a non-profit", []
    else:
        verdict = _nature(events, found, forms, at_first=any(word in said for word in _AT_FIRST))
        shown = [*found, *_later(events, found)] if found else []
        fact = " ".join(dict.fromkeys(f"{event.date}: {event.text}" for event in shown))
    yield Draft(
        kind=StatementKind.IDENTITY,
        verdict=verdict,
        subject=place.name,
        about=f"{place.name}: {', then '.join(forms)}",
        fact=fact,
        sources=sources_of(*found) or sources_of(place),
    )


def _nature(
    events: Sequence[Event], found: Sequence[Event], forms: Sequence[str], *, at_first: bool
) -> Judgement:
    if not found:
        return Judgement.IMPRECISE if len(forms) > 1 else Judgement.UNKNOWN
    newest = len(forms) == 1 and found[-1] is _last(events)
    whole = len(found) == len(forms) and (at_first or newest)
    return Judgement.SUPPORTED if whole else Judgement.IMPRECISE


def _telling(events: Sequence[Event], form: str) -> Event | None:
    """The first event that speaks of a form."""
    ways = _FORMS[form]
    return next(
        (event for event in events if any(way in f"{event.text} {event.outcome}".lower() for way in ways)),
        None,
    )


def _last(events: Sequence[Event]) -> Event | None:
    forms = [
        event
        for event in events
        if any(way in f"{event.text} {event.outcome}".lower() for ways in _FORMS.values() for way in ways)
    ]
    return forms[-1] if forms else None


def _later(events: Sequence[Event], found: Sequence[Event]) -> list[Event]:
    last = _last(events)
    return [last] if last is not None and last not in found else []


_COUNTRIES = {
    "US": "the United States",
    "FR": "France",
    "CN": "China",
    "GB": "the United Kingdom",
    "CA": "Canada",
    "IL": "Israel",
    "AE": "the United Arab Emirates",
    "CH": "Switzerland",
}


def country(claim: Claim) -> Iterator[Draft]:
    place = claim.entity("a")
    said = claim.extra.get("c", "")
    if not isinstance(place, Organisation) or not said:
        return
    wanted = next((code for code, ways in words()["countries"].items() if said in ways), "")
    known = place.country
    verdict = (
        Judgement.UNKNOWN
        if known is None
        else Judgement.SUPPORTED
        if known == wanted
        else Judgement.IMPRECISE
    )
    yield Draft(
        kind=StatementKind.IDENTITY,
        verdict=verdict,
        subject=place.name,
        about=f"{place.name} is {said.capitalize()}",
        fact=f"{place.name} has its seat in {_COUNTRIES.get(known, known)}" if known else "",
        sources=sources_of(place),
        is_flippable=False,
    )
