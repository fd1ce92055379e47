"""Safe to load? Static; nothing is ever run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ajar.safety.check import worst
from ajar.safety.engine import scan
from ajar.safety.rules import RULES

if TYPE_CHECKING:
    from ajar.safety.release import assess

__all__ = ["RULES", "assess", "scan", "worst"]


def __getattr__(name: str) -> object:
    """What judges a whole release needs more of the model than a scan does: loaded when asked for."""
    if name == "assess":
        from ajar.safety.release import assess

        return assess
    raise AttributeError(f"module 'ajar.safety' has no attribute {name!r}")
