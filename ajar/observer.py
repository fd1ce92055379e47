"""Every file of a release looked at once: its format by its bytes, its facts, what loading it would do."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from ajar import safety
from ajar.blobs import HeadedBlob, Meter, MeteredBlob
from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.formats.registry import by_id, expected_formats, sniff
from ajar.interfaces import HEAD_BYTES, Blob, Member, OpenRelease, Progress
from ajar.model.dossier import Dossier
from ajar.model.evidence import Evidence, Gap, GapReason, Location, Text
from ajar.model.release import FileEntry, Release, is_front
from ajar.model.report import FileFacts
from ajar.model.scan import FileSafety

INSPECTOR = "pipeline"

_Located = TypeVar("_Located", Evidence, Gap)


@dataclass(slots=True)
class Observer:
    """Looks at every file once and keeps what it saw."""

    limits: Limits
    progress: Progress | None
    shallow: bool = False
    scan: bool = True
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

    def observe(self, opened: OpenRelease) -> Observer:
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
                if self.scan:
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
