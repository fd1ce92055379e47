"""Where an audit and the catalogue tell two tales of one release: both are shown, and neither is believed.

The catalogue may be old, the release may have changed, or one of its pages may be wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ajar.components.checks import CATALOGUE_AGREES
from ajar.model.component import Openness, Scope
from ajar.model.evidence import Basis, Evidence, Location
from ajar.model.judgement import DOORS, Confidence, Door, Finding, Severity
from ajar.model.report import Report

if TYPE_CHECKING:
    from ajar.catalogue import Catalogue
    from ajar.model.catalogue import System

_REMEDY = "read both places and trust the one that binds: the text beside the weights"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    """The catalogue's system that a release is, and how that is known."""

    system: System
    how: str
    confidence: Confidence


def disagreements(report: Report) -> tuple[Finding, ...]:
    """One finding for the licence, the gate and the door each, where the catalogue says otherwise.

    Only a release that is in the catalogue can disagree with it; a repository of several is left out.
    """
    names = tuple(_places(report))
    if report.releases or not names:
        return ()
    from ajar.catalogue import load  # most releases cannot be in it, and need not wait for it

    match = _match(report, names, load())
    if match is None:
        return ()
    return tuple(_findings(report, match))


def _places(report: Report) -> Iterator[tuple[str, str, Confidence]]:
    """Where a release may be known by: place, how it is known, and how surely."""
    if "/" in report.title:
        yield report.title, "by its repository", Confidence.HIGH
    name = report.release.locator.name
    if report.release.locator.scheme in {"http", "https"}:
        yield (
            f"{report.release.locator.scheme}:{name}".removesuffix(".git"),
            "by its address",
            Confidence.HIGH,
        )
    for item in report.evidence:
        if item.key == "release.origin":
            place = f"https://{item.value}".replace("https://hf.co/", "https://huggingface.co/")
            yield place, "by the repository that the checkout came from", Confidence.HIGH
    bases = any(item.key in {"card.base-model", "config.base-model"} for item in report.evidence)
    for item in report.evidence:
        if item.key == "config.name-or-path" and not bases:
            yield str(item.value), f"by {item.location}, which says where it was saved from", Confidence.LOW


def _match(report: Report, names: tuple[tuple[str, str, Confidence], ...], known: Catalogue) -> _Match | None:
    for place, how, confidence in names:
        system = known.at(place)
        if system is not None:
            own = place.rpartition("/")[2].lower() == report.title.rpartition("/")[2].lower()
            sure = Confidence.MEDIUM if own and confidence is Confidence.LOW else confidence
            return _Match(system=system, how=how, confidence=sure)
    return None


def _findings(report: Report, match: _Match) -> Iterator[Finding]:
    yield from _licence(report, match)
    yield from _gate(report, match)
    yield from _door(report, match)


def _licence(report: Report, match: _Match) -> Iterator[Finding]:
    from ajar.known import licence_of

    grant = match.system.licence
    covering = [item for item in report.licences if Scope.WEIGHTS in item.applies_to]
    told = [item for item in covering if item.licence.openness is not Openness.UNKNOWN]
    if grant is None or grant.id is None or not told:
        return
    if grant.id in {item.licence.id for item in told}:
        return
    first = told[0]
    here = Evidence(
        key="licence.found",
        value=first.licence.id,
        location=first.location,
        inspector="rights",
        quote=first.quote,
    )
    there = _there(match.system, "licence", licence_of(grant).id, grant.url)
    yield _finding(
        match,
        f"licence: {first.licence.id} at {first.location}; the catalogue has {grant.id} ({there.location})",
        Severity.MEDIUM,
        here,
        there,
    )


def _gate(report: Report, match: _Match) -> Iterator[Finding]:
    from ajar.model.catalogue import Access

    here = next((item for item in report.evidence if item.key == "host.gated"), None) or next(
        (item for item in report.evidence if item.key in {"card.gated", "card.approval"}), None
    )
    access = match.system.weights
    if here is None or access not in {Access.OPEN, Access.GATED}:
        return
    is_gated = here.value is not False
    if is_gated != (access is Access.GATED):
        there = _there(match.system, "weights", access.value)
        now, then = ("gated", "open") if is_gated else ("not gated", "gated")
        yield _finding(
            match,
            f"access: {now} by {here.location}; the catalogue has {then} ({there.location})",
            Severity.LOW,
            here,
            there,
        )


def _door(report: Report, match: _Match) -> Iterator[Finding]:
    """The two intervals do not meet: what is shown here is above all that was published, or below it."""
    from ajar.known import report_of

    here, there = report.verdict("g7"), report_of(match.system).verdict("g7")
    least, most = (DOORS.index(Door(level)) for level in (here.at_least, here.at_most))
    low, high = (DOORS.index(Door(level)) for level in (there.declared, there.at_most))
    if least <= high and most >= low:
        return
    seen = Evidence(
        key="door.audited",
        value=here.at_least if least > high else here.at_most,
        location=Location(path=report.target),
        inspector="g7",
        basis=Basis.INFERRED,
    )
    published = _there(match.system, "door", there.at_most if least > high else there.declared)
    bound = "at least" if least > high else "at most"
    yield _finding(
        match,
        f"door: {seen.value} {bound} here; by the catalogue's facts {published.value} ({published.location})",
        Severity.LOW,
        seen,
        published,
    )


def _there(system: System, what: str, value: str, url: str | None = None) -> Evidence:
    from ajar.known import INSPECTOR, place_of

    return Evidence(
        key=f"catalogue.{what}",
        value=value,
        location=Location(path=url) if url else place_of(system),
        inspector=INSPECTOR,
        quote=f"{system.id}: {what} {value}, read {max(source.read for source in system.sources)}",
        basis=Basis.DECLARED,
    )


def _finding(match: _Match, message: str, severity: Severity, *because: Evidence) -> Finding:
    return Finding(
        rule=CATALOGUE_AGREES,
        severity=severity,
        message=f"{match.system.name} is known {match.how}. {message}",
        because=because,
        confidence=match.confidence,
        remedy=_REMEDY,
    )
