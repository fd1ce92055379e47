"""What the catalogue holds, for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ajar.model.catalogue import Argument, Entity, Event, System
from ajar.model.showing import Portrait, Released, Standing
from ajar.reports import json_v1

LIST, SHOWN, TIMELINE, POSITIONS, ARGUMENTS = (
    "ajar-catalogue-list/1",
    "ajar-known/1",
    "ajar-timeline/1",
    "ajar-positions/1",
    "ajar-arguments/1",
)


def listing(found: Sequence[Released]) -> str:
    """Systems with their doors."""
    return _text({"schema": LIST, "systems": [_released(item) for item in found]})


def names(kind: str, entities: Sequence[Entity]) -> str:
    """Organisations, people or products, whole."""
    return _text({"schema": LIST, kind: [plain(entity) for entity in entities]})


def portrait(shown: Portrait, kind: str) -> str:
    """One entity; for a system with the whole report (`ajar-report/1`) that follows from its facts."""
    body: dict[str, Any] = {"schema": SHOWN, "kind": kind, "as_of": shown.at, "record": plain(shown.entity)}
    if shown.report is not None:
        body["report"] = json_v1.to_json(shown.report)
        body["origins"] = list(shown.origins)
        body["derived"] = [item.id for item in shown.derived]
    else:
        body["releases"] = [_released(item) for item in shown.releases]
        body["people"] = [
            {"person": person.id, "name": person.name, "role": plain(role)} for person, role in shown.people
        ]
        body["positions"] = [plain(item) for item in shown.positions]
    return _text({**body, "events": [plain(item) for item in shown.events]})


def timeline(events: Sequence[Event]) -> str:
    """Events, whole."""
    return _text({"schema": TIMELINE, "events": [plain(item) for item in events]})


def arguments(found: Sequence[Argument]) -> str:
    """Arguments, whole."""
    return _text({"schema": ARGUMENTS, "arguments": [plain(item) for item in found]})


def standing(shown: Standing) -> str:
    """Positions, and what was released beside them."""
    return _text(
        {
            "schema": POSITIONS,
            "positions": [plain(item) for item in shown.positions],
            "releases": [_released(item) for item in shown.releases],
        }
    )


def _released(item: Released) -> dict[str, Any]:
    system: System = item.system
    return {
        "id": system.id,
        "name": system.name,
        "makers": list(item.makers),
        "date": system.date,
        "given": item.given,
        "modalities": list(system.modalities),
        "parameters": system.parameters,
        "weights": system.weights,
        "licence": plain(system.licence) if system.licence else None,
        "hub_repo": system.hub_repo,
        "door": {
            "at_least": item.door.at_least,
            "declared": item.door.declared,
            "at_most": item.door.at_most,
        },
        "sources": [plain(source) for source in system.sources],
    }


def plain(record: Any) -> Any:
    """A record of the catalogue as plain data, field by field; what is unknown is null."""
    import msgspec

    return msgspec.to_builtins(record, enc_hook=str)


def _text(body: dict[str, Any]) -> str:
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"
