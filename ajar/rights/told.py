"""Sentences of a release's pages that say which model it was made from, and how."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from ajar.model.dossier import Dossier
from ajar.model.evidence import Basis, Evidence, Location, Text
from ajar.model.lineage import Parent, Relation
from ajar.rights import bases
from ajar.rights.statements import table_rows
from ajar.rights.texts import is_aside

TEXT_CHARS = 400_000
_TOLD = 64  # parents named by the sentences of one page
ID = r"[A-Za-z0-9][\w.-]{0,60}/[A-Za-z0-9](?:[\w.-]{0,94}\w)?"
_LINK = re.compile(
    r"\[([^\[\]]{1,160})\]\((?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/(" + ID + r")[^)\s]{0,80}\)"
)
_TAIL_ID = re.compile(ID + r"(?=$|[?#/\"' ])")
_TICKED = re.compile(r"`(" + ID + r")`")
_BARE_ID = re.compile(r"(?<![\w/.:-])(" + ID + r")(?![\w/])")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\[*`•-])|<br\s*/?>|\n")
FENCE = re.compile(r"^[ \t]*(?:```|~~~)[^\n]*\n(.*?)^[ \t]*(?:```|~~~)", re.MULTILINE | re.DOTALL)
_OUTPUTS = re.compile(
    r"\b(?:generated|produced|synthesi[sz]ed|created|written|labell?ed|annotated)\b.{0,30}?\b(?:by|with|using|via|from)\b\s*(?P<x>.{2,120})"
    r"|\b(?:outputs?|responses?|completions?|answers?|generations|conversations?) (?:of|from|by)\b\s*(?P<y>.{2,120})"
    r"|\b(?P<z>(?:GPT-?[345][\w.-]*|ChatGPT|Claude[\w. -]{0,12}|Gemini[\w. -]{0,8}))[- ](?:generated|synthesi[sz]ed|produced)",
    re.IGNORECASE,
)
_TRAINS = re.compile(r"\b(?:train|tun|distil|instruction|dataset|data set|corpus|SFT)", re.IGNORECASE)
_WAYS = (
    (Relation.DISTILLED, re.compile(r"\bdistill?(?:ed|ation)\b(?: \w+){0,4}? (?:from|of)\b", re.IGNORECASE)),
    (
        Relation.QUANTIZED,
        re.compile(r"\b(?:quanti[sz](?:ed|ation)s?|GGUF)\b(?: \w+){0,4}? (?:of|from|for)\b", re.IGNORECASE),
    ),
    (Relation.MERGE, re.compile(r"\bmerge[sd]?\b(?: \w+){0,3}? (?:of|from|between)\b", re.IGNORECASE)),
    (
        Relation.ADAPTER,
        re.compile(
            r"\b(?:LoRA|QLoRA|adapters?|delta weights)\b(?: \w+){0,4}? (?:for|of|on|from)\b", re.IGNORECASE
        ),
    ),
    (
        Relation.FINETUNE,
        re.compile(
            r"\b(?:fine-?\s?tun(?:ed|ing|e)|post-?trained|instruction[- ]tuned|further (?:pre)?-?trained|continued? pre-?train\w+)\b"
            r"(?: \w+){0,4}? (?:of|from|on top of|upon|on|using)\b"
            r"|\b(?:(?:initiali[sz]ed|derived|warm-started) (?:\w+ ){0,2}?(?:from|with)|starting from)\b"
            r"|\bbased (?:up)?on\b|\bbuilt (?:up)?on(?: top of)?\b|\bbase (?:model|LLM)\b\s*(?:is|:|\*\*:?|\|)",
            re.IGNORECASE,
        ),
    ),
    (
        Relation.UNKNOWN,
        re.compile(
            r"\b(?:uses?|employs?|with|adopts?|on) (?:an? |the )?(?=.{2,80}\bbackbone\b)", re.IGNORECASE
        ),
    ),
)
# Sentences about something else: what a user may do, code, papers, comparisons, other people's work.
_NOT_THIS = re.compile(
    r"\b(?:not (?:been )?(?:fine|train|based|derived)|can be|could be|you can|to fine-?tune|how to|want to|will be|may be|if you|"
    r"compared (?:to|with)|outperform\w*|evaluat\w+|benchmark\w*|judg(?:e|ed|ing)|scor(?:e|ed|ing)|inspired by|license|licence)\b",
    re.IGNORECASE,
)
_OF_CODE = re.compile(
    r"\b(?:code|codebase|repo(?:sitory)?|implementation|library|framework|demo|template|script|package)\b",
    re.IGNORECASE,
)
_OF_MODEL = re.compile(
    r"\b(?:models?|weights|checkpoints?|backbone|LLM|initiali[sz]ed|fine-?tun\w+)\b", re.IGNORECASE
)
_OF_MODELS = re.compile(r"model|card|zoo|weights", re.IGNORECASE)
_BEFORE = re.compile(
    r"(?:huggingface\.co/(?P<link>"
    + ID
    + r")[^\s]{0,10}(?:[^<>]{0,60}>[^<>]{0,60}</a>|\))?|`(?P<id>"
    + ID
    + r")`)\s*(?:as (?:the|our) )?(?:base model|backbone)\b",
    re.IGNORECASE,
)
_FROM_A_MODEL = re.compile(
    r"\b(?:fine-?\s?tun\w+|quanti[sz]\w+|distill?\w+|LoRA|adapted|post-?trained)\b.{0,30}?\b(?:version |variant |adapter )?(?:of|from|for) "
    r"(?:an? |the |our )?[\w .-]{0,40}\b(?:model|checkpoint|base|LLM|network)s?\b",
    re.IGNORECASE,
)
_FAMILIES = re.compile(r"\b(llama|qwen|gemma|mistral|phi|deepseek|falcon|flux)\b", re.IGNORECASE)


def pages(dossier: Dossier) -> Iterable[Text]:
    """Pages that speak for the release: those at its top, and deeper ones whose name speaks of models."""
    described = {item.location.path for item in dossier.all("card.words")}
    pages = (text for text in dossier.texts if text.path in described and not is_aside(text.path))
    return (text for text in pages if not re.match(r"docs?/", text.path) or _OF_MODELS.search(text.path))


def from_sentences(dossier: Dossier, title: str) -> Iterator[Parent]:
    """Parents that sentences and table rows name; a row's own model is the parent's subject."""
    own = _own_names(dossier, title)
    for text in pages(dossier):
        rows = {mention.line: mention.subject for mention in table_rows(text.text) if mention.subject}
        named = ((line, one, *pair) for line, one in told(text.text) for pair in _named(one))
        for line, sentence, relation, name in islice(named, _TOLD):
            if relation is not Relation.QUANTIZED and _is_own(name, own):
                continue
            if relation is Relation.QUANTIZED and bases.is_quantised_name(name):
                continue  # "get a quantised version of ours such as x-GGUF": made of this model, and not the other way
            yield Parent(
                id=_member(name, dossier),
                relation=relation,
                location=Location(path=text.path, line=line),
                quote=sentence[:200],
                subject=rows.get(line, ""),
            )


def _own_names(dossier: Dossier, title: str) -> frozenset[str]:
    """What the release calls itself: the repository's name, and the card's title up to a colon."""
    titles = [str(item.value) for item in dossier.all("card.title") if "/" not in item.location.path]
    names = [title.rstrip("/").rpartition("/")[2], *(re.split(r"[:–—(]", one)[0] for one in titles[:2])]
    return frozenset(folded for name in names if len(folded := fold(name)) >= 2)


def _is_own(name: str, own: frozenset[str]) -> bool:
    folded = fold(name.rpartition("/")[2])
    return any(folded == one or folded.startswith(f"{one} ") for one in own)


def fold(name: str) -> str:
    """Words of a name in lower case, whatever stands between them."""
    return re.sub(r"[\W_]+", " ", name).strip().lower()


def _member(name: str, dossier: Dossier) -> str:
    """For a family's bare name, the one model of it that the release links to or loads; else the name."""
    if not _FAMILIES.fullmatch(name):
        return name
    places = dossier.all("card.weights-link", "card.link", "code.downloads-weights", "code.loads-weights")
    values = (re.sub(r"^https?://[^/]+/", "", str(item.value)) for item in places)
    linked = (match[0] for value in values for match in _TAIL_ID.finditer(value))
    return next(
        (
            one
            for one in linked
            if one.lower().rpartition("/")[2].startswith(name.lower()) and bases.by_id(one)
        ),
        name,
    )


def told(text: str) -> Iterator[tuple[int, str]]:
    """Sentences of a page outside code, each with its line; wrapped lines are joined."""
    body = FENCE.sub(lambda match: "\n" * match[0].count("\n"), _without_front(text[:TEXT_CHARS]))
    line = 1
    for block in re.split(r"(\n[ \t]*\n|\n(?=[ \t]*[-*|#>•]))", body):
        joined = block if "|" in block else block.replace("\n", " ")  # as long as the block: places stay
        start = counted = newlines = 0
        for end, after in (
            *((cut.start(), cut.end()) for cut in _SENTENCE.finditer(joined)),
            (len(joined), 0),
        ):
            part = joined[start:end]
            if part.strip():
                lead = start + len(part) - len(part.lstrip())
                newlines += block.count("\n", counted, lead)
                counted = lead
                yield line + newlines, " ".join(part.split())
            start = after
        line += block.count("\n")


def _without_front(text: str) -> str:
    if not text.startswith("---"):
        return text
    end = text.find("\n---", 3)
    return "\n" * text.count("\n", 0, end) + text[end + 4 :] if end > 0 else text


def _named(sentence: str) -> Iterator[tuple[Relation, str]]:
    """Models that a sentence says this one comes from, with the way."""
    if _NOT_THIS.search(sentence) or len(sentence) > 4000:
        return
    outputs = _OUTPUTS.search(sentence)
    if outputs and _TRAINS.search(sentence):
        known = bases.by_words(next(part for part in outputs.groups() if part))
        if known is not None:
            yield Relation.TRAINED_ON_OUTPUTS, known.id
            return
    if _OF_CODE.search(sentence) and not _OF_MODEL.search(sentence):
        return
    before = _BEFORE.search(sentence)
    if before:
        yield Relation.UNKNOWN, before["link"] or before["id"]
        return
    for relation, way in _WAYS:
        match = way.search(sentence)
        if match is None:
            continue
        if relation is Relation.UNKNOWN:
            part = sentence[match.end() :].partition("backbone")[0][:80]
            family = _FAMILIES.search(part)
            names = list(_models(part, several=False)) or ([family[1]] if family else [])
            yield from ((relation, name) for name in names[:1])
            return
        names = list(_models(sentence[match.end() : match.end() + 200], several=relation is Relation.MERGE))
        yield from ((relation, name) for name in names)
        if names:
            return


def _models(words: str, *, several: bool) -> Iterator[str]:
    """The first model that words name (or all, of a merge): a hub link, an id, or a usual name."""
    found = sorted(
        [(match.start(), match[2]) for match in _LINK.finditer(words)]
        + [(match.start(), match[1]) for match in _TICKED.finditer(words)]
        + [(match.start(), match[1]) for match in _BARE_ID.finditer(words) if bases.by_id(match[1])]
    )
    ids = [name for _, name in found if not name.startswith(("datasets/", "spaces/", "papers/"))]
    if ids and (found[0][0] < 90 or several):
        yield from dict.fromkeys(ids if several else ids[:1])
        return
    known = bases.by_words(words[:90])
    if known is not None and not known.is_service:
        yield known.id


def says_derived(dossier: Dossier) -> Evidence | None:
    """A statement that the model was fine-tuned, adapted or quantised from something it does not name."""
    for text in pages(dossier):
        if "/" in text.path:
            continue  # deeper pages speak of tools and of single parts
        for line, sentence in told(text.text):
            ways = [
                relation
                for relation, way in _WAYS
                if relation is not Relation.UNKNOWN and way.search(sentence)
            ]
            strong = re.search(
                r"\b(?:this|our|the) (?:model|checkpoint|adapter|LoRA|release|repo\w*)\b",
                sentence,
                re.IGNORECASE,
            )
            plain = not _FROM_A_MODEL.search(sentence)
            if ways and strong and not plain and not _NOT_THIS.search(sentence):
                return Evidence(
                    key="lineage.says-derived",
                    value=ways[0].value,
                    location=Location(path=text.path, line=line),
                    inspector="rights",
                    quote=sentence[:200],
                    basis=Basis.DECLARED,
                )
    return None
