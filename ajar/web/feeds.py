"""What a site answers besides pages: the feed of changes, badges, the description of its addresses."""

from __future__ import annotations

from importlib.resources import files

from ajar.model.catalogue import Event, System
from ajar.model.partial_date import PartialDate
from ajar.reports import badge as badges
from ajar.reports.html_page import text
from ajar.reports.known_words import event_words
from ajar.web.pages import news
from ajar.web.site import Site, address_of

_ENTRIES = 60


def atom(site: Site) -> str:
    """Dated events and systems, newest first, as an Atom feed (RFC 4287)."""
    found = news(site, _ENTRIES)
    updated = _instant(found[0].date) if found else _instant(None)
    entries = "".join(_entry(site, item) for item in found)
    home = f"{site.address}/"
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<title>ajar: how open is it?</title>\n<id>{text(home) if site.address else 'urn:ajar:changes'}</id>\n"
        f'<link rel="self" href="{text(home)}changes.atom"/>\n<link href="{text(home)}"/>\n'
        f"<updated>{updated}</updated>\n<author><name>ajar</name></author>\n{entries}</feed>\n"
    )


def _entry(site: Site, item: Event | System) -> str:
    if isinstance(item, System):
        door = site.report(item).verdict("g7").declared
        title = f"{item.name}: {door}"
        words = f"{item.name} by {', '.join(map(site.catalogue.name_of, item.makers))}"
        where = address_of(item)
    else:
        title, words, where = item.text, event_words(item), f"timeline/#{item.id}"
    return (
        f"<entry><title>{text(title)}</title><id>urn:ajar:{text(item.id)}</id><updated>{_instant(item.date)}</updated>"
        f'<link href="{text(site.address)}/{text(where)}"/><summary>{text(words)}</summary></entry>\n'
    )


def _instant(date: PartialDate | None) -> str:
    """The first moment that a date may mean: a feed knows no half-known dates."""
    return f"{date.earliest if date else '1970-01-01'}T00:00:00Z"


def badge(site: Site, key: str) -> str:
    """A system's door for a README. Raises `NotHere` for an id that no system has."""
    return badges.render([site.report(site.entity(key, System))])


def openapi() -> bytes:
    """The description of every address, kept by hand and tested against the routes."""
    return (files("ajar.web") / "assets" / "openapi.json").read_bytes()
