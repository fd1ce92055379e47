"""Makers over time as one HTML file: the chart with its caption, then every figure of it in a table."""

from __future__ import annotations

from collections.abc import Iterator

from ajar.config import VERSION
from ajar.model.judgement import DOORS, Door
from ajar.model.landscape import Concentration, Landscape, Tally
from ajar.reports.html_page import page, section, table, text
from ajar.reports.makers_chart import doors_named, svg
from ajar.reports.makers_words import (
    CAPTION,
    CONCENTRATION_WORDS,
    UNSETTLED,
    concentration,
    openly,
    portion,
    shares,
    year_words,
)


def render(landscape: Landscape) -> str:
    """The page as text."""
    names = ", ".join(maker.name for maker in landscape.makers)
    body = "".join(_body(landscape))
    footer = f"<footer><p>By ajar {text(VERSION)}, from its catalogue of published facts.</p></footer>"
    return page(f"Makers over time: {names} (ajar)", body, footer, style="compare")


def _body(landscape: Landscape) -> Iterator[str]:
    yield "<header><h1>Makers over time</h1></header>"
    yield (
        f"<figure><figcaption>{text(CAPTION)} {text(doors_named())}. A broken outline: {text(UNSETTLED)}. Bars show "
        f'shares; n is the number of releases.</figcaption><div class="wide">{svg(landscape)}</div></figure>'
    )
    totals = "".join(
        f"<li><strong>{text(maker.name)}</strong>: {text(shares(maker.total))}; {text(openly(maker.total))}</li>"
        for maker in landscape.makers
    )
    yield section("Over all years", 1, [f"<ul>{totals}</ul>"])
    yield section("The figures of the chart", 1, [_figures(landscape)])
    yield section("In how few hands", 1, (_concentration(found) for found in landscape.concentrations))


def _figures(landscape: Landscape) -> str:
    rows = (
        (
            f"<strong>{text(maker.name)}</strong>",
            year_words(tally.year),
            str(tally.n),
            *(_count(tally, door) for door in DOORS),
            str(tally.unknown),
            text(", ".join(stand.name for stand in tally.stands)),
        )
        for maker in landscape.makers
        for tally in maker.years
    )
    heads = ("Maker", "Year", "n", *(door.value for door in DOORS), "not known", "Releases")
    return f'<div class="figures">{table(heads, rows)}</div>'


def _count(tally: Tally, door: Door) -> str:
    sure, loose = tally.at(door, settled=True), tally.at(door, settled=False)
    if not sure and not loose:
        return "0"
    parts = [str(sure)] * bool(sure) + [f"{loose}?"] * bool(loose)
    return f"{' + '.join(parts)} ({(sure + loose) / tally.n:.0%})"


def _concentration(found: Concentration) -> str:
    rows = ((text(item.name), text(f"{item.count:g}"), text(f"{item.share:.1%}")) for item in found.portions)
    shown = table(("Holder", "Count", "Share"), rows) if found.portions else ""
    largest = text(portion(found.portions[0])) if found.portions else "none known"
    return (
        f"<details><summary><strong>{text(CONCENTRATION_WORDS[found.id])}</strong>, the largest: {largest}</summary>{shown}</details>"
        f'<p class="note">{text(concentration(found))}</p>'
    )
