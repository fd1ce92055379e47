"""Licences: what each grants and asks, who uses it, and two beside one another."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache

from ajar import licensing
from ajar.errors import UsageError
from ajar.model.reading import Row
from ajar.model.terms import Clause, Facet
from ajar.reports import licence_text
from ajar.reports.words import RIGHT_WORDS, right_class, right_mark
from ajar.web.page import Asked, NotHere, Page, Table
from ajar.web.report_view import RightView, link
from ajar.web.site import Site

_HEADS = ("licence", "name", "openness", "limits", "systems", "text known", "reviewed")
_NEAR = 4


@cache
def _known() -> tuple[Row, ...]:
    return licensing.known()


def users(site: Site) -> Mapping[str, int]:
    """How many systems of the catalogue give their weights under each licence."""
    counts: dict[str, int] = {}
    for system in site.catalogue.systems:
        if system.licence and system.licence.id:
            counts[system.licence.id] = counts.get(system.licence.id, 0) + 1
    return counts


def on_record(site: Site) -> tuple[str, ...]:
    """Licences with a page of their own: those that a person has reviewed, and those that a known system uses."""
    used = users(site)
    return tuple(row.licence.id for row in _known() if row.is_reviewed or row.licence.id in used)


def licences(site: Site, _: Mapping[str, str], __: Asked) -> Page:
    """All licences that ajar knows; the ones in use by known systems first."""
    used = users(site)
    own = set(on_record(site))
    rows = sorted(_known(), key=lambda row: (-used.get(row.licence.id, 0), row.licence.id.lower()))
    return Page(
        path="licences/",
        title="Licences of AI models: what they grant, and who uses them",
        about=f"{len(rows)} licences, {len(own)} with what their words say, {len(used)} in use by known systems.",
        template="licences.html",
        context={
            "used": [row for row in rows if row.licence.id in used],
            "on_record": [row for row in rows if row.licence.id in own and row.licence.id not in used],
            "named": [row for row in rows if row.licence.id not in own],
            "counts": used,
        },
        data=json.dumps({"licences": [_row_json(row, used) for row in rows]}, indent=2, ensure_ascii=False)
        + "\n",
        table=Table(heads=_HEADS, rows=[_cells(row, used) for row in rows]),
    )


def _row_json(row: Row, used: Mapping[str, int]) -> dict[str, object]:
    found = row.licence
    return {
        "id": found.id,
        "name": found.name,
        "openness": found.openness.value,
        "osi": found.osi,
        "limits": list(found.limits),
        "systems": used.get(found.id, 0),
        "text": row.has_text,
        "reviewed": row.is_reviewed,
    }


def _cells(row: Row, used: Mapping[str, int]) -> tuple[str, ...]:
    found = row.licence
    return (
        found.id,
        found.name,
        found.openness.value,
        "; ".join(found.limits),
        str(used.get(found.id, 0)),
        "yes" if row.has_text else "no",
        "yes" if row.is_reviewed else "no",
    )


def licence(site: Site, given: Mapping[str, str], _: Asked) -> Page:
    """One licence: rights as questions and answers, each facet with its words, history, who uses it."""
    known = _one(site, given["id"])
    found = licensing.one(known)
    terms, story = licensing.terms(found), licensing.story(found)
    reading = licensing.of_id(found.id)
    rights = tuple(
        RightView(
            asks=RIGHT_WORDS.get(right.id, right.id.replace("-", " ")),
            answer=right.answer,
            style=right_class(right),
            mark=right_mark(right),
            quote=right.quote,
            place=str(right.location or ""),
            href=link(str(right.location or "")),
        )
        for right in (reading.rights if reading else ())
    )
    under = [item for item in site.released if item.system.licence and item.system.licence.id == found.id]
    return Page(
        path=f"licences/{found.id}/",
        title=f"{found.id}: what the licence says",
        about=f"{found.name}: what it grants, limits and asks, in its own words, and {len(under)} known systems under it.",
        template="licence.html",
        context={
            "licence": found,
            "terms": terms,
            "facets": _by_facet(terms.clauses),
            "rights": rights,
            "duties": reading.duties if reading else (),
            "story": story,
            "under": under,
            "others": [key for key in on_record(site) if key != found.id],
            "event_words": licence_text.event_words,
        },
        data=licence_text.facets_json(found, terms, story) + "\n",
    )


def _one(site: Site, key: str) -> str:
    own = on_record(site)
    if key in own:
        return key
    from difflib import get_close_matches

    by_lower = {name.lower(): name for name in own}
    near = get_close_matches(key.lower(), list(by_lower), n=_NEAR, cutoff=0.5)
    raise NotHere(
        f"there is no page on a licence {key!r}",
        hint="licences are named by their SPDX id where they have one",
        near=[(f"licences/{by_lower[name]}/", by_lower[name]) for name in near],
    )


def _by_facet(clauses: Sequence[Clause]) -> list[tuple[str, list[tuple[str, str]]]]:
    """For each facet that anything is said on: values, and the words they rest on."""
    found: list[tuple[str, list[tuple[str, str]]]] = []
    for facet in Facet:
        said = [(clause_words(clause), clause.quote) for clause in clauses if clause.facet is facet]
        if said:
            found.append((facet.value.replace("-", " "), said))
    return found


def clause_words(clause: Clause) -> str:
    """A clause's value, with its number and items."""
    number = f" {clause.number:,.0f} {clause.unit.replace('-', ' ')}" if clause.number is not None else ""
    items = f" ({', '.join(clause.items)})" if clause.items else ""
    return f"{clause.value.replace('-', ' ')}{number}{items}"


def compare(site: Site, _: Mapping[str, str], asked: Asked) -> Page:
    """Two licences, facet by facet, where they differ."""
    left, right = asked.one("a"), asked.one("b")
    if not left or not right:
        raise UsageError("two licences are compared", hint="choose both: ?a=Apache-2.0&b=MIT")
    first, second = licensing.one(_one(site, left)), licensing.one(_one(site, right))
    found = licensing.compared(first, second)
    return Page(
        path="licences/compare/",
        title=f"{first.id} against {second.id}",
        about=f"In what {first.id} and {second.id} differ, facet by facet, in their own words.",
        template="licences_compare.html",
        context={
            "left": first,
            "right": second,
            "rows": [
                (
                    item.facet.value.replace("-", " "),
                    [(clause_words(clause), clause.quote) for clause in item.left],
                    [(clause_words(clause), clause.quote) for clause in item.right],
                )
                for item in found
            ],
            "others": on_record(site),
        },
        data=licence_text.compare_json(first, second, found) + "\n",
    )
