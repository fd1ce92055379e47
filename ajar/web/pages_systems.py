"""The landscape, the table of systems, and one system."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ajar.model.catalogue import Access, System
from ajar.model.judgement import DOORS
from ajar.model.question import Point
from ajar.questions import ask
from ajar.reports import json_v1, known_json
from ajar.reports.json_v1 import grounds
from ajar.reports.known_words import (
    ACCESS_WORDS,
    SYSTEM_HEADS,
    UNKNOWN,
    grant_words,
    part_words,
    system_row,
)
from ajar.reports.questions_words import REPLY_WORDS, TOPIC_WORDS, basis_words
from ajar.web import landscape, pictures
from ajar.web.page import Asked, Page, Table
from ajar.web.report_view import Because, grounds_view, view
from ajar.web.site import Site, address_of

Arguments = Mapping[str, str]


def first(site: Site, _: Arguments, asked: Asked) -> Page:
    """Every system a door, by maker and year."""
    words = sorted({word for system in site.catalogue.systems for word in system.modalities})
    wish = landscape.wish_of(asked, [maker.id for maker in site.makers], words)
    tiles = landscape.tiles(site.released, wish)
    shown = [tile for tile in tiles if tile.is_shown]
    return Page(
        path="",
        title="How open is it? AI systems and their doors",
        about=f"{len(tiles)} AI systems, each with the door that its published facts open: from closed to open source with open data.",
        template="landscape.html",
        context={
            "rows": landscape.rows(tiles, site.makers),
            "columns": landscape.columns(tiles),
            "wish": wish,
            "shown": len(shown),
            "total": len(tiles),
            "counts": {door: sum(tile.door == door for tile in tiles) for door in DOORS},
            "modalities": words,
            "access": {item: ACCESS_WORDS[Access(item)] for item in landscape.ACCESS} | {"unknown": UNKNOWN},
            "makers": site.makers,
            "chart": _chart(site),
        },
        data=known_json.listing([tile.item for tile in shown]),
        table=Table(heads=SYSTEM_HEADS, rows=[system_row(tile.item) for tile in shown]),
    )


def _chart(site: Site) -> Mapping[str, object]:
    counts = landscape.doors_by_year(site.released)
    bars = [pictures.Bar(name=year, counts=row) for year, row in counts.items()]
    return {
        "svg": pictures.stacked(bars, "Systems by year of release and door; the table below has the figures"),
        "counts": counts,
    }


def systems(site: Site, _: Arguments, __: Asked) -> Page:
    """The same as one table."""
    return Page(
        path="systems/",
        title="All systems in one table",
        about=f"{len(site.released)} AI systems with maker, date, licence and door.",
        template="systems.html",
        context={"released": site.released},
        data=known_json.listing(site.released),
        table=Table(heads=SYSTEM_HEADS, rows=[system_row(item) for item in site.released]),
    )


def system(site: Site, given: Arguments, _: Asked) -> Page:
    """One system: its door and every instrument, parts, rights, claims, line, history, sources."""
    found = site.entity(given["id"], System)
    shown = site.portrait(found)
    report = site.report(found)
    seen = view(json_v1.to_json(report))
    makers = ", ".join(site.catalogue.name_of(maker) for maker in found.makers)
    return Page(
        path=address_of(found),
        title=f"{found.name} by {makers}: {seen.label}",
        about=f"How open {found.name} is by six published instruments, what its licence allows, and what its maker says against the evidence.",
        template="system.html",
        context={
            "system": found,
            "shown": shown,
            "report": seen,
            "makers": [(maker, site.catalogue.name_of(maker)) for maker in found.makers],
            "facts": tuple(_facts(found)),
            "descent": descent(site, found),
            "questions": [
                (TOPIC_WORDS[found.topic], found.asks, [_point(point) for point in found.points])
                for found in ask(report)
            ],
            "others": [
                item
                for item in site.released
                if item.system.makers[:1] == found.makers[:1] and item.system is not found
            ],
        },
        data=known_json.portrait(shown, "system"),
    )


def _point(point: Point) -> tuple[str, str, str, str, tuple[Because, ...]]:
    """Question, style, answer, words, ground."""
    how = basis_words(point)
    said = ", ".join(part for part in (REPLY_WORDS[point.reply], how) if part)
    return point.asks, point.reply.value, said, point.words, grounds_view(grounds(point.because))


def _facts(system: System) -> Iterator[tuple[str, str, str]]:
    """Name, words and address of what the catalogue records."""
    given = f", since {system.weights_date}" if system.weights_date else ""
    yield "Released", str(system.date or UNKNOWN), ""
    yield "Kind", ", ".join(system.modalities) or UNKNOWN, ""
    yield "Parameters", system.parameters or UNKNOWN, ""
    place = f"https://huggingface.co/{system.hub_repo}" if system.hub_repo else ""
    yield "Weights", ACCESS_WORDS[system.weights] + given, place
    yield "Licence", grant_words(system.licence), (system.licence.url or "") if system.licence else ""
    for name, part in (
        ("Code", system.code),
        ("Data", system.data),
        ("Paper", system.paper),
        ("Evaluation", system.evaluation),
    ):
        words = part_words(part)
        yield name, words.removesuffix(f", {part.url}") if part.url else words, part.url or ""


def descent(site: Site, system: System) -> str:
    """What a system comes from and what comes from it, drawn; "" when the catalogue knows of neither."""
    catalogue = site.catalogue
    edges: list[pictures.Edge] = []
    ranks: list[list[pictures.Node]] = [[_node(site, system)]]
    seen = {system.id}
    before: list[System] = [system]
    while before:
        rank: dict[str, pictures.Node] = {}
        further: list[System] = []
        for child in before:
            for base in catalogue.bases_of(child):
                key = base.id if isinstance(base, System) else base
                edges.append(
                    pictures.Edge(parent=key, child=child.id, words=f"{child.name} comes from {key}")
                )
                if key not in seen:
                    seen.add(key)
                    rank[key] = _node(site, base)
                    further += [base] if isinstance(base, System) else []
        if rank:
            ranks.insert(0, list(rank.values()))
        before = further
    after = [system]
    while after:
        step: list[System] = []
        for base in after:
            for child in catalogue.derived_from(base.id):
                edges.append(
                    pictures.Edge(
                        parent=base.id, child=child.id, words=f"{child.name} comes from {base.name}"
                    )
                )
                if child.id not in seen:
                    seen.add(child.id)
                    step.append(child)
        if step:
            ranks.append([_node(site, item) for item in step])
        after = step
    if len(seen) == 1:
        return ""
    return pictures.descent(ranks, edges, f"Where {system.name} comes from, and what comes from it")


def _node(site: Site, item: System | str) -> pictures.Node:
    if isinstance(item, str):
        return pictures.Node(key=item, name=item, note="not in the catalogue")
    return pictures.Node(
        key=item.id,
        name=item.name,
        href=f"../{item.id}/",
        door=site.report(item).verdict("g7").declared,
        note=str(item.date or ""),
    )
