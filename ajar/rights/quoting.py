"""Short quotes of long sentences."""

from __future__ import annotations

QUOTE_CHARS = 300
_BEFORE_CHARS = 110


def quote_of(text: str, start: int, end: int) -> str:
    """At most 300 characters of a sentence around what was found in it."""
    if len(text) <= QUOTE_CHARS:
        return text
    begin = max(start - _BEFORE_CHARS, 0)
    if begin:
        begin = text.find(" ", begin, start + 1) + 1 or begin
    stop = min(max(end, begin + QUOTE_CHARS - 2), begin + QUOTE_CHARS - 2)
    if stop < len(text):
        stop = text.rfind(" ", begin + 1, stop) if " " in text[begin + 1 : stop] else stop
    return f"{'…' if begin else ''}{text[begin:stop]}{'…' if stop < len(text) else ''}"
