"""Words for every id that a verdict uses, from the instruments' own data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ajar.frameworks.instrument import table

TABLES = ("g7-2026", "mof-1.0", "osaid-1.0", "eu-ai-act-2025", "osai-2026", "solaiman-2023")

_WORDS = {
    "met": "The criterion is fulfilled, and the evidence for it was read.",
    "partial": "A part of what the criterion asks for is there.",
    "unmet": "Looked for and not there, withheld, or under terms that the criterion does not accept.",
    "unknown": "Could not be decided: only the publisher's word, or nothing that could be looked at. It counts as unmet for what is proven, as met for what is possible.",
    "not-applicable": "The criterion does not concern this release.",
    "verified": "Read in the bytes of the release.",
    "declared": "Said by the publisher: a card, a tag, a link, a field. Not checked.",
    "inferred": "Concluded from other facts.",
    "absent": "Looked for, not there.",
    "withheld": "The publisher says that it will not be released.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What an id means: a title, a text, and where it comes from."""

    title: str
    text: str
    source: str = ""


@cache
def _all() -> dict[str, Explanation]:
    found = {name: Explanation(title=name, text=text) for name, text in _WORDS.items()}
    for name in TABLES:
        data = table(name)
        source = f"{data['name']} {data['version']}, {data['source']}"
        found[data["id"]] = Explanation(
            title=f"{data['name']} {data['version']}", text=data["about"], source=data["source"]
        )
        for level in data.get("level", ()):
            found.setdefault(
                level["id"], Explanation(title=level["label"], text=level["text"], source=source)
            )
        for item in data["criterion"]:
            found.setdefault(
                item["id"], Explanation(title=item["question"], text=item["rule"], source=source)
            )
        for item in data.get("component", ()):
            text = f"{'Required' if item['required'] else 'Optional'} in class {'I' * item['class']} and every more open class."
            found.setdefault(
                item["kind"], Explanation(title=f"{item['name']} ({item['type']})", text=text, source=source)
            )
    return found


def explain(name: str) -> Explanation | None:
    """The explanation of an instrument, level, door, criterion, component, outcome or basis."""
    return _all().get(name)


def known_ids() -> tuple[str, ...]:
    return tuple(_all())
