"""Names as people write them: folded for comparison, and near one another within a bounded distance."""

from __future__ import annotations

import re
import unicodedata

_NOT_WORD = re.compile(r"[^\w]|_")
NAME_CHARS = 200  # no name in the data is half as long; a longer question is none
# A short name has too many neighbours: "Grok" must not be near "Groq" by two letters.
_ALLOWED = ((3, 0), (5, 1), (10**6, 2))  # up to this many letters, this many edits


def fold(name: str) -> str:
    """Without case, accents, spaces, hyphens and punctuation; `+` is kept as a word, since names differ by it."""
    if name.isascii():
        return _NOT_WORD.sub("", name[:NAME_CHARS].replace("+", " plus ").lower())
    plain = unicodedata.normalize("NFKD", name[:NAME_CHARS].replace("+", " plus "))
    return _NOT_WORD.sub("", "".join(char for char in plain if not unicodedata.combining(char)).casefold())


def allowance(name: str) -> int:
    """How many edits a folded name may be away from another and still be taken for a slip."""
    return next(edits for letters, edits in _ALLOWED if len(name) <= letters)


def distance(left: str, right: str, limit: int) -> int | None:
    """Edits (insert, drop, change, swap of neighbours) between two strings; `None` above the limit."""
    if abs(len(left) - len(right)) > limit:
        return None
    older: list[int] = []
    before = list(range(len(right) + 1))
    for row, char in enumerate(left, 1):
        line = [row]
        for column, other in enumerate(right, 1):
            cost = min(before[column] + 1, line[-1] + 1, before[column - 1] + (char != other))
            if row > 1 and column > 1 and char == right[column - 2] and left[row - 2] == other:
                cost = min(cost, older[column - 2] + 1)
            line.append(cost)
        if min(line) > limit:
            return None
        older, before = before, line
    return before[-1] if before[-1] <= limit else None
