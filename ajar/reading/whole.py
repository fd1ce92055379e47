"""One article from its bytes to its reading."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ajar.errors import TargetUnreadable
from ajar.model.article import (
    ArticleReading,
    DateBasis,
    EntityKind,
    NamedParty,
    NamedSystem,
    Span,
)
from ajar.model.catalogue import Organisation, Person, Product, System
from ajar.model.judgement import DOOR_LABELS, Door
from ajar.model.partial_date import PartialDate
from ajar.reading import dating
from ajar.reading.article import Reader, Reading, ordered, split
from ajar.reading.facts import Facts, Plain, person_words, sources_of
from ajar.reading.language import language_of
from ajar.reading.lexicon import Lexicon, lexicon
from ajar.reading.mention import Mention
from ajar.reading.mentions import Finder
from ajar.reading.pages import Page, read_page
from ajar.reading.tokens import Sentence

_PRESS = re.compile(r"\b(?:we|our)\b", re.IGNORECASE)
_SYSTEMS = 60  # judged of one article


def read(data: bytes, name: str, *, date: PartialDate | None = None) -> ArticleReading:
    """Read an article. Raises `TargetUnreadable` when there is no text in it."""
    page = read_page(data, name)
    parts = split(page)
    if not parts:
        raise TargetUnreadable(
            f"{name}: there is no text in it", hint="give the article itself, not a page that loads it"
        )
    words = sum(1 for part in parts for token in part.tokens if token.text[0].isalnum())
    language = language_of(parts)
    known = lexicon()
    newest = _newest(known)
    day, basis, because, first = _dated(page, parts, known, date, newest)
    facts = Facts(known, day or newest)
    reader = Reader(page, known, facts, day, _voice(page, parts, known))
    notes = list(page.notes)
    if language in {"en", ""}:
        found = (
            first
            if first is not None and day == facts.as_of and basis is DateBasis.NONE
            else reader.read(parts)
        )
    else:
        found = _names_only(parts, known)
        notes.append(f"the text seems to be in {language}, not in English: only names were looked for")
    if not found.mentions:
        notes.append("nothing here that the catalogue knows")
        found = Reading()
    return ArticleReading(
        subject=name,
        title=page.title,
        form=page.form,
        language=language,
        date=str(day or ""),
        date_basis=basis,
        date_because=because,
        as_of=str(facts.as_of),
        text=page.text,
        words=words,
        systems=_systems(found.mentions, facts),
        parties=_parties(found.mentions, facts),
        statements=ordered(found.statements),
        notes=tuple(notes),
    )


def _newest(known: Lexicon) -> PartialDate:
    """The last day of which the catalogue knows anything."""
    return max((event.date for event in known.catalogue.events), key=lambda date: date.latest)


def _dated(
    page: Page, parts: Sequence[Sentence], known: Lexicon, given: PartialDate | None, newest: PartialDate
) -> tuple[PartialDate | None, DateBasis, str, Reading | None]:
    if given is not None:
        return given, DateBasis.GIVEN, "given", None
    said = dating.stated(page, parts)
    if said is not None:
        return said[0], said[1], f"from {said[2]}", None
    first = Reader(page, known, Facts(known, newest), None).read(parts)
    spoken = list(first.spoken)
    for mention in first.mentions:
        if isinstance(mention.entity, System) and mention.entity.date and not mention.others:
            spoken.append(mention.entity.date)
        elif isinstance(mention.entity, Product) and mention.entity.since:
            spoken.append(mention.entity.since)
    day = dating.inferred(spoken, newest)
    if day is None:
        return None, DateBasis.NONE, f"no date found: judged by what is known up to {newest}", first
    last = max((date for date in spoken if date.earliest <= newest.latest), key=lambda date: date.earliest)
    return day, DateBasis.INFERRED, f"within a month of {last}, the newest thing it speaks of", None


def _voice(page: Page, parts: Sequence[Sentence], known: Lexicon) -> Mention | None:
    """Who says `we`: the author in the front matter, or whom a heading `About …` names, in a text that says it."""
    if len(_PRESS.findall(page.prose)) < 3:
        return None
    finder = Finder(known)
    finder.prepare(parts)
    heads = [
        part
        for part in parts
        if any(token.lower == "about" for token in part.tokens[:3]) and len(part.tokens) < 8
    ]
    for part in heads:
        found = [mention for mention in finder.find(part) if isinstance(mention.entity, Organisation)]
        if found:
            return found[0]
    return None


def _names_only(parts: Sequence[Sentence], known: Lexicon) -> Reading:
    finder = Finder(known)
    finder.prepare(parts)
    found = [
        mention for part in parts for mention in finder.find(part) if mention.entity and not mention.is_slip
    ]
    return Reading(mentions=found)


# who is named


def _systems(mentions: Sequence[Mention], facts: Facts) -> tuple[NamedSystem, ...]:
    held: dict[str, tuple[System | Product, list[Span]]] = {}
    for mention in mentions:
        if isinstance(mention.entity, System | Product):
            spans = held.setdefault(mention.id, (mention.entity, []))[1]
            spans.append(Span(start=mention.start, end=mention.end))
    return tuple(_system(entity, tuple(spans), facts) for entity, spans in list(held.values())[:_SYSTEMS])


def _system(entity: System | Product, spans: tuple[Span, ...], facts: Facts) -> NamedSystem:
    makers = tuple(facts.catalogue.name_of(key) for key in facts.makers(entity))
    if isinstance(entity, Product):
        return _line(entity, makers, spans, facts)
    from ajar.known import door_of

    now = facts.then(entity)
    verdict = door_of(now)
    return NamedSystem(
        id=entity.id,
        name=entity.name,
        makers=makers,
        door=verdict.declared,
        at_least=verdict.at_least,
        at_most=verdict.at_most,
        label=DOOR_LABELS[Door(verdict.declared)],
        licence=now.licence.name if now.licence else "",
        weights=facts.openness_words(entity).partition(": ")[2],
        sources=sources_of(entity),
        mentions=spans,
    )


def _line(entity: Product, makers: tuple[str, ...], spans: tuple[Span, ...], facts: Facts) -> NamedSystem:
    """A line of models: its members of the day, counted by how their weights are given."""
    members = facts.systems_of(entity)
    plains = {facts.plain(system) for system in members}
    shut = bool(members) and plains == {Plain.SHUT}
    door = Door.SHUT.value if shut else ""
    shown = "; ".join(facts.openness_words(system) for system in members[:6])
    return NamedSystem(
        id=entity.id,
        name=entity.name,
        makers=makers,
        door=door,
        at_least=Door.SHUT.value,
        at_most=door,
        label=DOOR_LABELS[Door.SHUT]
        if shut
        else "differs from one release to the next"
        if len(plains) > 1
        else "see its releases",
        licence="",
        weights=shown,
        sources=sources_of(entity, *members[:2]),
        mentions=spans,
        is_family=True,
    )


def _parties(mentions: Sequence[Mention], facts: Facts) -> tuple[NamedParty, ...]:
    held: dict[str, tuple[Organisation | Person, list[Span]]] = {}
    for mention in mentions:
        if isinstance(mention.entity, Organisation | Person):
            spans = held.setdefault(mention.id, (mention.entity, []))[1]
            spans.append(Span(start=mention.start, end=mention.end))
    return tuple(_party(entity, tuple(spans), facts) for entity, spans in held.values())


def _party(entity: Organisation | Person, spans: tuple[Span, ...], facts: Facts) -> NamedParty:
    if isinstance(entity, Person):
        words = person_words(entity, facts).partition(": ")[2]
        return NamedParty(
            id=entity.id, name=entity.name, kind=EntityKind.PERSON, known_for=words, record="", mentions=spans
        )
    record = facts.record(entity)
    return NamedParty(
        id=entity.id,
        name=entity.name,
        kind=EntityKind.ORGANISATION,
        known_for=", ".join(kind.value for kind in entity.kinds),
        record=record.words(),
        mentions=spans,
    )
