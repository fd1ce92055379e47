"""Who says it: which parts of a sentence are somebody's words, which are a guess, and which sentences are opinion."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ajar.reading.items import Item
from ajar.reading.lexicon import word_set
from ajar.reading.mention import Mention

_SAYS = word_set("saying-says")
_CALLS = frozenset(
    {
        "calls",
        "called",
        "describes",
        "described",
        "marketed",
        "markets",
        "labels",
        "labelled",
        "bills",
        "advertises",
        "presents",
    }
)
_BLAMES = frozenset({"accuses", "accused", "accusing", "blames", "blamed"})
_OTHERS = word_set("saying-others")
_HEARSAY = word_set("saying-hearsay")
_TRUTH = frozenset({"true", "false", "wrong", "untrue", "nonsense", "correct"})
_GUESS = word_set("saying-guess")
_OPINION = re.compile(
    r"\b(?:should|ought to|needs? to|let us|let's|must (?:be|enjoy|stay)|deserves?|would|will|won't|going to|hopes?|hoped|expects?|expected to|"
    r"may|might|could|perhaps|maybe|probably|likely|seems?|seemingly|arguably|presumably|predicts?|"
    r"i (?:think|believe|doubt|hope|like|feel|suspect|will|would|nearly)|we (?:think|believe|hope|expect|feel)|"
    r"some (?:believe|say|think|argue)|critics|in my (?:opinion|view)|"
    r"best|worst|fascinating|intriguing|monumental|honest|great(?:er|est)?|terrible|never been higher|crucial|critical|vital|at stake|"
    r"far-reaching|anyone's guess|exciting|brilliant|beautiful|ugly|shame(?:ful)?|pity|pride|fairy tale|monster|bless|interesting|remarkable|"
    r"important|dangerous|danger|immense|unprecedented|showdown|popcorn|igniting|breakneck|more than a|sparked|spilled|level the playing field|pondering|"
    r"unfolds|must|here's to|betray\w*|compromises)\b",
    re.IGNORECASE,
)
_TOPIC = re.compile(
    r"\b(?:AI|model|models|open|closed|openness|technolog\w+|weights|data|licen[cs]\w+|chatbot|tech|debate|dispute|lawsuit|legal|transparency|regulat\w+|release[sd]?|innovation)\b"
)


def speakers(items: Sequence[Item]) -> list[str]:
    """For each item who says it, or nothing where the article itself does."""
    found = [""] * len(items)
    for at, item in enumerate(items):
        word = item.code
        if word in _SAYS or word in _BLAMES:
            _spoken(items, at, found)
        elif word in _HEARSAY | _TRUTH and at + 1 < len(items) and items[at + 1].code == "that":
            _mark(found, at + 1, len(items), f"a {word}")
        elif word == "according" and at + 2 < len(items) and items[at + 1].code == "to":
            name = next((_name(later) for later in items[at + 2 : at + 6] if _name(later)), "a source")
            found[:] = [name] * len(items)
    speaker = next((name for name in found if name), "")
    for at, item in enumerate(items):
        if item.quoted and not found[at]:
            found[at] = speaker or "quoted words"
    return found


def _spoken(items: Sequence[Item], at: int, found: list[str]) -> None:
    word = items[at].code
    after = items[at + 1].code if at + 1 < len(items) else "."
    name = _before(items, at)
    if word in _BLAMES:
        start = next((n + 1 for n in range(at, len(items)) if items[n].code == "of"), len(items))
        _mark(found, start, len(items), name or "somebody")
        return
    closing = (
        at + 2 >= len(items)
        or after in {".", ",", "me", "!", ";"}
        or (items[at + 1].cls in "PON" and items[at - 1].code in {",", '"', "”"})
    )
    if closing and at and any(items[n].code in {",", '"', "”"} for n in range(max(at - 3, 0), at)):
        speaker = (
            name
            if items[at + 1 : at + 2] and items[at + 1].cls not in "PON"
            else _name(items[at + 1])
            if at + 1 < len(items)
            else name
        )
        _mark(found, 0, max(at - 1, 0), speaker or "others")
        return
    if not name and after == "that" and at:
        name = "somebody"
    if not name:
        return
    if word in _CALLS:
        _mark(found, at, len(items), name)
        return
    stop = next((n for n in range(at + 1, len(items)) if items[n].code == ";"), len(items))
    if (
        after in {"that", '"', "“", "in", "it", "there", "to", ","}
        or (items[at + 1 : at + 2] and items[at + 1].cls in "POSN")
        or after in {"the", "a", "its", "his"}
    ):
        _mark(found, at + 1, stop, name)


def _mark(found: list[str], start: int, end: int, name: str) -> None:
    for number in range(start, end):
        found[number] = found[number] or name


def _before(items: Sequence[Item], at: int) -> str:
    """Who stands before the verb, a few words off."""
    for back in range(1, 7):
        if at - back < 0:
            return ""
        item = items[at - back]
        if item.code in {".", ";", ":"}:
            return ""
        name = _name(item)
        if name:
            return name
        if item.code in _OTHERS:
            return item.code
    return ""


def _name(item: Item) -> str:
    return item.ref.shown if isinstance(item.ref, Mention) else ""


def is_guess(words: Sequence[str], *, may: bool) -> bool:
    """Whether a clause tells what may be or is to come. `may` says that the word may is part of the claim."""
    if _GUESS & set(words):
        return True
    return any(
        word == "may"
        and not (may and set(words[number + 1 : number + 3]) & {"be", "use", "not", "only", "download"})
        for number, word in enumerate(words)
    )


def is_opinion(sentence: str, *, names: bool) -> bool:
    """A judgement, a wish, a question or a prediction about what this is about."""
    if not names and not _TOPIC.search(sentence):
        return False
    return sentence.rstrip("\"'”’) ").endswith("?") or bool(_OPINION.search(sentence))
