"""Rights: which licence covers which part, what it lets you do, and what passes down the line of base models."""

from __future__ import annotations

from ajar.rights import findings, lineage, lineage_rules
from ajar.rights.ancestry import parents
from ajar.rights.assign import chosen, matches
from ajar.rights.findings import judge
from ajar.rights.names import resolve
from ajar.rights.terms import obligations_of, rights_of

RULES = (*findings.RULES, *lineage_rules.RULES)
judge_lineage = lineage.judge

__all__ = [
    "RULES",
    "chosen",
    "judge",
    "judge_lineage",
    "matches",
    "obligations_of",
    "parents",
    "resolve",
    "rights_of",
]
