"""Sources: where releases are found. The only modules that touch a disk or a socket."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cache
from importlib import import_module  # noqa: TID251  ajar's own modules, by the table below
from pathlib import Path
from typing import TYPE_CHECKING

from ajar.config import Options
from ajar.errors import TargetNotFound, UsageError
from ajar.interfaces import OpenRelease, Source
from ajar.model.locator import Locator

if TYPE_CHECKING:
    from ajar.sources._cache import Cache

# (scheme, module, class). A module is imported when a target needs it, so that looking at a disk opens no socket.
SOURCES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("file",), "local", "LocalSource"),
    (("hf",), "hub", "HubSource"),
    (("http", "https"), "web", "WebSource"),
    (("ollama", "oci"), "registry", "RegistrySource"),
    (("s3", "gs", "az", "abfs", "abfss"), "store", "StoreSource"),
    (("git+https", "git+http"), "git", "GitSource"),
    (("models", "runs"), "mlflow", "MLflowSource"),
    (("modelscope",), "modelscope", "ModelScopeSource"),
)
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}(?:@[\w./-]{1,100})?")


@cache
def load(module: str, name: str) -> Source:
    """The source of one row."""
    source: Source = getattr(import_module(f"ajar.sources.{module}"), name)()
    return source


def schemes() -> tuple[str, ...]:
    return tuple(scheme for row in SOURCES for scheme in row[0])


def open_release(locator: Locator, options: Options) -> AbstractContextManager[OpenRelease]:
    """Resolve a locator. Raises `UsageError` for a scheme nobody serves, `TargetError` when not there.

    A bare `org/name` that is no path here is the hub's. The address of a page there, or at a well-known host of git,
    means the repository that it shows.
    """
    locator = _meant(locator)
    for served, module, name in SOURCES:
        if locator.scheme in served:
            return load(module, name).resolve(locator, options)
    raise UsageError(
        f"targets of scheme {locator.scheme!r} are not supported",
        hint=f"download the release and give its folder; schemes served: {', '.join(schemes())}",
    )


def proposer(url: str, model: str, key: str) -> Callable[[str], list[tuple[str, str]]]:
    """A model that proposes statements of a text: pairs of a quote and what it says. Raises `UsageError` for no address."""
    from ajar.sources._completions import Asker

    return Asker(url=url, model=model, key=key).propose


def before(locator: Locator, date: str, options: Options) -> Locator:
    """The release as it was before `date` (ISO 8601). Raises `UsageError` for a source that keeps no history."""
    from ajar.sources.hub import HubSource

    found = _meant(locator)
    if found.scheme != "hf":
        raise UsageError(
            f"{locator}: only a hub keeps what was there before", hint="give two targets instead"
        )
    return HubSource().before(found, date, options)


def cache_of(folder: Path | None) -> Cache:
    """The cache at a folder, or where the platform keeps such things."""
    from ajar.sources._cache import Cache, default_folder

    return Cache(folder or default_folder())


def _meant(locator: Locator) -> Locator:
    if locator.scheme in {"http", "https"}:
        from ajar.sources import git, hub, modelscope

        found = (source.of_page(str(locator)) for source in (hub, modelscope, git))
        return next((page for page in found if page), locator)
    is_name = locator.scheme == "file" and not locator.subpath and _HUB_NAME.fullmatch(locator.name)
    if not is_name or Path(locator.name).exists() or Path(locator.name).parts[0] in {".", "..", "~"}:
        return locator
    if Path(locator.name.partition("/")[0]).is_dir():
        # Beside a folder of that name a path with a slip in it is meant.
        raise TargetNotFound(
            f"{locator.name}: no such file or folder", hint=f"for the hub: hf:{locator.name}"
        )
    name, _, revision = locator.name.partition("@")
    return replace(locator, scheme="hf", name=name, revision=revision or None)
