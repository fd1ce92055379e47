"""JSON that a check parses whole: measured first, because a parsed value takes many times its text."""

from __future__ import annotations

import json
import re
from typing import Any

from ajar.errors import BudgetExceeded, MalformedError

CONTAINERS = 3_000_000  # a parsed object takes 64 bytes and more for two of text
ITEMS = 8_000_000  # of all containers

# A letter written by its number: nobody's encoder does it, and it hides a key from a search.
ESCAPED_LETTER = re.compile(rb"\\u00[4-7][0-9a-fA-F]")


def may_name(data: bytes, *keys: bytes) -> bool:
    """Whether a text holds one of the keys in quotes, or hides letters so that it may."""
    return any(b'"' + key + b'"' in data for key in keys) or bool(ESCAPED_LETTER.search(data))


def parsed(data: bytes, what: str) -> Any:
    """The tree of a text. Raises `MalformedError` where it is none, `BudgetExceeded` where it would be too large."""
    if data.count(b"{") + data.count(b"[") > CONTAINERS or data.count(b",") > ITEMS:
        raise BudgetExceeded(f"{what}: JSON of more than {CONTAINERS} containers or {ITEMS} items")
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"{what} is not JSON that can be parsed") from error
