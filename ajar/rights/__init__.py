"""Rights: which licence covers which part, and what it lets you do."""

from __future__ import annotations

from ajar.rights.assign import matches
from ajar.rights.findings import RULES, judge
from ajar.rights.names import resolve
from ajar.rights.terms import obligations_of, rights_of

__all__ = ["RULES", "judge", "matches", "obligations_of", "resolve", "rights_of"]
