"""Roles of people, names of organisations and what kind of body they are, against the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ajar.catalogue.names import fold
from ajar.model.article import Judgement, StatementKind
from ajar.model.catalogue import EventKind, Organisation, Person, Role, RoleKind
from ajar.model.partial_date import PartialDate, holds_at
from ajar.reading.claims import Claim, Draft
from ajar.reading.facts import may_be_same, person_words, sources_of
from ajar.reading.items import Title
from ajar.reading.mention import Mention

_LEADING = frozenset({RoleKind.LEADER, RoleKind.OFFICER, RoleKind.BOARD, RoleKind.FOUNDER})
_PASSING = frozenset({"interim", "became", "named", "appointed", "hired", "acting", "briefly", "temporary"})
_CHIEF = ("chief executive", "head", "ceo")
_DAYS_OF_A_YEAR = 366


def role(claim: Claim) -> Iterator[Draft]:
    """A person has or had a role in an organisation."""
    titles = [
        item.ref
        for slot in ("r", "r2")
        for item in claim.match.slots.get(slot, ())
        if isinstance(item.ref, Title)
    ]
    fixed = claim.match.rule.fixed.get("role", "")
    wanted = [(title.kind.value, title.text) for title in titles] or [(fixed, fixed)]
    for place in claim.mentions("b"):
        if not isinstance(place.entity, Organisation):
            continue
        for person in claim.mentions("a"):
            for kind, title in wanted:
                if isinstance(person.entity, Person):
                    yield _role(claim, person.entity, place.entity, kind, title)
                elif person.entity is None and " " in person.text:
                    yield _unknown_person(claim, person, place.entity, kind, title)


def _role(claim: Claim, person: Person, place: Organisation, kind: str, title: str) -> Draft:
    facts = claim.facts
    about = f"{person.name}: {_title_words(title)} {place.name}"
    own = [role for role in person.roles_in(place.id) if facts.is_past(role.since)]
    fitting = [role for role in own if _fits(role, kind, title)]
    said = StatementKind.MAKES_OWNS_FUNDS if kind == "investor" else StatementKind.ROLE
    if fitting:
        verdict, fact = _timed(claim, person, fitting)
        return Draft(
            kind=said,
            verdict=verdict,
            subject=person.name,
            about=about,
            fact=fact,
            sources=sources_of(*fitting),
        )
    verdict, fact, sources = _without(claim, person, place, kind, own)
    return Draft(kind=said, verdict=verdict, subject=person.name, about=about, fact=fact, sources=sources)


def somewhere(claim: Claim) -> Iterator[Draft]:
    """A person has a role, and where is not said: told only when some organisation that is named fits."""
    person = claim.entity("a")
    title = claim.match.one("r")
    if not isinstance(person, Person) or title is None or not isinstance(title.ref, Title):
        return
    fitting = [
        role
        for role in person.roles
        if role.organisation in claim.named
        and claim.facts.is_past(role.since)
        and _fits(role, title.ref.kind.value, title.ref.text)
    ]
    if fitting:
        yield Draft(
            kind=StatementKind.ROLE,
            verdict=Judgement.SUPPORTED,
            subject=person.name,
            about=f"{person.name}: {title.ref.text}",
            fact=person_words(person, claim.facts),
            sources=sources_of(*fitting),
        )


def _title_words(title: str) -> str:
    plain = {
        "any": "belongs to",
        "leadership": "among the leadership of",
        "leader": "leads",
        "founder": "founded",
        "board": "on the board of",
    }
    return plain.get(title, f"{title} of")


def _fits(role: Role, kind: str, title: str) -> bool:
    if kind in {"any", "staff"}:
        return True
    if kind == "leadership":
        return role.kind in _LEADING
    if kind == "leader":
        if title in {"ceo", "chief executive", "chief executive officer"}:
            return role.kind is RoleKind.LEADER and any(word in role.title for word in _CHIEF)
        if title == "president":
            return "president" in role.title and "vice" not in role.title
        return role.kind is RoleKind.LEADER
    if kind == "officer":
        return role.kind is RoleKind.OFFICER and _alike(role.title, title)
    return role.kind.value == kind


def _alike(known: str, said: str) -> bool:
    """Whether two titles are about the same thing: technology, research, AI, finance."""
    fields = (
        {"technology", "cto", "technologist"},
        {"scientist", "research", "ai", "researcher", "artificial", "fair"},
        {"financial", "cfo"},
        {"operating", "coo"},
    )
    left, right = set(known.lower().split()), set(said.split())
    return any(left & field and right & field for field in fields)


def _timed(claim: Claim, person: Person, fitting: Sequence[Role]) -> tuple[Judgement, str]:
    facts = claim.facts
    now = [
        role
        for role in fitting
        if holds_at(role.since, role.until, facts.as_of) is not False or role.kind is RoleKind.FOUNDER
    ]
    ended = [role for role in fitting if role.until is not None and facts.is_past(role.until)]
    fact = person_words(person, facts)
    if any(role.kind is RoleKind.FOUNDER for role in fitting):
        return _founding(claim, fitting, fact)
    if claim.is_over and now and not ended:
        sure = any(holds_at(role.since, role.until, facts.as_of) for role in now)
        return (Judgement.CONTRADICTED if sure else Judgement.UNKNOWN), f"{fact}, still on the article's day"
    if now or claim.is_past or claim.said_dates():
        return Judgement.SUPPORTED, fact
    says_is = any(
        item.code == "is" and item.end > item.start
        for item in claim.match.view[claim.match.first : claim.match.last]
    )
    place = claim.entity("b")
    others = _leaders(claim, place) if isinstance(place, Organisation) and says_is else []
    led = all(role.kind is RoleKind.LEADER for role in fitting) and others and person not in others
    verdict = Judgement.CONTRADICTED if led else Judgement.IMPRECISE
    return verdict, f"{fact}; that had ended by the article's day"


def _founding(claim: Claim, fitting: Sequence[Role], fact: str) -> tuple[Judgement, str]:
    """A founding has no end; a date that is said of it must be about right."""
    said = claim.said_dates()
    place = claim.entity("b")
    founded = place.founded.date if isinstance(place, Organisation) and place.founded else None
    known = [role.since for role in fitting if role.since] + ([founded] if founded else [])
    known += [
        event.date for event in claim.facts.events(kind=EventKind.CORPORATE, parties=_ids(claim, "a", "b"))
    ]
    if (
        not said
        or not known
        or ("found" not in " ".join(claim.around()) and "launch" not in " ".join(claim.around()))
    ):
        return Judgement.SUPPORTED, fact
    if any(may_be_same(one, other) for dates in said for one in dates for other in known):
        return Judgement.SUPPORTED, fact
    far = all(_apart(one, other) > _DAYS_OF_A_YEAR for dates in said for one in dates for other in known)
    return (
        Judgement.CONTRADICTED if far and len(said) == 1 else Judgement.IMPRECISE
    ), f"{fact}; founded {min(known)}"


def _apart(left: PartialDate, right: PartialDate) -> int:
    return max((left.earliest - right.latest).days, (right.earliest - left.latest).days)


def _ids(claim: Claim, *slots: str) -> list[str]:
    return [next((mention.id for mention in claim.mentions(slot)), "") for slot in slots]


def _without(
    claim: Claim, person: Person, place: Organisation, kind: str, own: Sequence[Role]
) -> tuple[Judgement, str, tuple[str, ...]]:
    """No such role is recorded. It is only denied where the catalogue knows who does hold it."""
    facts = claim.facts
    fact = person_words(person, facts)
    sources = sources_of(*(own or person.roles))
    if kind == "founder":
        full = next(
            (roster for roster in place.rosters if roster.heading == "founders" and roster.complete), None
        )
        others = [
            other for other in facts.catalogue.people_of(place.id) if _is(other, place, RoleKind.FOUNDER)
        ]
        if full is not None or others:
            who = (
                [facts.catalogue.name_of(key) for key in full.people] + list(full.others)
                if full
                else [o.name for o in others]
            )
            named = (
                sources_of(full) if full else sources_of(*(r for o in others for r in o.roles_in(place.id)))
            )
            return Judgement.CONTRADICTED, f"{fact}; founders of {place.name}: {', '.join(who)}", named
    if kind == "investor":
        tie = next((tie for tie in place.ties if tie.party == person.id and facts.is_past(tie.since)), None)
        if tie is not None:
            return Judgement.SUPPORTED, tie.text, sources_of(tie)
    if kind in {"leader", "leadership"}:
        leaders = _leaders(claim, place)
        if leaders and person not in leaders:
            leading = ", ".join(other.name for other in leaders)
            return Judgement.CONTRADICTED, f"{fact}; {place.name} is led by {leading}", sources
        if kind == "leader" and own:
            return Judgement.IMPRECISE, fact, sources
    if kind == "officer" and not own:
        elsewhere = [
            role
            for role in person.roles
            if role.kind in {RoleKind.OFFICER, RoleKind.LEADER}
            and holds_at(role.since, role.until, facts.as_of)
            and role.organisation not in facts.kin(place.id)
        ]
        if elsewhere and not claim.is_past and len(elsewhere) == 1 and facts.catalogue.people_of(place.id):
            return Judgement.CONTRADICTED, fact, sources_of(*elsewhere)
    if own:
        return Judgement.IMPRECISE, fact, sources
    return Judgement.UNKNOWN, f"{fact}; the catalogue has no role at {place.name}", ()


def _is(person: Person, place: Organisation, kind: RoleKind) -> bool:
    return any(role.kind is kind for role in person.roles_in(place.id))


def _leaders(claim: Claim, place: Organisation) -> list[Person]:
    """Who led it on the day, for sure; of the past everybody who ever did."""
    found = []
    for person in claim.facts.catalogue.people_of(place.id):
        for held in person.roles_in(place.id):
            if held.kind is RoleKind.LEADER and (
                holds_at(held.since, held.until, claim.facts.as_of) or claim.is_past
            ):
                found.append(person)
                break
    return found


def _unknown_person(claim: Claim, person: Mention, place: Organisation, kind: str, title: str) -> Draft:
    """Somebody without a record: denied only a post that another holds, or a founding whose founders are all known."""
    about = f"{person.text}: {_title_words(title)} {place.name}"
    verdict, fact = Judgement.UNKNOWN, f"the catalogue has nothing on {person.text}"
    sources: tuple[str, ...] = ()
    name = fold(person.text)
    for roster in place.rosters:
        if kind == "founder" and roster.heading == "founders":
            known = [claim.facts.catalogue.name_of(key) for key in roster.people] + list(roster.others)
            if any(fold(other) == name for other in known):
                verdict, fact, sources = (
                    Judgement.SUPPORTED,
                    f"founders of {place.name}: {', '.join(known)}",
                    sources_of(roster),
                )
            elif roster.complete:
                verdict, fact, sources = (
                    Judgement.CONTRADICTED,
                    f"founders of {place.name}: {', '.join(known)}",
                    sources_of(roster),
                )
    if (
        kind == "leader"
        and title in {"ceo", "chief executive", "chief executive officer"}
        and not claim.is_past
        and not _PASSING & set(claim.around())
    ):
        chiefs = [
            (other, held)
            for other in claim.facts.catalogue.people_of(place.id)
            for held in other.roles_in(place.id)
            if _fits(held, kind, title) and holds_at(held.since, held.until, claim.facts.as_of)
        ]
        if chiefs:
            verdict = Judgement.CONTRADICTED
            fact, sources = person_words(chiefs[0][0], claim.facts), sources_of(chiefs[0][1])
    return Draft(
        kind=StatementKind.ROLE, verdict=verdict, subject=person.text, about=about, fact=fact, sources=sources
    )


def left_somewhere(claim: Claim) -> Iterator[Draft]:
    """A person left on a day, and what is not said: told only when one organisation that is named fits."""
    person = claim.entity("a")
    if not isinstance(person, Person):
        return
    said = claim.said_dates()
    fitting = [
        role
        for role in person.roles
        if role.until
        and role.organisation in claim.named
        and any(may_be_same(one, role.until, 45) for dates in said for one in dates)
    ]
    if fitting:
        place = claim.facts.catalogue.name_of(fitting[0].organisation)
        yield Draft(
            kind=StatementKind.ROLE,
            verdict=Judgement.SUPPORTED,
            subject=person.name,
            about=f"{person.name} left {place}",
            fact=person_words(person, claim.facts),
            sources=sources_of(*fitting),
        )


def left(claim: Claim) -> Iterator[Draft]:
    """A person left an organisation or its board, on a day."""
    person, place = claim.entity("a"), claim.entity("b")
    if not isinstance(person, Person) or not isinstance(place, Organisation):
        return
    ended = [role for role in person.roles_in(place.id) if role.until and claim.facts.is_past(role.until)]
    events = [
        event
        for event in claim.facts.events(kind=EventKind.CORPORATE, parties=[person.id, place.id])
        if any(
            word in event.text.lower()
            for word in ("leave", "left", "quit", "steps down", "ousted", "gives up", "dismisses")
        )
    ]
    known = [role.until for role in ended if role.until] + [event.date for event in events]
    verdict, fact = Judgement.UNKNOWN, person_words(person, claim.facts)
    if known:
        said = claim.said_dates()
        fits = not said or any(
            may_be_same(one, other, 45) for dates in said for one in dates for other in known
        )
        verdict = (
            Judgement.SUPPORTED if fits else Judgement.CONTRADICTED if len(said) == 1 else Judgement.IMPRECISE
        )
        fact = events[0].text if events else f"{fact}"
    yield Draft(
        kind=StatementKind.ROLE,
        verdict=verdict,
        subject=person.name,
        about=f"{person.name} left {place.name}",
        fact=fact,
        sources=sources_of(*events, *ended),
    )
