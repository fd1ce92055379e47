"""Which sections a card has, and how much of substance is under each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ajar.formats._markdown import Block, BlockKind, count_words, plain

# First match names the section, so the narrower come first.
_SLUGS: tuple[tuple[str, str], ...] = (
    ("out-of-scope", r"out[- ]of[- ]scope|misuse|malicious use|prohibited use|not (?:suitable|intended)"),
    (
        "environmental-impact",
        r"environment(?:al)? impact|carbon|\bco2|emissions?\b|energy (?:use|consumption)",
    ),
    ("citation", r"\bcit(?:e|ing|ations?)\b|bibtex|bibliograph"),
    ("license", r"licen[cs](?:e|es|ing)\b|terms of use"),
    (
        "data-card",
        r"data ?cards?\b|data ?sheet|dataset (?:card|description|structure|creation|summary|curation)",
    ),
    ("safety", r"safety|red[- ]?team|guard ?rail|responsible (?:use|ai|deployment)|content filter"),
    ("bias-risks", r"\bbias|\brisks?\b|fairness|ethic|societal impact|social impact"),
    ("limitations", r"limitation|caveat|known issues|recommendations"),
    (
        "training-data",
        (
            r"(?<!how )(?<!why )\b(?:train(?:ing)?|pre-?train(?:ing)?|fine-?tun(?:e|ing)|tuning)\b.{0,30}\b(?:data|data ?sets?|corpus|corpora)\b"
            r"|data (?:sources?|mix(?:ture)?|composition|overview|collection)|^(?:the )?(?:data|data ?sets?)(?: used)?$"
        ),
    ),
    ("results", r"\bresults?\b|performance|\bscores?\b|leader ?board"),
    ("evaluation", r"evaluat|\bevals?\b|benchmark|testing data|\bmetrics\b"),
    ("compute", r"\bcompute\b|hardware|\bgpus?\b|\bflops\b|infrastructure"),
    ("intended-use", r"intended|use[- ]cases?|direct use|downstream use|^(?:primary |secondary )?uses?\b$"),
    (
        "training-procedure",
        r"train(?:ing|ed)?\b|pre-?train|fine-?tun|hyper-?param|optimi[sz]er|reproduc(?:e|ing|tion|ibility)",
    ),
    (
        "download",
        r"download|^(?:model )?(?:weights|checkpoints)|model zoo|(?:available|released|pre-?trained) models?",
    ),
    ("model-architecture", r"architecture|specifications?\b|model structure|model config"),
    (
        "usage",
        (
            r"\busage\b|how to|\buse with\b|\busing\b|quick ?start|get(?:ting)? started|inference|examples?\b|install|deploy"
            r"|\brun(?:ning)?\b|\bdemo\b"
        ),
    ),
    ("contact", r"contact|\bauthors?\b|feedback|questions|support\b|maintainer"),
    (
        "description",
        r"descri|overview|introduction|\babout\b|summary|model (?:details|information|type)|what is|highlights|abstract",
    ),
)
SLUGS = tuple(slug for slug, _ in _SLUGS)
_SLUG_PATTERNS = tuple((slug, re.compile(pattern)) for slug, pattern in _SLUGS)
_LABEL = re.compile(r"(?:\*\*|__)([^*_\n]{3,60})(?:\*\*|__)\s*:?|([A-Z][\w /-]{2,40}):(?=\s*$)")
_COMMON = re.compile(
    r"\b(?:model|evaluation|details?|data|sets?|and|of|the|for|to|on|guide|notes|instructions)\b"
)
_OWN_WORD = re.compile(r"[^\W_]{2}")
_MARKS = re.compile(r"[^\w\s/&,'’:-]+|_{2,}")
_NUMBERING = re.compile(r"^\s*(?:\d{1,2}[.)]?\d{0,2}|[ivx]{1,4}\.)\s+")

_PLACEHOLDER = re.compile(
    r"\[?\bmore information needed\b\]?|\[needs? more information\]|\bTODO\b|\bTBD\b|\bFIXME\b|\{\{[^{}\n]{0,200}\}\}|\{%[^%\n]{0,200}%\}"
    r"|\blorem ipsum\b|\[(?:insert|your|add) [^\[\]\n]{1,60}\]",
    re.IGNORECASE,
)
# Plain words to look for before the patterns, which are slower.
_PLACEHOLDER_HINTS = ("information", "todo", "tbd", "fixme", "{{", "{%", "lorem", "[insert", "[your", "[add")
_TEMPLATE_HINTS = ("generated", "template", "aware of", "estimated", "proofread", "pushed", "model card of")
# Words that mark a sentence as coming from a generator or a template, not from the publisher.
_TEMPLATE = re.compile(
    r"card has been automatically generated|generated automatically according to|base template for new models"
    r"|should be made aware of the risks|can be estimated using the|proofread and complete it"
    r"|generated using \[?this raw template|model card of a 🤗|has been pushed (?:on|to) the hub",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])[\s*_)]+(?=[A-Z🤗\[\"'“*])|\n{2,}|\n(?=\s*[-*] )")
SENTENCE_LIMIT_CHARS = 1500
SECTION_LIMIT = 300
_LABEL_LIMIT_WORDS = 6


def section_slug(heading: str) -> str | None:
    """The section that a heading names, or None."""
    text = heading_text(heading).lower()[:120]
    for slug, pattern in _SLUG_PATTERNS:
        if pattern.search(text):
            return slug
    return None


def title_slug(heading: str) -> str | None:
    """The section that a document's title names: only when it has no other words of its own."""
    slug = section_slug(heading)
    if slug is None:
        return None
    rest = heading_text(heading).lower()[:120]
    for name, pattern in _SLUG_PATTERNS:
        rest = pattern.sub(" ", rest) if name == slug else rest
    return None if _OWN_WORD.search(_COMMON.sub(" ", rest)) else slug


def heading_text(heading: str) -> str:
    """A heading without marks, numbers, targets and emoji."""
    text = _MARKS.sub(" ", plain(heading).replace("[optional]", " "))
    return " ".join(_NUMBERING.sub("", text).split()).strip(" :")


def sentences(text: str) -> list[str]:
    """A paragraph in sentences of bounded length."""
    return [part[:SENTENCE_LIMIT_CHARS] for part in _SENTENCE_END.split(text) if part.strip()]


@dataclass(slots=True)
class Section:
    """A part of a card under one heading that names a known subject."""

    slug: str
    heading: str
    line: int


@dataclass(slots=True)
class Outline:
    """The title, the sections, and their words."""

    title: str | None = None
    title_line: int = 1
    sections: list[Section] = field(default_factory=list)
    words: dict[str, int] = field(default_factory=dict)
    total_words: int = 0
    placeholders: int = 0


@dataclass(slots=True)
class Placed:
    """A block and where it stands: the sections around it, innermost last, and the heading above it."""

    block: Block
    slugs: tuple[str, ...]
    heading: str


def substantive_words(text: str) -> tuple[int, int]:
    """Words of substance and number of placeholders in one block."""
    placeholders = 0
    lower = text.lower()
    if any(hint in lower for hint in _PLACEHOLDER_HINTS):
        placeholders = len(_PLACEHOLDER.findall(text))
        if placeholders:
            text = _PLACEHOLDER.sub(" ", text)
            text = _LABEL.sub(" ", text)  # a label whose value was the placeholder
    if any(hint in lower for hint in _TEMPLATE_HINTS) and _TEMPLATE.search(text):
        kept = [part for part in sentences(text) if not _TEMPLATE.search(part)]
        placeholders += 1
        text = " ".join(kept)
    return count_words(plain(text)), placeholders


def _pseudo_heading(block: Block) -> str | None:
    """The bold label that opens a paragraph, or a paragraph that is only a label."""
    if block.kind != BlockKind.PROSE:
        return None
    match = _LABEL.match(block.text[:200])
    label = (match[1] or match[2]) if match else None
    return label if label and len(label.split()) <= _LABEL_LIMIT_WORDS else None


def place(blocks: list[Block], outline: Outline) -> Iterator[Placed]:
    """Every block with its sections, filling `outline` on the way."""
    stack: list[tuple[int, str | None, str]] = []  # level, slug, heading
    for block in blocks:
        label = block.text if block.kind == BlockKind.HEADING else _pseudo_heading(block)
        if label is not None:
            level = block.level if block.kind == BlockKind.HEADING else 7
            is_title = level == 1 and outline.title is None
            if is_title:
                outline.title, outline.title_line = heading_text(label), block.line
            slug = title_slug(label) if is_title else section_slug(label)
            if level < 7 or slug is not None:
                while stack and stack[-1][0] >= level:
                    stack.pop()
                stack.append((level, slug, label))
                if slug is not None and len(outline.sections) < SECTION_LIMIT:
                    outline.sections.append(Section(slug, heading_text(label), block.line))
        slugs = tuple(dict.fromkeys(slug for _, slug, _ in stack if slug is not None))
        if block.kind not in {BlockKind.HEADING, BlockKind.CODE, BlockKind.LINK}:
            _count(block, label if slugs else None, slugs, outline)
        yield Placed(block, slugs, stack[-1][2] if stack else "")


def _count(block: Block, label: str | None, slugs: tuple[str, ...], outline: Outline) -> None:
    words, placeholders = substantive_words(block.text)
    outline.placeholders += placeholders
    outline.total_words += words
    own = max(words - (count_words(label) if label else 0), 0)
    for slug in slugs:
        outline.words[slug] = outline.words.get(slug, 0) + own
