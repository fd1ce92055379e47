"""Strings of a release inside GitHub-flavoured Markdown: they stay words, whatever they contain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ajar.reports.plain import visible

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>~$^:@-])")
_AT = re.compile(r"(?:\\@)+")
_RUNS = re.compile(r"`+")
LONGEST = 400  # characters of one string: a table is for reading


def words(text: object) -> str:
    """Text with nothing in it that Markdown or HTML would act on.

    An at-sign becomes code: a forge takes `@name` for a call to a person, escaped or not.
    """
    escaped = _SPECIAL.sub(r"\\\1", _short(text)).replace("&", "&amp;")
    return _AT.sub(lambda run: f"`{run[0].replace(chr(92), '')}`", escaped)


def code(text: object) -> str:
    """A code span, fenced by more backticks than it holds. Table bars are escaped, as tables want it."""
    inner = _short(text).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in _RUNS.findall(inner)), default=0) + 1)
    pad = " " if inner.startswith("`") or inner.endswith("`") else ""
    return f"{fence}{pad}{inner}{pad}{fence}" if inner.strip() else "—"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are Markdown already."""
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    lines += [f"| {' | '.join(cell or ' ' for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _short(text: object) -> str:
    plain = visible(str(text))
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…"
