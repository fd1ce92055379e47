"""What a survey says as one HTML file: each figure a chart, its caption and every number of it in a table."""

from __future__ import annotations

from collections.abc import Iterator

from ajar.config import VERSION
from ajar.model.surveyed import Concentration, Figure, Group, Share, Surveyed
from ajar.reports.html_page import page, section, table, text
from ajar.reports.survey_chart import svg
from ajar.reports.survey_words import (
    READ,
    basis,
    index_words,
    largest_words,
    name_of,
    share_words,
    summary,
    year_of,
)


def render(found: Surveyed) -> str:
    """The page as text."""
    footer = f"<footer><p>By ajar {text(VERSION)}, from {text(str(found.plan.get('source', 'a survey')))}.</p></footer>"
    return page("What the survey says (ajar)", "".join(_body(found)), footer, style="compare")


def _body(found: Surveyed) -> Iterator[str]:
    yield f"<header><h1>What the survey says</h1><p>{text(basis(found))}</p><p>{text(READ)}</p></header>"
    if not found.n:
        return
    for figure in found.figures:
        yield section(text(figure.title), 1, _figure(figure))
    for one in found.concentrations:
        yield section(f"In how few hands: {text(one.title.lower())}", 1, _concentration(one))


def _figure(figure: Figure) -> Iterator[str]:
    yield (
        f"<figure><figcaption>{text(summary(figure))} {text(figure.means)} <strong>It cannot say:</strong> "
        f'{text(figure.cannot_say)}</figcaption><div class="wide">{svg(figure)}</div></figure>'
    )
    rows = [_row(group, share) for group in figure.groups for share in group.shares]
    rows += [_row(group, None) for group in figure.groups if not group.shares]
    heads = (text(figure.by), "which", "n", "share (95 %)", "if unknowns are none or all", "known", "unknown")
    if rows:
        yield f'<details><summary>The figures of the chart</summary><div class="figures">{table(heads, rows)}</div></details>'
    if figure.left_out:
        yield f'<p class="note">{figure.left_out:,} smaller ones are not shown.</p>'


def _row(group: Group, share: Share | None) -> tuple[str, ...]:
    counts = (f"{group.n:,}", f"{group.unknown:,}")
    if share is None:
        return (text(name_of(group)), "–", "0", "–", "0–100%", *counts)
    bounds = f"{100 * share.least:.1f}–{share.most:.1%}"
    return (
        text(name_of(group)), text(share.category), f"{share.n:,}", share_words(share), bounds, *counts
    )  # fmt: skip


def _concentration(one: Concentration) -> Iterator[str]:
    yield f"<p>{text(one.means)} <strong>It cannot say:</strong> {text(one.cannot_say)}</p>"
    rows = [
        (year_of(row), f"{row.n:,}", f"{row.unknown:,}", f"{row.holders:,}", index_words(row.hhi, 0), index_words(row.gini, 3), text(largest_words(row)))
        for row in one.rows
    ]  # fmt: skip
    if rows:
        heads = ("year", "n", "unknown", "holders", "HHI (95 %)", "Gini (95 %)", "the largest")
        yield f'<div class="figures">{table(heads, rows)}</div>'
