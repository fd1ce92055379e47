"""Rights: which licence covers which part, what its words allow and ask, and what passes down to derived models."""

from __future__ import annotations

from ajar.rights import findings, lineage, lineage_rules
from ajar.rights.ancestry import licensed, parents
from ajar.rights.answers import answer, overall
from ajar.rights.assign import chosen, matches
from ajar.rights.clauses import clauses_of
from ajar.rights.duties import ReleaseFacts, duties
from ajar.rights.facets import all_terms, compare, known_terms, terms_of
from ajar.rights.findings import judge
from ajar.rights.history import story
from ajar.rights.names import resolve
from ajar.rights.questions import plan_of
from ajar.rights.terms import obligations_of, rights_of

RULES = (*findings.RULES, *lineage_rules.RULES)
judge_lineage = lineage.judge

__all__ = [
    "RULES",
    "ReleaseFacts",
    "all_terms",
    "answer",
    "chosen",
    "clauses_of",
    "compare",
    "duties",
    "judge",
    "judge_lineage",
    "known_terms",
    "licensed",
    "matches",
    "obligations_of",
    "overall",
    "parents",
    "plan_of",
    "resolve",
    "rights_of",
    "story",
    "terms_of",
]
