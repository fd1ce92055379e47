"""Rights: which licence covers which part, what its words allow, and what they ask."""

from __future__ import annotations

from ajar.rights.answers import answer, overall
from ajar.rights.assign import matches
from ajar.rights.clauses import clauses_of
from ajar.rights.duties import ReleaseFacts, duties
from ajar.rights.facets import all_terms, compare, terms_of
from ajar.rights.findings import RULES, judge
from ajar.rights.names import resolve
from ajar.rights.questions import plan_of
from ajar.rights.terms import obligations_of, rights_of

__all__ = [
    "RULES",
    "ReleaseFacts",
    "all_terms",
    "answer",
    "clauses_of",
    "compare",
    "duties",
    "judge",
    "matches",
    "obligations_of",
    "overall",
    "plan_of",
    "resolve",
    "rights_of",
    "terms_of",
]
