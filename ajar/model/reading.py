"""What was read of one licence text, and a row of the list of licences."""

from __future__ import annotations

from dataclasses import dataclass

from ajar.model.component import Licence, LicenceMatch
from ajar.model.judgement import Right
from ajar.model.terms import Answer, Clause, Duty, Plan, Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """One changed place of a text, and what the words there settle."""

    change: str
    text: str
    line: int | None
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read of one text, id or release, and the answer to a question where one was asked."""

    subject: str
    matches: tuple[LicenceMatch, ...]
    touched: tuple[Touched, ...]
    rights: tuple[Right, ...]
    duties: tuple[Duty, ...]
    terms: tuple[Terms, ...]
    plan: Plan | None = None
    answers: tuple[Answer, ...] = ()
    overall: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One known licence, and how much of it is known."""

    licence: Licence
    has_text: bool
    is_recognised: bool  # a text of it would be named
    is_reviewed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceEvent:
    """Something that happened to a licence's text."""

    kind: str  # dated | changed | left
    date: str  # ISO 8601, to the day or the month
    of: str  # left: the licence that took its place
    what: str  # the release it happened with, or what changed
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceStory:
    """The history of a licence's text, and who is known to use it."""

    licence: str
    events: tuple[LicenceEvent, ...]
    follows: tuple[str, ...]  # the same maker's text before it
    followed_by: tuple[str, ...]
    models: tuple[str, ...]  # patterns of hub ids
    releases: tuple[
        tuple[str, str], ...
    ] = ()  # known releases whose weights stand under it, with their dates
