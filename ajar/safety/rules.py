"""The safety rules: a statement that holds or does not, why it matters, what to do, and the attacks it meets.

They are data, a file a family in `data/rules/`, because each carries its advisories.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. `statement` is true of a file that passes."""

    id: str
    statement: str
    why: str
    remedy: str
    advisories: tuple[str, ...] = ()


@cache
def _load() -> Mapping[str, Rule]:
    import tomllib
    from importlib.resources import files

    rules: dict[str, Rule] = {}
    for page in sorted((files("ajar.safety") / "data" / "rules").iterdir(), key=lambda item: item.name):
        for name, row in tomllib.loads(page.read_text("utf-8")).items():
            rules[name] = Rule(
                id=name,
                statement=row["statement"],
                why=row["why"],
                remedy=row["remedy"],
                advisories=tuple(row.get("advisories", ())),
            )
    return rules


class _Rules(Mapping[str, Rule]):
    """Read when first asked for: a clean file needs none."""

    def __getitem__(self, key: str) -> Rule:
        return _load()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(_load())

    def __len__(self) -> int:
        return len(_load())


RULES: Mapping[str, Rule] = _Rules()
