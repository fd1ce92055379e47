"""What the words of a licence grant, limit and ask: facets, the clauses they rest on, questions and answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ajar.model.evidence import Location


class Facet(StrEnum):
    """One thing that a licence may settle, with the values it may have.

    A licence that is silent on a facet has no clause for it; silence is not a grant.
    """

    COMMERCIAL_USE = "commercial-use"  # yes | no | conditional
    THRESHOLD = "threshold"  # `number` and `unit`: monthly-active-users, annual-revenue-usd, …
    FIELD_OF_USE = "field-of-use"  # `items`: military, surveillance, …; value: limited | research-only
    USE_POLICY = "use-policy"  # a policy beside the licence binds; `items`: its address or file
    TERRITORY = "territory"  # excluded | excluded-in-part | limited-to; `items`: EU, GB, KR, US, …
    NAMING = "naming"  # `items`: what a derived model's name must begin with or hold
    DISPLAY = "display"  # `items`: words to be shown
    OUTPUTS = "outputs"  # free | may-not-train | train-with-condition | terms-follow | owned-by-licensor | non-commercial
    MODIFICATION = "modification"  # yes | no | conditional
    REDISTRIBUTION = "redistribution"  # yes | no | conditional
    SUBLICENCE = "sublicence"  # yes | no
    NOTICES = "notices"  # `items`: licence-text, copyright, notice-file, state-changes, attribution
    COPYLEFT = "copyleft"  # weak | strong | network | share-alike | same-terms | limits-pass-on
    PATENTS = "patents"  # granted | none | silent
    TERMINATION = (
        "termination"  # `items`: on-breach, on-suit-patent, on-suit-any, on-guardrail-bypass, on-threshold
    )
    REVOCABLE = "revocable"  # no | on-breach | any-time
    AMENDMENT = "amendment"  # the licensor may change the terms; `items`: who
    INDEMNITY = "indemnity"  # the licensee holds the licensor harmless
    REMOTE_RESTRICTION = "remote-restriction"  # the licensor may restrict use from afar
    LAW = "governing-law"  # `items`: whose
    REGISTRATION = "registration"  # use has to be asked for or registered; value: commercial | any
    INCORPORATED = "incorporated"  # terms that stand elsewhere bind; `items`: their addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One facet with the words it rests on.

    The value `check` says that the known words for this facet were changed here and that nobody has
    adjudicated the new ones.
    """

    facet: Facet
    value: str
    quote: str = ""
    line: int | None = None  # 1-based, in the text that was read
    number: float | None = None
    unit: str = ""
    items: tuple[str, ...] = ()
    path: str = ""  # of the text in the release; empty when the words were not found there


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The facets of one licence text."""

    licence: str  # id
    clauses: tuple[Clause, ...]
    is_reviewed: bool  # a person has adjudicated them; otherwise the clause detectors speak
    source: str = ""
    date: str = ""
    is_known: bool = (
        True  # False when the text is no known licence, so that a grant read in it is not relied on
    )
    silence_permits: bool = False  # what no clause limits is permitted: a reviewed or an open licence

    def of(self, facet: Facet) -> tuple[Clause, ...]:
        return tuple(clause for clause in self.clauses if clause.facet is facet)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What somebody wants to do: the question that rights are asked."""

    acts: tuple[
        str, ...
    ] = ()  # use, sell, host, modify, fine-tune, redistribute, train-on-outputs, merge, quantize
    is_commercial: bool | None = None
    users: int | None = None  # monthly active
    revenue_usd: int | None = None  # a year
    territories: tuple[str, ...] = ()  # ISO 3166-1 alpha-2, EU for the union
    field: tuple[str, ...] = ()  # military, medical, …
    not_in: tuple[str, ...] = ()  # territories that the plan keeps out of
    unread: tuple[str, ...] = ()  # words of the question that were not understood


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One part of a plan, answered from the words."""

    about: str
    answer: str  # yes | conditional | no | unknown
    must: tuple[str, ...] = ()  # what the yes depends on
    quote: str = ""
    location: Location | None = None
    licence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One thing that a licence asks of whoever passes the work on, and whether a release shows it done."""

    id: str  # licence-text, notice-file, name-prefix, display, state-changes, …
    what: str
    state: str  # met | unmet | unknown
    licence: str
    quote: str = ""
    location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetDifference:
    """One facet in which two licences differ: the clauses that only one of them has."""

    facet: Facet
    left: tuple[Clause, ...]
    right: tuple[Clause, ...]
