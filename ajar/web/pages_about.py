"""What this site is, where its facts come from, and how to get them as data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from urllib.parse import urlsplit

from ajar.config import VERSION
from ajar.model.catalogue import Entity, Event, Grade, Position
from ajar.web.page import Asked, Page, Table
from ajar.web.site import Site

_Record = Entity | Event | Position
_HOSTS = 40  # of the most cited, in the table


def about(site: Site, _: Mapping[str, str], __: Asked) -> Page:
    """The method, the data and the sources, counted."""
    catalogue = site.catalogue
    records: tuple[_Record, ...] = (
        *catalogue.systems,
        *catalogue.organisations,
        *catalogue.people,
        *catalogue.products,
        *catalogue.events,
        *catalogue.positions,
    )
    sources = {source.url: source for record in records for source in record.sources}
    grades = Counter(source.grade.value for source in sources.values())
    hosts = Counter(urlsplit(url).hostname or "" for url in sources)
    newest = max(str(source.read) for source in sources.values())
    return Page(
        path="about/",
        title="About these pages, and their sources",
        about="How the doors are decided, what the catalogue holds, which sources it rests on, and how to get all of it as data.",
        template="about.html",
        context={
            "version": VERSION,
            "newest": newest,
            "counts": [
                ("systems", len(catalogue.systems)),
                ("organisations", len(catalogue.organisations)),
                ("people", len(catalogue.people)),
                ("products", len(catalogue.products)),
                ("events", len(catalogue.events)),
                ("positions", len(catalogue.positions)),
                ("arguments", len(catalogue.arguments)),
            ],
            "sources": len(sources),
            "grades": [(grade.value, grades[grade.value]) for grade in Grade],
            "hosts": hosts.most_common(_HOSTS),
        },
        data=json.dumps(
            {
                "tool": {"name": "ajar", "version": VERSION},
                "newest_source_read": newest,
                "sources": [
                    {"url": url, "grade": source.grade.value, "read": str(source.read)}
                    for url, source in sorted(sources.items())
                ],
            },
            indent=2,
            ensure_ascii=False,
        )
        + "\n",
        table=Table(
            heads=("address", "grade", "read"),
            rows=[(url, source.grade.value, str(source.read)) for url, source in sorted(sources.items())],
        ),
    )
