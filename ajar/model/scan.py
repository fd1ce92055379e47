"""What a look at load safety gives. Apart from the report, so that `ajar scan` starts with little."""

from __future__ import annotations

from dataclasses import dataclass

from ajar.model.evidence import Gap
from ajar.model.judgement import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What the audit took. `bytes_total` is what there was to read."""

    bytes_read: int
    bytes_total: int
    requests: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSafety:
    """Whether one file can be loaded without running code that came with it."""

    path: str
    format: str
    level: str  # clean | caution | dangerous | unknown
    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()  # what in it could not be looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """The level of the worst file, and the files that are not clean or carry weights."""

    level: str
    files: tuple[FileSafety, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanReport:
    """Files looked at for load safety alone. `level` is that of the worst of them."""

    tool_version: str
    level: str
    files: tuple[FileSafety, ...]
    gaps: tuple[Gap, ...]  # what could not be listed or opened at all
    cost: Cost
