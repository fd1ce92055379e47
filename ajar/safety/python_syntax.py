"""Python sources as syntax trees. Parsing runs nothing."""

from __future__ import annotations

import ast
import re
import warnings

from ajar.errors import BudgetExceeded

_STRING_PARTS = 1000
_F_STRING = re.compile(
    r"\b[rR]?[fF][rR]?(?:'{3}(?:[^'\\]|\\.|'(?!''))*+|\"{3}(?:[^\"\\]|\\.|\"(?!\"\"))*+|'(?:[^'\\\n]|\\.)*+|\"(?:[^\"\\\n]|\\.)*+)",
    re.DOTALL,
)


def _check_strings(text: str) -> None:
    """Raises `BudgetExceeded` for an f-string that Python 3.11's parser takes the square of its parts for."""
    if text.count("{") > _STRING_PARTS:
        for found in _F_STRING.finditer(text):
            if found[0].count("{") > _STRING_PARTS:
                raise BudgetExceeded(f"an f-string of more than {_STRING_PARTS} parts")


def parse(text: str) -> ast.Module | None:
    """The tree of a source, or `None` where Python itself refuses it. Raises `BudgetExceeded`."""
    _check_strings(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
