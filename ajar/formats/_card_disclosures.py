"""Sentences on what the dispute turns on: personal data, opting out, bias and safety evaluated, or not.

Precision first: advice to users, a hope, or a word in passing states nothing about this release.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ajar.formats._card_sections import Placed, sentences
from ajar.formats._card_statements import STATEMENT_LIMIT, Statement
from ajar.formats._markdown import BlockKind, plain
from ajar.formats._text import clip

SENTENCE_LIMIT = 4000  # looked at closely; the longest cards have a few hundred that hold any of the hints
# A block or sentence without any of these is not looked at further; the sets go with the patterns below.
_PERSONAL_HINTS = ("personal", "pii", "private individual", "user data", "anonymi")
_OPT_OUT_HINTS = ("opt", "robots.txt", "removal", "removed", "am i in the stack")
_BIAS_HINTS = ("bias", "bbq", "crows", "wino", "stereoset", "fairness", "discrimeval", "bold")
_SAFETY_HINTS = ("red", "safety", "adversarial", "toxi", "harm", "jailbreak", "cbrn", "strongreject")
_HINTS = (*_PERSONAL_HINTS, *_OPT_OUT_HINTS, *_BIAS_HINTS, *_SAFETY_HINTS)

_PERSONAL = re.compile(
    r"\bpersonal(?:ly)?[- ](?:identif\w+[- ](?:data|information|details)|identifiable|data\b|information|details)"
    r"|\bsensitive (?:personal )?(?:data|information)\b|\bPII\b|\b[Mm]eta user data\b|\bdata (?:about|of|on) private individuals\b",
    re.IGNORECASE,
)
_ABOUT_DATA = re.compile(
    r"\b(?:train|pre-?train|tun|corp(?:us|ora)|data ?sets?|filter|remov|redact|anonymi|mask|scrub|exclud|de-?identif|collect)",
    re.IGNORECASE,
)
_TAKEN_OUT = re.compile(
    r"\b(?:filter|remov|redact|anonymi[sz]|mask|scrub|exclud|de-?identif|detect\w* and|replac)\w*",
    re.IGNORECASE,
)
_NOT_DONE = re.compile(
    r"\b(?:no|not|never|without|neither|none|nor|lacks?|cannot|isn['’]t|hasn['’]t|haven['’]t|didn['’]t|wasn['’]t|weren['’]t)\b",
    re.IGNORECASE,
)
_HOLDS = re.compile(
    r"\b(?:contains?|includ\w+|may|might|could|likely|expos\w+|memori[sz]\w+|leak\w*)\b", re.IGNORECASE
)

_OPT_OUT = re.compile(
    r"\bopt(?:ed|ing|s)?[- ]?out\b[^.]{0,80}\b(?:data|creator|author|artist|owner|publisher|develop|repositor|content|web|"
    r"source code|request|individual|crawl)|\b(?:data|creator|author|artist|owner|publisher|developer|web ?site|rights[- ]?holder)s?\b"
    r"[^.]{0,80}\bopt(?:ed|ing|s)?[- ]?out\b|\brobots\.txt\b|\bam i in the stack\b"
    r"|\brequest (?:the )?(?:removal|deletion) (?:of|from)\b|\b(?:data|content) removal (?:request|form|policy)",
    re.IGNORECASE,
)
_HONOURED = re.compile(
    r"\b(?:respect|honou?r|exclud|remov|compl(?:y|ied|ies)|follow|adher|obey|observ|filter)\w*", re.IGNORECASE
)

_TESTED = (
    r"(?:evaluat|assess|measur|test|benchmark|audit|examin|analy[sz]|red[- ]?team|stud(?:y|ied)|investigat|"
    r"report|score|result|experiment|conduct)\w*"
)
_BIAS = re.compile(
    rf"\b{_TESTED}[^.;]{{0,80}}\b(?:bias(?:es|ed)?|fairness|stereotyp\w+|disparit\w+)\b"
    rf"|\b(?:(?:social|gender|racial|demographic|political|societal) bias(?:es)?|bias(?:es)?|fairness)\b[^.;]{{0,60}}\b{_TESTED}"
    r"|\b(?:BBQ|CrowS-?Pairs|Wino ?Bias|Wino ?Gender|StereoSet|BOLD benchmark|DiscrimEval)\b",
    re.IGNORECASE,
)
_SAFETY = re.compile(
    r"\bred[- ]?team(?:ed|ing|s)?\b|\b(?:safety|harm\w*|toxicity|jailbreak|adversarial|CBRN)\W+(?:\w+\W+){0,2}"
    r"(?:evaluat|benchmark|assess|test|audit|red)\w*"
    r"|\b(?:evaluat|assess|test|audit)\w*[^.;]{0,60}\b(?:safety|harmful\w*|toxic\w*|jailbreak\w*|CBRN|misuse)\b"
    r"|\b(?:ToxiGen|RealToxicityPrompts|StrongREJECT|HarmBench|AdvBench|AILuminate)\b",
    re.IGNORECASE,
)
# What others are told to do, and what is yet to come, has not been done.
_ADVICE = re.compile(
    r"\b(?:should|must|recommend\w*|encourag\w+|advis\w+|urge\w*|please|need to|have to|ought|before (?:deploy|us)\w+|"
    r"developers? (?:of|can|may)|users? (?:of|can|may)|if you|you (?:can|may)|do not use|not to use|we plan|planned|will be|working with|"
    r"future|in order to|how to)\b",
    re.IGNORECASE,
)
# Bias in arithmetic and in networks is no bias against people; nor is a test of software.
_OTHER_BIAS = re.compile(
    r"\b(?:qkv|attention|linear|layer|norm|no|without|add|use|inductive|logit|mlp|embedding|positional|exposure|length|position|"
    r"low|noise|variance|rotary|alibi)[- ]bias|bias(?:es)? (?:terms?|vectors?|parameters?|tensors?|=|in (?:the )?(?:linear|attention))"
    r"|bias[- ]variance|weights (?:&|and) biases|fairness of (?:the )?compar|bias, risks",
    re.IGNORECASE,
)


def read_disclosures(placed: list[Placed]) -> Iterator[Statement]:
    """What the sentences disclose, at most `STATEMENT_LIMIT` of a kind. Code and headings disclose nothing."""
    counts: dict[str, int] = {}
    looked_at = 0
    for place in placed:
        block = place.block
        if block.kind in {BlockKind.CODE, BlockKind.LINK, BlockKind.HEADING} or block.head:
            continue
        if not _any_of(_HINTS, block.text.lower()):
            continue
        for sentence in sentences(block.text):
            lower = sentence.lower()
            if not _any_of(_HINTS, lower):
                continue
            looked_at += 1
            if looked_at > SENTENCE_LIMIT:
                return
            flat = " ".join(plain(sentence).split())
            start = max(block.text.find(sentence.strip()[:80]), 0)
            line = block.line + block.text.count("\n", 0, start)
            for kind, value in _disclosed(flat, lower):
                counts[kind] = counts.get(kind, 0) + 1
                if counts[kind] <= STATEMENT_LIMIT:
                    yield Statement(kind=kind, value=value, quote=clip(flat, 200), line=line)


def _any_of(hints: tuple[str, ...], lower: str) -> bool:
    return any(hint in lower for hint in hints)


def _disclosed(flat: str, lower: str) -> Iterator[tuple[str, str]]:
    """Kind and value of everything that one sentence states."""
    advice = _ADVICE.search(flat) is not None
    if _any_of(_PERSONAL_HINTS, lower) and (value := _personal(flat, advice=advice)):
        yield "personal-data", value
    if _any_of(_OPT_OUT_HINTS, lower) and (value := _opt_out(flat)):
        yield "data-opt-out", value
    about_people = _any_of(_BIAS_HINTS, lower) and not _OTHER_BIAS.search(flat)
    if about_people and (value := _evaluated(flat, _BIAS, advice=advice)):
        yield "bias-evaluation", value
    if _any_of(_SAFETY_HINTS, lower) and (value := _evaluated(flat, _SAFETY, advice=advice)):
        yield "safety-evaluation", value


def _personal(flat: str, *, advice: bool) -> str | None:
    """`removed`, `not-removed`, `none` or `contained`: what is said of personal data in what it was trained on."""
    if not _PERSONAL.search(flat) or not _ABOUT_DATA.search(flat) or advice:
        return None
    taken, denied = _TAKEN_OUT.search(flat), _NOT_DONE.search(flat)
    if taken:
        return "not-removed" if denied and denied.start() < taken.start() else "removed"
    if denied:
        return "none"
    return "contained" if _HOLDS.search(flat) else None


def _opt_out(flat: str) -> str | None:
    """`offered`, `honoured` or `none`: whether whoever owns data may keep them out of training."""
    found = _OPT_OUT.search(flat)
    if found is None:
        return None
    denied = _NOT_DONE.search(flat[: found.end()])
    if denied:
        return "none"
    return "honoured" if _HONOURED.search(flat) else "offered"


def _evaluated(flat: str, pattern: re.Pattern[str], *, advice: bool) -> str | None:
    """`done` or `not-done`; advice to others is neither."""
    found = pattern.search(flat)
    if found is None or advice:
        return None
    denied = _NOT_DONE.search(flat[max(found.start() - 60, 0) : found.end() + 60])
    return "not-done" if denied else "done"
