"""Python sources as syntax trees. Parsing runs nothing."""

from __future__ import annotations

import ast
import warnings


def parse(text: str) -> ast.Module | None:
    """The tree of a source, or `None` where Python itself refuses it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
