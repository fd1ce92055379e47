"""Safe to load? Static; nothing is ever run."""

from __future__ import annotations

from ajar.safety.engine import scan
from ajar.safety.release import assess, worst
from ajar.safety.rules import RULES

__all__ = ["RULES", "assess", "scan", "worst"]
