"""The blanks of a licence: those of an appendix that is meant to be filled in, and those that its row names.

GPL's and Apache's appendices hold a sample notice with names to put in. A copy with them filled in is the same
licence. Only the names are blanks; the notice around them is not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_APPENDIX = re.compile(r"how to apply (?:these|this|the) ", re.IGNORECASE)
# The words that GNU's and Apache's appendices print where a user's own go, examples among them.
_BLANK = re.compile(
    r"<(?![^<>]{0,80}://)[^<>]{1,120}>|\[(?:yyyy|year|name)[^\[\]]{0,60}\]"
    r"|one line to give the \w+'s name and (?:an|a brief) idea of what it does"
    r"|Gnomovision(?: version 69)?|Yoyodyne, Inc|James(?: Random)? Hacker|`Frob'|a library for tweaking knobs"
    r"|which makes passes at compilers|(?:signature of )?(?:Ty Coon|Moe Ghoul)|1 April 19\d\d|President of Vice"
)
_NOTICE = re.compile(
    r"(?:(?:<program>|Gnomovision version 69,)\s+)?"
    r"Copyright \(C\)\s+<?(?:yyyy|year|19[xy]{2})>?,?\s+<?name of (?:the )?author>?",
    re.IGNORECASE,
)
# Nothing, or names. A line of copyright is one way or the other, as it is wrapped.
_FILLED = ["", "*"]

Group = tuple[int, int, str, list[str]]
"""`(first word, words, kind, alternatives)`."""


def blanks(text: str, spans: Sequence[tuple[int, int]]) -> list[Group]:
    """Slots for the blanks of a text's appendix; `spans` are its words' places. Empty when it has none."""
    begins = [match.end() for match in _APPENDIX.finditer(text)]
    if not begins:
        return []
    notices = [match.span() for match in _NOTICE.finditer(text, begins[-1])]
    found = [_group(span, spans) for span in notices]
    for match in _BLANK.finditer(text, begins[-1]):
        if not any(start < match.end() and match.start() < end for start, end in notices):
            found.append(_group(match.span(), spans))
    return found


def marked_by_hand(text: str, spans: Sequence[tuple[int, int]], shown: Sequence[str]) -> list[Group]:
    """Slots for the blanks that a row of licences.toml names, as its text prints them."""
    return [_group(match.span(), spans) for blank in shown for match in re.finditer(re.escape(blank), text)]


def _group(span: tuple[int, int], spans: Sequence[tuple[int, int]]) -> Group:
    first = sum(word[0] < span[0] for word in spans)
    size = sum(span[0] <= word[0] < span[1] for word in spans)
    return first, size, "s", list(_FILLED)
