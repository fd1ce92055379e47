"""Plain words for the four questions, shared by their outputs."""

from __future__ import annotations

from collections.abc import Mapping

from ajar.model.evidence import Basis
from ajar.model.landscape import Concentration
from ajar.model.question import Point, Reply, Topic

TOPIC_WORDS: Mapping[Topic, str] = {
    Topic.PRIVACY: "Privacy",
    Topic.SECURITY: "Security",
    Topic.ETHICS: "Ethics",
    Topic.MONOPOLY: "Monopoly",
}
REPLY_WORDS: Mapping[Reply, str] = {
    Reply.YES: "yes",
    Reply.PARTLY: "partly",
    Reply.NO: "no",
    Reply.UNKNOWN: "not known",
    Reply.MOOT: "nothing to ask it of",
}
_BASIS_WORDS: Mapping[Basis, str] = {
    Basis.VERIFIED: "seen",
    Basis.DECLARED: "as told",
    Basis.INFERRED: "inferred",
    Basis.ABSENT: "looked for, not there",
    Basis.WITHHELD: "withheld",
    Basis.UNKNOWN: "",
}


def basis_words(point: Point) -> str:
    """How an answer is known; nothing where it is not."""
    return "" if point.reply is Reply.UNKNOWN else _BASIS_WORDS[point.basis]


def part_of(found: Concentration, makers: tuple[str, ...]) -> str:
    """What some makers hold of what is counted."""
    held = [portion for portion in (found.portion(key) for key in makers) if portion is not None]
    if not held:
        return "its maker holds none of these" if makers else ""
    return ", ".join(f"{item.name} holds {item.share:.0%} ({item.count:g})" for item in held)
