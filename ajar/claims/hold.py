"""Statements held against the verdicts: upheld, overstated, understated, unproven."""

from __future__ import annotations

from collections.abc import Sequence

from ajar.claims.statements import Statement
from ajar.model.judgement import DOORS, Claim, ClaimFinding, Door, Right, Verdict

# The door that a statement needs to hold.
_NEEDS = {
    "fully-open": Door.WIDE_OPEN,
    "open-source": Door.OPEN,
    "open-weights": Door.AJAR,
    "open-access": Door.CHAINED,
    "reproducible": Door.WIDE_OPEN,
}


def hold(
    statements: Sequence[Statement], verdicts: Sequence[Verdict], rights: Sequence[Right]
) -> tuple[Claim, ...]:
    """Each statement with its finding, and the words of the verdict that decided."""
    door = next(verdict for verdict in verdicts if verdict.instrument == "g7")
    commercial = next((right for right in rights if right.id == "commercial-use"), None)
    return tuple(_claim(statement, door, commercial) for statement in statements)


def _claim(statement: Statement, door: Verdict, commercial: Right | None) -> Claim:
    if statement.says in _NEEDS:
        finding, because = _by_door(statement.says, door)
    elif statement.says == "hosted-only":
        here = door.at_least != Door.SHUT
        finding = ClaimFinding.UNDERSTATED if here else ClaimFinding.UNPROVEN
        because = (f"the door is at least {door.at_least}",)
    else:
        finding, because = _by_right(statement.says, commercial)
    return Claim(
        quote=statement.quote,
        location=statement.location,
        about=statement.about,
        says=statement.says,
        finding=finding,
        because=because,
    )


def _by_door(says: str, door: Verdict) -> tuple[ClaimFinding, tuple[str, ...]]:
    needed = DOORS.index(_NEEDS[says])
    least, most = DOORS.index(Door(door.at_least)), DOORS.index(Door(door.at_most))
    words = f"{says.replace('-', ' ')} needs the door {DOORS[needed].value}"
    if most < needed:
        failing = [item for item in door.criteria if item.outcome.value in {"unmet", "partial"}]
        why = tuple(f"{item.id}: {item.reason}" for item in failing[:3])
        return ClaimFinding.OVERSTATED, (f"{words}; this release reaches {door.at_most} at most", *why)
    if least < needed:
        return ClaimFinding.UNPROVEN, (f"{words}; proven is {door.at_least}, possible {door.at_most}",)
    if says == "open-weights" and least > needed:
        return ClaimFinding.UNDERSTATED, (f"{words}; this release is {door.at_least}",)
    return ClaimFinding.UPHELD, (f"{words}; this release is at least {door.at_least}",)


def _by_right(says: str, commercial: Right | None) -> tuple[ClaimFinding, tuple[str, ...]]:
    if commercial is None or commercial.answer == "unknown":
        return ClaimFinding.UNPROVEN, ("no licence that was read answers it",)
    words = f"commercial use: {commercial.answer} ({commercial.quote[:120]})"
    if says == "non-commercial":
        said_less = commercial.answer == "yes"
        return (ClaimFinding.UNDERSTATED if said_less else ClaimFinding.UPHELD), (words,)
    upheld = commercial.answer == "yes"
    return (ClaimFinding.UPHELD if upheld else ClaimFinding.OVERSTATED), (words,)
