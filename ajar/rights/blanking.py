"""What stands in a licence's text and is none of its words: markup, enumerators, lines of copyright."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ajar.rights.word_tables import ASCII_WORD, is_light, is_name, word_set

_TAG = re.compile(
    r"</?(?:a|b|i|p|u|em|strong|br|hr|code|pre|tt|span|div|font|center|small|sup|sub|li|ul|ol|table|tr|td|th|h[1-6])\b[^<>\n]{0,200}>",
    re.IGNORECASE,
)
_SLOT = re.compile(
    r"[<\[{](?:(?<=<)(?![^<>]{0,60}(?:://|\n\s*\n))[^<>]{1,60}>|(?<!<)(?:name|year|yyyy|fullname|owner|organi[sz]ation|project|copyright)[^\[\]{}\n]{0,50}[\]}])",
    re.IGNORECASE,
)
_LINK = re.compile(r"\]\((?:https?:|mailto:|#|/)[^()\s]{0,300}\)")
_SHOWN = re.compile(r"[^\n]")
_SIGN = re.compile(r"\([cC]\)")
_LEADER = re.compile(r"^[ \t]*(?:dnl|rem|REM|\.\\\")(?=[ \t])", re.MULTILINE)
_ENUMERATOR = re.compile(r"(?<![\w.])\(?(?:[ivx]{1,5}|[a-z]|\d{1,2}(?:\.\d{1,2}){0,3})[.)]$", re.IGNORECASE)
# Looked for by its last character, of which there are few, and then backwards as far as an enumerator reaches.
_ENUMERATOR_END = re.compile(r"[.)](?=[\s*_]|$)")
_ENUMERATOR_CHARS = 13
_BEFORE_ENUMERATOR = re.compile(r"(?:[.;:,)\"'!?\]]|\band|\bor|^)$", re.IGNORECASE)
_LEAD_CHARS = " \t\r\n#/*;%>|_-"
# A copyright line carries a year, a sign, a slot or a "by"; a wrapped sentence that starts so does not.
_COPYRIGHT = re.compile(
    r"^[^\w\n]*(?:(?:(?!are |is |of |or |and |the |under )\w+ ){0,2}copyright\b(?! treaty\b)(?:[^\w\n]*(?:\(c\)|©|<|\[|\{|by\b|year\b|yyyy\b)|[^\n]{0,60}?(?<!of )\b(?:19|20)\d\d\b)"
    r"|(?:©|\(c\)\s)[^\n]{0,60}?\b(?:19|20)\d\d\b"
    r"|all rights reserved[^\w\n]*$)[^\n]*",
    re.IGNORECASE | re.MULTILINE,
)
_RESERVED = re.compile(r"all rights reserved\.?", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[a-z)>])\.\s+(?=[A-Z]|\d{1,3}\s)")
_NEUTRAL_LIMIT = 2
_ADDRESSES = re.compile(r"\S+@\S+|https?://\S+|<[^<>]*>")
_COPYRIGHT_LINE = 240
# A holder's name of two or three words, straight after a year or a sign: "2020 Will Doe".
_HOLDER = re.compile(
    r"(?:\b\d{4}|\([cC]\)|©|\b[Bb]y)[\s,-]*((?:[A-Z][\w'’.-]{0,30}\s+){1,2}[A-Z][\w'’.-]{0,30})(?=\s*(?:$|[,.;<(&]|All\b|and\b))",
    re.MULTILINE,
)
_HOLDERS = 8  # names looked for in the rest of a text
_AUTHORS = re.compile(r"\b[A-Z][a-z]+ (Authors|Contributors|Developers)\b")  # The Go Authors: no verb


def blanked(text: str) -> str:
    """The text with copyright lines, markup and enumerators as blanks, so that places hold."""
    if "opyright" in text or "(c)" in text or "©" in text or "OPYRIGHT" in text or "eserved" in text:
        text = _COPYRIGHT.sub(_without_copyright, text)
        text = _SIGN.sub("   ", text)
    if "<" in text:
        text = _TAG.sub(_light, text)
    if "<" in text or "[" in text or "{" in text:
        text = _SLOT.sub(_named, text)
    if "](" in text:
        text = _LINK.sub(_blank, text)
    if "dnl" in text or "rem " in text or "REM " in text or '.\\"' in text:
        text = _LEADER.sub(_blank, text)
    return _without_enumerators(text).replace("©", " ")


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _light(match: re.Match[str]) -> str:
    return _SHOWN.sub(" ", match[0]) if is_light(match[0]) else match[0]


def _named(match: re.Match[str]) -> str:
    """A slot blanked when it holds a name or asks for one; a sentence in brackets is a sentence."""
    words = ASCII_WORD.findall(match[0].lower())
    return _SHOWN.sub(" ", match[0]) if is_name(words) else match[0]


def _without_copyright(match: re.Match[str]) -> str:
    """A line of copyright blanked, as far as it is one: a condition on the same line stays."""
    line = match[0]
    reserved = _RESERVED.search(line)
    stop = _SENTENCE_END.search(line)
    end = reserved.end() if reserved else stop.end() if stop else len(line)
    statement = line[:end]
    named = _ADDRESSES.sub(" ", statement[max(statement.lower().find("copyright"), 0) :])
    named = _AUTHORS.sub(r"\1", _HOLDER.sub(_without_given, named))
    if len(statement) > _COPYRIGHT_LINE or not is_name(ASCII_WORD.findall(named.lower())):
        return line
    plain = [word for word in re.findall(r"[A-Za-z][a-z]*", named) if word.islower()]
    if sum(word not in word_set("neutral") for word in plain) > _NEUTRAL_LIMIT:
        return line
    return " " * end + line[end:]


def _without_given(match: re.Match[str]) -> str:
    return " " if _is_called_so(ASCII_WORD.findall(match[1].lower())) else match[0]


def _without_enumerators(text: str) -> str:
    parts: list[str] = []
    done = 0
    for last in _ENUMERATOR_END.finditer(text):
        end = last.end()
        match = _ENUMERATOR.search(text, max(end - _ENUMERATOR_CHARS, done), end)
        if match is not None:
            parts += (text[done : match.start()], _without_enumerator(match))
            done = end
    parts.append(text[done:])
    return "".join(parts)


def _without_enumerator(match: re.Match[str]) -> str:
    """Enumerators stand at a paragraph's start or after punctuation; "in Section 4." is none."""
    before = match.string[max(match.start() - 40, 0) : match.start()]
    bare = before.rstrip(_LEAD_CHARS)
    if before.count("\n", len(bare)) >= 2 or _BEFORE_ENUMERATOR.search(bare):
        return " " * len(match[0])
    return match[0]


def holders_of(text: str) -> frozenset[tuple[str, ...]]:
    """Holders' names in a text's lines of copyright that hold a verb which is a name as well."""
    if "opyright" not in text and "OPYRIGHT" not in text:
        return frozenset()
    found: set[tuple[str, ...]] = set()
    for line in _COPYRIGHT.finditer(text):
        for holder in _HOLDER.finditer(line[0]):
            name = tuple(ASCII_WORD.findall(holder[1].lower()))
            if _is_called_so(name):
                found.add(name)
        if len(found) >= _HOLDERS:
            break
    return frozenset(found)


def _is_called_so(name: Sequence[str]) -> bool:
    """Whether one word of a name is a verb that people are called, and the others are neither verbs nor conditions."""
    given = [word for word in name if word in word_set("given")]
    return len(given) == 1 < len(name) and is_name([word for word in name if word not in given])
