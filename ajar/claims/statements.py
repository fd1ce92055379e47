"""What a card says of its own release's openness, found in its sentences.

Precision first: a sentence about a library, a community, a benchmark or another model is no claim.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from ajar.model.evidence import Location, Text
from ajar.model.release import is_aside

_TEXT_CHARS = 400_000
_QUOTE_CHARS = 200
_STATEMENTS = 40

# Each kind: the words that say it, and what they are about.
_KINDS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    (
        "fully-open",
        "door",
        re.compile(
            r"\b(?:fully|truly|completely|entirely)[- ]open(?:[- ]sourced?)?\b"
            r"|\ball (?:\w+, )*(?:models?|data|code)(?:, | and )(?:\w+,? (?:and )?){0,3}(?:code|data|models?)[^.]{0,40}(?:publicly|openly) (?:released|available)",
            re.IGNORECASE,
        ),
    ),
    ("open-source", "door", re.compile(r"\bopen[- ]sourc(?:e|ed|ing)\b", re.IGNORECASE)),
    (
        "open-weights",
        "weights",
        re.compile(
            r"\bopen[- ]weights?\b|\bweights (?:are|is) (?:\w+ )?(?:openly|publicly|freely) (?:available|released)",
            re.IGNORECASE,
        ),
    ),
    (
        "open-access",
        "weights",
        re.compile(r"\bopen access\b|\bopenly (?:releas|availab|shar)", re.IGNORECASE),
    ),
    ("reproducible", "code", re.compile(r"\bfull(?:y)? reproducib", re.IGNORECASE)),
    (
        "commercial-use",
        "licence",
        re.compile(
            r"\b(?:intended|available|free|allowed|permitted|licensed) for (?:\w+ ){0,3}commercial(?: and research)?(?: use|\b)"
            r"|\bcommercial use (?:is )?(?:allowed|permitted)|\bresearchers and commercial entities",
            re.IGNORECASE,
        ),
    ),
    (
        "non-commercial",
        "licence",
        re.compile(
            r"\b(?:for )?(?:non-?commercial|research) (?:use|purposes) only\b|\bonly for research\b",
            re.IGNORECASE,
        ),
    ),
    (
        "hosted-only",
        "door",
        re.compile(r"\bonly (?:available|accessible) (?:through|via) (?:the|our|an) API\b", re.IGNORECASE),
    ),
)

# Sentences about something else than this release.
_ELSEWHERE = re.compile(
    r"open[- ]source (?:\w+ )?(?:community|librar|software|framework|tool|toolkit|project|contribut|ecosystem|implement|"
    r"package|repositor|datasets?|corp|benchmarks?|alternatives?|baselines?|competitors?|counterparts?|dependenc)"
    r"|(?:other|existing|many|several|various|popular|leading|top|previous|all|most|available) (?:\w+ ){0,2}open[- ](?:source|weights?)"
    r"|(?:than|compared? (?:to|with)|outperform\w*|beats?|versus|vs\.?|among|against) (?:\w+ ){0,4}open"
    r"|open[- ](?:source|weights?) (?:chat |language |large )?models? (?:on|such|like|including|in terms|of (?:similar|comparable))"
    r"|\b(?:tools?|librar(?:y|ies)|frameworks?|toolkits?|evaluations?|benchmarks?|datasets?|suites?|packages?|platforms?|safeguards?) "
    r"(?:is|are|was|were|has been|have been) (?:\w+ ){0,2}open"
    r"|open[- ]sourced (?:sub)?set\b"
    r"|built (?:with|on|using)|powered by|thanks? to|inspired by|opensource\.org|open source initiative",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:not|isn't|never|no longer) (?:\w+ ){0,2}open", re.IGNORECASE)
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_BREAK = re.compile(r"^\s*(?:#{1,6}\s|[-*+]\s|\d+[.)]\s|\||>|\[!\[|@\w+\{|$)")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\[*`])")
_MARKUP = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)|<[^>\n]{1,300}>|https?://\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence and what it says."""

    quote: str
    location: Location
    about: str
    says: str


def find(texts: Sequence[Text]) -> tuple[Statement, ...]:
    """Statements in the release's own front documents, in order, at most 40."""
    found: list[Statement] = []
    for text in texts:
        if not _is_front(text.path, fielded=text.text.startswith("---")):
            continue
        seen: set[str] = set()
        for line, sentence in _sentences(text.text[:_TEXT_CHARS]):
            statement = said_in(sentence, Location(path=text.path, line=line), but=seen)
            if statement is not None:
                seen.add(statement.says)
                found.append(statement)
    return tuple(found[:_STATEMENTS])


def said_in(sentence: str, location: Location, *, but: Collection[str] = ()) -> Statement | None:
    """What one sentence says of its release's openness, `but` what was said before; `None` when nothing."""
    for says, about, pattern in _KINDS:
        said = pattern.search(sentence)
        if said and says not in but and _is_own(sentence, says):
            quote = _around(sentence, *said.span())
            return Statement(quote=quote, location=location, about=about, says=says)
    return None


def _around(sentence: str, start: int, end: int) -> str:
    """The sentence, or in a long one the words about what it says."""
    if len(sentence) <= _QUOTE_CHARS:
        return sentence
    room = max(_QUOTE_CHARS - (end - start), 0)
    first = max(min(start - room // 2, len(sentence) - _QUOTE_CHARS), 0)
    words = sentence[first : first + _QUOTE_CHARS]
    if first:
        words = "…" + words.partition(" ")[2]
    return words if first + _QUOTE_CHARS >= len(sentence) else words.rpartition(" ")[0] + "…"


def _is_front(path: str, *, fielded: bool) -> bool:
    """Cards and first pages, not the documents of parts, tests or other projects."""
    name = path.rpartition("/")[2].lower()
    if "model_card" in name or name.startswith("modelcard"):
        return not is_aside(path)
    return name.startswith("readme") and ("/" not in path or fielded) and not is_aside(path)


def _is_own(sentence: str, says: str) -> bool:
    if "?" in sentence[-2:] or _DENIED.search(sentence):
        return False
    return says not in {"open-source", "open-weights", "fully-open"} or not _ELSEWHERE.search(sentence)


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """Sentences of prose with the line they begin at. Front matter, code, citations are left out."""
    lines = text.split("\n")
    block: list[str] = []
    started, fenced = 1, False
    first = 0
    if lines and lines[0].strip() == "---":
        first = next((number + 1 for number, line in enumerate(lines[1:], 1) if line.strip() == "---"), 0)
    for number, line in enumerate((*lines[first:], ""), first + 1):
        if _FENCE.match(line):
            fenced = not fenced
            yield from _split(block, started)
            block = []
        elif fenced:
            continue
        elif _BREAK.match(line):
            yield from _split(block, started)
            started = number
            block = [line] if line.strip() and not line.lstrip().startswith(("#", "[![", "@")) else []
        else:
            if not block:
                started = number
            block.append(line)


def _split(block: list[str], started: int) -> Iterator[tuple[int, str]]:
    plain = [_MARKUP.sub(r"\1", line).strip() for line in block]
    joined = " ".join(plain)
    at = 0
    for sentence in _SENTENCE.split(joined):
        at = max(joined.find(sentence, at), at)
        line, total = started, 0
        for number, piece in enumerate(plain):
            total += len(piece) + 1
            if total > at:
                line = started + number
                break
        bare = re.sub(r"[*_`]{1,3}", "", sentence).strip(" -|>")
        if bare:
            yield line, bare
