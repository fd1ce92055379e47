"""The one module that knows every stage: locator, source, formats, components, judges, report."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from ajar import claims, components, rights, safety
from ajar.components.checks import release_findings
from ajar.components.code import Library
from ajar.components.hosted import host_findings
from ajar.components.weights import weight_files
from ajar.config import Options
from ajar.disagreement import disagreements
from ajar.interfaces import Progress
from ajar.judging import Case, by_severity, conclude
from ajar.model.component import SCOPE_OF, Component, ComponentKind, LicenceMatch, Scope
from ajar.model.dossier import Dossier, by_kind
from ajar.model.evidence import Basis, Gap
from ajar.model.judgement import DOORS, Door, Severity
from ajar.model.locator import Locator
from ajar.model.report import Control, Report
from ajar.model.scan import Cost, FileSafety, Safety
from ajar.observer import Observer
from ajar.releases import split
from ajar.sources import open_release
from ajar.upstream import Upstream, title_of

INSPECTOR = "pipeline"
_FINDINGS_A_FILE = 20  # in the list of the whole release; the file's own list has all


def audit(
    target: str | Path | Locator, options: Options | None = None, *, progress: Progress | None = None
) -> Report:
    """Audit one release: how open, under what licence, made of what, safe to load, claims held.

    `target` is a folder, a file, an archive, a hub cache folder or a checkout. Nothing in it is run,
    imported or unpickled. Raises `TargetError` when there is nothing to audit, `UsageError` for a
    target that makes no sense; whatever cannot be read inside it is a `Gap` of the report. A repository
    of several releases gives a report on the whole whose `releases` hold one report each.
    """
    return audit_texts(target, options, progress=progress)[0]


def audit_texts(
    target: str | Path | Locator, options: Options | None = None, *, progress: Progress | None = None
) -> tuple[Report, Mapping[str, str]]:
    """The same, with the words of the release's documents by their paths, for whoever quotes from them."""
    started = time.perf_counter()
    options = options or Options()
    locator = target if isinstance(target, Locator) else Locator.parse(str(target))
    with open_release(locator, options) as opened:
        seen = Observer(options.limits, progress, options.shallow, options.scan).observe(opened)
        counter = opened.meter
    dossier = seen.dossier()
    title = title_of(seen.release)
    upstream = Upstream(options)
    inner = tuple(
        _judge(part.dossier, part.title, part.shared, seen.scanned, upstream) for part in split(dossier)
    )
    whole = (
        _judge(dossier, title, None, seen.scanned, upstream)
        if not inner
        else _judge_many(dossier, title, inner)
    )
    cost = Cost(
        bytes_read=(counter or seen.meter).bytes_read + upstream.bytes_read,
        bytes_total=seen.release.size_bytes,
        requests=(counter.requests if counter else 0) + upstream.requests,
        seconds=round(time.perf_counter() - started, 4),
    )
    gaps = (*whole.gaps, *upstream.gaps)
    notes = by_severity((*whole.findings, *disagreements(whole))) if not inner else whole.findings
    parts = tuple(replace(part, cost=cost) for part in inner)
    report = replace(whole, findings=notes, gaps=gaps, cost=cost, releases=parts)
    return report, {text.path: text.text for text in dossier.texts}


def _judge(
    dossier: Dossier,
    title: str,
    shared: Dossier | None,
    scanned: Sequence[FileSafety],
    upstream: Upstream,
) -> Report:
    """All judges, in order, over the facts of one release."""
    found = rights.matches(dossier)
    binding = rights.chosen(found)
    line = upstream.line(rights.parents(dossier, title, lookup=upstream.base), title)
    parts = tuple(_licensed(part, binding) for part in components.find(dossier, title, _libraries(), shared))
    weights = by_kind(parts)[ComponentKind.FINAL_PARAMETERS]
    safe = safety.assess(dossier, scanned)
    notes = (
        *rights.judge(dossier, found, weights_here=weights.state in {Basis.VERIFIED, Basis.UNKNOWN}),
        *rights.judge_lineage(dossier, found, line, title=title, terms_of=rights.known_terms),
        *release_findings(dossier, parts),
        *host_findings(
            dossier,
            licences={match.licence.id for match in binding if Scope.WEIGHTS in match.applies_to},
            tagged=_tagged(dossier),
            levels={file.path: file.level for file in safe.files},
        ),
        *(
            replace(finding, message=f"{file.path}: {finding.message}")
            for file in safe.files
            for finding in file.findings[:_FINDINGS_A_FILE]
            if finding.severity is not Severity.INFO
        ),
    )
    case = Case(
        dossier=dossier,
        title=title,
        components=parts,
        licences=found,
        binding=binding,
        control=_control(dossier, shared, found),
        lineage=line,
        safety=safe,
        statements=claims.find(dossier.texts),
        aside=shared.all("card.approval") if shared else (),
    )
    return replace(conclude(case, notes), gaps=(*dossier.gaps, *_unscanned(dossier, safe)))


def _unscanned(dossier: Dossier, safe: Safety) -> Iterator[Gap]:
    """What the safety checks could not look at, where nobody else says so of that file."""
    told = {(gap.location.path, gap.reason) for gap in dossier.gaps}
    for file in safe.files:
        for gap in file.gaps:
            if (gap.location.path, gap.reason) not in told:
                told.add((gap.location.path, gap.reason))
                yield gap


def _tagged(dossier: Dossier) -> set[str]:
    """Ids of the licences that the host's tags mean."""
    found = (rights.resolve(str(item.value)) for item in dossier.all("host.licence"))
    return {licence.id for licence in found if licence is not None}


def _judge_many(dossier: Dossier, title: str, inner: tuple[Report, ...]) -> Report:
    """A repository of several releases: its own card is the least open of theirs, and says so."""
    least = min(inner, key=lambda report: [DOORS.index(Door(level)) for level in _bounds(report)])
    return replace(
        least,
        target=str(dossier.release.locator),
        title=title,
        release=dossier.release,
        files=dossier.files,
        licences=tuple(match for report in inner for match in report.licences),
        findings=tuple(finding for report in inner for finding in report.findings),
        claims=tuple(claim for report in inner for claim in report.claims),
        lineage=tuple(parent for report in inner for parent in report.lineage),
        evidence=dossier.evidence,
        gaps=tuple(dict.fromkeys((*dossier.gaps, *(gap for report in inner for gap in report.gaps)))),
    )


def _bounds(report: Report) -> tuple[str, str, str]:
    verdict = report.verdict("g7")
    return verdict.declared, verdict.at_most, verdict.at_least


def _licensed(part: Component, found: tuple[LicenceMatch, ...]) -> Component:
    """Lay the licences on a component. Code and documents that are only linked stand under their own."""
    scope = SCOPE_OF[part.kind]
    elsewhere = scope in {Scope.CODE, Scope.DOCUMENTS} and not part.files
    if part.licences or elsewhere or part.state is Basis.ABSENT:
        return part
    laid = (match for match in found if scope in match.applies_to and _reaches(match, part.files))
    return replace(part, licences=tuple(laid))


def _reaches(match: LicenceMatch, files: tuple[str, ...]) -> bool:
    """A licence confined to a folder reaches a component that has files there, or none to tell by."""
    return (
        not match.subject.endswith("/") or not files or any(path.startswith(match.subject) for path in files)
    )


@cache
def _libraries() -> dict[str, Library]:
    rows = components.library_rows()
    known = {row["name"]: (row, rights.resolve(row["licence"])) for row in rows}
    return {
        name: Library(name=row["package"], licence=licence, source=row["source"])
        for name, (row, licence) in known.items()
        if licence is not None
    }


def _control(dossier: Dossier, shared: Dossier | None, found: tuple[LicenceMatch, ...]) -> Control:
    approval = dossier.all("card.gated", "card.approval") or (shared.all("card.approval") if shared else ())
    by_host = {item.value for item in dossier.all("host.gated")}
    weights = [match for match in found if Scope.WEIGHTS in match.applies_to]
    revocable = any("revocable" in match.licence.limits for match in weights) if weights else None
    signed = any(item.path.endswith(("model.sig", ".sigstore", ".sigstore.json")) for item in dossier.files)
    bases = (
        str(item.value)
        for item in dossier.all(
            "card.base-model", "config.base-model", "weights.base-model", "host.base-model"
        )
    )
    return Control(
        hosted_only=True if dossier.all("card.hosted-only") else (False if weight_files(dossier) else None),
        gated=True if approval or by_host & {"auto", "manual"} else False if by_host else None,
        signed=signed,
        signature="not-verified" if signed else "none",
        revocable=revocable,
        base_models=tuple(dict.fromkeys(bases)),
    )
