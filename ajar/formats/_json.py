"""JSON read within bounds: depth, size and numbers that other readers refuse."""

from __future__ import annotations

import json
from typing import Any

from ajar.errors import MalformedError


def load_json(text: str) -> Any:
    """The value of a JSON text; NaN and Infinity, which training states hold, are read as floats.

    Raises `MalformedError` for what is not JSON, is nested too deep or holds a number too long to read.
    """
    import msgspec

    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError) as error:
        if "NaN" not in text and "Infinity" not in text:
            raise MalformedError(f"not JSON: {error}") from error
    except RecursionError as error:
        raise MalformedError("JSON nested too deep") from error
    try:
        return json.loads(text)
    except RecursionError as error:
        raise MalformedError("JSON nested too deep") from error
    except ValueError as error:
        raise MalformedError(f"not JSON: {error}") from error
