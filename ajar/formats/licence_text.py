"""Licences, notices and use policies: the words, for those who judge them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ajar.config import Limits
from ajar.formats._markdown import count_words
from ajar.formats._text import EvidenceMaker, basename, clip, looks_like_text, read_text
from ajar.interfaces import Blob, Format, Observation

# A name with one of these endings is a document; any other ending (.py, .json) is not.
_ENDING = re.compile(r"\.(?:txt|md|rst|html?|text|markdown)$", re.IGNORECASE)
_CODE_ENDING = re.compile(
    r"\.(?:py|pyi|json|ya?ml|toml|cfg|ini|sh|c|cc|cpp|h|js|ts|rs|go|java|ipynb|csv|tsv|png|jpe?g|svg|gif|pdf|jinja)$",
    re.IGNORECASE,
)
_LICENCE = re.compile(
    r"(?:un)?licen[cs]es?(?:[._ -].{0,80})?|copying(?:[._-].{0,40})?|copyright(?:\.txt|\.md)?"
    r"|.{1,60}[._ -]licen[cs]es?(?:\.(?:txt|md|rst|text))?|.{1,40}licen[cs]e(?:\.(?:txt|md|rst))?|mit|apache-?2(?:\.0)?",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"(?:.{0,40}[._ -])?notices?(?:[._-].{0,40})?|third[_ -]?party.{0,20}(?:notice|licen[cs]e).{0,20}",
    re.IGNORECASE,
)
_POLICY = re.compile(
    r".{0,40}(?:use[_ -]?polic|acceptable[_ -]?use|prohibited[_ -]?use|usage[_ -]?polic|use[_ -]?restriction|use[_ -]based[_ -]restriction"
    r"|terms[_ -]?of[_ -]?use|use[_ -]guidelines).{0,40}|(?:.{0,40}[_ -])?aup(?:[_ -].{0,40})?",
    re.IGNORECASE,
)
_FOLDER = re.compile(r"(?:^|/)licen[cs]es/[^/]{1,200}$", re.IGNORECASE)


def document_kind(path: str) -> str | None:
    """licence, notice or use-policy by the file's name, None for any other name."""
    name = basename(path)
    if _CODE_ENDING.search(name):
        return None
    stem = _ENDING.sub("", name)
    if _POLICY.fullmatch(stem):
        return "use-policy"
    if _NOTICE.fullmatch(stem):
        return "notice"
    if _LICENCE.fullmatch(name) or _LICENCE.fullmatch(stem):
        return "licence"
    return "licence" if _FOLDER.search(path) and "readme" not in name.lower() else None


def _matches(head: bytes, path: str) -> bool:
    return document_kind(path) is not None and looks_like_text(head)


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    text, gaps = read_text(path, blob, limits, "licence-text")
    yield text
    yield from gaps
    make = EvidenceMaker(path, "licence-text")
    first = next((line for line in text.text[:4000].split("\n") if line.strip(" \t#*=-")), "")
    yield make("licence.document", document_kind(path) or "licence", quote=clip(first))
    yield make("licence.words", count_words(text.text))


FORMAT = Format(
    id="licence-text",
    title="licence, notice or use policy",
    family="licence",
    suffixes=(),
    matches=_matches,
    inspect=_inspect,
    keys={
        "licence.document": "licence, notice or use-policy, by the file's name; the first line is the quote",
        "licence.words": "words in the document, as far as it was read",
    },
    spec="https://reuse.software/spec-3.3/",
)
