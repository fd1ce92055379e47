"""Licences by name: ids, tags, common spellings, addresses, and sentences that name one.

A name is the publisher's word, never a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from ajar.model.component import Licence, Scope
from ajar.rights.data_store import aliases, licences, rows

_QUOTE_CHARS = 200
_TEXT_CHARS = 400_000
_CLASSIFIER = "license :: osi approved :: "

# Names with a shape of their own, found in running text. A bare "MIT" counts only beside the word licence.
_IN_TEXT = re.compile(
    r"(?P<modified>\bmodified[ -]+)?(?:"
    r"(?P<apache>\bapache(?:[- ]| software )?(?:license)?,?[- ]*(?:version |v)?2(?:\.0)?\b(?: license)?)"
    r"|(?P<mit>\bMIT(?=[- ]licen[cs]|\b.{0,12}licen[cs]e|\s*$|\]\())"
    r"|(?P<bsd>\b(?:BSD[- ][23][- ]clause|[23][- ]clause BSD)\b)"
    r"|(?P<cc>\bCC(?:0|[- ]BY(?:[- ]NC)?(?:[- ](?:SA|ND))?)(?:[- ]?[1-4]\.0)?\b)"
    r"|(?P<gpl>\b(?:A|L)?GPL[- ]?v?[23](?:\.[01])?\b)"
    r"|(?P<llama>\b(?:meta )?llama[ -]?(?:2|3(?:\.[123])?|4) community licen[cs]e(?: agreement)?)"
    r"|(?P<gemma>\bgemma (?:terms of use|licen[cs]e))"
    r"|(?P<mnpl>\bMNPL\b|mistral ai non-production licen[cs]e)"
    r"|(?P<mrl>\bMRL\b|mistral ai research licen[cs]e)"
    r"|(?P<rail>\b(?:creativeml |bigscience |bigcode )?open ?rail(?:\+\+)?-?M?\b(?: v1)?)"
    r"|(?P<mdw>\bOpenMDW[- ]1\.[01]\b)"
    r"|(?P<xai>\b(?:grok-?2|xai) community licen[cs]e)"
    r"|(?P<falcon>\btii falcon licen[cs]e)"
    r")",
    re.IGNORECASE,
)
_SPEAKS = re.compile(
    r"licen[cs]|released under|distributed under|available under|made available|terms of use", re.IGNORECASE
)
_DENIES = re.compile(
    r"\b(?:not|isn't|never|no longer) (?:\w+ ){0,2}(?:licensed|released|covered|under)\b", re.IGNORECASE
)
_OTHERS = re.compile(
    r"\b(?:third[- ]party|contributions? (?:to|are|will)|you agree that|by contributing|contributor|portions? of|"
    r"adapted from|based on code from|dependenc)",
    re.IGNORECASE,
)
_SCOPE_WORDS = (
    (
        Scope.CODE,
        re.compile(r"\b(code|source|software|librar(?:y|ies)|scripts?|package|toolkit)\b", re.IGNORECASE),
    ),
    (
        Scope.WEIGHTS,
        re.compile(
            r"\b(models?|weights?|checkpoints?|parameters)\b|\.(?:tar|safetensors|gguf|bin|pth)\b",
            re.IGNORECASE,
        ),
    ),
    (Scope.DATA, re.compile(r"\b(data ?sets?|data|corpus|corpora)\b", re.IGNORECASE)),
    (Scope.DOCUMENTS, re.compile(r"\b(documentation|docs|paper)\b", re.IGNORECASE)),
)
# Phrases in which "model" or "data" is part of a licence's own name.
_OWN_NAMES = re.compile(
    r"model licen[cs]e|open data commons|software licen[cs]e|source licen[cs]e|see the .{0,40}file",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"`([^`\n]{2,80})`")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\[*`])")
_EDGE = re.compile(r"^\s*(?:#{1,6}\s|[-*+]\s|\d+[.)]\s|\||```|\[!\[|<|>|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A sentence that names a licence as the licence of something."""

    licence: Licence
    line: int
    quote: str
    scopes: tuple[Scope, ...]
    subject: str = ""


@cache
def _by_name() -> Mapping[str, str]:
    """Every spelling, folded, to the id it means. Hand-written rows win over SPDX's names."""
    table: dict[str, str] = {}
    for name, licence in licences().items():
        table.setdefault(_fold(name), name)
        table.setdefault(_fold(licence.name), name)
    for name, others in aliases().items():
        table.update({_fold(other): name for other in others})
    for row in rows():
        table[_fold(row["id"])] = row["id"]
        table.update({_fold(other): row["id"] for other in (row["name"], *row.get("aliases", ()))})
    return table


def _fold(name: str) -> str:
    bare = name.strip().lower().removeprefix("http://").removeprefix("https://").removeprefix("www.")
    bare = re.sub(r"\.(?:txt|html|md)$", "", bare.rstrip("/"))
    return re.sub(r"[\s_,\"'()-]+", " ", bare).strip()


def resolve(name: str) -> Licence | None:
    """The licence of an id, a hub tag, a usual spelling or an address; None when nobody knows it."""
    if not name or len(name) > 300:
        return None
    bare = name.strip()
    if bare.lower().startswith(_CLASSIFIER):
        bare = bare[len(_CLASSIFIER) :]
    table = _by_name()
    found = table.get(_fold(bare)) or table.get(
        _fold(re.sub(r"\blicen[cs]e\b|\bthe\b", " ", bare, flags=re.IGNORECASE))
    )
    return licences().get(found) if found else None


def resolve_expression(text: str) -> tuple[Licence, ...]:
    """The licences that a name or an SPDX expression names; a name nobody knows gives an unknown one."""
    whole = resolve(text)
    if whole is not None:
        return (whole,)
    parts = re.split(r"\s+(?:AND|OR|WITH)\s+|[()]", text) if re.search(r"\s(?:AND|OR|WITH)\s", text) else []
    found = tuple(licence for part in parts if (licence := resolve(part)) is not None)
    if found:
        return found
    mention = next(iter(_named(text)), None)
    return (mention,) if mention is not None else ()


def _named(text: str) -> Iterator[Licence]:
    for match in _IN_TEXT.finditer(text):
        if match["modified"]:
            continue
        licence = resolve(match[0]) or resolve(_canonical(match))
        if licence is not None:
            yield licence


def _canonical(match: re.Match[str]) -> str:
    """The id a pattern's find stands for, where its words are not an alias already."""
    kind, words = match.lastgroup, match[0].lower()
    digits = re.findall(r"\d(?:\.\d)?", words)
    if kind == "llama":
        return f"llama{digits[0]}" if digits else ""
    if kind == "bsd":
        return f"BSD-{digits[0]}-Clause"
    if kind == "cc":
        return (
            "CC0-1.0" if "cc0" in words else re.sub(r"\s+", "-", words.upper()) + ("" if digits else "-4.0")
        )
    if kind == "gpl":
        family = re.match(r"[al]?gpl", words)
        version = digits[0] if "." in (digits[0] if digits else "") else f"{digits[0]}.0"
        return f"{family[0].upper()}-{version}-only" if family else ""
    fixed = {
        "apache": "Apache-2.0",
        "mit": "MIT",
        "gemma": "gemma",
        "mnpl": "mistral-mnpl-0.1",
        "mrl": "mistral-mrl-0.1",
        "xai": "xai-community",
        "falcon": "falcon-llm-2.0",
        "rail": "openrail++" if "++" in words else "openrail",
    }
    return fixed.get(kind or "", words)


def mentions(text: str) -> tuple[Mention, ...]:
    """Sentences that name a licence as the licence of something, each with what it speaks of.

    No scope means that the sentence does not say. Badges, code, denials and sentences about other
    people's work are left out.
    """
    found: dict[tuple[str, tuple[Scope, ...], str], Mention] = {}
    heading = ""
    for line, sentence in _sentences(_without_front_matter(text[:_TEXT_CHARS])):
        if sentence.startswith("#"):
            heading = sentence
            continue
        speaks = _SPEAKS.search(sentence) or (_SPEAKS.search(heading) and len(sentence) < 120)
        if not speaks or _DENIES.search(sentence) or _OTHERS.search(sentence):
            continue
        for licence in _named(sentence):
            scopes = _scopes(sentence)
            subject = _SUBJECT.search(sentence)
            mention = Mention(
                licence=licence,
                line=line,
                quote=sentence[:_QUOTE_CHARS],
                scopes=scopes,
                subject=subject[1] if subject and Scope.WEIGHTS in scopes else "",
            )
            found.setdefault((licence.id, scopes, mention.subject), mention)
    return tuple(found.values())


def _without_front_matter(text: str) -> str:
    """Fields before the document are tags, read elsewhere: blanked, so that lines keep their numbers."""
    if not text.startswith("---"):
        return text
    end = text.find("\n---", 3)
    return "\n" * text.count("\n", 0, end) + text[end + 4 :] if end > 0 else text


def _scopes(sentence: str) -> tuple[Scope, ...]:
    bare = _OWN_NAMES.sub(" ", _IN_TEXT.sub(" ", sentence))
    bare = re.sub(r"\(https?://[^)]*\)", " ", bare)
    return tuple(scope for scope, words in _SCOPE_WORDS if words.search(bare))


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """Sentences with the line they begin at: wrapped lines joined, code blocks and images left out."""
    block: list[str] = []
    started, fenced = 1, False
    for number, line in enumerate((*text.split("\n"), ""), 1):
        fence = line.lstrip().startswith(("```", "~~~"))
        if fenced and not fence and _SPEAKS.search(line) and "Licensed under" in line:
            yield number, line.strip()
        if fence or fenced or _EDGE.match(line):
            yield from _split(block, started)
            block = []
            fenced = fenced != fence
            if fence or fenced or line.lstrip().startswith("[!["):
                continue
            started = number
            block = [line.strip()] if line.strip() else []
            if line.startswith("#"):
                yield number, line.strip()
                block = []
            continue
        if not block:
            started = number
        block.append(line.strip())


def _split(block: list[str], started: int) -> Iterator[tuple[int, str]]:
    joined = " ".join(block)
    if not joined:
        return
    ends: list[int] = []
    total = 0
    for line in block:
        total += len(line) + 1
        ends.append(total)
    at = 0
    for sentence in _SENTENCE.split(joined):
        place = joined.find(sentence, at)
        at = max(place, at)
        yield started + sum(end <= at for end in ends), sentence.strip()
