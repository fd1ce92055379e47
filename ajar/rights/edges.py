"""Words around a licence, and in its gaps, that say nothing of its terms: titles, names, notices, enumerators."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ajar.rights.normalise import Words
from ajar.rights.word_tables import is_name, word_set

TITLE_WORDS = 14
_NOTICE_WORDS = 40
# A name or a version before or after the text.
_LABEL_WORDS = 4
_TITLE = re.compile(
    r"^(?:the )?(?:[\w.+-]+ ){0,8}(?:license|agreement|terms of use|licence|copyright notice)(?: [\w.]+){0,6}$"
)
_NOTICE = re.compile(r"^(?:copyright|c|copr|all rights reserved|portions copyright)\b")
_NOTICE_STARTS = frozenset(["copyright", "c", "copr", "all", "portions"])
_COPYRIGHT_WORDS = frozenset(["copyright", "c"])
_NOTICE_CHARS = 160
_LAST_NOTICE = re.compile(r"(?:copyright|\(c\)|©)[^;!?]*$", re.IGNORECASE)
_ADDRESS = re.compile(r"^(?:https?://|www\.)\S+$")
ENUMERATOR = re.compile(r"^(?:[ivx]{1,4}|[a-z]|\d{1,2})$")
# Wordings without markup: names that stand where a party is named.
_PARTIES = frozenset(
    [
        "name",
        "names",
        "of",
        "by",
        "holder",
        "holders",
        "owner",
        "owners",
        "author",
        "authors",
        "contributors",
        "copyright",
        "the",
        "its",
        "their",
        "institute",
        "university",
        "company",
        "corporation",
        "foundation",
        "regents",
        "nor",
        "and",
        "or",
        "inc",
        "project",
        "organization",
    ]
)
_APPENDICES = ("appendix how to apply", "end of terms and conditions", "how to apply these terms")


def is_edge(words: Sequence[str]) -> bool:
    """Whether words before or after a licence are a title, a name or a line of copyright."""
    if not words:
        return True
    if not is_name(words):
        return False
    joined = " ".join(words)
    return len(words) <= _LABEL_WORDS or (
        len(words) <= TITLE_WORDS and bool(_TITLE.match(joined) or _NOTICE.match(joined))
    )


def is_notice(words: Sequence[str]) -> bool:
    return (
        0 < len(words) <= _NOTICE_WORDS
        and words[0] in _NOTICE_STARTS
        and bool(_NOTICE.match(" ".join(words[:4])))
        and is_name(words)
    )


def is_party(missing: Sequence[str], extra: Sequence[str], before: Sequence[str]) -> bool:
    """A name where the wording has "the copyright holder" or the like."""
    return (
        len(extra) <= TITLE_WORDS
        and len(missing) <= TITLE_WORDS
        and _PARTIES.issuperset(missing)
        and not _PARTIES.isdisjoint(before)
        and is_name(extra)
        and is_name(missing)
    )


def follows_copyright(words: Sequence[str], before: Sequence[str]) -> bool:
    """Years and names after the word copyright itself."""
    return (
        not _COPYRIGHT_WORDS.isdisjoint(before[-1:])
        and len(words) <= TITLE_WORDS
        and is_name(words)
        and any(len(word) == 4 and word.isdigit() for word in words)
    )


def continues_notice(extra: Sequence[str], found: Words, number: int) -> bool:
    """Names, years and an address that stand in the rest of a line of copyright."""
    if len(extra) > TITLE_WORDS or not is_name(extra):
        return False
    start = found.spans[number][0]
    before = _LAST_NOTICE.search(found.text, max(start - _NOTICE_CHARS, 0), start)
    if before is None:
        return False
    shown = found.text[start : found.spans[number + len(extra) - 1][1]]
    plain = [word for word in re.findall(r"[A-Za-z]+", shown) if word.islower()]
    return all(word in word_set("neutral") for word in plain) or bool(_ADDRESS.match(shown))


def are_enumerators(extra: Sequence[str], found: Words, number: int) -> bool:
    """One number or letter that stands at a paragraph's start."""
    if len(extra) != 1 or not ENUMERATOR.match(extra[0]):
        return False
    start, end = found.spans[number]
    if found.text[max(start - 1, 0) : start] == "(" and found.text[end : end + 1] == ")":
        return True
    line = found.text[found.text.rfind("\n", 0, start) + 1 : start]
    return not re.search(r"\w", line) and found.text[end : end + 1] in {
        ".",
        ")",
        ":",
        "]",
        " ",
        "\t",
        "\n",
        "-",
    }


def is_appendix(missing: Sequence[str]) -> bool:
    """What stands after the terms and tells how to use them is not part of them."""
    return " ".join(missing[:12]).startswith(_APPENDICES)
