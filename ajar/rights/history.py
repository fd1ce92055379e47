"""What happened to a licence's text, and which well-known models stand under it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from ajar.model.reading import LicenceEvent, LicenceStory
from ajar.rights.bases import models_under

KINDS = frozenset({"dated", "follows", "changed", "left"})


@cache
def _rows() -> tuple[Mapping[str, Any], ...]:
    place = files("ajar.rights") / "data" / "history.toml"
    return tuple(tomllib.loads(place.read_text("utf-8"))["event"])


def story(licence: str) -> LicenceStory:
    """Dated events of a licence's text, oldest first, then the texts before and after it, and who uses it."""
    own = [row for row in _rows() if row["licence"] == licence]
    events = [_event(row) for row in own if row["kind"] != "follows"]
    return LicenceStory(
        licence=licence,
        events=tuple(sorted(events, key=lambda event: event.date)),
        follows=tuple(row["of"] for row in own if row["kind"] == "follows"),
        followed_by=tuple(
            row["licence"] for row in _rows() if row["kind"] == "follows" and row["of"] == licence
        ),
        models=models_under(licence),
    )


def _event(row: Mapping[str, Any]) -> LicenceEvent:
    return LicenceEvent(
        kind=row["kind"],
        date=row["date"],
        of=row.get("of", ""),
        what=row.get("what", ""),
        source=row["source"],
    )
