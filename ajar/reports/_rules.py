"""Every rule that a finding can name, with its statement, reason and remedy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ajar.components import checks
from ajar.rights.findings import RULES as RIGHTS
from ajar.rights.lineage_rules import RULES as LINEAGE
from ajar.safety.rules import RULES as SAFETY


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """One rule. `statement` is true of a release that passes."""

    id: str
    statement: str
    why: str
    remedy: str
    is_safety: bool
    advisories: tuple[str, ...] = ()


@cache
def rule_rows() -> dict[str, RuleRow]:
    """All of them by id, in the order of their families."""
    rows = {
        rule: RuleRow(id=rule, statement=statement, why=why, remedy=remedy, is_safety=False)
        for rule, statement, why, remedy in (*RIGHTS, *LINEAGE, *checks.RULES)
    }
    for rule in SAFETY.values():
        rows[rule.id] = RuleRow(
            id=rule.id,
            statement=rule.statement,
            why=rule.why,
            remedy=rule.remedy,
            is_safety=True,
            advisories=rule.advisories,
        )
    return rows
