"""Instruments: the rules of each, how the known systems stand by it, and where instruments disagree; and the doors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ajar import frameworks
from ajar.frameworks.explain import TABLES
from ajar.frameworks.instrument import Instrument, table
from ajar.model.judgement import DOOR_LABELS, DOORS, Door
from ajar.reports import known_json
from ajar.reports.known_words import SYSTEM_HEADS, level_span, system_row
from ajar.reports.words import level_words
from ajar.web.page import Asked, NotHere, Page, Table
from ajar.web.site import Site

DATA = dict(zip((item.id for item in frameworks.INSTRUMENTS), TABLES, strict=True))
_OSAI_BANDS = ((4.0, "under 4 of 12"), (8.0, "4 to 8 of 12"), (12.5, "over 8 of 12"))


def instruments(site: Site, _: Mapping[str, str], __: Asked) -> Page:
    """The six, and each one's answers against the doors."""
    return Page(
        path="instruments/",
        title="Six ways to say how open a model is, and where they disagree",
        about="The published instruments that ajar applies side by side, their rules, and how their answers fall on the same systems.",
        template="instruments.html",
        context={
            "instruments": [(item, table(DATA[item.id])) for item in frameworks.INSTRUMENTS],
            "crossed": [_crossed(site, item) for item in frameworks.INSTRUMENTS if item.id != "g7"],
            "split": split(site),
        },
        data=json.dumps(
            {
                "instruments": [_plain(table(DATA[item.id])) for item in frameworks.INSTRUMENTS],
                "verdicts": {
                    item.system.id: {
                        verdict.instrument: [verdict.at_least, verdict.declared, verdict.at_most]
                        for verdict in site.report(item.system).verdicts
                    }
                    for item in site.released
                },
            },
            indent=2,
            ensure_ascii=False,
        )
        + "\n",
        table=Table(
            heads=("system", *(item.id for item in frameworks.INSTRUMENTS)),
            rows=[
                (item.system.name, *(level_span(v) for v in site.report(item.system).verdicts))
                for item in site.released
            ],
        ),
    )


def _plain(data: Mapping[str, Any]) -> Any:
    return json.loads(json.dumps(data, default=str))


def level_of(instrument: str, level: str) -> str:
    """A level in words; scores of the index fall into three bands."""
    if instrument == "osai":
        try:
            score = float(level)
        except ValueError:
            return level_words(level)
        return next(words for limit, words in _OSAI_BANDS if score <= limit)
    return level_words(level)


def _crossed(site: Site, instrument: Instrument) -> Mapping[str, Any]:
    """Counts of an instrument's levels, as declared, against the doors."""
    counts: dict[str, dict[str, int]] = {}
    order: dict[str, int] = {}
    for item in site.released:
        verdict = site.report(item.system).verdict(instrument.id)
        words = level_of(instrument.id, verdict.declared)
        place = instrument.levels.index(verdict.declared) if verdict.declared in instrument.levels else 0
        order[words] = min(order.get(words, place), place)
        row = counts.setdefault(words, dict.fromkeys(map(str, DOORS), 0))
        row[item.door.declared] += 1
    ordered = sorted(counts, key=lambda words: (order[words], words))
    return {"instrument": instrument, "rows": [(words, counts[words]) for words in ordered]}


def split(site: Site) -> list[tuple[str, list[Any]]]:
    """Systems that one instrument calls open and another does not, by what parts them."""
    found: dict[str, list[Any]] = {}
    for item in site.released:
        report = site.report(item.system)
        door = item.door.declared
        mof = report.verdict("mof").declared
        act = report.verdict("eu-ai-act").declared
        if door in {Door.AJAR, Door.OPEN, Door.WIDE_OPEN} and mof == "unclassified":
            found.setdefault("Open weights by the G7 labels, and in no class of MOF 1.0", []).append(item)
        if door in {Door.SHUT, Door.CHAINED} and mof != "unclassified":
            found.setdefault("In a class of MOF 1.0, and not open weights by the G7 labels", []).append(item)
        if door in {Door.AJAR, Door.OPEN, Door.WIDE_OPEN} and act == "not-exempt":
            found.setdefault("Open weights by the G7 labels, and not exempt under the EU AI Act", []).append(
                item
            )
    return list(found.items())


def instrument(site: Site, given: Mapping[str, str], _: Asked) -> Page:
    """One instrument's levels and criteria, and the known systems at each level."""
    known = next((item for item in frameworks.INSTRUMENTS if item.id == given["id"]), None)
    if known is None:
        near = [(f"instruments/{item.id}/", item.name) for item in frameworks.INSTRUMENTS]
        raise NotHere(f"there is no instrument {given['id']!r}", hint="these are known", near=near)
    data = table(DATA[known.id])
    levels: dict[str, list[Any]] = {}
    for item in site.released:
        verdict = site.report(item.system).verdict(known.id)
        levels.setdefault(level_of(known.id, verdict.declared), []).append(item)
    return Page(
        path=f"instruments/{known.id}/",
        title=f"{data['name']} {data['version']}: its rules, and the systems by it",
        about=str(data["about"]),
        template="instrument.html",
        context={"instrument": known, "data": data, "levels": dict(sorted(levels.items()))},
        data=json.dumps(
            {
                **_plain(data),
                "systems": {level: [item.system.id for item in items] for level, items in levels.items()},
            },
            indent=2,
            ensure_ascii=False,
        )
        + "\n",
    )


def door(site: Site, given: Mapping[str, str], _: Asked) -> Page:
    """One door: what it asks for, and every system behind it."""
    if given["id"] not in DOOR_LABELS:
        near = [(f"doors/{item}/", DOOR_LABELS[item]) for item in DOORS]
        raise NotHere(f"there is no door {given['id']!r}", hint="there are five", near=near)
    known = Door(given["id"])
    level = next(item for item in table(DATA["g7"])["level"] if item["id"] == known)
    own = [item for item in site.released if item.door.declared == known]
    return Page(
        path=f"doors/{known}/",
        title=f"{DOOR_LABELS[known]}: {len(own)} systems",
        about=str(level["text"]),
        template="door.html",
        context={"door": known.value, "level": level, "released": own, "doors": DOORS, "labels": DOOR_LABELS},
        data=known_json.listing(own),
        table=Table(heads=SYSTEM_HEADS, rows=[system_row(item) for item in own]),
    )
