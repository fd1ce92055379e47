"""Releases on this disk: a folder, one file, a hub cache, a git checkout.

Symbolic links are followed only inside the release (in a hub cache, inside the repository's cache
folder, where the snapshot's files really are). Whatever cannot be listed becomes a `Gap`.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from ajar.blobs import FileBlob
from ajar.config import Options
from ajar.errors import TargetNotFound, TargetUnreadable, UsageError
from ajar.interfaces import Blob
from ajar.model.evidence import Basis, Evidence, Gap, GapReason, Location
from ajar.model.locator import Locator
from ajar.model.release import FileEntry, Release

INSPECTOR = "local"

# A pipe that took a file's place since it was listed must not hang, a terminal not become ours, and a
# link not lead out of the release: what was a link when it was listed is opened by where it leads.
_OPEN_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_NOCTTY

# Version control and caches are not part of what is released.
_SKIPPED_FOLDERS = frozenset({".git", ".hg", ".svn", "__pycache__"})

_REVISION = re.compile(r"[0-9a-f]{40}")
_GIT_BYTES = 4 << 20  # of one file of git's own; a list of packed references may be long
_ORIGIN = re.compile(r'^[ \t]*\[remote "origin"\][^\[]*?^[ \t]*url[ \t]*=[ \t]*(\S{1,500})', re.MULTILINE)
_ADDRESS = re.compile(
    r"(?:(?:https?|ssh|git)://)?(?:[^@/\s]{1,300}@)?(?P<host>[\w.-]{1,253}\.\w{1,63})(?::\d{1,5}(?=/))?[/:]"
    r"(?P<name>[\w.-]{1,96}/[\w.-]{1,100})/?"
)
_BLOB_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalRelease:
    """A listed folder or file; opens files by the path they were listed under."""

    release: Release
    observations: tuple[Evidence | Gap, ...]
    real_paths: dict[str, str]

    @property
    def meter(self) -> None:
        """Reads of this disk are counted by whoever makes them."""

    @contextmanager
    def open(self, entry: FileEntry) -> Iterator[Blob]:
        fd = os.open(self.real_paths[entry.path], _OPEN_FLAGS)
        try:
            info = os.fstat(fd)
            if not stat.S_ISREG(info.st_mode):
                raise OSError(errno.EINVAL, "not a regular file any more")
            yield FileBlob(fd, info.st_size)
        finally:
            os.close(fd)


class LocalSource:
    """`file:` locators, and bare paths."""

    schemes: tuple[str, ...] = ("file",)

    @contextmanager
    def resolve(self, locator: Locator, options: Options) -> Iterator[LocalRelease]:
        path = Path(locator.name)
        if locator.subpath:
            path /= locator.subpath
        yield _resolve(locator, path, options)


def _resolve(locator: Locator, path: Path, options: Options) -> LocalRelease:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise _cannot_open(path, error) from error
    if stat.S_ISREG(mode):
        if not os.access(path, os.R_OK):
            raise TargetUnreadable(f"{path}: permission denied", hint="make it readable and try again")
        entry = FileEntry(path=_shown(path.name), size=path.stat().st_size)
        release = Release(locator=locator, files=(entry,))
        return LocalRelease(release=release, observations=(), real_paths={entry.path: os.path.realpath(path)})
    if not stat.S_ISDIR(mode):
        raise TargetUnreadable(f"{path}: neither a file nor a folder", hint="give a folder, file or archive")
    folder, boundary, revision = _snapshot(path) or (path, path, _git_revision(path))
    if not os.access(folder, os.R_OK | os.X_OK):
        raise TargetUnreadable(f"{folder}: permission denied", hint="make it readable and try again")
    skipped = frozenset[str]() if options.all_files else _SKIPPED_FOLDERS
    walk = _Walk(boundary=os.path.realpath(boundary), file_limit=options.limits.files, skipped=skipped)
    walk.list(folder)
    if not walk.files and not walk.notes:
        raise TargetNotFound(f"{folder}: the folder is empty", hint="give the folder that holds the release")
    walk.files.sort(key=lambda entry: entry.path)
    release = Release(locator=locator, revision=revision, files=tuple(walk.files))
    notes = (*walk.notes, *_git_origin(folder))
    return LocalRelease(release=release, observations=notes, real_paths=walk.real_paths)


def _cannot_open(path: Path, error: OSError) -> TargetNotFound | TargetUnreadable:
    if error.errno == errno.EACCES:
        return TargetUnreadable(f"{path}: permission denied", hint="make it readable and try again")
    if error.errno == errno.ELOOP:
        return TargetNotFound(f"{path}: a link that leads back to itself", hint="mend or remove the link")
    if path.is_symlink():
        return TargetNotFound(f"{path}: a broken link", hint="mend the link or give what it should point to")
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        return TargetNotFound(f"{path}: no such file or folder", hint=_nearest(path))
    return TargetUnreadable(f"{path}: {error.strerror or error}", hint="check the path")


def _nearest(path: Path) -> str:
    from difflib import get_close_matches

    try:
        names = [child.name for child in path.parent.iterdir()]
    except OSError:
        return "check the path"
    close = get_close_matches(path.name, names, n=1)
    return f"did you mean {path.parent / close[0]}?" if close else "check the path"


def _shown(name: str) -> str:
    """A name as text: bytes that are no UTF-8 are spelled out, so that every output can carry it."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _snapshot(path: Path) -> tuple[Path, Path, str] | None:
    """A hub cache's snapshot: `(folder, repository cache folder, revision)`."""
    if path.parent.name == "snapshots" and path.parent.parent.name.startswith("models--"):
        return path, path.parent.parent, path.name
    if not (path.name.startswith("models--") and (path / "snapshots").is_dir()):
        return None
    head = path / "refs" / "main"
    revisions = sorted(child.name for child in (path / "snapshots").iterdir())
    revision = head.read_text("ascii", "replace").strip()[:64] if head.is_file() else ""
    if revision not in revisions:
        if len(revisions) != 1:
            raise UsageError(
                f"{path}: {len(revisions)} snapshots and no refs/main that says which",
                hint=f"give one of them: {path / 'snapshots'}/<{' | '.join(revisions[:5])}>",
            )
        revision = revisions[0]
    return path / "snapshots" / revision, path, revision


def _of_git(path: Path, name: str) -> str:
    """A file of git's own in a checkout, or nothing: a link, a pipe or what is no text."""
    with suppress(OSError, UnicodeError):
        if (path / ".git").is_symlink():
            return ""
        fd = os.open(path / ".git" / name, _OPEN_FLAGS)
        try:
            status = os.fstat(fd)
            if stat.S_ISREG(status.st_mode) and status.st_size <= _GIT_BYTES:
                return os.pread(fd, status.st_size, 0).decode("utf-8")
        finally:
            os.close(fd)
    return ""


def _git_revision(path: Path) -> str | None:
    """The commit a checkout stands at, read from `.git` without running git."""
    head = _of_git(path, "HEAD").strip()
    if _REVISION.fullmatch(head):
        return head
    name = head.removeprefix("ref: ")
    if not re.fullmatch(r"refs/[\w./-]+", name) or ".." in name:
        return None
    loose = _of_git(path, name).strip()
    if loose:
        return loose if _REVISION.fullmatch(loose) else None
    found = re.search(rf"^([0-9a-f]{{40}}) {re.escape(name)}$", _of_git(path, "packed-refs"), re.MULTILINE)
    return found[1] if found else None


def _git_origin(path: Path) -> list[Evidence]:
    """Where a checkout came from, `host/owner/name`, as its own settings state it: who publishes it, most likely."""
    text = _of_git(path, "config")
    found = _ORIGIN.search(text)
    # What stands before an @ may be somebody's password, and is never shown.
    address = _ADDRESS.fullmatch(found[1]) if found else None
    if found is None or address is None:
        return []
    return [
        Evidence(
            key="release.origin",
            value=f"{address['host'].lower()}/{address['name'].removesuffix('.git')}",
            location=Location(path=".git/config", line=text.count("\n", 0, found.start(1)) + 1),
            inspector=INSPECTOR,
            basis=Basis.DECLARED,
        )
    ]


@dataclass(slots=True)
class _Walk:
    """Lists a folder. `boundary` is the real path that links may not leave."""

    boundary: str
    file_limit: int
    skipped: frozenset[str]
    files: list[FileEntry] = field(default_factory=list)
    notes: list[Evidence | Gap] = field(default_factory=list)
    real_paths: dict[str, str] = field(default_factory=dict)

    def list(self, folder: Path) -> None:
        queue = [(str(folder), "")]
        while queue:
            real, shown = queue.pop()
            try:
                with os.scandir(real) as children:
                    found = sorted(children, key=lambda child: child.name)
            except OSError as error:
                self._gap(shown or ".", GapReason.UNREADABLE, error.strerror or str(error))
                continue
            for child in found:
                path = f"{shown}/{_shown(child.name)}" if shown else _shown(child.name)
                if len(self.files) >= self.file_limit:
                    self._gap(path, GapReason.OVER_BUDGET, f"more than {self.file_limit} files")
                    return
                try:
                    if child.is_symlink():
                        self._link(child.path, path)
                    elif child.is_dir(follow_symlinks=False):
                        if child.name not in self.skipped:
                            queue.append((child.path, path))
                    else:
                        self._file(child.path, path, child.stat(follow_symlinks=False), None)
                except OSError as error:  # gone since it was listed, or a name that is too long
                    self._gap(path, GapReason.UNREADABLE, error.strerror or str(error))

    def _file(self, real: str, path: str, info: os.stat_result, digest: str | None) -> None:
        if not stat.S_ISREG(info.st_mode):
            self._gap(path, GapReason.UNSUPPORTED, "neither a file nor a folder")
            return
        # A name that is no UTF-8 may be spelled like another file's: neither hides the other.
        while path in self.real_paths:
            path = f"{path}~"
        self.files.append(FileEntry(path=path, size=info.st_size, digest=digest))
        self.real_paths[path] = real

    def _link(self, real: str, path: str) -> None:
        target = os.path.realpath(real)
        try:
            info = Path(real).stat()
        except OSError as error:
            loop = error.errno == errno.ELOOP
            detail = "a link that leads back to itself" if loop else "a broken link"
            self._gap(path, GapReason.ABSENT, detail)
            return
        if os.path.commonpath((target, self.boundary)) != self.boundary:
            self._gap(path, GapReason.UNREADABLE, "a link that leaves the release; it was not followed")
        elif stat.S_ISDIR(info.st_mode):
            self._gap(path, GapReason.UNSUPPORTED, "a link to a folder of the release; seen there")
        else:
            name = Path(target).name
            self._file(target, path, info, f"sha256:{name}" if _BLOB_SHA256.fullmatch(name) else None)

    def _gap(self, path: str, reason: GapReason, detail: str) -> None:
        self.notes.append(
            Gap(location=Location(path=path), reason=reason, detail=detail, inspector=INSPECTOR)
        )
