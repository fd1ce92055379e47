"""What documents say of licences: sentences, bullets, table rows, badges, and pointers to licence files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote

from ajar.model.component import Licence, Scope
from ajar.rights.names import NAME_IN_TEXT, resolve, spans_in

_QUOTE_CHARS = 200
_TEXT_CHARS = 400_000  # cards with benchmark tables reach 400 kB; licences are named far before
_SENTENCE_CHARS = 2_000  # a sentence that names licences takes 400
_NAMES = 12  # licences named by one sentence
_ROWS = 400
_BADGES = 64

_SPEAKS = re.compile(
    r"licen[cs]|released under|distributed under|available under|made available|terms of use", re.IGNORECASE
)
_DENIES = re.compile(
    r"\b(?:not|isn't|never|no longer) (?:\w+ ){0,2}(?:licensed|released|covered|under)\b", re.IGNORECASE
)
_OTHERS = re.compile(
    r"\b(?:third[- ]party|contributions? (?:to|are|will)|you agree that|by contributing|contributor|portions? of|"
    r"adapted from|based on code from|dependenc|originally (?:licensed|released))",
    re.IGNORECASE,
)
_SCOPE_WORDS = (
    (
        Scope.CODE,
        re.compile(
            r"\b(code|source|software|librar(?:y|ies)|scripts?|package|toolkit)\b|代码", re.IGNORECASE
        ),
    ),
    (
        Scope.WEIGHTS,
        re.compile(
            r"\b(models?|weights?|checkpoints?|parameters)\b|模型|权重|\.(?:tar|safetensors|gguf|bin|pth)\b",
            re.IGNORECASE,
        ),
    ),
    (Scope.DATA, re.compile(r"\b(data ?sets?|data|corpus|corpora)\b|数据", re.IGNORECASE)),
    (Scope.DOCUMENTS, re.compile(r"\b(documentation|docs|paper)\b", re.IGNORECASE)),
)
# Phrases in which "model" or "data" is part of a licence's own name.
_OWN_NAMES = re.compile(
    r"model licen[cs]e|open data commons|software licen[cs]e|source licen[cs]e|see the .{0,40}file",
    re.IGNORECASE,
)
# What follows a name and says what it is for: "(code)", "for the weights".
_AFTER = re.compile(
    r"\s*\**\s*(?:licen[cs]e)?\**[\])\s]*(?:\(https?://[^)]*\))?\s*(?:\(|for |on |applies to |covers )(?P<what>[^,;.)]{2,60})",
    re.IGNORECASE,
)
_WORDS_BETWEEN = re.compile(
    r"[^\W\d_]{2,}(?<!licence)(?<!license)(?<!licenses)(?<!file)\b|[^\x00-\x7f]{2,}", re.IGNORECASE
)
# A file or model in backticks, or a model's name in bold: "**Widget-2B**".
_SUBJECT = re.compile(r"`([^`\n]{2,80})`|\*\*([A-Za-z][\w.-]{0,40}\d[\w.-]{0,40})\*\*")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\[*`])")
_EDGE = re.compile(r"^\s*(?:#{1,6}\s|[-*+]\s|\d+[.)]\s|\||```|\[!\[|<|>|$)")
_BADGE = re.compile(r"img\.shields\.io/badge/(?P<words>[^\s\"')<>]{3,200})")
_LICENCE_WORD = re.compile(r"licen[cs]e", re.IGNORECASE)
_POINTER = re.compile(
    r"(?:\]\(|href=[\"']|`|<|(?<!own )\b)(?P<target>(?:https?://[^\s\"'()<>`]{3,300}/|[\w./-]{0,100}/)?"
    r"(?:[\w-]{0,40}[_-])?(?:LICEN[CS]E|COPYING)(?:[_.-][\w.-]{1,40})?)(?=[)\"'`>\s.,]|$)",
)
_LINK = re.compile(r"\[([^\[\]]{1,200})\]\([^()\s]{0,400}\)")
_MODEL_HEAD = re.compile(r"\b(?:models?|checkpoints?|weights|variant)\b", re.IGNORECASE)
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Words that name a licence as the licence of something. No scopes: they do not say of what."""

    licence: Licence
    line: int
    quote: str
    scopes: tuple[Scope, ...]
    subject: str = ""
    through: str = "sentence"  # sentence | badge | table


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """Words that say where the licence of something stands."""

    target: str  # a path in the release, or an address
    line: int
    quote: str
    scopes: tuple[Scope, ...]


def mentions(text: str) -> tuple[Mention, ...]:
    """Sentences and bullets that name a licence as the licence of something, each with what it speaks of.

    Code, denials and sentences about other people's work are left out.
    """
    found: dict[tuple[str, tuple[Scope, ...], str], Mention] = {}
    for line, sentence in _speaking(text):
        marks = _marks(sentence)
        for span, licence in islice(spans_in(sentence), _NAMES):
            scopes = _scopes_at(sentence, marks, span)
            subject = _subject(sentence) if Scope.WEIGHTS in scopes else ""
            mention = Mention(
                licence=licence,
                line=line,
                quote=_quoted(sentence, span),
                scopes=scopes,
                subject=subject,
            )
            found.setdefault((licence.id, scopes, mention.subject), mention)
    return tuple(found.values())


def pointers(text: str) -> tuple[Pointer, ...]:
    """Sentences that send the reader to a licence file, with the parts they speak of."""
    found: dict[tuple[str, tuple[Scope, ...]], Pointer] = {}
    for line, sentence in _speaking(text):
        marks = _marks(sentence)
        for match in islice(_POINTER.finditer(sentence), _NAMES):
            target = match["target"].removeprefix("./")
            scopes = _scopes_at(sentence, marks, match.span("target"))
            if not scopes and sentence.startswith("|"):
                scopes = (Scope.WEIGHTS,)  # a row of a table of models
            pointer = Pointer(target=target, line=line, quote=sentence[:_QUOTE_CHARS], scopes=scopes)
            found.setdefault((target, scopes), pointer)
    return tuple(found.values())


def badges(text: str) -> tuple[Mention, ...]:
    """Licence badges, such as `License-Apache_2.0-blue`; the label says of what."""
    found: list[Mention] = []
    for number, line in enumerate(text[:_TEXT_CHARS].split("\n"), 1):
        if "shields.io" not in line:
            continue
        for match in _BADGE.finditer(line):
            label, message = _badge_words(match["words"])
            licence = (
                resolve(message)
                if _LICENCE_WORD.search(label) and "modified" not in message.lower()
                else None
            )
            if licence is not None and len(found) < _BADGES:
                scopes = scopes_of(_LICENCE_WORD.sub(" ", label))
                quote = f"{label}: {message}"
                found.append(
                    Mention(licence=licence, line=number, quote=quote, scopes=scopes, through="badge")
                )
    return tuple(found)


def _badge_words(path: str) -> tuple[str, str]:
    """Label and message of a static badge: `-` parts, `--` is a dash, `_` a space (shields.io, static badge)."""
    bare = unquote(path.partition("?")[0].partition(".svg")[0]).replace("--", "\0").replace("__", "\1")
    parts = [part.replace("_", " ").replace("\0", "-").replace("\1", "_") for part in bare.split("-")]
    return (parts[0], parts[1]) if len(parts) >= 2 else ("", "")


def table_rows(text: str) -> tuple[Mention, ...]:
    """Rows of tables with a licence column: the licence of the model, or of the part, at the row's head."""
    found: list[Mention] = []
    head: list[str] = []
    column = -1
    for number, line in enumerate(text[:_TEXT_CHARS].split("\n"), 1):
        cells = [_plain(cell) for cell in line.strip().strip("|").split("|")] if line.count("|") >= 2 else []
        if not cells:
            head, column = [], -1
        elif not head:
            head = cells
            column = next((at for at, cell in enumerate(cells) if _LICENCE_WORD.search(cell)), -1)
        elif 0 <= column < len(cells) and len(found) < _ROWS:
            mention = _row(number, line, head, cells, column)
            if mention is not None:
                found.append(mention)
    return tuple(found)


def _row(number: int, line: str, head: list[str], cells: list[str], column: int) -> Mention | None:
    licence = resolve(cells[column]) or next((item for _, item in spans_in(cells[column])), None)
    if licence is None:
        return None
    subject = next((cell for at, cell in enumerate(cells) if at != column and cell), "")
    scopes = scopes_of(subject)
    is_model = bool(_HUB_ID.fullmatch(subject) or _MODEL_HEAD.search(head[0]) or "huggingface.co/" in line)
    if is_model and not (scopes and len(subject.split()) < 3 and not _HUB_ID.fullmatch(subject)):
        scopes = (Scope.WEIGHTS,)
    return Mention(
        licence=licence,
        line=number,
        quote=" ".join(line.split())[:_QUOTE_CHARS],
        scopes=scopes,
        subject=subject[:80] if is_model or not scopes else "",
        through="table",
    )


def _plain(cell: str) -> str:
    return _LINK.sub(r"\1", cell).strip(" \t`*")


def scopes_of(words: str) -> tuple[Scope, ...]:
    """The parts of a release that words speak of."""
    bare = _OWN_NAMES.sub(" ", NAME_IN_TEXT.sub(" ", words))
    bare = re.sub(r"\(https?://[^)]*\)", " ", _POINTER.sub(" ", bare))
    return tuple(scope for scope, pattern in _SCOPE_WORDS if pattern.search(bare))


def _marks(sentence: str) -> list[tuple[int, int, str]]:
    """Names of licences and pointers to their files in a sentence, in order; neighbours that mean one are one."""
    pointers_in = {
        match.span("target"): match["target"] for match in islice(_POINTER.finditer(sentence), _NAMES)
    }
    found = [(*span, licence.id) for span, licence in islice(spans_in(sentence), _NAMES)]
    found += [(*span, target) for span, target in pointers_in.items()]
    marks: list[tuple[int, int, str]] = []
    for start, end, name in sorted(found):
        # "the [MIT License](LICENSE)" names one licence by name and by file.
        between = sentence[marks[-1][1] : start] if marks else ""
        is_file = (start, end) in pointers_in
        if marks and (start < marks[-1][1] or (is_file and not _WORDS_BETWEEN.search(between))):
            marks[-1] = (marks[-1][0], max(end, marks[-1][1]), marks[-1][2])
        else:
            marks.append((start, end, name))
    return marks


def _scopes_at(sentence: str, marks: list[tuple[int, int, str]], span: tuple[int, int]) -> tuple[Scope, ...]:
    """What one of the licences that a sentence speaks of is for.

    A sentence with one speaks of all it mentions. With several, each is for what stands right after it in
    brackets or behind "for", or else for what stands between the one before and itself.
    """
    number = next((at for at, mark in enumerate(marks) if mark[0] <= span[0] < max(mark[1], mark[0] + 1)), 0)
    if len({name for _, _, name in marks}) < 2:
        return scopes_of(sentence)
    start, end, _ = marks[number]
    following = marks[number + 1][0] if number + 1 < len(marks) else len(sentence)
    after = _AFTER.match(sentence, end, following)
    if after and (scopes := scopes_of(after["what"])):
        return scopes
    before = scopes_of(sentence[marks[number - 1][1] if number else 0 : start])
    if before or number:
        return before or scopes_of(sentence)
    # "see LICENSE before using the code, and …": what follows the first, up to the next clause.
    clauses = re.split(r"\b(?:and|while|but)\b|[,;]", sentence[end:following])[:-1]
    return scopes_of(" ".join(clauses)) or scopes_of(sentence)


def _subject(sentence: str) -> str:
    names = (match[1] or match[2] for match in _SUBJECT.finditer(sentence))
    return next((name for name in names if resolve(name) is None), "")


def _quoted(sentence: str, span: tuple[int, int]) -> str:
    start = 0 if span[1] <= _QUOTE_CHARS else max(0, span[0] - _QUOTE_CHARS // 2)
    return sentence[start : start + _QUOTE_CHARS]


def _speaking(text: str) -> Iterator[tuple[int, str]]:
    """Sentences that speak of licences, or stand under a heading that does."""
    heading = ""
    for line, sentence in _sentences(_without_front_matter(text[:_TEXT_CHARS])):
        if sentence.startswith("#"):
            heading = sentence[:_SENTENCE_CHARS]
            continue
        sentence = sentence[:_SENTENCE_CHARS]  # noqa: PLW2901
        speaks = _SPEAKS.search(sentence) or (_SPEAKS.search(heading) and len(sentence) < 120)
        if speaks and not _DENIES.search(sentence) and not _OTHERS.search(sentence):
            yield line, sentence


def _without_front_matter(text: str) -> str:
    """Fields before the document are tags, read elsewhere: blanked, so that lines keep their numbers."""
    if not text.startswith("---"):
        return text
    end = text.find("\n---", 3)
    return "\n" * text.count("\n", 0, end) + text[end + 4 :] if end > 0 else text


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
