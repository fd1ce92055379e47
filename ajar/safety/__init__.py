"""Safe to load? Static; nothing is ever run."""

from __future__ import annotations

from ajar.safety.loading import RULES, assess

__all__ = ["RULES", "assess"]
