"""Reference pages on licences, from the data: one a reviewed licence, their families, and the hub's tags."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from ajar.model.component import Licence
from ajar.model.terms import Facet
from ajar.rights.data_store import licences, names_of_texts, rows, store
from ajar.rights.match import against
from ajar.rights.records import record, recorded

DATA = Path(__file__).parents[1] / "ajar" / "rights" / "data"
NOTE = "*Made from ajar's licence data by `make docs`; not legal advice.*"


@cache
def _facets(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / "facets" / f"{name}.toml").read_text("utf-8"))


@cache
def _tags() -> list[dict[str, Any]]:
    return list(tomllib.loads((DATA / "hub_tags.toml").read_text("utf-8"))["tag"])


@cache
def _bases() -> list[dict[str, Any]]:
    return list(tomllib.loads((DATA / "bases.toml").read_text("utf-8"))["base"])


def pages() -> dict[str, Callable[[], str]]:
    """Name of each page, below the reference folder, and what makes it."""
    found: dict[str, Callable[[], str]] = {
        "licences": index,
        "licence-families": families,
        "hub-tags": hub_tags,
    }
    for name in _known():
        found[f"licences/{name}"] = _maker(name)
    return found


def _known() -> list[str]:
    """Adjudicated licences that a text, a name or a tag can be found to be."""
    return [name for name in recorded() if name in licences()]


def _maker(name: str) -> Callable[[], str]:
    return lambda: one(name)


def index() -> str:
    """Every licence with adjudicated facets."""
    lines = ["# Licences", "", NOTE, ""]
    said = (
        f"{len(_known())} licences whose words were read and adjudicated, of {len(licences())} that are known. "
        "For the others the clause detectors speak, marked so. `ajar licence list` has them all; "
        "[families](licence-families.md), [tags of the hub](hub-tags.md)."
    )
    lines += [
        said,
        "",
        "| licence | name | kind | limits |",
        "|---|---|---|---|",
    ]
    for name in _known():
        found = licences()[name]
        limits = ", ".join(found.limits) or "–"
        lines.append(f"| [`{name}`](licences/{name}.md) | {_cell(found.name)} | {_kind(found)} | {limits} |")
    return "\n".join(lines) + "\n"


def one(name: str) -> str:
    """One licence: its facets with their quotes, who uses it, the tags that mean it, what its text comes from."""
    found, known, data = licences()[name], record(name), _facets(name)
    assert known is not None
    lines = [
        f"# {found.name}",
        "",
        NOTE,
        "",
        f"`{name}`: {_kind(found)}. Reviewed {known.date}; source: <{known.source}>.",
        "",
    ]
    lines += list(_history(name, data))
    lines += ["", "| facet | what it says | the words it rests on |", "|---|---|---|"]
    for facet in Facet:
        for clause in (item for item in known.clauses if item.facet is facet):
            number = f" {clause.number:,.0f} {clause.unit}" if clause.number is not None else ""
            items = f" ({', '.join(clause.items)})" if clause.items else ""
            quote = f"“{_cell(clause.quote)}”" if clause.quote else "–"
            lines.append(f"| {facet.value} | {_cell(f'{clause.value}{number}{items}')} | {quote} |")
    users = [pattern for row in _bases() if row.get("licence") == name for pattern in row["match"]]
    if users:
        lines += ["", f"Base models under it: {', '.join(f'`{user}`' for user in sorted(users))}."]
    tags = [row["id"] for row in _tags() if row.get("licence") == name]
    if tags:
        lines += ["", f"Tags of the hub that mean it: {', '.join(f'`{tag}`' for tag in tags)}."]
    return "\n".join(lines) + "\n"


def _history(name: str, data: dict[str, Any]) -> Iterator[str]:
    parent = data.get("inherits")
    if parent:
        share = _share(name, parent)
        measured = f"; {share:.0%} of that text's words stand in it" if share else ""
        yield f"Built on [`{parent}`]({parent}.md){measured}."
    row = next((item for item in rows() if item["id"] == name), None)
    if row and row.get("date"):
        yield f"Text read {row['date']} from <{row['source']}>."


@cache
def _share(name: str, parent: str) -> float | None:
    """How much of the parent's text stands in the child's, by the same alignment that identifies texts."""
    texts = names_of_texts()
    if name not in texts or parent not in texts:
        return None
    found = against(store().text(name), parent)
    return found.share if found else None


def families() -> str:
    """The tree of texts that were built on others."""
    children: dict[str, list[str]] = {}
    for name in _known():
        parent = _facets(name).get("inherits")
        if parent:
            children.setdefault(parent, []).append(name)
    roots = sorted(set(children) - {child for found in children.values() for child in found})
    lines = [
        "# Families of licences",
        "",
        NOTE,
        "",
        "Texts built on others; the share is of the older text's words that stand in the newer.",
        "",
    ]
    for root in roots:
        lines += [f"- [`{root}`](licences/{root}.md)", *_branch(root, children, 1)]
    return "\n".join(lines) + "\n"


def _branch(name: str, children: dict[str, list[str]], depth: int) -> Iterator[str]:
    for child in children.get(name, ()):
        share = _share(child, name)
        words = f" ({share:.0%})" if share else ""
        yield f"{'  ' * depth}- [`{child}`](licences/{child}.md){words}"
        yield from _branch(child, children, depth + 1)


def hub_tags() -> str:
    """Every licence tag of the hub, and what it really points to."""
    lines = [
        "# Licence tags of the hub",
        "",
        NOTE,
        "",
        "A tag is the publisher's word. A *family* names no one licence; *none* names nothing.",
        "",
    ]
    lines += ["| tag | called | points to | source |", "|---|---|---|---|"]
    for row in _tags():
        target = row.get("licence")
        page = (
            f"[`{target}`](licences/{target}.md)"
            if target in recorded()
            else f"`{target}`"
            if target
            else row["kind"]
        )
        lines.append(f"| `{row['id']}` | {_cell(row['name'])} | {page} | <{row['source']}> |")
    return "\n".join(lines) + "\n"


def _kind(found: Licence) -> str:
    return f"{found.openness.value.replace('-', ' ')}{', OSI-approved' if found.osi else ''}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
