"""When a document was written. `SOURCE_DATE_EPOCH` sets it, so that the same report gives the same bytes."""

from __future__ import annotations

import os
import time

from ajar.errors import UsageError

LAST = 253402300799  # the last second of the year 9999, which ISO 8601 can write


def now() -> str:
    """UTC to the second, as `2026-01-31T12:00:00Z`. Raises `UsageError` for a variable that is no time."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given and not (given.isascii() and given.isdigit() and int(given) <= LAST):
        hint = "seconds since 1970, or leave it unset; see https://reproducible-builds.org/specs/source-date-epoch/"
        raise UsageError(f"SOURCE_DATE_EPOCH={given[:40]}: not a time", hint=hint)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(given) if given else None))
