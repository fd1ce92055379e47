"""JSON that a check parses whole: measured first, because a parsed value takes many times its text."""

from __future__ import annotations

import json
from typing import Any

from ajar.errors import BudgetExceeded, MalformedError

CONTAINERS = 3_000_000  # a parsed object takes 64 bytes and more for two of text
ITEMS = 8_000_000  # of all containers


def parsed(data: bytes, what: str) -> Any:
    """The tree of a text. Raises `MalformedError` where it is none, `BudgetExceeded` where it would be too large."""
    if data.count(b"{") + data.count(b"[") > CONTAINERS or data.count(b",") > ITEMS:
        raise BudgetExceeded(f"{what}: JSON of more than {CONTAINERS} containers or {ITEMS} items")
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"{what} is not JSON that can be parsed") from error
