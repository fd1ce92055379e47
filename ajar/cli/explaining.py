"""`ajar instruments` and `ajar explain`: every word that a report uses, from the data it comes from."""

from __future__ import annotations

from difflib import get_close_matches

from ajar import frameworks
from ajar.errors import UsageError
from ajar.frameworks import explain as words
from ajar.reports._rules import rule_rows


def list_instruments() -> str:
    """One paragraph an instrument."""
    blocks = []
    for instrument in frameworks.INSTRUMENTS:
        known = words.explain(instrument.id)
        text = known.text if known else ""
        blocks.append(
            f"{instrument.id:<11}{instrument.name} ({instrument.version})\n{'':<11}{text}\n{'':<11}{instrument.source}"
        )
    return "\n\n".join(blocks)


def rules() -> dict[str, tuple[str, str, str]]:
    """Every rule: id to statement, reason, remedy."""
    rows = {}
    for rule in rule_rows().values():
        known = f"\nAdvisories: {', '.join(rule.advisories)}" if rule.advisories else ""
        rows[rule.id] = (rule.statement, f"{rule.why}{known}", rule.remedy)
    return rows


def explain_id(name: str) -> str:
    """Raises `UsageError` with the nearest ids when nothing is called so."""
    known = words.explain(name)
    if known is not None:
        return "\n".join(part for part in (f"{name}: {known.title}", known.text, known.source) if part)
    table = rules()
    if name in table:
        title, text, remedy = table[name]
        why, _, advisories = text.partition("\nAdvisories: ")
        parts = [f"{name}: {title}", f"Why it matters: {why}", f"What to do: {remedy}"]
        return "\n".join([*parts, f"Known as: {advisories}"] if advisories else parts)
    near = get_close_matches(name, [*words.known_ids(), *table], n=3)
    hint = f"did you mean: {', '.join(near)}?" if near else "`ajar instruments` lists the instruments"
    raise UsageError(f"nothing here is called {name!r}", hint=hint)
