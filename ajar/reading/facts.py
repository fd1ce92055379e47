"""What the catalogue knew on a day: doors in plain words, records of makers, dates, and sources of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any

from ajar.catalogue import Catalogue
from ajar.model.article import Judgement
from ajar.model.catalogue import Access, Event, EventKind, Organisation, Person, Product, Share, System, Tie
from ajar.model.partial_date import PartialDate
from ajar.reading.lexicon import Lexicon

SOURCES = 4  # shown of one fact


class Plain(StrEnum):
    """How open a system's weights are, as far as statements need it."""

    SHUT = "shut"
    LIMITED = "limited"  # to be had, under terms with limits or after approval
    OPEN = "open"  # to be had, under an open-source licence
    FULL = "full"  # and the training data and code with them
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A maker's systems by how open they are."""

    shut: tuple[System, ...]
    limited: tuple[System, ...]
    opened: tuple[System, ...]

    @property
    def is_mixed(self) -> bool:
        return bool(self.shut) and bool(self.limited or self.opened)

    @property
    def size(self) -> int:
        return len(self.shut) + len(self.limited) + len(self.opened)

    def words(self) -> str:
        parts = [
            f"{len(group)} {name} ({', '.join(map(_called, group[:3]))}{', …' if len(group) > 3 else ''})"
            for name, group in (
                ("with open weights", self.opened),
                ("with weights under limits", self.limited),
                ("hosted only", self.shut),
            )
            if group
        ]
        return "; ".join(parts)


def _called(system: System) -> str:
    """A system that has no date may have come after the day: it counts, and says so."""
    return system.name if system.date else f"{system.name} (date unknown)"


@dataclass(frozen=True, slots=True)
class Facts:
    """The catalogue as of a day. Nothing dated later is used."""

    lexicon: Lexicon
    as_of: PartialDate

    @property
    def catalogue(self) -> Catalogue:
        return self.lexicon.catalogue

    def is_past(self, date: PartialDate | None) -> bool:
        """Whether something of this date was so by then; what has no date counts."""
        return date is None or _first_day(date) <= _last_day(self.as_of)

    # systems

    def then(self, system: System) -> System:
        """The system as it was on the day: weights that came later were not to be had."""
        came = system.weights_date or system.date
        if system.weights in {Access.OPEN, Access.GATED} and not self.is_past(came):
            return replace(system, weights=Access.API if self.is_past(system.date) else Access.NONE)
        return system

    def plain(self, system: System) -> Plain:
        now = self.then(system)
        if now.weights in {Access.API, Access.NONE}:
            return Plain.SHUT
        if now.weights is None:
            return Plain.UNKNOWN
        if now.weights is Access.GATED or now.licence is None or not is_open_source(now.licence.id):
            unknown = now.weights is Access.OPEN and (now.licence is None or now.licence.id is None)
            return Plain.UNKNOWN if unknown and now.licence is None else Plain.LIMITED
        full = now.data.share is Share.RELEASED and now.code.share is Share.RELEASED
        return Plain.FULL if full else Plain.OPEN

    def systems_of(self, entity: System | Product) -> tuple[System, ...]:
        """The system itself, or those of the line that were out by then."""
        if isinstance(entity, System):
            return (entity,)
        return tuple(item for item in self.lexicon.members(entity) if self.is_past(item.date))

    def openness_words(self, system: System) -> str:
        now = self.then(system)
        licence = f" under {now.licence.name}" if now.licence else ""
        weights = {
            Access.OPEN: f"weights can be downloaded{licence}",
            Access.GATED: f"weights after terms are accepted or access approved{licence}",
            Access.API: "hosted only, weights not given out",
            Access.NONE: "not offered",
            None: "whether the weights are given out is not established",
        }[now.weights]
        if now is not system and system.weights_date:
            weights += f" before {system.weights_date}"
        data = {
            Share.RELEASED: "; training data released",
            Share.PARTIAL: "; training data in part",
            Share.NONE: "; training data not released",
        }
        return f"{system.name}: {weights}{data.get(now.data.share, '') if now.data.share else ''}"

    def record(self, maker: Organisation) -> Record:
        groups: dict[Plain, list[System]] = {kind: [] for kind in Plain}
        for system in self.made_by(maker):
            if self.is_past(system.date):
                groups[self.plain(system)].append(system)
        return Record(
            shut=tuple(groups[Plain.SHUT]),
            limited=tuple(groups[Plain.LIMITED]),
            opened=(*groups[Plain.OPEN], *groups[Plain.FULL]),
        )

    def made_by(self, maker: Organisation) -> tuple[System, ...]:
        return self.catalogue.made_by(maker.id)

    def makers(self, entity: System | Product) -> tuple[str, ...]:
        return entity.makers if isinstance(entity, System) else (entity.maker,)

    # organisations

    def kin(self, key: str) -> set[str]:
        """An organisation with its owners and parts on that day: what one of them does is said of the other too."""
        found = {key}
        for organisation in self.catalogue.organisations:
            for tie in organisation.ties_at(self.as_of):
                if tie.kind in {"owned-by", "part-of"} and not any(
                    figure.unit == "percent" for figure in tie.figures
                ):
                    if organisation.id == key:
                        found.add(tie.party)
                    elif tie.party == key:
                        found.add(organisation.id)
        return found

    # events

    def events(self, *, kind: EventKind | None = None, parties: Iterable[str] = ()) -> Iterator[Event]:
        wanted = set(parties)
        for event in self.catalogue.events:
            if (
                (kind is None or event.kind is kind)
                and wanted <= set(event.parties)
                and self.is_past(event.date)
            ):
                yield event


@cache
def _first_day(date: PartialDate) -> dt.date:
    return date.earliest


@cache
def _last_day(date: PartialDate) -> dt.date:
    return date.latest


def may_be_same(said: PartialDate, known: PartialDate, slack_days: int = 1) -> bool:
    """Whether two dates of limited precision may mean the same day, a day apart for the time zone."""
    slack = dt.timedelta(days=slack_days)
    return _first_day(said) - slack <= _last_day(known) and _first_day(known) - slack <= _last_day(said)


def sources_of(*records: Any) -> tuple[str, ...]:
    """Addresses that the records rest on, each once."""
    found: dict[str, None] = {}
    for record in records:
        for source in getattr(record, "sources", ()) or ():
            found.setdefault(source.url)
    return tuple(found)[:SOURCES]


@cache
def is_open_source(licence: str | None) -> bool:
    """Whether the licence data count it as an open-source licence."""
    if licence is None:
        return False
    from ajar import rights
    from ajar.model.component import Openness

    known = rights.resolve(licence)
    return known is not None and known.openness is Openness.OPEN_SOURCE


def day_words(date: PartialDate) -> str:
    """A date as it is shown: `about` before one that its sources leave in doubt."""
    return f"about {date.rstrip('?')}" if date.is_uncertain else str(date)


_TIES = {"owned-by": "owned by", "part-of": "part of", "funded-by": "funded by", "partner-of": "partner of"}


def tie_words(tie: Tie, place: Organisation, facts: Facts) -> str:
    """A tie as a sentence's worth of words."""
    amounts = ", ".join(f"{figure.value:,.0f} {figure.unit}" for figure in tie.figures)
    dates = f" since {day_words(tie.since)}" if tie.since else ""
    if tie.until and facts.is_past(tie.until):
        dates += f" until {day_words(tie.until)}"
    words = f"{place.name}: {_TIES[tie.kind.value]} {facts.catalogue.name_of(tie.party)}{dates} ({tie.text}"
    return f"{words}{f', {amounts}' if amounts else ''})"


def person_words(person: Person, facts: Facts) -> str:
    """The roles that say who it is, those of the day first."""
    now = [role for role in person.roles_at(facts.as_of) if facts.is_past(role.since)]
    past = [role for role in person.roles if role not in now and facts.is_past(role.since)]
    shown = [
        (
            role.title
            if " of " in role.title
            else f"{role.title} of {facts.catalogue.name_of(role.organisation)}"
        )
        + (f" until {day_words(role.until)}" if role in past and role.until else "")
        for role in (*now, *past)[:4]
    ]
    return f"{person.name}: {', '.join(shown)}" if shown else person.name


def over(
    systems: Sequence[System], facts: Facts, judge: Callable[[System], Judgement]
) -> tuple[Judgement, str]:
    """One verdict for a system, or for all of a line where they agree."""
    if not systems:
        return Judgement.UNKNOWN, ""
    found = [(system, judge(system)) for system in systems]
    told = [(system, verdict) for system, verdict in found if verdict is not Judgement.UNKNOWN]
    if not told:
        return Judgement.UNKNOWN, facts.openness_words(systems[0])
    verdicts = {verdict for _, verdict in told}
    verdict = next(iter(verdicts)) if len(verdicts) == 1 else Judgement.IMPRECISE
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
