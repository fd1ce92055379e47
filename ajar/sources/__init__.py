"""Sources: where releases are found. The only modules that touch a disk or a socket."""

from __future__ import annotations

from contextlib import AbstractContextManager

from ajar.config import Options
from ajar.errors import UsageError
from ajar.interfaces import OpenRelease, Source
from ajar.model.locator import Locator
from ajar.sources.local import LocalSource

SOURCES: tuple[Source, ...] = (LocalSource(),)


def open_release(locator: Locator, options: Options) -> AbstractContextManager[OpenRelease]:
    """Resolve a locator. Raises `UsageError` for a scheme nobody serves, `TargetError` when not there."""
    for source in SOURCES:
        if locator.scheme in source.schemes:
            return source.resolve(locator, options)
    known = ", ".join(scheme for source in SOURCES for scheme in source.schemes)
    raise UsageError(
        f"targets of scheme {locator.scheme!r} are not supported",
        hint=f"download the release and give its folder; schemes served: {known}",
    )
