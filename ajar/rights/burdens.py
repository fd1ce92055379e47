"""What a licence lays on whatever is made from the model under it: burdens, each with the words it rests on.

They come from the facets of the licence's text when somebody has read them, and else from the limits
that its data row names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ajar.model.component import Licence, Openness
from ajar.model.terms import Clause, Facet, Terms
from ajar.rights.data_store import store

TermsOf = Callable[[str], Terms | None]

_FROM_LIMITS: Mapping[str, str] = {
    "non-commercial": "non-commercial",
    "field-of-use": "use-limits",
    "use-policy": "use-limits",
    "outputs-may-not-train": "outputs-barred",
    "outputs-terms-follow": "outputs-follow",
    "user-threshold": "threshold",
    "revenue-threshold": "threshold",
    "territory": "territory",
    "naming": "naming",
    "display": "display",
    "no-derivatives": "no-derivatives",
    "no-redistribution": "no-redistribution",
    "share-alike": "share-alike",
}
_FROM_OUTPUTS = {
    "may-not-train": "outputs-barred",
    "terms-follow": "outputs-follow",
    "owned-by-licensor": "outputs-barred",
    "non-commercial": "non-commercial",
}
_FROM_COPYLEFT = {
    "strong": "share-alike",
    "network": "share-alike",
    "share-alike": "share-alike",
    "weak": "share-alike",
    "same-terms": "same-licence",
    "limits-pass-on": "use-limits",
}
# Where in a text the words of a burden stand, for a quote.
_WORDS = {
    "non-commercial": r"non-?commercial|research purposes",
    "use-limits": r"use[- ]based restrictions|acceptable use policy|prohibited use|you agree not to use|use restrictions",
    "outputs-barred": r"to improve any other|improve any other|train .{0,40}model",
    "outputs-follow": r"model derivatives",
    "threshold": r"monthly active users|\brevenue\b",
    "territory": r"european union|\bterritory\b",
    "naming": r"at the\s+beginning of",
    "display": r"prominently display|powered by|built with",
    "no-derivatives": r"adapted material",
    "no-redistribution": r"not .{0,60}(?:distribute|sublicense)",
    "share-alike": r"same licen[cs]e|under the terms of this licen[cs]e|adapter's licen[cs]e",
    "same-licence": r"this agreement|this licen[cs]e",
    "notice": r"copy of this|copyright notice",
}
_NO_NOTICE = frozenset({"CC0-1.0", "PDDL-1.0", "Unlicense", "0BSD", "MIT-0", "WTFPL"})
_QUOTE_AROUND = 120
_QUOTE_WORDS = 12  # enough to know the place again in another copy


@dataclass(frozen=True, slots=True, kw_only=True)
class Burden:
    """One thing that a parent's licence carries, and the words for it."""

    kind: str
    licence: Licence
    quote: str = ""
    line: int | None = None
    items: tuple[str, ...] = ()  # names to begin with, words to display, territories
    always: bool = True  # false: due only above a threshold or for some uses


@cache
def rules() -> Mapping[str, Any]:
    """`data/lineage.toml`."""
    import tomllib

    return tomllib.loads((files("ajar.rights") / "data" / "lineage.toml").read_text("utf-8"))


def of(licence: Licence, terms_of: TermsOf) -> tuple[Burden, ...]:
    """The burdens of one licence; none of an unknown one, which is not the same as none at all."""
    if licence.openness is Openness.UNKNOWN and not licence.limits:
        return ()
    terms = terms_of(licence.id)
    found = dict(_of_terms(licence, terms)) if terms is not None else {}
    if terms is None:
        for limit in licence.limits:
            kind = _FROM_LIMITS.get(limit)
            if kind is not None:
                found.setdefault(kind, _from_data(kind, licence))
    asks = _asks().get(licence.id)
    if asks is not None:
        if asks["prefix"]:
            found.setdefault("naming", _from_data("naming", licence))
        if asks["credit"]:
            found.setdefault("display", _from_data("display", licence))
    if licence.id in _same_licence():
        found.pop("share-alike", None)
        found.setdefault("same-licence", _from_data("same-licence", licence))
    if licence.id not in _NO_NOTICE:
        found.setdefault("notice", _from_data("notice", licence))
    return tuple(found.values())


def kinds_of(licence: Licence, terms_of: TermsOf) -> frozenset[str]:
    return frozenset(burden.kind for burden in of(licence, terms_of))


@cache
def _asks() -> Mapping[str, Mapping[str, Any]]:
    return {row["licence"]: row for row in rules()["asks"]}


@cache
def _same_licence() -> frozenset[str]:
    return frozenset(row["licence"] for row in rules()["same_licence"])


def _from_data(kind: str, licence: Licence) -> Burden:
    asks = _asks().get(licence.id, {})
    items: tuple[str, ...] = ()
    if kind == "naming" and asks.get("prefix"):
        items = (asks["prefix"],)
    elif kind == "display":
        items = tuple(asks.get("credit", ()))
    quote, line = _quote(licence.id, kind)
    return Burden(
        kind=kind, licence=licence, quote=quote, line=line, items=items, always=bool(asks.get("always", True))
    )


def _quote(name: str, kind: str) -> tuple[str, int | None]:
    """The words of a burden in the licence's own text, where ajar has it."""
    try:
        text = store().text(name)
    except KeyError:
        return "", None
    return _found(_WORDS[kind], text)


def quoted(burden: Burden, text: str) -> tuple[str, int | None]:
    """The words of a burden and their line in another copy of its licence; nothing where they are not in it."""
    words = burden.quote.split()[:_QUOTE_WORDS]
    if words:
        found = _found(r"\s+".join(map(re.escape, words)), text)
        if found[0]:
            return found
    return _found(_WORDS.get(burden.kind, ""), text) if burden.kind in _WORDS else ("", None)


def _found(pattern: str, text: str) -> tuple[str, int | None]:
    match = re.search(pattern, text, re.IGNORECASE)
    if match is None:
        return "", None
    piece = text[max(0, match.start() - _QUOTE_AROUND) : match.end() + _QUOTE_AROUND]
    return " ".join(piece.split())[:200], text.count("\n", 0, match.start()) + 1


def _of_terms(licence: Licence, terms: Terms) -> Iterable[tuple[str, Burden]]:
    for clause in terms.clauses:
        kind = _kind(clause)
        if kind:
            items = clause.items
            if kind in {"naming", "display"} and not items:
                items = _from_data(kind, licence).items
            yield (
                kind,
                Burden(
                    kind=kind,
                    licence=licence,
                    quote=clause.quote,
                    line=clause.line,
                    items=items,
                    always=bool(_asks().get(licence.id, {}).get("always", True)),
                ),
            )


def _kind(clause: Clause) -> str:
    fixed = {
        Facet.THRESHOLD: "threshold",
        Facet.FIELD_OF_USE: "use-limits",
        Facet.USE_POLICY: "use-limits",
        Facet.TERRITORY: "territory",
        Facet.NAMING: "naming",
        Facet.DISPLAY: "display",
    }
    if clause.facet in fixed:
        return fixed[clause.facet]
    by_value = {
        Facet.OUTPUTS: _FROM_OUTPUTS,
        Facet.COPYLEFT: _FROM_COPYLEFT,
        Facet.COMMERCIAL_USE: {"no": "non-commercial"},
        Facet.MODIFICATION: {"no": "no-derivatives"},
        Facet.REDISTRIBUTION: {"no": "no-redistribution"},
    }
    return by_value.get(clause.facet, {}).get(clause.value, "")
