"""What a publisher says of its own release, held against what was found."""

from __future__ import annotations

from ajar.claims.hold import hold
from ajar.claims.statements import Statement, find, said_in

__all__ = ["Statement", "find", "hold", "said_in"]
