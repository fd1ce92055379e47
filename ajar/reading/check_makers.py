"""Who makes, owns and funds what, against the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ajar.model.article import Judgement, StatementKind
from ajar.model.catalogue import EventKind, Organisation, Person, Product, RoleKind, System, Tie, TieKind
from ajar.reading.claims import Claim, Draft
from ajar.reading.facts import day_words, may_be_same, person_words, sources_of, tie_words
from ajar.reading.lexicon import word_set
from ajar.reading.mention import Mention
from ajar.reading.quantities import Quantity

KIND = StatementKind.MAKES_OWNS_FUNDS
_OWNING = frozenset({TieKind.OWNED_BY, TieKind.PART_OF})
# Whoever publishes these of a system need not have made it.
_PARTS = word_set("check_makers-parts")
_NOUNS = frozenset(
    {
        "model",
        "models",
        "chatbot",
        "system",
        "family",
        "assistant",
        "line",
        "release",
        "llm",
        "series",
        "maker",
    }
)
_FETCHING = frozenset(
    [
        "download",
        "downloaded",
        "downloading",
        "get",
        "fetch",
        "load",
        "pull",
        "install",
        "available",
        "hosted",
    ]
)
_SHARE_SLACK = 1.5  # points of a percent
_MONEY_SLACK = 0.1


def makes(claim: Claim) -> Iterator[Draft]:
    """`a` makes `b`: an organisation, or the person who runs it."""
    words = set(claim.words())
    if words & _PARTS:
        return
    for thing in claim.mentions("b"):
        if not isinstance(thing.entity, System | Product):
            continue
        for maker in claim.mentions("a"):
            yield _makes(claim, maker, thing, thing.entity)


def _makes(claim: Claim, maker: Mention, thing: Mention, entity: System | Product) -> Draft:
    facts = claim.facts
    makers = facts.makers(entity)
    names = ", ".join(facts.catalogue.name_of(key) for key in makers)
    date = entity.date if isinstance(entity, System) else entity.since
    fact = f"{entity.name} is made by {names}" + (f", {day_words(date)}" if date else "")
    verdict = Judgement.UNKNOWN
    if isinstance(maker.entity, Organisation):
        verdict = _by_organisation(claim, maker.entity, entity, makers)
        if verdict is Judgement.IMPRECISE:
            fact += f"; {maker.entity.name} was another company on that day"
    elif isinstance(maker.entity, Person):
        verdict = _by_person(claim, maker.entity, makers)
        fact += f"; {person_words(maker.entity, facts)}"
    else:
        fact = f"{fact}; the catalogue has nothing on {maker.text}"
    derived = {"a", "an"} & set(claim.words()) and not _NOUNS & set(claim.words())  # "a faster Llama 3"
    if verdict is Judgement.CONTRADICTED and (
        thing.is_coreference or derived or _FETCHING & set(claim.around())
    ):
        verdict = Judgement.UNKNOWN
    if verdict is Judgement.SUPPORTED and claim.is_negated:
        verdict = Judgement.UNKNOWN  # that it has not released, or did not open, tells nothing of who made it
    return Draft(
        kind=KIND,
        verdict=verdict,
        subject=thing.shown,
        about=f"{maker.shown} makes {thing.shown}",
        fact=fact,
        sources=sources_of(entity),
    )


def _by_organisation(
    claim: Claim, maker: Organisation, entity: System | Product, makers: Sequence[str]
) -> Judgement:
    facts = claim.facts
    if maker.id in makers or any(maker.id in facts.kin(key) for key in makers):
        return Judgement.SUPPORTED
    if claim.match.rule.fixed.get("weak") or _took_part(claim, maker, entity):
        return Judgement.IMPRECISE
    tied = any(
        tie.party in {maker.id, *makers} and (other.id == maker.id or other.id in makers)
        for other in facts.catalogue.organisations
        for tie in other.ties
    )
    spoken = claim.match.rule.id == "maker-possessive-system" or any(
        word in {"launched", "announced", "introduced", "unveiled", "opened", "rolled", "presented"}
        for word in claim.words()
    )
    return Judgement.UNKNOWN if tied and spoken else Judgement.CONTRADICTED


def _took_part(claim: Claim, maker: Organisation, entity: System | Product) -> bool:
    """Whether a release of it names the organisation as a party too: a platform, a partner."""
    if "maker" in maker.kinds:
        return False  # an event may tell of two makers' releases on one day
    keys = {entity.id} | (
        {system.id for system in claim.facts.systems_of(entity)} if isinstance(entity, Product) else set()
    )
    return any(
        keys & set(event.systems) and maker.id in event.parties
        for event in claim.facts.events(kind=EventKind.RELEASE)
    )


def _by_person(claim: Claim, person: Person, makers: Sequence[str]) -> Judgement:
    roles = [role for role in person.roles if role.organisation in makers]
    if any(
        role.kind in {RoleKind.FOUNDER, RoleKind.LEADER} and claim.facts.is_past(role.since) for role in roles
    ):
        return Judgement.SUPPORTED
    leads = any(role.kind is RoleKind.LEADER for role in person.roles)
    return (
        Judgement.CONTRADICTED
        if leads and not roles and claim.match.rule.id == "maker-makes-system"
        else Judgement.UNKNOWN
    )


def owns(claim: Claim) -> Iterator[Draft]:
    """`a` owns or bought `b`."""
    owner, thing = claim.entity("a"), claim.entity("b")
    if not isinstance(thing, Organisation) or not isinstance(owner, Organisation | Person) or owner is thing:
        return
    verdict, fact, sources = _owns(claim, owner, thing)
    yield Draft(
        kind=KIND,
        verdict=verdict,
        subject=thing.name,
        about=f"{owner.name} owns {thing.name}",
        fact=fact,
        sources=sources,
    )


def _owns(
    claim: Claim, owner: Organisation | Person, thing: Organisation
) -> tuple[Judgement, str, tuple[str, ...]]:
    facts = claim.facts
    owning = [tie for tie in thing.ties if tie.kind in _OWNING and facts.is_past(tie.since)]
    fitting = [tie for tie in owning if tie.party == owner.id]
    if fitting:
        return _owned(claim, fitting, thing)
    if _owner_above(claim, owner, thing):
        return Judgement.SUPPORTED, _ownership(claim, thing, owning), sources_of(*owning)
    if isinstance(owner, Person):
        roles = owner.roles_in(thing.id)
        fact = person_words(owner, facts)
        if any(role.title == "owner" for role in roles):
            return Judgement.SUPPORTED, fact, sources_of(*roles)
        if owning and not roles:
            return Judgement.CONTRADICTED, _ownership(claim, thing, owning), sources_of(*owning)
        return Judgement.UNKNOWN, fact, sources_of(*roles)
    if any(tie.party == owner.id and tie.kind in _OWNING and not tie.figures for tie in thing.ties):
        return Judgement.UNKNOWN, "announced after the article's day", ()
    if _is_company(owner) and _is_company(thing):
        return (
            Judgement.CONTRADICTED,
            _ownership(claim, thing, owning),
            sources_of(*owning, *thing.ties) or sources_of(thing),
        )
    return Judgement.UNKNOWN, "", ()


def _owned(
    claim: Claim, fitting: Sequence[Tie], thing: Organisation
) -> tuple[Judgement, str, tuple[str, ...]]:
    fact, sources = _told(claim, thing, fitting), sources_of(*fitting)
    if any(figure.unit == "percent" for tie in fitting for figure in tie.figures):
        whole = any(word in {"all", "whole"} for word in claim.words())
        return (Judgement.CONTRADICTED if whole else Judgement.IMPRECISE), fact, sources
    said = claim.said_dates()
    known = [tie.since for tie in fitting if tie.since]
    if (
        said
        and known
        and not any(may_be_same(one, date, 31) for dates in said for one in dates for date in known)
    ):
        return (Judgement.CONTRADICTED if len(said) == 1 else Judgement.IMPRECISE), fact, sources
    over = all(tie.until is not None and claim.facts.is_past(tie.until) for tie in fitting)
    bought = any(
        word in {"bought", "acquired", "purchased", "took", "takeover", "purchase", "acquisition"}
        for word in claim.words()
    )
    return (
        (Judgement.IMPRECISE if over and not bought and not claim.is_past else Judgement.SUPPORTED),
        fact,
        sources,
    )


def _owner_above(claim: Claim, owner: Organisation | Person, thing: Organisation) -> bool:
    """Whether it owns the owner."""
    above = [tie.party for tie in thing.ties_at(claim.facts.as_of) if tie.kind in _OWNING and not tie.figures]
    for key in above:
        held = claim.facts.catalogue.by_id.get(key)
        if isinstance(held, Organisation) and any(
            tie.party == owner.id and tie.kind in _OWNING for tie in held.ties_at(claim.facts.as_of)
        ):
            return True
    return False


def _is_company(place: Organisation) -> bool:
    return bool({"maker", "company"} & set(place.kinds))


def _ownership(claim: Claim, thing: Organisation, owning: Sequence[Tie]) -> str:
    if owning:
        return _told(claim, thing, owning)
    funding = [tie for tie in thing.ties if claim.facts.is_past(tie.since)]
    return f"no owner of {thing.name} is recorded" + (
        f"; {_told(claim, thing, funding[:2])}" if funding else ""
    )


def _told(claim: Claim, thing: Organisation, ties: Sequence[Tie]) -> str:
    return "; ".join(tie_words(tie, thing, claim.facts) for tie in ties)


def share(claim: Claim) -> Iterator[Draft]:
    """`a` holds a share of `b`, of so many percent."""
    owner = claim.entity("a")
    thing = claim.entity("b")
    figure = claim.match.one("c")
    percent = (
        figure.ref.value
        if figure and isinstance(figure.ref, Quantity) and figure.ref.unit == "percent"
        else None
    )
    if owner is None:
        return
    facts = claim.facts
    held = [
        (place, tie)
        for place in facts.catalogue.organisations
        for tie in place.ties
        if tie.party == owner.id
        and facts.is_past(tie.since)
        and ((thing is None and place.id in claim.named) or place is thing)
    ]
    if not held:
        if thing is not None:
            yield Draft(
                kind=KIND,
                verdict=Judgement.UNKNOWN,
                subject=thing.name,
                about=f"{owner.name} has a share of {thing.name}",
            )
        return
    place = held[0][0]
    known = [item.value for _, tie in held for item in tie.figures if item.unit == "percent"]
    verdict = Judgement.SUPPORTED
    if percent is not None:
        fits = any(abs(value - percent) <= _SHARE_SLACK for value in known)
        verdict = Judgement.SUPPORTED if fits else Judgement.CONTRADICTED if known else Judgement.UNKNOWN
    yield Draft(
        kind=KIND,
        verdict=verdict,
        subject=place.name,
        about=f"{owner.name} holds {f'{percent:g} percent' if percent is not None else 'a share'} of {place.name}",
        fact="; ".join(tie_words(tie, place, facts) for place, tie in held),
        sources=sources_of(*(tie for _, tie in held)),
    )


def funds(claim: Claim) -> Iterator[Draft]:
    """`a` put money into `b`, so much, on a day."""
    thing = claim.entity("b")
    if not isinstance(thing, Organisation):
        return
    money = next(
        (
            item.ref
            for slot in ("m", "m2")
            for item in claim.match.slots.get(slot, ())
            if isinstance(item.ref, Quantity)
        ),
        None,
    )
    for giver in claim.mentions("a"):
        if giver.entity is None or giver.entity is thing:
            continue
        verdict, fact, sources = _funds(claim, giver.entity, thing, money)
        amount = f" {money.value:,.0f} {money.unit}" if money else ""
        yield Draft(
            kind=KIND,
            verdict=verdict,
            subject=thing.name,
            about=f"{giver.shown} put{amount or ' money'} into {thing.name}",
            fact=fact,
            sources=sources,
        )


def _funds(
    claim: Claim, giver: object, thing: Organisation, money: Quantity | None
) -> tuple[Judgement, str, tuple[str, ...]]:
    facts = claim.facts
    key = getattr(giver, "id", "")
    ties = [tie for tie in thing.ties if tie.party == key and facts.is_past(tie.since)]
    roles = (
        [role for role in giver.roles_in(thing.id) if role.kind in {RoleKind.INVESTOR, RoleKind.FOUNDER}]
        if isinstance(giver, Person)
        else []
    )
    if not ties and not roles:
        through = _through(claim, giver, thing)
        if through:
            return Judgement.SUPPORTED, _told(claim, thing, through), sources_of(*through)
        return Judgement.UNKNOWN, "", ()
    fact = "; ".join(
        [tie_words(tie, thing, facts) for tie in ties] + [f"{role.title} of {thing.name}" for role in roles]
    )
    sources = sources_of(*ties, *roles)
    said = claim.said_dates()
    dated = [
        tie
        for tie in ties
        if tie.since and said and any(may_be_same(one, tie.since, 45) for dates in said for one in dates)
    ]
    if money is None:
        return (Judgement.SUPPORTED if not said or dated or not ties else Judgement.IMPRECISE), fact, sources
    fits = [
        tie
        for tie in ties
        for figure in tie.figures
        if figure.unit == money.unit and abs(figure.value - money.value) <= _MONEY_SLACK * figure.value
    ]
    if fits:
        return (
            (Judgement.SUPPORTED if not said or any(tie in dated for tie in fits) else Judgement.IMPRECISE),
            fact,
            sources,
        )
    exact = (
        len(dated) == 1 and any(figure.unit == money.unit for figure in dated[0].figures) and len(said) == 1
    )
    return (Judgement.CONTRADICTED if exact else Judgement.IMPRECISE), fact, sources


def _through(claim: Claim, giver: object, thing: Organisation) -> list[Tie]:
    """What a person put in by a firm of theirs."""
    if not isinstance(giver, Person):
        return []
    firms = {role.organisation for role in giver.roles if role.kind in {RoleKind.FOUNDER, RoleKind.LEADER}}
    return [tie for tie in thing.ties if tie.party in firms and claim.facts.is_past(tie.since)]
