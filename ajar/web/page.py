"""What a page is, before it is rendered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ajar.errors import TargetNotFound, UsageError
from ajar.model.partial_date import PartialDate

_VALUES = 40  # of one field of a query; the longest list of choices on a page is shorter
_CHARACTERS = 200  # of one value; the longest name in the catalogue is shorter


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of a page, for its CSV twin."""

    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: what its template shows, and the same as JSON text and, where it is a table, as CSV.

    `path` is relative to the site and ends with a slash, except for the first page, which is "".
    """

    path: str
    title: str
    about: str  # one sentence, for search engines and cards
    template: str
    context: Mapping[str, Any]
    data: str
    table: Table | None = None


class NotHere(TargetNotFound):
    """No page at this address; `near` are addresses and names of some that are close."""

    def __init__(self, message: str, *, hint: str = "", near: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(message, hint=hint)
        self.near = tuple(near)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A query, with its values bounded. What no page reads is ignored."""

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """The last value of a field, without space around; "" when not given."""
        values = self.fields.get(name) or ("",)
        return values[-1].strip()[:_CHARACTERS]

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field that says something, each once."""
        values = (value.strip()[:_CHARACTERS] for value in self.fields.get(name, ())[:_VALUES])
        return tuple(dict.fromkeys(value for value in values if value))

    def choice(self, name: str, known: Iterable[str]) -> tuple[str, ...]:
        """The same, all of them among `known`. Raises `UsageError` for another."""
        asked, choices = self.all(name), list(known)
        for value in asked:
            if value not in choices:
                raise UsageError(f"{name}={value}: no such choice", hint=f"one of: {', '.join(choices)}")
        return asked

    def date(self, name: str) -> PartialDate | None:
        """A year, month or day. Raises `UsageError` for anything else."""
        text = self.one(name)
        try:
            return PartialDate(text) if text else None
        except ValueError:
            raise UsageError(
                f"{name}={text}: no date", hint="a year, month or day, such as 2024 or 2024-03"
            ) from None
