"""From a page to HTML. Every value is made visible and escaped; links are relative, so that a copy works anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ajar.config import VERSION
from ajar.model.judgement import DOOR_LABELS, DOORS
from ajar.reports import known_words, tables, words
from ajar.reports.plain import visible
from ajar.web import pictures
from ajar.web.page import NotHere, Page
from ajar.web.pages import twin
from ajar.web.site import Site, address_of

POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'"
ASSETS = {"site.css": "text/css", "site.js": "text/javascript", "door.svg": "image/svg+xml"}
NAVIGATION = (
    ("", "Doors"),
    ("makers/", "Makers"),
    ("timeline/", "Timeline"),
    ("arguments/", "Arguments"),
    ("licences/", "Licences"),
    ("instruments/", "Instruments"),
    ("about/", "About"),
)


def _finalised(value: Any) -> Any:
    """Characters that hide or reorder others are spelled out wherever a template shows a string."""
    if isinstance(value, Markup):
        return value
    return "" if value is None else visible(str(value))


def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("ajar.web"),
        autoescape=True,
        finalize=_finalised,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.globals.update(
        version=VERSION,
        policy=POLICY,
        navigation=NAVIGATION,
        doors=DOORS,
        door_labels=DOOR_LABELS,
        sprite=Markup(pictures.sprite()),  # noqa: S704  made of constants
        words=words,
        known_words=known_words,
        address_of=address_of,
    )
    found.filters.update(
        door=lambda name, size=40: Markup(pictures.door(name, size)),  # noqa: S704  a known door or an error
        drawn=Markup,  # only for what `pictures` made, which escapes
        address=_address,
        spaced=lambda text: str(text).replace("-", " "),
    )
    return found


def _address(text: object) -> str:
    """An address that a link may carry; anything but http and https becomes a link to nowhere."""
    plain = str(text)
    return plain if plain.startswith(("https://", "http://")) else "#"


class Renderer:
    """Renders the pages of one site."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._environment = _environment()

    def html(self, page: Page, **more: Any) -> str:
        """The page. `more` are values of the one visitor, such as a form's token."""
        return self._render(
            page.template,
            "../" * page.path.count("/"),
            {
                "page": page,
                "twins": [
                    (twin(page.path, suffix), suffix, kind)
                    for suffix, kind, held in (
                        ("json", "application/json", True),
                        ("csv", "text/csv", page.table is not None),
                    )
                    if held
                ],
                **page.context,
                **more,
            },
        )

    def error(self, status: int, message: str, *, hint: str = "", root: str = "/", near: Any = ()) -> str:
        """What went wrong, what to do next, and where one may have wanted to go."""
        title = _TITLES.get(status, "Something went wrong")
        shown = Page(
            path="",
            title=title,
            about=message,
            template="error.html",
            context={"message": message, "hint": hint, "near": near, "status": status},
            data="",
        )
        return self._render("error.html", root, {"page": shown, "twins": [], **shown.context})

    def _render(self, template: str, root: str, values: Mapping[str, Any]) -> str:
        url: Callable[[str], str] = partial(_url, root)
        return self._environment.get_template(template).render(
            root=root, url=url, site=self.site, features=self.site.features, **values
        )


_TITLES = {
    400: "That cannot be asked",
    403: "Not allowed",
    404: "No such page",
    413: "Too much",
    429: "Too many at once",
    503: "Too busy",
}


def _url(root: str, path: str) -> str:
    """An address within the site, seen from the page."""
    return f"{root}{path}" or "./"


def csv(page: Page) -> str:
    """The page's table."""
    if page.table is None:
        raise NotHere(f"{page.path or 'the first page'} holds no table", hint="its JSON has everything")
    return tables.as_csv(page.table.heads, list(page.table.rows))


def asset(name: str) -> bytes:
    """A file of the site's own: style, script, icon."""
    if name == "door.svg":
        return pictures.icon().encode()
    return (files("ajar.web") / "assets" / name).read_bytes()
