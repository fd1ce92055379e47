"""Plain data as JSON text that every reader takes: strings without control characters or lone surrogates."""

from __future__ import annotations

import json
from typing import Any

from ajar.reports.plain import visible


def dumps(data: Any) -> str:
    """Two spaces deep, in the order given, with hostile characters spelled out."""
    return json.dumps(clean(data), indent=2, ensure_ascii=False) + "\n"


def clean(data: Any) -> Any:
    """The same data with every string made visible; line ends stay."""
    if isinstance(data, str):
        return data if data.isprintable() and data.isascii() else "\n".join(map(visible, data.split("\n")))
    if isinstance(data, dict):
        return {clean(key): clean(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [clean(item) for item in data]
    return data
