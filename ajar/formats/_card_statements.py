"""Sentences that settle something: access by approval, hosted only, withheld, compute, named data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ajar.formats._card_sections import Placed, sentences
from ajar.formats._markdown import Block, BlockKind, plain
from ajar.formats._text import clip

STATEMENT_LIMIT = 8  # of one kind
SOURCE_LIMIT = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence that says `value` about `kind`. `line` is 1-based."""

    kind: str  # approval | hosted-only | withheld | compute | training-data-source, or one of the disclosures
    value: str | bool
    quote: str
    line: int


# A sentence without any of these words is not looked at further; the sets go with the patterns below.
_APPROVAL_HINTS = ("access", "approv", "grant", "accept", "agree", "request", "gated")
_HOSTED_HINTS = ("only", "exclusively", "solely")
_WITHHELD_HINTS = (
    "releas",
    "publi",
    "share",
    "sharing",
    "proprietary",
    "confidential",
    "disclos",
    "sourc",
    "closed",
    "private",
    "withheld",
    "internal",
    "distribut",
    "available",
)
_COMPUTE_HINTS = ("gpu", "tpu", "flop", "00", "mi2", "mi3", "l40", "rtx")
_HINTS = (*_APPROVAL_HINTS, *_HOSTED_HINTS, *_WITHHELD_HINTS, *_COMPUTE_HINTS)
_APPROVAL = re.compile(
    r"request (?:is|was|has been|gets) (?:approved|accepted|granted|reviewed)|(?:upon|after|once|with) (?:\w+ ){0,3}approv(?:al|ed)"
    r"|access (?:is|will be|was) (?:granted|approved|gated)|granted access|request(?:ing)? access|appl(?:y|ication) for access"
    r"|gated (?:model|repo|repository|access)"
    r"|(?:read|accept|agree|acknowledge)[^.]{0,50}\b(?:licen[cs]e|terms|conditions|agreement|policy)\b[^.]{0,80}\b(?:access|download|request|obtain)"
    r"|\b(?:access|download|obtain|use)\b[^.]{0,80}\b(?:must|need to|have to|required to|please|should)\b[^.]{0,40}\b(?:accept|agree|acknowledge|request|fill|sign|log in)"
    r"|(?:must|need to|have to|required to|please) (?:first )?(?:accept|agree to|request|fill)[^.]{0,80}\b(?:access|download|licen[cs]e|weights)"
    r"|^\W*(?:read and )?accept(?:ing)? the (?:\w+ ){0,3}licen[cs]e",
    re.IGNORECASE,
)
_HOSTED = re.compile(
    r"\b(?:only|exclusively|solely) (?:be )?(?:available|accessible|accessed|offered|served|provided|used|usable) (?:via|through|on|in|over|as|using|by)\b[^.]{0,60}\b(?:api|hosted|platform|service|cloud|app)\b"
    r"|\b(?:available|accessible|accessed|offered|served|provided|used) (?:only|exclusively|solely) (?:via|through|on|in|over|as|using|by)\b[^.]{0,60}\b(?:api|hosted|platform|service|cloud|app)\b"
    r"|\bapi[- ]only\b|\bcan only be (?:accessed|used|reached) (?:via|through|over)\b[^.]{0,60}\b(?:api|service|platform)\b",
    re.IGNORECASE,
)
_THING = (
    r"(?:(?:model |pre-?trained |trained |the |full |final |larger |largest )*(?:weights|checkpoints|parameters|models?)\b"
    r"|(?:the |our |full |original |pre-?|fine-?)*(?:training |tuning |instruction |underlying |internal )*(?:data|data ?sets?|corpus|corpora)\b"
    r"|(?:the |our |full )*(?:training |source |data |preprocessing |evaluation )*(?:code|scripts|recipes?|pipeline)\b)"
)
_RELEASE = r"(?:release|publish|share|open[- ]source|disclose|distribute|make (?:\w+ )?(?:public|publicly available|available))"
_RELEASED = r"(?:released?|published?|made (?:public|publicly available|available)|publicly (?:available|released|accessible)|public\b|open[- ]sourced?|disclosed?|distributed?|shared?)"
_NO = r"(?:will not|won['’]?t|cannot|can ?not|can['’]t|could not|is not|are not|isn['’]t|aren['’]t|was not|were not|has not been|have not been|do not|don['’]t|does not)"
_WITHHELD_PASSIVE = re.compile(
    rf"({_THING})[^.;]{{0,80}}?\b{_NO} (?:be |currently |going to be |planned to be |intended to be )*{_RELEASED}(?!\s+under)",
    re.IGNORECASE,
)
_WITHHELD_ACTIVE = re.compile(
    rf"\b(?:we|openai|the authors|the team|\w+ ai|us)\b[^.;]{{0,40}}?\b(?:{_NO}|not|unable to|decided not to|chosen not to|re not|refrain from|never)"
    rf" (?:plan to |planning to |going to |able to |intend to |currently |be )*(?:{_RELEASE}|releasing|publishing|sharing|open[- ]sourcing|disclosing|distributing)\b([^.;]{{0,160}})",
    re.IGNORECASE,
)
_WITHHELD_STATE = re.compile(
    rf"({_THING})[^.;]{{0,40}}?\b(?:is|are|remains?|stays?|kept) (?:\w+ ){{0,2}}(?:proprietary|confidential|private|closed|closed[- ]source|undisclosed|withheld|internal)\b",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\byet\b|\bsoon\b|\bstill considering\b|\bif (?:you|we|the)\b|\buser data\b|\bpersonal\b", re.IGNORECASE
)
_KINDS = (
    ("code", re.compile(r"\b(?:code|scripts|recipes?|pipeline)\b", re.IGNORECASE)),
    ("data", re.compile(r"\b(?:data|data ?sets?|corpus|corpora)\b", re.IGNORECASE)),
    ("weights", re.compile(r"\b(?:weights|checkpoints|parameters|models?)\b", re.IGNORECASE)),
)
_COMPUTE = re.compile(
    r"\b[GTX]PU[- ](?:hours?|days?|months?)\b|\b[\d.,]+\s?(?:[eE×x*^]\s?1?0?\^?\d+)?\s?(?:[kKMGTPEZ]|peta|exa|zetta|tera)?-?FLOPs?\b"
    r"|\bpf(?:lops?)?/s-days\b"
    r"|\btrain(?:ed|ing)?\b[^.]{0,120}\b(?:[AHVBP]\d00|A6000|L40S?|MI\d{3}X?|TPU ?v\d|RTX ?\d{4})\b"
    r"|\b\d+\s?[x×]?\s?(?:NVIDIA\s)?(?:[AHVB]\d00|MI\d{3}X?|TPU ?v\d)s?\b[^.]{0,80}\b(?:train|hours|days|weeks)",
    re.IGNORECASE,
)

_SIZE = re.compile(
    r"\b\d[\d,.]*\s?(?:[BMKT]\b|[KMGTP]i?B\b|billion|million|trillion|thousand|tokens|examples|documents|samples|pairs|images"
    r"|sentences|hours|rows|links|papers|pages|words)|\b\d{1,3}(?:,\d{3})+\b",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://[^\s)>\]]{4,500}")
_ANCHORED = re.compile(r"\[([^\[\]]{2,120})\]\(\s{0,4}<?(https?://[^\s()]{4,500})")
_NAMED = re.compile(
    r"\b(?:train(?:ed|ing)?|tuned|using|from|on)\b[^.]{0,60}?\b(?:on|of|with|the)?\s?((?:[A-Z][\w.-]*[A-Za-z]\w*)(?:[ -][A-Z][\w.-]*){0,3})"
)
_ITEM_NAME = re.compile(r"^[\W_]*(.{2,80}?)(?:\*\*|\s*[:(–—|]|\s-\s|,|$)")
_TOTAL = re.compile(r"^\W*(?:total|all|sum|data ?set|name|source)\W*$", re.IGNORECASE)
_DATA_URL = re.compile(
    r"huggingface\.co/datasets/|kaggle\.com/datasets/|commoncrawl|zenodo|\.jsonl?\b", re.IGNORECASE
)


def withheld(sentence: str) -> list[str]:
    """What a sentence says will not be released: any of code, data, weights."""
    if _LATER.search(sentence):
        return []
    things = [match[1] for match in _WITHHELD_PASSIVE.finditer(sentence)]
    things += [match[1] for match in _WITHHELD_STATE.finditer(sentence)]
    things += [match[1] for match in _WITHHELD_ACTIVE.finditer(sentence)]
    found = " ; ".join(things)
    # "model" alone names the weights only where nothing narrower stands in its place.
    return [kind for kind, pattern in _KINDS if pattern.search(_narrow(found, kind))]


def _narrow(found: str, kind: str) -> str:
    if kind != "weights":
        return found
    return re.sub(r"\bmodels?['’]?s? (?:training|data|code|card)", " ", found)


def _any_of(hints: tuple[str, ...], lower: str) -> bool:
    return any(hint in lower for hint in hints)


def read_statements(placed: list[Placed]) -> Iterator[Statement]:
    """What the sentences of a document settle, at most `STATEMENT_LIMIT` of a kind."""
    counts: dict[str, int] = {}
    for place in placed:
        block = place.block
        if block.kind in {BlockKind.CODE, BlockKind.LINK} or block.head:
            continue
        if not _any_of(_HINTS, block.text.lower()):
            continue
        for statement in _block_statements(block):
            counts[statement.kind] = counts.get(statement.kind, 0) + 1
            if counts[statement.kind] <= STATEMENT_LIMIT:
                yield statement


def _block_statements(block: Block) -> Iterator[Statement]:
    for sentence in sentences(block.text):
        lower = sentence.lower()
        if not _any_of(_HINTS, lower):
            continue
        flat = " ".join(plain(sentence).split())
        found: list[tuple[str, str | bool]] = []
        if _any_of(_APPROVAL_HINTS, lower) and _APPROVAL.search(flat):
            found.append(("approval", True))
        if _any_of(_HOSTED_HINTS, lower) and _HOSTED.search(flat):
            found.append(("hosted-only", True))
        if _any_of(_COMPUTE_HINTS, lower) and _COMPUTE.search(flat):
            found.append(("compute", clip(flat)))
        if _any_of(_WITHHELD_HINTS, lower):
            found += [("withheld", thing) for thing in withheld(flat)]
        if found:
            start = max(block.text.find(sentence.strip()[:80]), 0)
            line = block.line + block.text.count("\n", 0, start)
            for kind, value in found:
                yield Statement(kind=kind, value=value, quote=clip(flat, 200), line=line)


def read_data_sources(placed: list[Placed]) -> Iterator[Statement]:
    """Named sources of training data that come with a size or a link, each once."""
    seen: set[str] = set()
    for place in placed:
        if "training-data" not in place.slugs or place.block.kind in {BlockKind.CODE, BlockKind.HEADING}:
            continue
        for name, quote in _sources(place.block):
            key = name.lower()
            if key in seen or _TOTAL.match(name) or not re.search(r"[^\W\d_]\w", name):
                continue
            seen.add(key)
            yield Statement(kind="training-data-source", value=name, quote=clip(quote), line=place.block.line)
            if len(seen) >= SOURCE_LIMIT:
                return


def _sources(block: Block) -> Iterator[tuple[str, str]]:
    if block.kind == BlockKind.ROW:
        if not block.head and block.cells and (_SIZE.search(block.text) or _URL.search(block.text)):
            yield clip(plain(block.cells[0]), 80), block.text
        return
    anchored = _ANCHORED.findall(block.text[:20_000])
    if block.kind == BlockKind.ITEM:
        if anchored:
            yield clip(plain(anchored[0][0]), 80), block.text
        elif (_SIZE.search(block.text) or _URL.search(block.text)) and (name := _item_name(block.text)):
            yield name, block.text
        return
    for anchor, url in anchored[:SOURCE_LIMIT]:
        if _DATA_URL.search(url):
            yield clip(plain(anchor), 80), block.text
    for sentence in sentences(block.text):
        if _SIZE.search(sentence) and (match := _NAMED.search(plain(sentence)[:1000])):
            yield clip(match[1], 80), sentence


def _item_name(text: str) -> str:
    match = _ITEM_NAME.match(plain(text)[:200])
    return clip(match[1], 80) if match else ""
