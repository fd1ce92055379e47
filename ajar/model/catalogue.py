"""What the catalogue knows: systems, who makes them, who said and did what. Every record names its sources.

`None` is unknown and an empty tuple is "nothing known"; neither says that there is nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ajar.model.partial_date import PartialDate, holds_at


class Grade(StrEnum):
    """How near a source is to what it tells."""

    PRIMARY = "primary"  # the maker's own site or repository, a court's or a regulator's paper, the speaker's own words
    PRESS = "press"  # a newsroom or trade journal
    DIGEST = "digest"  # a copy, an aggregator, an index filled in by others, a blog


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a fact stands. `read` is the day it was read, `published` the day it came out."""

    url: str
    grade: Grade
    read: PartialDate
    published: PartialDate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """What something was called, from and to when."""

    name: str
    sources: tuple[Source, ...]
    since: PartialDate | None = None
    until: PartialDate | None = None


class OrganisationKind(StrEnum):
    MAKER = "maker"  # of AI systems
    COMPANY = "company"
    RESEARCH_GROUP = "research-group"
    NON_PROFIT = "non-profit"
    INVESTOR = "investor"
    STANDARDS_BODY = "standards-body"  # defines or measures openness
    GOVERNMENT = "government"
    COURT = "court"


class TieKind(StrEnum):
    """What one organisation is to another: `A` has a tie `owned-by` to `B` when B owns A."""

    OWNED_BY = "owned-by"
    PART_OF = "part-of"
    FUNDED_BY = "funded-by"
    PARTNER_OF = "partner-of"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A quantity with its unit: `USD`, `EUR`, `percent`, `parameters`, `monthly-active-users`, `count`."""

    what: str
    value: float
    unit: str
    sources: tuple[Source, ...]
    date: PartialDate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """Ownership, funding or partnership, seen from the organisation that holds the record."""

    kind: TieKind
    party: str  # id of an organisation or a person
    text: str
    sources: tuple[Source, ...]
    since: PartialDate | None = None
    until: PartialDate | None = None
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A day that is a fact of its own: a founding, a launch."""

    date: PartialDate
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What an organisation was in law or in purpose, from and to when."""

    form: str  # non-profit, capped-profit, public-benefit-corporation, …
    text: str
    sources: tuple[Source, ...]
    since: PartialDate | None = None
    until: PartialDate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Who a source lists under one heading of an organisation. `complete` when the source gives the whole list."""

    heading: str  # founders, board, …
    people: tuple[str, ...]  # ids of people
    sources: tuple[Source, ...]
    others: tuple[str, ...] = ()  # names of people who have no record
    complete: bool = False
    date: PartialDate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A maker, company, group, agency or court."""

    id: str
    name: str
    kinds: tuple[OrganisationKind, ...]
    sources: tuple[Source, ...]
    aliases: tuple[str, ...] = ()
    country: str | None = None  # ISO 3166-1 alpha-2, EU for the union
    founded: Dated | None = None
    names: tuple[Name, ...] = ()
    forms: tuple[Form, ...] = ()
    ties: tuple[Tie, ...] = ()
    rosters: tuple[Roster, ...] = ()
    figures: tuple[Figure, ...] = ()
    notes: str = ""

    def name_at(self, date: PartialDate) -> str | None:
        """What it was called then; its present name when no former name covers the day; `None` when it cannot be told."""
        held = [(item, holds_at(item.since, item.until, date)) for item in self.names]
        sure = next((item.name for item, holds in held if holds), None)
        if sure is not None:
            return sure
        return None if any(holds is None for _, holds in held) else self.name

    def former_names(self) -> tuple[Name, ...]:
        """Names that it no longer bears."""
        return tuple(item for item in self.names if item.until is not None)

    def forms_at(self, date: PartialDate) -> tuple[Form, ...]:
        """What it was then, or may have been; parts of one organisation may differ in form."""
        return tuple(form for form in self.forms if holds_at(form.since, form.until, date) is not False)

    def ties_at(self, date: PartialDate) -> tuple[Tie, ...]:
        """Ties that held then, or may have."""
        return tuple(tie for tie in self.ties if holds_at(tie.since, tie.until, date) is not False)


class RoleKind(StrEnum):
    FOUNDER = "founder"
    LEADER = "leader"  # chief executive, president, head of state
    OFFICER = "officer"  # leads a part: chief scientist, chief technology officer, research director
    BOARD = "board"
    STAFF = "staff"
    INVESTOR = "investor"
    OFFICIAL = "official"  # holds a public office


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What a person is or was in an organisation. A founding has no end."""

    organisation: str
    title: str
    kind: RoleKind
    sources: tuple[Source, ...]
    since: PartialDate | None = None
    until: PartialDate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who makes, leads, funds or disputes."""

    id: str
    name: str
    roles: tuple[Role, ...]
    sources: tuple[Source, ...]
    aliases: tuple[str, ...] = ()
    notes: str = ""

    def roles_at(self, date: PartialDate) -> tuple[Role, ...]:
        """Roles that held then, or may have."""
        return tuple(role for role in self.roles if holds_at(role.since, role.until, date) is not False)

    def roles_in(self, organisation: str) -> tuple[Role, ...]:
        return tuple(role for role in self.roles if role.organisation == organisation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What a public name stands for when it is no single release: a chatbot, a line of models, a platform."""

    id: str
    name: str
    kind: str  # chatbot | model-line | platform | device
    maker: str
    sources: tuple[Source, ...]
    aliases: tuple[str, ...] = ()
    since: PartialDate | None = None
    notes: str = ""


class Access(StrEnum):
    """How the weights are given."""

    OPEN = "open"  # to be downloaded without asking
    GATED = "gated"  # after terms are accepted or access approved
    API = "api"  # hosted only
    NONE = "none"  # not offered at all


class Share(StrEnum):
    """How much of a part is public."""

    RELEASED = "released"
    PARTIAL = "partial"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A licence as the source names it. `id` is that of the licence data, where they know it.

    `limits` are those that a source tells of terms that the licence data do not know, in their words:
    non-commercial, user-threshold, field-of-use, …
    """

    name: str
    id: str | None = None
    url: str | None = None
    limits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a release: how much of it is public, under what, where."""

    share: Share | None = None
    licence: Grant | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One model release, as published sources describe it."""

    id: str
    name: str
    makers: tuple[str, ...]
    sources: tuple[Source, ...]
    aliases: tuple[str, ...] = ()
    family: str | None = None  # id of a product
    date: PartialDate | None = None  # first released or announced
    modalities: tuple[str, ...] = ()
    parameters: str | None = None  # in the source's words
    parameter_count: int | None = None  # of the largest named, active or not
    hub_repo: str | None = None
    repositories: tuple[str, ...] = ()  # addresses of code repositories
    weights: Access | None = None
    weights_date: PartialDate | None = None  # when the weights came, where that is another day
    licence: Grant | None = None  # on the weights
    code: Part = Part()  # to train it; partial is inference or fine-tuning alone
    data: Part = Part()
    paper: Part = Part()
    evaluation: Part = Part()
    maker_words: str | None = None
    base_models: tuple[str, ...] = ()  # ids of systems, or the words that name them
    notes: str = ""


class EventKind(StrEnum):
    RELEASE = "release"
    LAWSUIT = "lawsuit"
    CORPORATE = "corporate"  # founding, funding, merger, somebody comes or goes
    POLICY = "policy"
    STATEMENT = "statement"
    RESEARCH = "research"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, or was announced for a day to come (`is_forecast`)."""

    id: str
    date: PartialDate
    kind: EventKind
    text: str
    parties: tuple[str, ...]
    sources: tuple[Source, ...]
    until: PartialDate | None = None
    outcome: str = ""
    case: str = ""  # joins the events of one lawsuit
    figures: tuple[Figure, ...] = ()
    systems: tuple[str, ...] = ()
    is_forecast: bool = False


class Stance(StrEnum):
    FOR = "for"
    AGAINST = "against"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What a party said it stands for, on a day. `change_from` is the earlier position that it left."""

    id: str
    parties: tuple[str, ...]
    date: PartialDate
    topic: str
    text: str
    sources: tuple[Source, ...]
    stance: Stance | None = None  # towards the topic
    until: PartialDate | None = None
    because: str = ""  # the argument the party gave
    words: str = ""  # its own, quoted
    change_from: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A finding or example that an argument leans on."""

    text: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument for or against giving weights, code and data out, with the best evidence found."""

    id: str
    issue: str
    side: Stance
    claim: str
    evidence: tuple[Ground, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambiguity:
    """A name that several entities bear, and why that is no mistake."""

    name: str
    text: str


Entity = Organisation | Person | Product | System
