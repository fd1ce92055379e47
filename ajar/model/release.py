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


FRONT_BYTES = 1 << 20


def is_front(path: str, size: int) -> bool:
    """Whether a file says what the release is and under which terms: card, licence, policy, configuration."""
    name = path.lower()
    if "/" in path or size > FRONT_BYTES:
        return False
    words = (
        "readme",
        "license",
        "licence",
        "copying",
        "notice",
        "use_policy",
        "acceptable_use",
        "prohibited",
        "model_card",
    )
    return name.startswith(words) or name in {
        "config.json",
        "adapter_config.json",
        "model_index.json",
        "mlmodel",
    }


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
