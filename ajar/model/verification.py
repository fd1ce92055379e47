"""What came of holding a release against a signature or a list of digests."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FileState(StrEnum):
    """How one file stands to the list."""

    SAME = "same"
    CHANGED = "changed"
    MISSING = "missing"  # listed, not there
    UNLISTED = "unlisted"  # there, not listed
    UNREAD = "unread"  # there and listed, but its bytes could not be held against the list


class DigestBasis(StrEnum):
    """Whose word a file's digest is."""

    READ = "read"  # computed here, from the bytes
    STATED = "stated"  # the host's: nobody here read the bytes
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCheck:
    """One file. `why` says what is wrong, or why it could not be read."""

    path: str
    state: FileState
    basis: DigestBasis = DigestBasis.NONE
    expected: str = ""
    actual: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signed, and how that was shown. `shown` is false when nobody's key was asked for."""

    kind: str  # key | certificate | identity | none
    words: str
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The answer. `verified` needs a signer that was shown (for a signature) and every file to be the same."""

    target: str
    revision: str | None
    against: str  # path of the signature or the list
    kind: str  # signature | list
    method: str  # files | shards
    algorithm: str
    signer: Signer
    files: tuple[FileCheck, ...]
    problems: tuple[str, ...]  # what is wrong with the signature itself
    ignored: tuple[str, ...] = ()  # paths that the signer left out on purpose
    unlisted_allowed: bool = False
    bytes_hashed: int = 0
    seconds: float = 0.0
    notes: tuple[str, ...] = ()

    @property
    def verified(self) -> bool:
        allowed = {FileState.SAME, FileState.UNLISTED} if self.unlisted_allowed else {FileState.SAME}
        shown = self.signer.shown or self.kind == "list"
        return (
            shown and not self.problems and bool(self.files) and all(f.state in allowed for f in self.files)
        )

    def of(self, state: FileState) -> tuple[FileCheck, ...]:
        return tuple(file for file in self.files if file.state is state)
