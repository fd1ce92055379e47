"""The site as files: every page that needs no server, with its twins, badges, feed and style."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from ajar.errors import UsageError
from ajar.web import feeds
from ajar.web.page import Asked
from ajar.web.pages import ROUTES, Make, twin
from ajar.web.rendering import ASSETS, Renderer, asset, csv
from ajar.web.site import Site

_MARK = ".ajar-site"  # a folder that holds it was written by this module and may be written again


def build(site: Site, folder: Path, *, progress: Callable[[str, int, int], None] | None = None) -> int:
    """Write the site, and return how many files it has.

    Raises `UsageError` for a folder that holds something else, or cannot be written. Files of an earlier build that
    are no longer part of the site are removed.
    """
    _check(folder)
    written: set[Path] = set()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MARK).touch()
        for number, (name, content) in enumerate(_files(site)):
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
            written.add(place)
            if progress:
                progress("writing pages", number, 0)
        for old in [path for path in folder.rglob("*") if path.is_file()]:
            if old not in written and old.name != _MARK:
                old.unlink()
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}", hint="give a folder that can be written") from error
    return len(written)


def _check(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"{folder}: a file", hint="give a folder that is empty or new")
    if any(folder.iterdir()) and not (folder / _MARK).exists():
        raise UsageError(
            f"{folder}: holds files that are no site of ajar's", hint="give a folder that is empty or new"
        )


def _files(site: Site) -> Iterator[tuple[str, bytes]]:
    renderer = Renderer(site)
    for route in ROUTES:
        if not route.is_static:
            continue
        for given in route.arguments(site):
            yield from _page_files(site, renderer, route.make, given)
    for system in site.catalogue.systems:
        yield f"badge/{system.id}.svg", feeds.badge(site, system.id).encode()
    for name in ASSETS:
        yield f"static/{name}", asset(name)
    yield "changes.atom", feeds.atom(site).encode()
    yield "openapi.json", feeds.openapi()
    missing = renderer.error(
        404, "There is no such page.", hint="It may have been renamed.", root=_root(site)
    )
    yield "404.html", missing.encode()


def _page_files(
    site: Site,
    renderer: Renderer,
    make: Make,
    given: Mapping[str, str],
) -> Iterator[tuple[str, bytes]]:
    page = make(site, given, Asked())
    yield f"{page.path}index.html", renderer.html(page).encode()
    yield twin(page.path, "json"), page.data.encode("utf-8", "backslashreplace")
    if page.table is not None:
        yield twin(page.path, "csv"), csv(page).encode()


def _root(site: Site) -> str:
    """Where the site begins, for the one page that is shown at any address."""
    return f"{urlsplit(site.address).path}/"
