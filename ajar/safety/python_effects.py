"""What a callable does to the world, by its dotted name: a table, since code shipped with a model is not run.

Rows are data (`data/code_effects.tsv`). A name may end in or hold `*`. What has no row has no known effect.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class _Table:
    exact: Mapping[str, str]
    patterns: Mapping[str, re.Pattern[str]]  # by effect
    words: re.Pattern[str]  # one of which a source has that can have any effect


@cache
def effect_of(name: str) -> str:
    """The effect of a resolved name, or an empty text."""
    table = _table()
    if name in table.exact:
        return table.exact[name]
    return next((effect for effect, pattern in table.patterns.items() if pattern.fullmatch(name)), "")


def may_act(text: str) -> bool:
    """Whether a source holds any word without which no rule can speak, so that its tree is worth building."""
    return bool(_table().words.search(text))


# Words that reach a callable without its module's name standing in the source as one word.
_INDIRECT = [
    "__import__",
    "importlib",
    "getattr",
    "globals",
    "locals",
    "vars",
    "builtins",
    "__builtins__",
    "__subclasses__",
    "__globals__",
    "__dict__",
    "environ",
    "setattr",
    "trust_remote_code",
    "chr",
    "fromhex",
    "modules",
    "exec",
    "eval",
    "compile",
    "execfile",
    "open",
]


@cache
def _table() -> _Table:
    exact: dict[str, str] = {}
    globs: dict[str, list[str]] = {}
    words: set[str] = set(_INDIRECT)
    page = (files("ajar.safety") / "data" / "code_effects.tsv").read_text("utf-8")
    for line in page.splitlines()[1:]:
        effect, names = line.split("\t")[:2]
        for name in names.split():
            top = name.partition(".")[0]
            if top != "*":
                words.add(top)
            if "*" in name:
                globs.setdefault(effect, []).append(".*".join(map(re.escape, name.split("*"))))
            else:
                exact[name] = effect
    patterns = {effect: re.compile("|".join(rows)) for effect, rows in globs.items()}
    return _Table(exact, patterns, re.compile(rf"\b(?:{'|'.join(sorted(words))})\b"))
