"""Makers of the catalogue over time: at which door their releases stand, and how few hands releases are in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ajar.catalogue import Catalogue, load
from ajar.catalogue.lookup import makers_named
from ajar.errors import UsageError
from ajar.known import report_of
from ajar.model.catalogue import Access, Organisation, System
from ajar.model.judgement import Door
from ajar.model.landscape import Concentration, Landscape, MakerRecord, Stand, Tally, portions
from ajar.model.question import Question
from ajar.questions import ask

_CHOSEN = (
    "The catalogue is a choice of known releases, not a market: no downloads, users, revenue or compute."
)


def makers_of(names: Sequence[str], catalogue: Catalogue | None = None) -> tuple[Organisation, ...]:
    """Makers by any of their names, each once, in the order asked; without names all that made a release.

    Raises `TargetError` for a name that nobody bears, `UsageError` for one that is no maker's.
    """
    catalogue = catalogue or load()
    if not names:
        ids = dict.fromkeys(maker for system in catalogue.systems for maker in system.makers)
        made = [(len(catalogue.made_by(key)), catalogue.organisation(key)) for key in ids]
        return tuple(maker for _, maker in sorted(made, key=lambda pair: (-pair[0], pair[1].name)))
    found = {maker.id: maker for maker in makers_named(catalogue, names)}
    for maker in found.values():
        if not catalogue.made_by(maker.id):
            hint = "`ajar compare --maker` shows all makers"
            raise UsageError(f"{maker.name} has no release in the catalogue", hint=hint)
    return tuple(found.values())


def landscape(makers: Iterable[Organisation], catalogue: Catalogue | None = None) -> Landscape:
    """The record of each maker, and the concentration of the whole catalogue beside it."""
    catalogue = catalogue or load()
    return Landscape(
        makers=tuple(record_of(maker, catalogue) for maker in makers),
        concentrations=concentrations(catalogue),
    )


def record_of(maker: Organisation, catalogue: Catalogue) -> MakerRecord:
    """A maker's releases by the year they were first released or announced."""
    by_year: dict[int | None, list[Stand]] = {}
    for system in catalogue.made_by(maker.id):
        year = system.date.year if system.date else None
        by_year.setdefault(year, []).append(_stand(system, catalogue))
    years = sorted(by_year, key=lambda year: (year is None, year or 0))
    tallies = tuple(Tally(year=year, stands=tuple(by_year[year])) for year in years)
    return MakerRecord(id=maker.id, name=maker.name, years=tallies)


def _stand(system: System, catalogue: Catalogue) -> Stand:
    verdict = report_of(system, catalogue).verdict("g7")
    return Stand(
        id=system.id, name=system.name, declared=Door(verdict.declared), at_most=Door(verdict.at_most)
    )


def questions_of(
    maker: Organisation, catalogue: Catalogue
) -> tuple[tuple[System, tuple[Question, ...]], ...]:
    """The four questions put to each of a maker's releases."""
    return tuple((system, ask(report_of(system, catalogue))) for system in catalogue.made_by(maker.id))


def concentrations(catalogue: Catalogue) -> tuple[Concentration, ...]:
    """How few hands the catalogue's releases are in: all, those whose weights are given out, and lines of descent."""
    given = [system for system in catalogue.systems if system.weights in {Access.OPEN, Access.GATED}]
    unsaid = sum(system.weights is None for system in catalogue.systems)
    lines = [_roots(system, catalogue) for system in catalogue.systems if system.base_models]
    known = [roots for roots in lines if roots]
    shares = [(root, 1 / len(roots)) for roots in known for root in roots]
    return (
        Concentration(
            id="releases",
            counted="releases of the catalogue, by maker; one of several makers counts in parts",
            left_out=_CHOSEN,
            n=len(catalogue.systems),
            unknown=0,
            portions=portions(list(_held([(system, 1.0) for system in catalogue.systems], catalogue))),
        ),
        Concentration(
            id="weights-given-out",
            counted="releases whose weights are given out, freely or on request, by maker",
            left_out=f"Hosted models and those without weights are not counted. {_CHOSEN}",
            n=len(given),
            unknown=unsaid,
            portions=portions(list(_held([(system, 1.0) for system in given], catalogue))),
        ),
        Concentration(
            id="lineage",
            counted="releases whose base model is named, by the maker at the root of their line",
            left_out=f"Releases that name no base are not counted, though they may have one. {_CHOSEN}",
            n=len(known),
            unknown=len(lines) - len(known),
            portions=portions(list(_held(shares, catalogue))),
        ),
    )


def _held(counted: Iterable[tuple[System, float]], catalogue: Catalogue) -> Iterator[tuple[str, str, float]]:
    """Each maker's part of each system, and what that system counts."""
    for system, count in counted:
        for maker in system.makers:
            yield maker, catalogue.name_of(maker), count / len(system.makers)


def _roots(system: System, catalogue: Catalogue) -> tuple[System, ...]:
    """The releases at the root of a line; none when one of them is not in the catalogue, or the line is a circle."""
    ends = [
        step for step in catalogue.line_up(system) if not isinstance(step, System) or not step.base_models
    ]
    known = tuple(step for step in ends if isinstance(step, System))
    return known if len(known) == len(ends) else ()
