"""Subjects made by hand, to test instruments without a release."""

from __future__ import annotations

from ajar.model.component import (
    SCOPE_OF,
    Component,
    ComponentKind,
    Licence,
    LicenceMatch,
    MatchKind,
    Openness,
)
from ajar.model.dossier import Subject
from ajar.model.evidence import Basis, Evidence, Location

APACHE = Licence(id="Apache-2.0", name="Apache License 2.0", openness=Openness.OPEN_SOURCE, osi=True)
CC_BY = Licence(id="CC-BY-4.0", name="CC BY 4.0", openness=Openness.OPEN_CONTENT, osi=False)
LLAMA = Licence(
    id="llama3.1",
    name="Llama 3.1",
    openness=Openness.RESTRICTED,
    osi=False,
    limits=("user-threshold", "use-policy", "naming"),
)
RAIL = Licence(
    id="openrail++", name="OpenRAIL++", openness=Openness.RESTRICTED, osi=False, limits=("field-of-use",)
)


def match(licence: Licence, kind: MatchKind = MatchKind.EXACT, path: str = "LICENSE") -> LicenceMatch:
    return LicenceMatch(
        licence=licence,
        match=kind,
        location=Location(path=path, line=1),
        applies_to=(),
        because="test",
        text_present=kind not in {MatchKind.TAG, MatchKind.REFERENCE},
    )


def component(kind: ComponentKind, state: Basis, *licences: LicenceMatch) -> Component:
    return Component(
        kind=kind, state=state, reason=f"{kind.value} is {state.value}", files=("f",), licences=licences
    )


def subject(
    states: dict[ComponentKind, Basis] | Basis,
    licence: LicenceMatch | None = None,
    *,
    facts: tuple[Evidence, ...] = (),
    only: dict[ComponentKind, LicenceMatch] | None = None,
    **flags: bool,
) -> Subject:
    """Every kind absent but those in `states`, all under `licence`, some under another (`only`)."""
    made = {}
    for kind in ComponentKind:
        state = states if isinstance(states, Basis) else states.get(kind, Basis.ABSENT)
        chosen = (only or {}).get(kind, licence)
        made[kind] = component(kind, state, *((chosen,) if chosen and state is not Basis.ABSENT else ()))
    return Subject(components=made, evidence=facts, **flags)


__all__ = ["APACHE", "CC_BY", "LLAMA", "RAIL", "SCOPE_OF", "component", "match", "subject"]
