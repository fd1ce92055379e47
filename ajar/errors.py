"""Everything ajar raises on purpose.

AjarError                 root: carries what went wrong and what to do next
├── UsageError            bad arguments or configuration                    exit 2
├── TargetError           the target cannot be had                          exit 3
│   ├── TargetNotFound    no such path, or nothing in it
│   └── TargetUnreadable  there, but not readable (permission, not a release archive)
├── MalformedError        bytes that are not what they claim (becomes a Gap)
└── BudgetExceeded        a limit on bytes, depth or count was hit (becomes a Gap)
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Process exit codes. They are public and never change."""

    OK = 0
    POLICY = 1
    USAGE = 2
    TARGET = 3
    INCOMPLETE = 4
    INTERNAL = 5


class AjarError(Exception):
    """Root of ajar's errors: a message, and a hint that says what to do next."""

    exit_code: ExitCode = ExitCode.INTERNAL

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(AjarError):
    """Arguments or configuration that make no sense."""

    exit_code = ExitCode.USAGE


class TargetError(AjarError):
    """The target cannot be had."""

    exit_code = ExitCode.TARGET


class TargetNotFound(TargetError):
    """No such target, or nothing in it."""


class TargetUnreadable(TargetError):
    """The target is there but cannot be read."""


class MalformedError(AjarError):
    """Bytes that are not what they claim to be. `offset` is where reading stopped, in bytes."""

    def __init__(self, message: str, *, offset: int | None = None) -> None:
        super().__init__(message)
        self.offset = offset


class BudgetExceeded(AjarError):
    """A limit was hit before the answer was known."""
