"""Releases to be compared, made by hand: systems of a small catalogue, so that its growth changes no test."""

from __future__ import annotations

from ajar.catalogue import Catalogue
from ajar.known import report_of
from ajar.model.catalogue import (
    Access,
    Grade,
    Grant,
    Organisation,
    OrganisationKind,
    Part,
    Share,
    Source,
    System,
)
from ajar.model.comparison import Entry, From
from ajar.model.partial_date import PartialDate

SOURCE = Source(url="https://example.org/facts", grade=Grade.PRIMARY, read=PartialDate("2026-11-23"))
APACHE = Grant(name="Apache-2.0", id="Apache-2.0")
NONE = Part(share=Share.NONE)
RUNS = Part(share=Share.PARTIAL, licence=APACHE)


def maker(key: str, name: str, *aliases: str) -> Organisation:
    return Organisation(
        id=key, name=name, kinds=(OrganisationKind.MAKER,), sources=(SOURCE,), aliases=aliases
    )


def system(key: str, by: str | tuple[str, ...], date: str | None = None, **facts: object) -> System:
    makers = (by,) if isinstance(by, str) else by
    day = PartialDate(date) if date else None
    return System(id=key, name=key.title(), makers=makers, sources=(SOURCE,), date=day, **facts)


FREE = system("free", "giver", "2024-05", weights=Access.OPEN, licence=APACHE, code=RUNS, data=NONE)
LIMITED = system(
    "limited", "giver", "2025-04", weights=Access.GATED, licence=Grant(name="llama4", id="llama4"), code=RUNS
)
HOSTED = system("hosted", "keeper", "2024", weights=Access.API, data=NONE)
UNTOLD = system("untold", "keeper", "2026-01", weights=Access.OPEN)
CHILD = system(
    "child",
    ("giver", "keeper"),
    "2026",
    weights=Access.OPEN,
    licence=APACHE,
    code=RUNS,
    base_models=("free",),
)
ORPHAN = system("orphan", "keeper", None, base_models=("Something Else",))

CATALOGUE = Catalogue(
    systems=(FREE, LIMITED, HOSTED, UNTOLD, CHILD, ORPHAN),
    organisations=(
        maker("giver", "Giver Labs", "Giver"),
        maker("keeper", "Keeper Inc", "The Keeper"),
        maker("idle", "Idle"),
    ),
)


def entry(of: System, **more: object) -> Entry:
    """A system as a column."""
    return Entry(
        asked=of.id,
        report=report_of(of, CATALOGUE),
        origin=From.CATALOGUE,
        maker=", ".join(CATALOGUE.name_of(key) for key in of.makers),
        makers=of.makers,
        date=str(of.date or ""),
        **more,
    )
