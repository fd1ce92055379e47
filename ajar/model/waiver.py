"""A finding that somebody has looked at and lets stand, until a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """Why a finding is let stand, by whom, and until when (ISO 8601 day; empty is without end)."""

    id: str
    reason: str
    owner: str = ""
    expires: str = ""


Waivers = Mapping[str, Waiver]
"""By the finding's fingerprint."""

NO_WAIVERS: Waivers = {}
