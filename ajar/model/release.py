"""A release: a pinned list of files. It holds no open handle."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from ajar.model.locator import Locator


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """One file: POSIX path relative to the release, size in bytes, digest where the host states one."""

    path: str
    size: int
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What a locator resolved to."""

    locator: Locator
    revision: str | None = None
    files: tuple[FileEntry, ...] = ()

    @property
    def size_bytes(self) -> int:
        return sum(entry.size for entry in self.files)


def is_aside(path: str) -> bool:
    """Whether a file serves tests, documentation or other projects rather than the release itself."""
    parts = PurePosixPath(path.lower()).parts[:-1]
    name = PurePosixPath(path.lower()).name
    folders = {"test", "tests", "testing", "testdata", "fixtures", "third_party", "vendor", "node_modules"}
    return (
        bool(folders.intersection(parts))
        or name.startswith("test_")
        or name.endswith("_test.py")
        or name in {"conftest.py", "setup.py"}
    )
