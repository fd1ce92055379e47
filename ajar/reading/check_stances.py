"""What a party is said to stand for, accuse others of, or refuse to sign, against its recorded positions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from ajar.model.article import Judgement, StatementKind
from ajar.model.catalogue import Organisation, Person, Position, RoleKind, Stance
from ajar.reading.check_openness import record_draft
from ajar.reading.claims import Claim, Draft
from ajar.reading.facts import Facts, Record, sources_of
from ajar.reading.items import Item
from ajar.reading.lexicon import words
from ajar.reading.mention import Mention

_TOPICS = frozenset({"open-weights", "open-publication", "definition-of-open"})
_RESTRICTING = re.compile(r"restrict|ban|limit")
_BLAME = re.compile(r"accus|sues|suit|breach|lobb|complain|alleg|capture|counter|warn|charges", re.IGNORECASE)


def stance(claim: Claim) -> Iterator[Draft]:
    """`a` is for or against open models."""
    topic = claim.extra.get("t", "")
    is_for = claim.says == "for"
    restricting = bool(_RESTRICTING.search(topic))
    if topic in words()["topics"]["closed"] or restricting:
        is_for = not is_for
    for slot in ("a", "a2"):
        for party in claim.mentions(slot):
            if isinstance(party.entity, Organisation | Person):
                yield from _stance(claim, party.entity, is_for=is_for)


def _stance(claim: Claim, party: Organisation | Person, *, is_for: bool) -> Iterator[Draft]:
    """What it says, and for a maker what it does: the one may be true and the other mixed."""
    facts = claim.facts
    if isinstance(party, Organisation) and _departs(facts.record(party), is_for=is_for):
        yield record_draft(claim, party, "open-source" if is_for else "closed")
    held = positions(facts, party)
    verdict = _weighed(held, is_for=is_for)
    yield Draft(
        kind=StatementKind.STANCE,
        verdict=verdict,
        subject=party.name,
        about=f"{party.name}: {'for' if is_for else 'against'} open models",
        fact="; ".join(f"{item.date}: {item.text}" for item in held[-3:]),
        sources=sources_of(*held[-3:]),
    )


def _departs(record: Record, *, is_for: bool) -> bool:
    """Whether a maker's own systems are not all of the kind that it is said to stand for."""
    if not record.opened and not record.limited:
        return False
    return bool(record.limited or record.shut) if is_for else True


def positions(facts: Facts, party: Organisation | Person) -> list[Position]:
    """What it said by the day, on openness, oldest first; regulation of open models counts where nothing else is known."""
    keys = {party.id}
    if isinstance(party, Organisation):
        keys |= {
            person.id
            for person in facts.catalogue.people_of(party.id)
            if any(role.kind is RoleKind.LEADER for role in person.roles_in(party.id))
        }
    held = [
        item
        for item in facts.catalogue.positions
        if keys & set(item.parties) and facts.is_past(item.date) and item.stance
    ]
    own = [item for item in held if item.topic in _TOPICS]
    found = own or [item for item in held if item.topic in {"regulation", "transparency"}]
    return sorted(found, key=lambda item: item.date)


def _weighed(held: Sequence[Position], *, is_for: bool) -> Judgement:
    wanted = Stance.FOR if is_for else Stance.AGAINST
    if not held:
        return Judgement.UNKNOWN
    if held[0].topic in {"regulation", "transparency"}:
        # To be against rules on open models is to be for them; for rules in general tells nothing.
        sides = {
            Stance.FOR if item.stance is Stance.AGAINST and item.topic == "regulation" else None
            for item in held
        }
        return Judgement.SUPPORTED if sides == {Stance.FOR} and is_for else Judgement.UNKNOWN
    sides = {item.stance for item in held}
    if sides == {wanted} or (held[-1].stance is wanted and wanted in sides and Stance.MIXED not in sides):
        return Judgement.SUPPORTED
    if wanted in sides or Stance.MIXED in sides:
        return Judgement.SUPPORTED if held[-1].stance is wanted else Judgement.IMPRECISE
    return Judgement.CONTRADICTED


def accusation(claim: Claim) -> Iterator[Draft]:
    """`a` accuses `b`: that the accusation was made, not that it is true."""
    accuser = claim.entity("a")
    accused = [mention.entity for mention in claim.mentions("b") if mention.entity]
    if accuser is None or not accused:
        return
    facts = claim.facts
    targets = {entity.id for entity in accused}
    for entity in accused:
        if isinstance(entity, Person):
            targets |= {role.organisation for role in entity.roles if role.kind is RoleKind.LEADER}
    found = [
        event
        for event in facts.events(parties=[accuser.id])
        if targets & set(event.parties) - {accuser.id}
        and _BLAME.search(event.text)
        and event.parties.index(accuser.id) == 0
    ]
    found = [event for event in found if _in_time(claim, event.date)] or found
    said = [
        item for item in facts.catalogue.positions if accuser.id in item.parties and facts.is_past(item.date)
    ]
    backed = bool(found) or any("calls it closed" in item.text for item in said)
    yield Draft(
        kind=StatementKind.STANCE,
        verdict=Judgement.SUPPORTED if backed else Judgement.UNKNOWN,
        subject=accuser.name,
        about=f"{accuser.name} accuses {', '.join(entity.name for entity in accused)}",
        fact=f"{found[0].date}: {found[0].text}" if found else "; ".join(item.text for item in said[-2:]),
        sources=sources_of(*(found[:1] or said[-2:])),
    )


def _in_time(claim: Claim, date: object) -> bool:
    from ajar.model.partial_date import PartialDate
    from ajar.reading.facts import may_be_same

    said = claim.said_dates()
    return not said or (
        isinstance(date, PartialDate) and any(may_be_same(one, date) for dates in said for one in dates)
    )


def signature(claim: Claim) -> Iterator[Draft]:
    """`a` signed, or would not sign, the code of practice."""
    party = claim.entity("a")
    if not isinstance(party, Organisation):
        return
    text = " ".join(claim.words())
    refuses = any(word in text for word in ("refus", "declin", "not sign"))
    events = [
        event for event in claim.facts.events(parties=[party.id]) if re.search(r"\bsigns?\b", event.text)
    ]
    held = [
        item
        for item in claim.facts.catalogue.positions
        if party.id in item.parties and claim.facts.is_past(item.date) and re.search(r"\bsigns?\b", item.text)
    ]
    told = f"{' '.join(event.text for event in events)} {' '.join(item.text for item in held)}"
    own = re.search(
        rf"{re.escape(party.name)}[^.;]*?\b(?:not sign|refuses to sign)|^\s*Refuses to sign", told
    )
    signs = re.search(rf"{re.escape(party.name)}[^.;]*?\bsigns\b", told)
    verdict = Judgement.UNKNOWN
    if own:
        verdict = Judgement.SUPPORTED if refuses else Judgement.CONTRADICTED
    elif refuses and any("Refuses to sign" in item.text for item in held):
        verdict = Judgement.SUPPORTED
    elif signs:
        verdict = (
            Judgement.CONTRADICTED
            if refuses
            else Judgement.SUPPORTED
            if "safety" in text or "only" in text
            else Judgement.IMPRECISE
        )
    yield Draft(
        kind=StatementKind.STANCE if refuses else StatementKind.EVENT,
        verdict=verdict,
        subject=party.name,
        about=f"{party.name} {'refuses to sign' if refuses else 'signs'} the code of practice",
        fact=told.strip()[:300],
        sources=sources_of(*events, *held),
        is_flippable=False,
    )


_PRONOUNS = ("we", "it", "they", "he", "she", "i")
_OWN_WORDS = 3  # fewer are anybody's words


@cache
def _spoken(words_: str) -> str:
    """The words, with any pronoun and ending: `what we choose` is also told as `what it chooses`."""
    kept = [word for word in words_.split() if word not in _PRONOUNS]
    between = rf"\W+(?:(?:{'|'.join(_PRONOUNS)})\W+)?"
    return between.join(
        "(?:is|was|are|were)" if word in {"is", "are"} else rf"{re.escape(word)}s?" for word in kept
    )


def own_words(text: str, start: int, row: Sequence[Item], facts: Facts) -> Iterator[Draft]:
    """Words that a party is recorded to have said, quoted or not, beside its name."""
    keys = {item.ref.id for item in row if isinstance(item.ref, Mention) and item.ref.entity}
    if not keys:
        return
    lower = text.lower().replace("’", "'")
    for item in facts.catalogue.positions:
        if not item.words or keys.isdisjoint(item.parties) or not facts.is_past(item.date):
            continue
        words_ = item.words.lower()
        if len(words_.split()) < _OWN_WORDS:
            continue
        said = re.search(_spoken(words_), lower)
        if said is not None:
            at = said.start()
            party = next(key for key in item.parties if key in keys)
            yield Draft(
                kind=StatementKind.STANCE,
                verdict=Judgement.SUPPORTED,
                subject=facts.catalogue.name_of(party),
                about=f"{facts.catalogue.name_of(party)} said “{item.words}”",
                fact=f"{item.date}: {item.text}",
                sources=sources_of(item),
                span=(start + at, start + said.end()),
            )
