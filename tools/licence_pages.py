"""Reference pages on licences, from the data: one a reviewed licence, their families, and the hub's tags."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ajar import licensing
from ajar.model.component import Licence
from ajar.model.reading import LicenceEvent, LicenceStory
from ajar.model.terms import Clause, Facet
from ajar.reports.licence_text import event_words
from ajar.rights.data_store import licences, names_of_texts, rows, store
from ajar.rights.facets import compare, known_terms
from ajar.rights.match import against
from ajar.rights.records import record, recorded

DATA = Path(__file__).parents[1] / "ajar" / "rights" / "data"
NOTE = "*Made from ajar's licence data by `make docs`; not legal advice.*"


@cache
def _facets(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / "facets" / f"{name}.toml").read_text("utf-8"))


@cache
def story(name: str) -> LicenceStory:
    return licensing.story(licences()[name])


@cache
def _tags() -> list[dict[str, Any]]:
    return list(tomllib.loads((DATA / "hub_tags.toml").read_text("utf-8"))["tag"])


def pages() -> dict[str, Callable[[], str]]:
    """Name of each page, below the reference folder, and what makes it."""
    found: dict[str, Callable[[], str]] = {
        "licences": index,
        "licence-families": families,
        "licences-others": others,
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
        "For [the others](licences-others.md) the clause detectors speak, marked so. `ajar licence list` has them all; "
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


def others() -> str:
    """Every other licence that a text or a name can be found to be."""
    lines = [
        "# Licences without adjudicated facets",
        "",
        NOTE,
        "",
        "*Kind* is from the SPDX list's own marks and, where a limit stands, from the words. `ajar licence show ID` reads the text.",
        "",
        "| licence | name | kind | limits | recognised by |",
        "|---|---|---|---|---|",
    ]
    texts, known = names_of_texts(), set(_known())
    for name in sorted(licences().keys() - known, key=str.lower):
        found = licences()[name]
        limits = ", ".join(found.limits) or "–"
        how = "text" if name in texts else "name"
        lines.append(f"| `{name}` | {_cell(found.name)} | {_kind(found)} | {limits} | {how} |")
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
    lines += ["## What it says", "", "| facet | what it says | the words it rests on |", "|---|---|---|"]
    for facet in Facet:
        for clause in (item for item in known.clauses if item.facet is facet):
            quote = f"“{_cell(clause.quote)}”" if clause.quote else "–"
            lines.append(f"| {facet.value} | {_cell(_value(clause))} | {quote} |")
    lines += [*_users(name), *_history(name, data)]
    return "\n".join(lines) + "\n"


def _history(name: str, data: dict[str, Any]) -> Iterator[str]:
    told = story(name)
    lines = []
    row = next((item for item in rows() if item["id"] == name), None)
    lines += [f"{event.date}: {_told(event)} ([source]({event.source}))" for event in told.events]
    if told.follows:
        lines.append(f"Its maker's text before it: {_links(told.follows)}.")
    if told.followed_by:
        lines.append(f"Its maker's text after it: {_links(told.followed_by)}.")
    parent = data.get("inherits")
    if parent:
        share = _share(name, parent)
        measured = f": {share:.0%} of that text's words stand in it" if share else ""
        lines.append(f"Built on [`{parent}`]({parent}.md){measured}.")
    children = [other for other in _known() if _facets(other).get("inherits") == name]
    if children:
        lines.append(f"Built on it: {_links(children)}.")
    if row and row.get("date"):
        lines.append(f"Text read {row['date']} from <{row['source']}>.")
    yield from ("", "## History of the text", "", *(f"- {line}" for line in lines)) if lines else ()
    for older in dict.fromkeys((*told.follows, *((parent,) if parent else ()))):
        if older in recorded():
            yield from _changes(older, name)


def _told(event: LicenceEvent) -> str:
    if event.kind == "left":
        return f"left for {_links([event.of])} with {event.what}"
    return event_words(event)


def _links(names: Sequence[str]) -> str:
    known = set(_known())
    return ", ".join(f"[`{name}`]({name}.md)" if name in known else f"`{name}`" for name in names)


def _changes(older: str, newer: str) -> Iterator[str]:
    """What the newer text says otherwise, facet by facet."""
    before, after = known_terms(older), known_terms(newer)
    assert before is not None
    assert after is not None
    found = compare(before, after)
    yield from ("", f"Against `{older}`:" if found else f"Says what `{older}` says in every facet.", "")
    if not found:
        return
    yield from (f"| facet | `{older}` | `{newer}` |", "|---|---|---|")
    for item in found:
        yield f"| {item.facet.value} | {_values(item.left)} | {_values(item.right)} |"


def _values(clauses: Sequence[Clause]) -> str:
    return _cell("; ".join(dict.fromkeys(_value(clause) for clause in clauses))) or "–"


def _value(clause: Clause) -> str:
    number = f" {clause.number:,.0f} {clause.unit}" if clause.number is not None else ""
    items = f" ({', '.join(clause.items)})" if clause.items else ""
    return f"{clause.value}{number}{items}"


def _users(name: str) -> list[str]:
    told = story(name)
    tags = [row["id"] for row in _tags() if row.get("licence") == name]
    lines = []
    if told.releases:
        named = ", ".join(f"{release} ({date})" if date else release for release, date in told.releases)
        lines.append(f"- Releases in the [catalogue](../../catalogue.md): {named}.")
    if told.models:
        lines.append(f"- Base models: {', '.join(f'`{model}`' for model in told.models)}.")
    if tags:
        lines.append(f"- Tags of the hub that mean it: {', '.join(f'`{tag}`' for tag in tags)}.")
    return ["", "## Who uses it", "", *lines] if lines else []


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
