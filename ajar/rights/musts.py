"""What a yes depends on, in words: sizes, names, credits, limits that travel on."""

from __future__ import annotations

from collections.abc import Sequence

from ajar.model.terms import Clause, Facet, Terms

_UNITS = {
    "monthly-active-users": "monthly active users",
    "daily-active-users": "daily active users",
    "monthly-visits": "visits a month",
    "team-size": "people",
}


def keep_to(limits: Sequence[Clause]) -> str:
    barred = dict.fromkeys(
        item for clause in limits if clause.facet is Facet.FIELD_OF_USE for item in clause.items
    )
    policies = dict.fromkeys(
        item for clause in limits if clause.facet is Facet.USE_POLICY for item in clause.items
    )
    words = []
    if any(clause.value == "research-only" for clause in limits):
        words.append("use it for research only")
    if barred:
        words.append(f"not for: {', '.join(barred)}")
    if policies:
        words.append(f"keep to {', '.join(policies)}")
    return "; ".join(words) or "keep to the use that the licence allows"


def keep_out(clause: Clause) -> str:
    places = ", ".join(clause.items) or "the places it excludes"
    if clause.value == "limited-to":
        return f"keep to {places}"
    return f"keep out of {places}{', for the models it names' if clause.value == 'excluded-in-part' else ''}"


def threshold_words(clause: Clause) -> str:
    """“700 million monthly active users”, from a threshold clause."""
    if clause.number is None:
        return "the size it names"
    if clause.unit in _UNITS:
        return f"{_short(clause.number)} {_UNITS[clause.unit]}"
    period, _, currency = clause.unit.partition("-revenue-")
    return f"{currency.upper()} {_short(clause.number)} {period} revenue".replace("  ", " ")


def _short(number: float) -> str:
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if number >= size:
            return f"{number / size:g} {word}"
    return f"{number:,.0f}"


def gate_must(clause: Clause, terms: Terms | None = None) -> str:
    size = threshold_words(clause)
    if clause.value == "display":
        shown = [item for found in (terms.of(Facet.DISPLAY) if terms else ()) for item in found.items]
        return (
            f"above {size} display {' or '.join(f'“{item}”' for item in shown) or 'the credit it asks for'}"
        )
    if clause.value == "royalty":
        return f"pay a royalty above {size}"
    return f"get a licence from the licensor above {size}"


def register(clause: Clause) -> str:
    return "register with the licensor" + (" before commercial use" if clause.value == "commercial" else "")


def name_must(clause: Clause) -> str:
    names = " or ".join(f"“{item}”" for item in clause.items)
    if clause.value == "not-original":
        return "give a changed version another name"
    if not names:
        return "name a derived model as the licence asks"
    if clause.value == "prefix":
        return f"begin the name of a derived model with {names}"
    return f"hold {names} in the name of a derived model"


def display_must(clause: Clause) -> str:
    return "display " + (
        " or ".join(f"“{item}”" for item in clause.items) or "the credit that the licence asks for"
    )


def pass_on_must(clause: Clause) -> str:
    """What passing the work on asks, from a naming, display or copyleft clause."""
    if clause.facet is Facet.NAMING:
        return name_must(clause)
    if clause.facet is Facet.DISPLAY:
        return display_must(clause)
    return {
        "limits-pass-on": "pass the limits on use on as enforceable terms",
        "same-terms": "pass it on under the same terms only",
        "share-alike": "share changed versions under the same licence",
        "strong": "put the whole derived work under the same licence, with source",
        "weak": "keep changed files under the same licence, with source",
        "network": "offer the source to whoever uses it over a network",
    }.get(clause.value, "")
