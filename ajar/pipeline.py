"""The one module that knows every stage: locator, source, formats, components, judges, report."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TypeVar

import ajar
from ajar import claims, components, frameworks, rights, safety
from ajar.blobs import HeadedBlob, Meter, MeteredBlob
from ajar.components.checks import release_findings
from ajar.components.code import Library
from ajar.components.weights import weight_files
from ajar.config import Limits, Options
from ajar.errors import BudgetExceeded, MalformedError
from ajar.formats.registry import by_id, expected_formats, sniff
from ajar.interfaces import HEAD_BYTES, Blob, Member, OpenRelease, Progress
from ajar.model.component import SCOPE_OF, Component, ComponentKind, LicenceMatch, Scope
from ajar.model.dossier import Dossier, Subject, by_kind
from ajar.model.evidence import Basis, Evidence, Gap, GapReason, Location, Text
from ajar.model.judgement import DOORS, Door, Severity
from ajar.model.lineage import Base
from ajar.model.locator import Locator
from ajar.model.release import FileEntry, Release, is_front
from ajar.model.report import Control, FileFacts, Report
from ajar.model.scan import Cost, FileSafety
from ajar.releases import split
from ajar.sources import open_release

INSPECTOR = "pipeline"
# The files of a base model that say under what licence it stands.
_TELLS_LICENCE = re.compile(
    r"(?:^|/)(?:readme[^/]*|[^/]*card[^/]*|[^/]*licen[cs]e[^/]*|copying[^/]*|config\.json)$", re.IGNORECASE
)
_SEVERITIES = tuple(Severity)
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
    started = time.perf_counter()
    options = options or Options()
    locator = target if isinstance(target, Locator) else Locator.parse(str(target))
    with open_release(locator, options) as opened:
        seen = _Observer(options.limits, progress, options.shallow).observe(opened)
        counter = opened.meter
    dossier = seen.dossier()
    title = _title(seen.release)
    look = _local_bases(options)
    inner = tuple(
        _judge(part.dossier, part.title, part.shared, seen.scanned, look) for part in split(dossier)
    )
    whole = (
        _judge(dossier, title, None, seen.scanned, look) if not inner else _judge_many(dossier, title, inner)
    )
    cost = Cost(
        bytes_read=(counter or seen.meter).bytes_read,
        bytes_total=seen.release.size_bytes,
        requests=counter.requests if counter else 0,
        seconds=round(time.perf_counter() - started, 4),
    )
    return replace(whole, cost=cost, releases=tuple(replace(report, cost=cost) for report in inner))


def _local_bases(options: Options) -> Callable[[str], Base | None]:
    """What the folders of base models that the caller gave say of their own licences, by the model's name."""
    found: dict[str, Base] = {}
    for folder in options.bases:
        with open_release(Locator.parse(folder), options) as opened:
            seen = _Observer(options.limits, None)
            seen.release = opened.release
            for entry in opened.release.files:
                if _TELLS_LICENCE.search(entry.path):
                    seen.look_at(opened, entry)
        dossier = seen.dossier()
        matches = [
            item for item in rights.matches(dossier) if Scope.WEIGHTS in item.applies_to or item.text_present
        ]
        licences = tuple({item.licence.id: item.licence for item in rights.chosen(matches)}.values())
        name = _title(seen.release)
        found[name.rpartition("/")[2].lower()] = Base(name=name, licences=licences, source=folder)
    return lambda name: found.get(name.rstrip("/").rpartition("/")[2].lower())


def _judge(
    dossier: Dossier,
    title: str,
    shared: Dossier | None,
    scanned: Sequence[FileSafety],
    look: Callable[[str], Base | None],
) -> Report:
    """All judges, in order, over the facts of one release."""
    found = rights.matches(dossier)
    binding = rights.chosen(found)
    line = rights.parents(dossier, title, lookup=look)
    parts = tuple(_licensed(part, binding) for part in components.find(dossier, title, _libraries(), shared))
    weights = by_kind(parts)[ComponentKind.FINAL_PARAMETERS]
    control = _control(dossier, shared, found)
    subject = Subject(
        components=by_kind(parts),
        evidence=(*dossier.evidence, *(shared.all("card.approval") if shared else ())),
        gaps=dossier.gaps,
        hosted_only=control.hosted_only,
        gated=control.gated,
    )
    verdicts = frameworks.evaluate_all(subject)
    on_weights = [match for match in binding if Scope.WEIGHTS in match.applies_to]
    said = {text.path: text.text for text in dossier.texts}
    answers = rights.rights_of(on_weights, said)
    safe = safety.assess(dossier, scanned)
    notes = (
        *rights.judge(dossier, found, weights_here=weights.state in {Basis.VERIFIED, Basis.UNKNOWN}),
        *rights.judge_lineage(dossier, found, line, title=title, terms_of=rights.known_terms),
        *release_findings(dossier, parts),
        *(
            replace(finding, message=f"{file.path}: {finding.message}")
            for file in safe.files
            for finding in file.findings[:_FINDINGS_A_FILE]
            if finding.severity is not Severity.INFO
        ),
    )
    return Report(
        tool_version=ajar.__version__,
        target=str(dossier.release.locator),
        title=title,
        release=dossier.release,
        files=dossier.files,
        components=parts,
        licences=found,
        rights=answers,
        obligations=rights.obligations_of(on_weights, said),
        safety=safe,
        claims=claims.hold(claims.find(dossier.texts), verdicts, answers),
        control=control,
        lineage=line,
        verdicts=verdicts,
        findings=tuple(sorted(notes, key=lambda item: -_SEVERITIES.index(item.severity))),
        evidence=dossier.evidence,
        gaps=dossier.gaps,
        cost=Cost(bytes_read=0, bytes_total=0, requests=0, seconds=0.0),
    )


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
        gaps=dossier.gaps,
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
    weights = [match for match in found if Scope.WEIGHTS in match.applies_to]
    revocable = any("revocable" in match.licence.limits for match in weights) if weights else None
    signed = any(item.path.endswith(("model.sig", ".sigstore", ".sigstore.json")) for item in dossier.files)
    bases = (
        str(item.value) for item in dossier.all("card.base-model", "config.base-model", "weights.base-model")
    )
    return Control(
        hosted_only=True if dossier.all("card.hosted-only") else (False if weight_files(dossier) else None),
        gated=True if approval else None,
        signed=signed,
        revocable=revocable,
        base_models=tuple(dict.fromkeys(bases)),
    )


def _title(release: Release) -> str:
    name = release.locator.subpath or release.locator.name
    path = Path(name)
    if path.parent.name == "snapshots":
        path = path.parent.parent
    return path.resolve().name.removeprefix("models--").replace("--", "/") or str(path)


_Located = TypeVar("_Located", Evidence, Gap)


@dataclass(slots=True)
class _Observer:
    """Looks at every file once and keeps what it saw."""

    limits: Limits
    progress: Progress | None
    shallow: bool = False
    meter: Meter = field(init=False)
    release: Release = field(init=False)
    files: list[FileFacts] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    scanned: list[FileSafety] = field(default_factory=list)
    deadline: float = 0.0

    def __post_init__(self) -> None:
        self.meter = Meter(self.limits.read_bytes)
        self.deadline = time.monotonic() + self.limits.seconds

    def observe(self, opened: OpenRelease) -> _Observer:
        self.release = opened.release
        for note in opened.observations:
            self._keep(note)
        entries = opened.release.files
        if self.shallow:
            entries = tuple(entry for entry in entries if is_front(entry.path, entry.size))
        for number, entry in enumerate(entries):
            if self.progress and number % 64 == 0:
                self.progress("reading files", number, len(entries))
            self._file(opened, entry)
        if self.progress:
            self.progress("reading files", len(entries), len(entries))
        while (top := self._only_container()) is not None:
            self._unwrap(top)
        return self

    def dossier(self) -> Dossier:
        return Dossier(
            release=self.release,
            files=tuple(self.files),
            evidence=tuple(self.evidence),
            gaps=tuple(self.gaps),
            texts=tuple(self.texts),
        )

    def _file(self, opened: OpenRelease, entry: FileEntry) -> None:
        if time.monotonic() > self.deadline:
            self._gap(entry.path, GapReason.OVER_BUDGET, f"more than {self.limits.seconds:.0f} s spent")
            self.files.append(FileFacts(path=entry.path, format="unknown", size=entry.size, family="other"))
            return
        try:
            with opened.open(entry) as blob:
                metered = MeteredBlob(blob, self.meter)
                self._look(entry.path, metered, depth=0)
                self.scanned.append(safety.scan(entry.path, metered, self.limits))
        except OSError as error:
            self._gap(entry.path, GapReason.UNREADABLE, error.strerror or "cannot be opened")
            self.files.append(FileFacts(path=entry.path, format="unknown", size=entry.size, family="other"))

    def look_at(self, opened: OpenRelease, entry: FileEntry) -> None:
        """One file, without the safety checks."""
        try:
            with opened.open(entry) as blob:
                self._look(entry.path, MeteredBlob(blob, self.meter), depth=0)
        except OSError as error:
            self._gap(entry.path, GapReason.UNREADABLE, error.strerror or "cannot be opened")

    def _look(self, path: str, blob: Blob, *, depth: int) -> None:
        format_id = "unknown"
        try:
            head = blob.read_at(0, min(HEAD_BYTES, blob.size))
            found = sniff(head, path)
            format_id = found.id if found else ("empty" if not blob.size else "unknown")
            facts = FileFacts(
                path=path, format=format_id, size=blob.size, family=found.family if found else "other"
            )
            self.files.append(facts)
            self._compare_suffix(facts)
            if found is None:
                return
            for item in found.inspect(path, HeadedBlob(blob, head), self.limits):
                if isinstance(item, Member):
                    self._member(item, depth=depth + 1)
                else:
                    self._keep(item)
        except MalformedError as error:
            self._gap(path, GapReason.MALFORMED, error.message, inspector=format_id, offset=error.offset)
        except BudgetExceeded as error:
            self._gap(path, GapReason.OVER_BUDGET, error.message, inspector=format_id)
        except OSError as error:
            self._gap(path, GapReason.UNREADABLE, error.strerror or "read failed", inspector=format_id)
        except Exception as error:  # noqa: BLE001  the guard: one file's fault never ends an audit
            detail = f"{type(error).__name__}: {error}"[:200]
            self._gap(path, GapReason.INTERNAL_ERROR, detail, inspector=format_id)

    def _member(self, member: Member, *, depth: int) -> None:
        if depth > self.limits.archive_depth:
            detail = f"an archive nested more than {self.limits.archive_depth} deep"
            self._gap(member.path, GapReason.OVER_BUDGET, detail)
        else:
            self._look(member.path, member.blob, depth=depth)

    def _compare_suffix(self, facts: FileFacts) -> None:
        """A weights suffix over other bytes, or the reverse, is evidence of its own."""
        expected = expected_formats(facts.path)
        weights_by_name = any(by_id(name).family == "weights" for name in expected)
        if facts.format in expected or not expected or facts.format in {"lfs-pointer", "empty"}:
            return
        if weights_by_name or facts.family == "weights":
            suffix = Path(facts.path).suffix
            self._keep(
                Evidence(
                    key="file.suffix-mismatch",
                    value=facts.format,
                    location=Location(path=facts.path),
                    inspector=INSPECTOR,
                    quote=f"named {suffix}, the bytes are {facts.format}",
                )
            )

    def _only_container(self) -> str | None:
        """The path of the archive that is all there is, when its members could be listed."""
        tops = [item for item in self.files if "!/" not in item.path]
        if len(tops) == 1 and tops[0].family == "container" and len(self.files) > 1:
            return tops[0].path
        return None

    def _unwrap(self, top: str) -> None:
        """An archive given as target is the release: its members are the files."""
        prefix = f"{top}!/"
        inner = [item for item in self.files if item.path != top]
        self.files = [replace(item, path=item.path.removeprefix(prefix)) for item in inner]
        self.evidence = [_moved(item, prefix) for item in self.evidence]
        self.gaps = [_moved(item, prefix) for item in self.gaps]
        self.texts = [replace(item, path=item.path.removeprefix(prefix)) for item in self.texts]
        files = tuple(
            FileEntry(path=item.path, size=item.size) for item in self.files if "!/" not in item.path
        )
        self.release = replace(self.release, files=files)

    def _keep(self, item: Evidence | Gap | Text) -> None:
        if isinstance(item, Evidence):
            self.evidence.append(item)
        elif isinstance(item, Gap):
            self.gaps.append(item)
        else:
            self.texts.append(item)

    def _gap(
        self,
        path: str,
        reason: GapReason,
        detail: str,
        *,
        inspector: str = INSPECTOR,
        offset: int | None = None,
    ) -> None:
        location = Location(path=path, start=offset, end=offset)
        self.gaps.append(Gap(location=location, reason=reason, detail=detail, inspector=inspector))


def _moved(item: _Located, prefix: str) -> _Located:
    path = item.location.path
    if not path.startswith(prefix):
        return item
    return replace(item, location=replace(item.location, path=path.removeprefix(prefix)))
