"""Options of an audit, and the limits that hold whatever the input says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

VERSION = "0.1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Ceilings on work. Each is far above what real releases need and far below what hurts."""

    header_bytes: int = 100 * 2**20  # the safetensors reference reader's own cap on a header
    text_bytes: int = 4 * 2**20  # a card, licence or config; the longest SPDX text is 150 kB
    inflate_bytes: int = 64 * 2**20  # decompressed from one archive member while looking at it
    read_bytes: int = 2 * 2**30  # everything one audit may read
    files: int = 200_000
    archive_depth: int = 3  # an archive in an archive in an archive
    archive_members: int = 100_000
    seconds: float = 300.0
    file_seconds: float = 20.0  # spent by the safety checks on one file


class Gate(Protocol):
    """What every request of several audits passes, so that together they keep a host's limits."""

    def hold(self, url: str) -> None:
        """Wait until a request for `url` may go out."""

    def slow(self, url: str, seconds: float) -> None:
        """The host asked for a pause."""

    def lost(self, url: str) -> None:
        """A request was given up for reasons of the network: the audit is poorer by what it would have brought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the caller wants. `progress` is reported through a callback, never printed."""

    limits: Limits = Limits()
    mot: bool = False
    strict: bool = False
    bases: tuple[str, ...] = ()  # folders of base models, looked at for their licence only
    lineage: bool = False  # ask hosts for the base models too, up to the roots
    history: bool = False  # read the whole list of a repository's commits, not its first page
    shallow: bool = False  # cards, licences and configurations alone
    all_files: bool = False  # version control's and caches' too, which are no part of what is released
    offline: bool = False  # answer from the cache alone
    keep: bool = True  # keep what was read from hosts
    scan: bool = True  # what loading a file would do
    changes: bool = True  # ask a hub when licence and card last changed: one request more
    gate: Gate | None = None  # with one, connections are shared by all audits of the process
    cache: Path | None = None  # where; the platform's cache folder when not given
