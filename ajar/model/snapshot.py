"""What of a report is kept to tell later whether a release moved: small, plain, and without evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMark:
    """One file as it was: size in bytes, and a digest with the name of what it covers."""

    size: int
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """A verdict's three readings."""

    at_least: str
    declared: str
    at_most: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsafeFile:
    """A file that is not clean to load, and why."""

    level: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A release at one moment."""

    locator: str
    revision: str | None
    licences: Mapping[str, tuple[str, ...]]  # by scope
    open_scopes: frozenset[str]  # where every licence is open
    texts: Mapping[str, str]  # licence texts by path, in words
    safety: str
    unsafe: Mapping[str, UnsafeFile]  # by path
    verdicts: Mapping[str, Bounds]  # by instrument
    rights: Mapping[str, str]
    components: Mapping[str, str]
    claims: Mapping[str, str]  # by quote
    host: Mapping[str, str]
    files: Mapping[str, FileMark]
    open_texts: frozenset[str] = frozenset()  # paths of texts that are open licences
    untouched_texts: frozenset[str] = frozenset()  # paths of texts word for word, or up to their template
    changed: Mapping[str, str] = field(
        default_factory=dict
    )  # last commit of a file, by path; not kept in a lock
