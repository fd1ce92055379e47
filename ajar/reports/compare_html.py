"""A comparison as one HTML file: what differs first, every cell with what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ajar.config import VERSION
from ajar.model.comparison import MOOT, Cell, Comparison, Entry, Row, Standing
from ajar.reports import door_art
from ajar.reports.compare_words import (
    GROUP_WORDS,
    LEGEND,
    ORIGIN_WORDS,
    STANDING_WORDS,
    about,
    answer,
    bounds,
    label,
    question,
    tone,
)
from ajar.reports.html_page import grounds, page, section, text

_DOOR_SIZE = 44


def render(comparison: Comparison) -> str:
    """The page as text."""
    names = ", ".join(entry.report.title for entry in comparison.entries)
    body = "".join(_body(comparison))
    footer = f"<footer><p>By ajar {text(VERSION)}. Every answer opens on what it rests on.</p></footer>"
    return page(f"{names}: side by side (ajar)", body, footer, style="compare")


def _body(comparison: Comparison) -> Iterator[str]:
    entries = comparison.entries
    yield f"<header><h1>{len(entries)} releases, side by side</h1>"
    yield f"<p>{_counted(comparison)}</p></header>"
    yield f'<ul class="entries">{"".join(_item(entry) for entry in entries)}</ul>'
    notes = [entry for entry in entries if entry.note]
    if notes:
        items = "".join(f"<li><code>{text(entry.asked)}</code>: {text(entry.note)}</li>" for entry in notes)
        yield f'<ul class="note">{items}</ul>'
    for standing in Standing:
        rows = comparison.of(standing)
        if standing is Standing.UNKNOWN and rows:
            words = text(", ".join(label(row) for row in rows))
            yield section(STANDING_WORDS[standing], 1, [f"<p>{words}</p>"])
        elif rows or standing is Standing.DIFFERS:
            table = _table(rows, entries) if rows else "<p>In nothing that is known of them.</p>"
            yield section(STANDING_WORDS[standing], 1, [table])
    pairs = (item.split("  ", 1) for item in LEGEND)
    terms = "".join(f"<dt>{text(sign)}</dt><dd>{text(words)}</dd>" for sign, words in pairs)
    yield section("Signs", 1, [f'<dl class="legend">{terms}</dl>'])


def _item(entry: Entry) -> str:
    """For a narrow page, where the heads of the table make no room."""
    return f"<li><strong>{text(entry.report.title)}</strong> {text(about(entry))}; {ORIGIN_WORDS[entry.origin]}</li>"


def _counted(comparison: Comparison) -> str:
    parts = (
        f"{len(comparison.of(Standing.DIFFERS))} things differ",
        f"{len(comparison.of(Standing.OPEN))} are the same as far as is known",
        f"{len(comparison.of(Standing.SHARED))} are the same for all",
        f"{len(comparison.of(Standing.UNKNOWN))} are known of none",
    )
    return "; ".join(parts) + "."


def _table(rows: Sequence[Row], entries: Sequence[Entry]) -> str:
    heads = "".join(_head(entry) for entry in entries)
    body = "".join(_lines(rows, entries))
    return (
        f'<div class="wide side" style="--columns:{len(entries)}"><table><thead><tr><td></td>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _head(entry: Entry) -> str:
    door = entry.report.verdict("g7").declared
    return (
        f'<th scope="col" class="{text(door)}">{door_art.svg(door, size=_DOOR_SIZE)}{text(entry.report.title)}'
        f'<span class="sub">{text(about(entry))}</span><span class="sub">{ORIGIN_WORDS[entry.origin]}</span></th>'
    )


def _lines(rows: Sequence[Row], entries: Sequence[Entry]) -> Iterator[str]:
    group = None
    for row in rows:
        if row.group is not group:
            group = row.group
            yield f'<tr class="group"><th colspan="{len(entries) + 1}" scope="rowgroup">{GROUP_WORDS[group]}</th></tr>'
        whole = question(row)
        more = f'<span class="more">{text(whole)}</span>' if whole else ""
        cells = "".join(
            f'<td data-head="{text(entry.report.title)}">{_cell(row, cell, entry)}</td>'
            for entry, cell in zip(entries, row.cells, strict=True)
        )
        yield f'<tr><th scope="row">{text(label(row))}{more}</th>{cells}</tr>'


def _cell(row: Row, cell: Cell, entry: Entry) -> str:
    style = tone(row, cell)
    said = f'<span class="said {style}">{text(answer(row, cell))}</span>'
    if not cell.is_known:
        said += '<span class="skip"> nothing tells</span>'
    elif cell.value == MOOT:
        said += '<span class="skip"> nothing to ask it of</span>'
    limit = bounds(entry, cell)
    shown = said + (f'<span class="more">{text(limit)}</span>' if limit else "")
    ground = grounds(cell.because)
    if not cell.words and not ground:
        return shown
    words = f'<span class="more">{text(cell.words)} ({text(cell.basis.value)})</span>'
    return f"<details><summary>{shown}</summary>{words}{ground}</details>"
