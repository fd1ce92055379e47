"""What was read of an article: whom it speaks of, what it states, and how each statement stands to the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """What an article came as."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"


class DateBasis(StrEnum):
    """How the article's date is known."""

    GIVEN = "given"  # by whoever asked
    METADATA = "metadata"  # a field of the page, the front matter, the PDF
    TEXT = "text"  # a dateline or byline
    INFERRED = "inferred"  # from the newest event it speaks of
    NONE = "none"  # not known: taken as of the catalogue's newest fact


class StatementKind(StrEnum):
    IDENTITY = "identity"
    ROLE = "role"
    MAKES_OWNS_FUNDS = "makes-owns-funds"
    OPENNESS = "openness"
    LICENCE = "licence"
    STANCE = "stance"
    EVENT = "event"
    FIGURE = "figure"
    SPELLING = "spelling"
    OPINION = "opinion"


class Judgement(StrEnum):
    """How a statement stands to what the catalogue knew on the article's day."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    IMPRECISE = "imprecise"  # true in part, or only with what `fact` adds
    NOT_CHECKABLE = "not-checkable"  # an opinion or a prediction
    UNKNOWN = "unknown"  # the catalogue is silent


class EntityKind(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"
    SYSTEM = "system"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """Characters of the text read, from `start` up to `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One thing that the article states. `about` says in few words what was understood."""

    span: Span
    sentence: str
    kind: StatementKind
    subject: str
    verdict: Judgement
    fact: str
    sources: tuple[str, ...]
    about: str
    attributed_to: str = ""  # who says so, when it is not the article itself
    proposed_by: str = ""  # a model's name, when no rule found it
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSystem:
    """A system that the article names, and its door on the article's day."""

    id: str
    name: str
    makers: tuple[str, ...]
    door: str  # as declared by published sources
    at_least: str
    at_most: str
    label: str
    licence: str
    weights: str
    sources: tuple[str, ...]
    mentions: tuple[Span, ...]
    is_family: bool = False  # a line of models: the doors are those of its members


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedParty:
    """A person or organisation that the article names."""

    id: str
    name: str
    kind: EntityKind
    known_for: str
    record: str  # of a maker: how open its systems are, counted by door
    mentions: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleReading:
    """Everything that was read of one article."""

    subject: str  # the file's name
    title: str
    form: Form
    language: str
    date: str  # "" when unknown
    date_basis: DateBasis
    date_because: str
    as_of: str  # the last day whose facts were used
    text: str
    words: int
    systems: tuple[NamedSystem, ...]
    parties: tuple[NamedParty, ...]
    statements: tuple[Statement, ...]
    notes: tuple[str, ...]
