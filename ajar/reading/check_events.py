"""Events, their dates and figures, against the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ajar.model.article import Judgement, StatementKind
from ajar.model.catalogue import Event, EventKind, Organisation, Person, Product, System
from ajar.model.partial_date import PartialDate
from ajar.reading.claims import Claim, Draft
from ajar.reading.facts import Facts, may_be_same, sources_of
from ajar.reading.mention import Mention
from ajar.reading.quantities import Quantity, numbers_of

KIND = StatementKind.EVENT
_CLOSE = 0.03  # a figure as sources round it
_ROUGH = 0.12  # one that is said to be about so much
_MONTH = 32


def event(claim: Claim) -> Iterator[Draft]:
    """One event of the catalogue, named by the rule; what is said of its date is checked."""
    fixed = claim.match.rule.fixed
    asked = set(fixed.get("among", "").split("|")) - {""}
    if asked and not asked <= claim.named:
        return
    actor, party = claim.entity("a"), fixed.get("party", "")
    if party and actor is not None and actor.id not in party.split("|"):
        return
    wanted = set(fixed["event"].split("|"))
    known = [item for item in claim.facts.catalogue.events if item.id in wanted]
    past = [item for item in known if claim.facts.is_past(item.date)]
    about = fixed.get("about", claim.match.rule.id.replace("-", " "))
    if not past:
        return
    verdict = Judgement(fixed.get("verdict", "supported"))
    found: Sequence[Event] = past
    if verdict is Judgement.SUPPORTED:
        verdict, found = _dated(claim, past)
    yield Draft(
        kind=StatementKind(fixed.get("kind", "event")),
        verdict=verdict,
        subject=_subject(claim, found[0]),
        about=about,
        fact=event_words(found[0]),
        sources=sources_of(*found[:2]),
        is_flippable=fixed.get("flip", "yes") == "yes",
        when=min(item.date for item in past),
    )


def _subject(claim: Claim, found: Event) -> str:
    entity = claim.entity("a")
    return (
        entity.name
        if entity is not None
        else claim.facts.catalogue.name_of(found.parties[0])
        if found.parties
        else found.id
    )


def event_words(found: Event) -> str:
    outcome = f" ({found.outcome})" if found.outcome else ""
    return f"{found.date}: {found.text}{outcome}"


def _dated(claim: Claim, known: Sequence[Event]) -> tuple[Judgement, Sequence[Event]]:
    """Whether the date that is said may be the event's; without one it is enough that it happened."""
    said = claim.said_dates(without=frozenset({"since", "as of", "from"}))
    if not said:
        return Judgement.SUPPORTED, known
    for item in known:
        ends = [item.date] + ([item.until] if item.until else [])
        if any(may_be_same(one, end, 2) for dates in said for one in dates for end in ends):
            return Judgement.SUPPORTED, [item]
    sure = len(said) == 1 and all(not item.date.is_uncertain and _far(said, item.date) for item in known)
    return (Judgement.CONTRADICTED if sure else Judgement.IMPRECISE), known


def _far(said: Sequence[Sequence[PartialDate]], known: PartialDate) -> bool:
    return all(
        max((one.earliest - known.latest).days, (known.earliest - one.latest).days) > _MONTH
        for dates in said
        for one in dates
    )


def suit(claim: Claim) -> Iterator[Draft]:
    """`a` sued `b`."""
    plaintiff = claim.entity("a")
    if plaintiff is None:
        return
    for accused in claim.mentions("b"):
        if accused.entity is None or accused.entity is plaintiff:
            continue
        facts = claim.facts
        found = [
            item
            for item in facts.events(kind=EventKind.LAWSUIT, parties=[plaintiff.id, accused.id])
            if item.parties.index(plaintiff.id) < item.parties.index(accused.id) and _is_suit(item)
        ]
        if not found:
            later = [
                item
                for item in facts.events(kind=EventKind.LAWSUIT, parties=[plaintiff.id])
                if _is_suit(item) and _leads(accused.entity, item)
            ]
            found = later
        verdict, shown = _dated(claim, found) if found else (Judgement.UNKNOWN, found)
        if found and claim.match.rule.fixed.get("undated"):
            verdict, shown = Judgement.SUPPORTED, found
        yield Draft(
            kind=KIND,
            verdict=verdict,
            subject=plaintiff.name,
            about=f"{plaintiff.name} sues {accused.shown}",
            fact=event_words(shown[0]) if shown else "",
            sources=sources_of(*shown[:2]),
            when=min((item.date for item in found), default=None),
        )


def _is_suit(item: Event) -> bool:
    text = item.text.lower()
    return "withdraw" not in text and any(word in text for word in ("sues", "files", "suit", "complaint"))


def _leads(entity: object, item: Event) -> bool:
    return isinstance(entity, Person) and any(role.organisation in item.parties for role in entity.roles)


# releases


def released(
    thing: Mention, entity: System | Product, claim_dates: Sequence[Sequence[PartialDate]], facts: Facts
) -> Draft | None:
    """A system came out on a day."""
    if thing.is_variant or thing.is_vague:
        return None
    known, found = release_dates(entity, facts)
    if not known or not claim_dates:
        return None
    fits = any(may_be_same(one, date) for dates in claim_dates for one in dates for date in known)
    verdict = Judgement.SUPPORTED
    if not fits:
        sure = (
            len(claim_dates) == 1
            and isinstance(entity, System)
            and all(_far(claim_dates, date) for date in known)
        )
        verdict = (
            Judgement.CONTRADICTED
            if sure
            else Judgement.IMPRECISE
            if isinstance(entity, System)
            else Judgement.UNKNOWN
        )
        since = entity.since if isinstance(entity, Product) else None
        if since is not None and all(
            one.latest < since.earliest and _far([[one]], since) for group in claim_dates for one in group
        ):
            verdict = Judgement.CONTRADICTED  # before there was any of the line
    shown = ", ".join(sorted({str(date) for date in known})[:4])
    return Draft(
        kind=KIND,
        verdict=verdict,
        subject=thing.shown,
        about=f"{thing.shown} came out {claim_dates[0][0]}",
        fact=f"{entity.name}: {shown}" + (f"; {event_words(found[-1])}" if found else ""),
        sources=sources_of(entity, *found),
    )


def release_dates(entity: System | Product, facts: Facts) -> tuple[list[PartialDate], list[Event]]:
    """Days on which it, or one of its line, came out."""
    systems = (entity,) if isinstance(entity, System) else facts.systems_of(entity)
    keys = {system.id for system in systems}
    events = [
        item
        for item in facts.catalogue.events
        if item.kind is EventKind.RELEASE and keys & set(item.systems) and facts.is_past(item.date)
    ]
    known = [
        date
        for system in systems
        for date in (system.date, system.weights_date)
        if date is not None and facts.is_past(date)
    ]
    if isinstance(entity, Product) and entity.since is not None:
        known.append(entity.since)
    known += [date for item in events for date in (item.date, item.until) if date is not None]
    return known, events


# figures


def parameters(thing: Mention, entity: System | Product, figure: Quantity, facts: Facts) -> Draft | None:
    """A system has so many parameters."""
    if thing.is_vague:
        return None
    systems = facts.systems_of(entity)
    known = [(system, numbers) for system in systems if (numbers := _numbers(system))]
    said = f"{figure.value:,.0f} parameters"
    if not known:
        return _figure(thing, Judgement.UNKNOWN, said, "", systems)
    verdict = Judgement.UNKNOWN
    if any(_fits(figure, numbers) for _, numbers in known):
        verdict = Judgement.SUPPORTED
    elif isinstance(entity, System) and not thing.is_variant and not thing.others:
        ranged = any(
            word in (entity.parameters or "") for word in ("largest", "to ", "-", "at launch", "also")
        )
        inside = ranged and figure.value < max(known[0][1])
        unsure = inside or figure.part == "active" or figure.is_bare or figure.about == "under"
        verdict = Judgement.UNKNOWN if unsure else Judgement.CONTRADICTED
    fact = "; ".join(f"{system.name}: {system.parameters}" for system, _ in known[:4])
    return _figure(thing, verdict, said, fact, systems)


def _figure(thing: Mention, verdict: Judgement, said: str, fact: str, systems: Sequence[System]) -> Draft:
    return Draft(
        kind=StatementKind.FIGURE,
        verdict=verdict,
        subject=thing.shown,
        about=f"{thing.shown}: {said}",
        fact=fact,
        sources=sources_of(*systems[:2]),
    )


def _numbers(system: System) -> list[float]:
    found = list(numbers_of(f"{system.parameters or ''} {system.name}"))
    return found + ([float(system.parameter_count)] if system.parameter_count else [])


def _fits(figure: Quantity, known: Sequence[float]) -> bool:
    slack = _ROUGH if figure.about else _CLOSE
    for number in known:
        if abs(number - figure.value) <= slack * number or round(number / 1e9) == figure.value / 1e9:
            return True
        if figure.about == "over" and figure.value < number <= 1.25 * figure.value:
            return True
        if figure.about == "under" and number <= figure.value <= 1.25 * number:
            return True
    return False


def money(
    figure: Quantity,
    named: Sequence[Mention],
    words: Sequence[str],
    facts: Facts,
) -> Draft | None:
    """An amount beside parties that an event or a tie with an amount joins."""
    keys = {mention.id for mention in named if mention.entity is not None}
    found = [
        (what, amount, record) for what, amount, unit, record in _amounts(facts, keys) if unit == figure.unit
    ]
    if not found:
        return None
    slack = _ROUGH if figure.about else 0.05
    fitting = [row for row in found if abs(row[1] - figure.value) <= slack * row[1]]
    bid = [row for row in found if row[0] == "bid"] if {"bid", "offered", "offer"} & set(words) else []
    verdict = Judgement.SUPPORTED if fitting else Judgement.CONTRADICTED if bid else Judgement.UNKNOWN
    rows = fitting or bid or found
    record = rows[0][2]
    fact = ""
    if verdict is not Judgement.UNKNOWN:
        told = f"{rows[0][0]}: {rows[0][1]:,.0f} {figure.unit}"
        fact = event_words(record) if isinstance(record, Event) else told
    return Draft(
        kind=StatementKind.FIGURE,
        verdict=verdict,
        subject=next(mention.shown for mention in named if mention.entity is not None),
        about=f"{figure.value:,.0f} {figure.unit}",
        fact=fact,
        sources=sources_of(record) if fact else (),
        is_flippable=False,
    )


def _amounts(facts: Facts, keys: set[str]) -> Iterator[tuple[str, float, str, object]]:
    for item in facts.catalogue.events:
        if facts.is_past(item.date) and keys & set(item.parties):
            for figure in item.figures:
                yield figure.what, figure.value, figure.unit, item
    for place in facts.catalogue.organisations:
        for tie in place.ties:
            if facts.is_past(tie.since) and place.id in keys and tie.party in keys:
                for figure in tie.figures:
                    yield tie.text, figure.value, figure.unit, tie
        if place.id in keys:
            for figure in place.figures:
                if facts.is_past(figure.date):
                    yield figure.what, figure.value, figure.unit, figure


def founded(place: Organisation, dates: Sequence[Sequence[PartialDate]]) -> Draft | None:
    """An organisation was founded on a day."""
    if place.founded is None or not dates:
        return None
    known = place.founded.date
    fits = any(may_be_same(one, known, 31) for group in dates for one in group)
    far = len(dates) == 1 and all(abs(one.year - known.year) > 1 for group in dates for one in group)
    verdict = Judgement.SUPPORTED if fits else Judgement.CONTRADICTED if far else Judgement.IMPRECISE
    return Draft(
        kind=KIND,
        verdict=verdict,
        subject=place.name,
        about=f"{place.name} was founded {dates[0][0]}",
        fact=f"{place.name} was founded {known}",
        sources=sources_of(place.founded),
    )
