"""A name as people write it, to the release that it stands for: one of the catalogue, or one to be audited."""

from __future__ import annotations

import re
from collections.abc import Sequence
from os.path import exists

from ajar.catalogue import Catalogue, load
from ajar.catalogue.lookup import kind_of
from ajar.config import Options
from ajar.errors import TargetNotFound, UsageError
from ajar.interfaces import Progress
from ajar.known import SCHEME, report_of
from ajar.model.catalogue import Entity, Organisation, Product, System
from ajar.model.comparison import Entry, From
from ajar.model.report import Report
from ajar.pipeline import audit

_PREFIX = f"{SCHEME}:"
_SCHEME = re.compile(r"[a-z][a-z0-9+]{1,15}:", re.ASCII)
_SHOWN = 8  # names in a hint


def entry_of(name: str, options: Options, *, progress: Progress | None = None) -> Entry:
    """What a name stands for. What is on disk goes before the catalogue, which goes before a guess.

    `catalogue:NAME` asks the catalogue alone, `./NAME` the disk alone. Raises `TargetError` when it is
    neither, `UsageError` for the name of a maker, a person or a line of models.
    """
    catalogue = load()
    if name.startswith(_PREFIX):
        return _known(name, _system(name.removeprefix(_PREFIX), catalogue), catalogue)
    exact = () if _SCHEME.match(name) else catalogue.find(name).exact
    systems = [entity for entity in exact if isinstance(entity, System)]
    if exists(name) or _is_target(name):  # noqa: PTH110  `Path.exists` raises for a name too long
        held = catalogue.at(name) or (systems[0] if len(systems) == 1 else None)
        note = f"read from its files; as published: {_PREFIX}{held.id}" if held else ""
        return _audited(name, audit(name, options, progress=progress), catalogue, note)
    return _known(name, _system(name, catalogue), catalogue, others=[e for e in exact if e not in systems])


def maker_named(name: str, catalogue: Catalogue) -> Organisation | None:
    """The maker of that name, where it is no release and nothing on disk too."""
    found = catalogue.find(name).exact
    if not found or any(isinstance(entity, System) for entity in found):
        return None
    if _is_target(name) or exists(name):  # noqa: PTH110  `Path.exists` raises for a name too long
        return None
    makers = [item for item in found if isinstance(item, Organisation) and catalogue.made_by(item.id)]
    return makers[0] if len(makers) == 1 else None


def _is_target(name: str) -> bool:
    return bool(_SCHEME.match(name)) or "/" in name or name.startswith(("~", "."))


def _system(name: str, catalogue: Catalogue) -> System:
    by_id = catalogue.by_id.get(name.lower())
    found = catalogue.find(name)
    systems = (
        [by_id] if isinstance(by_id, System) else [item for item in found.exact if isinstance(item, System)]
    )
    if len(systems) == 1:
        return systems[0]
    if systems:
        hint = f"ask for one of them: {_names(systems)}"
        raise UsageError(f"{name}: {len(systems)} known systems bear this name", hint=hint)
    if found.exact:
        raise _no_release(name, found.exact[0], catalogue)
    near = [item.entity for item in found.near if isinstance(item.entity, System)]
    hint = (
        f"did you mean {_names(near)}?" if near else "give a known system, a folder, or org/name on the hub"
    )
    raise TargetNotFound(f"{name}: no known system, and nothing here of that name", hint=hint)


def _no_release(name: str, entity: Entity, catalogue: Catalogue) -> UsageError:
    """What bears the name is no release: say which releases are its."""
    if isinstance(entity, Organisation):
        hint = f"its releases: {_names(catalogue.made_by(entity.id))}; or compare makers: --maker {entity.id}"
        return UsageError(f"{name}: is {entity.name}, who makes releases", hint=hint)
    if isinstance(entity, Product):
        inside = [system for system in catalogue.systems if system.family == entity.id]
        hint = f"its releases: {_names(inside)}" if inside else "no release of it is known"
        return UsageError(f"{name}: is {entity.name}, a {entity.kind}, no single release", hint=hint)
    return UsageError(f"{name}: is {entity.name}, a person", hint="give a release")


def _names(systems: Sequence[System | Entity]) -> str:
    more = f" and {len(systems) - _SHOWN} more" if len(systems) > _SHOWN else ""
    return ", ".join(system.id for system in systems[:_SHOWN]) + more


def _known(name: str, system: System, catalogue: Catalogue, others: Sequence[Entity] = ()) -> Entry:
    note = f"taken as the release {system.id}; it is the name of a {kind_of(others[0])} too" if others else ""
    return Entry(
        asked=name,
        report=report_of(system, catalogue),
        origin=From.CATALOGUE,
        maker=", ".join(catalogue.name_of(maker) for maker in system.makers),
        makers=system.makers,
        date=str(system.date or ""),
        parameters=system.parameters or "",
        note=note,
    )


def _audited(name: str, report: Report, catalogue: Catalogue, note: str) -> Entry:
    known = catalogue.at(report.title) if "/" in report.title else None
    if report.releases:
        several = f"holds {len(report.releases)} releases; the least open of them is shown"
        note = f"{note}; {several}" if note else several
    count = next((item.value for item in report.evidence if item.key == "weights.parameter-count"), None)
    created = next((str(item.value)[:10] for item in report.evidence if item.key == "host.created"), "")
    return Entry(
        asked=name,
        report=report,
        origin=From.AUDIT,
        maker=_maker(report, known, catalogue),
        makers=known.makers if known else (),
        date=str(known.date or "") if known else created,
        parameters=f"{count:,} parameters" if isinstance(count, int) else "",
        note=note,
    )


def _maker(report: Report, known: System | None, catalogue: Catalogue) -> str:
    """Its maker by the catalogue, otherwise whoever the host says holds it."""
    if known is not None:
        return ", ".join(catalogue.name_of(maker) for maker in known.makers)
    author = next((str(item.value) for item in report.evidence if item.key == "host.author"), "")
    return author or (report.title.partition("/")[0] if "/" in report.title else "")
