"""Where a finding is, for tools that look it up in a repository: a file that stands there, and a place in it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import quote

from ajar.model.evidence import Evidence, Ground, Location
from ajar.model.judgement import Finding
from ajar.model.report import Report
from ajar.reports.plain import visible

ROOT, RELEASE = "%SRCROOT%", "RELEASE"
_ARCHIVES = (".zip", ".whl", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".crate", ".nupkg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The line of a project that names a model: where a finding about what a host has is shown."""

    path: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A file, relative to the repository (`ROOT`) or to the release (`RELEASE`), and what is inside it."""

    path: str
    base: str
    line: int | None = None
    start: int | None = None
    end: int | None = None
    inside: str = ""  # the path in the release, where that is not the file
    quote: str = ""  # the words there

    @property
    def uri(self) -> str:
        return quote(visible(self.path), safe="/")


class Places:
    """The places of one report."""

    def __init__(self, report: Report, anchors: Mapping[str, Anchor]) -> None:
        self._files = {entry.path for entry in report.release.files}
        locator = report.release.locator
        self._anchor = anchors.get(f"{locator.scheme}:{locator.name}")
        self._is_local = locator.scheme == "file"
        name = locator.name if not locator.subpath else f"{locator.name}/{locator.subpath}"
        self._own = _relative(name) if self._is_local else None
        self._inside_archive = self._is_local and locator.name.lower().endswith(_ARCHIVES)
        self._is_file = self._is_local and self._files == {PurePosixPath(name).name}
        revision = (report.release.revision or "")[:40]
        plain = locator.name.partition("://")[2] or locator.name
        self._outside = f"{locator.scheme}/{plain.strip('/')}" + (f"@{revision}" if revision else "")

    def of(self, location: Location) -> Place:
        """Where a place of the release is seen from the repository."""
        file = self._file_of(location.path)
        whole = file == location.path
        if self._anchor is not None and not self._is_local:
            return Place(path=self._anchor.path, base=ROOT, line=self._anchor.line, inside=location.path)
        if not self._is_local:
            path = f"{self._outside}/{file}" if file else self._outside
            return _place(path, RELEASE, location, whole=whole)
        if self._own is None:
            path, base = (file or PurePosixPath(str(self._outside)).name), RELEASE
        elif self._inside_archive or self._is_file or not file:
            path, base, whole = self._own, ROOT, self._is_file and whole
        else:
            path, base = (f"{self._own}/{file}" if self._own != "." else file), ROOT
        return _place(path, base, location, whole=whole)

    def first(self, finding: Finding) -> Place:
        return self._at(finding.because[0])

    def rest(self, finding: Finding, limit: int = 8) -> Sequence[Place]:
        return tuple(self._at(ground) for ground in finding.because[1 : limit + 1])

    def _at(self, ground: Ground) -> Place:
        place = self.of(ground.location)
        if isinstance(ground, Evidence) and not place.inside and place.line is not None:
            return replace(place, quote=ground.quote)
        return place

    def _file_of(self, path: str) -> str:
        """The file of the release that a place belongs to: `a.zip/b` and `a.gguf#c` belong to the first; `""` is none."""
        if path in self._files:
            return path
        plain = path.partition("#")[0]
        while plain and plain not in self._files:
            plain = plain.rpartition("/")[0]
        return plain


def _place(path: str, base: str, location: Location, *, whole: bool) -> Place:
    """Line and bytes mean something only in the file itself; of what is inside it, the path does."""
    if not whole:
        return Place(path=path, base=base, inside=location.path)
    return Place(path=path, base=base, line=location.line, start=location.start, end=location.end)


def _relative(name: str) -> str | None:
    """A path below the working directory, seen from there; `None` when it is elsewhere."""
    path = os.path.relpath(name) if os.path.isabs(name) else os.path.normpath(name)  # noqa: PTH117  names, not files
    path = path.replace(os.sep, "/")
    return None if path == ".." or path.startswith("../") else path
