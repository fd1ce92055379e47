"""Names that hosts give to files."""

from __future__ import annotations


def is_path(name: str) -> bool:
    """Whether a name can be a path in a release: no empty part, no step up or on the spot, no NUL, sound Unicode."""
    if any(part in {"", ".", ".."} for part in name.split("/")) or "\0" in name:
        return False
    try:
        name.encode()
    except UnicodeEncodeError:  # half of a pair, as JSON can spell it
        return False
    return True
