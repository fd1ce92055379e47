"""Simple clauses out of a sentence: without what is put in between commas, and what is put in as a clause of its own.

"Grok, which xAI made, is open" gives "Grok is open" and "xAI made Grok"; "he left in 2018 and founded xAI" gives
"he founded xAI" too. Every item keeps its place in the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ajar.reading.items import Item
from ajar.reading.lexicon import word_set, words

VIEWS = 24  # of one sentence; more come only from lists of commas that are no clauses
_DEPTH = 4
_RELATIVE = frozenset({"which", "who", "whom"})
_DETERMINERS = frozenset({"a", "an", "the", "one", "another", "itself", "himself", "part", "home"})
_ADVERBS = word_set("clauses-adverbs")
_PREPOSITIONS = frozenset({"by", "from", "with", "under", "of", "at"})
_PARTICIPLES = word_set("clauses-participles")
_SAYING = word_set("clauses-saying")
VERBS = frozenset(words()["finite_verbs"]["verbs"])
_JOINING = frozenset({"and", "but", "then", "while", "yet", "or", "whereas", "although"})
_NAMES = frozenset("POSN")


def views(items: Sequence[Item]) -> list[list[Item]]:
    """The sentence's clauses, each a list of items; the whole comes first."""
    found: list[list[Item]] = []
    seen: set[tuple[tuple[str, int], ...]] = set()
    for part in _parts(items):
        for view in _views(part, _DEPTH):
            key = tuple((item.code, item.start) for item in view)
            if len(view) > 1 and key not in seen:
                seen.add(key)
                found.append(view)
            if len(found) >= VIEWS:
                return found
    return found


def _parts(items: Sequence[Item]) -> Iterator[list[Item]]:
    """At semicolons."""
    part: list[Item] = []
    for item in items:
        if item.code == ";":
            if part:
                yield part
            part = []
        else:
            part.append(item)
    if part:
        yield part


def _views(items: list[Item], depth: int) -> Iterator[list[Item]]:
    yield items
    if not depth:
        return
    thinned = _thinned(items)
    if len(thinned) < len(items):
        yield from _views(thinned, depth - 1)
    inserted = _insert(items)
    if inserted is not None:
        main, clause = inserted
        if clause:
            yield from _views(clause, depth - 1)
        if len(main) < len(items):
            yield from _views(main, depth - 1)
    yield from _joined(items, depth)


def _thinned(items: list[Item]) -> list[Item]:
    """Without the maker behind a system: `OLMo 2 from AI2 comes with …`."""
    found: list[Item] = []
    at = 0
    while at < len(items):
        found.append(items[at])
        end = _maker_behind(items, at) if items[at].cls == "S" else None
        at = at + 1 if end is None else end
    return found


def _maker_behind(items: Sequence[Item], at: int) -> int | None:
    """Where `[model] of the Technology Innovation Institute in Abu Dhabi` ends, with the verb right behind."""
    at += 1
    if at < len(items) and items[at].code in {"model", "models", "family"}:
        at += 1
    if at >= len(items) or items[at].code not in {"from", "by", "of"}:
        return None
    at += 2 if at + 1 < len(items) and items[at + 1].code in {"the", "a"} else 1
    if at >= len(items) or items[at].cls != "O":
        return None
    at += 1
    if at + 1 < len(items) and items[at].code == "in" and items[at + 1].cls == "N":
        at += 2
    return at if at < len(items) and items[at].code in VERBS else None


def _insert(items: list[Item]) -> tuple[list[Item], list[Item]] | None:
    """The first insertion: the clause without it, and what it says of the name before it."""
    for at, item in enumerate(items[:-1]):
        opens = at + 1
        if item.code != ",":
            after_noun = (
                at and item.code in {"that", "whose", *_RELATIVE} and items[at - 1].code not in _SAYING
            )
            if not after_noun or items[at - 1].code == ",":
                continue
            opens = at
        head = _head(items, at)
        if head is None or not _is_opener(items, opens):
            continue
        end = _closing(items, opens)
        inner = items[opens:end]
        if item.code != "," and opens == at:
            return [*items[:at], *items[end:]], _as_clause(items[head], inner)
        rest = items[end + 1 :] if end < len(items) else []
        return [*items[:at], *rest], _as_clause(items[head], inner)
    return None


def _head(items: Sequence[Item], at: int) -> int | None:
    """The name that stands right before, or with a few words between."""
    for back in range(1, 11):
        if at - back < 0 or (items[at - back].code in {",", ".", ":"} and back > 1):
            return None
        if items[at - back].cls in _NAMES:
            return at - back
    return None


def _is_opener(items: Sequence[Item], at: int) -> bool:
    word = items[at]
    after = items[at + 1] if at + 1 < len(items) else None
    if word.cls in _NAMES:
        return after is not None and after.code in {"'s", "'"}
    if word.cls == "R":
        return True
    return word.code in _RELATIVE | {"whose", "that"} | _DETERMINERS | _ADVERBS | _PREPOSITIONS | _PARTICIPLES


def _closing(items: Sequence[Item], at: int) -> int:
    """Where the insertion ends: at the next comma that no list goes on behind."""
    for number in range(at + 1, len(items)):
        code = items[number].code
        if code in {".", "!", "?"} and number == len(items) - 1:
            return number
        if code != ",":
            continue
        after = items[number + 1] if number + 1 < len(items) else None
        before = items[number - 1]
        listed = after is not None and after.cls in _NAMES and before.cls == after.cls
        nested = (
            before.cls in _NAMES
            and after is not None
            and after.code in _RELATIVE | _ADVERBS | _PARTICIPLES | {"whose"}
        )
        if nested:
            return next((n for n in range(number + 1, len(items)) if items[n].code == ","), len(items))
        if not listed:
            return number
    return len(items)


def _as_clause(head: Item, inner: Sequence[Item]) -> list[Item]:
    """The insertion as a clause with the name as its subject or object."""
    first = inner[0]
    if first.code == "whose":
        return [head, _made("'s", first), *inner[1:]]
    if first.code in _RELATIVE | {"that"}:
        rest = list(inner[1:])
        verb = next((n for n, item in enumerate(rest) if item.code in VERBS), None)
        named = next((n for n, item in enumerate(rest) if item.cls in _NAMES), None)
        if verb is not None and named is not None and named < verb:
            while verb + 1 < len(rest) and rest[verb + 1].code in VERBS:
                verb += 1
            return [*rest[: verb + 1], head, *rest[verb + 1 :]]
        return [head, *rest]
    if first.code in _PREPOSITIONS:
        return [head, *inner]
    return [head, _made("is", first), *inner]


def _subject(items: Sequence[Item]) -> Item | None:
    """The first name; of `Alibaba's Qwen3` the second."""
    for at, item in enumerate(items):
        if item.cls in "POS":
            follows = items[at + 1].code if at + 1 < len(items) else ""
            if follows != "'s":
                return item
            return next((later for later in items[at + 2 : at + 6] if later.cls in "POS"), item)
    return None


def _made(word: str, at: Item) -> Item:
    return Item(word, at.start, at.start)


def _joined(items: list[Item], depth: int) -> Iterator[list[Item]]:
    """Clauses behind `and` or `but`: with the first clause's subject where they have none of their own."""
    subject = _subject(items)
    first_verb = next((n for n, item in enumerate(items) if item.code in VERBS), None)
    if subject is None or first_verb is None:
        return
    for at in range(first_verb + 1, len(items) - 1):
        if items[at].code not in _JOINING:
            continue
        rest = items[at + 1 :]
        listed = rest[0].cls in _NAMES and items[at - 1].cls == rest[0].cls
        if listed and (len(rest) < 2 or rest[1].code not in VERBS):
            continue
        lead = 0
        while lead < len(rest) - 1 and (
            rest[lead].code.endswith("ly") or rest[lead].code in _ADVERBS or rest[lead].cls == "D"
        ):
            lead += 1
        if rest[lead].code in VERBS:
            clause = [subject, *rest]
        elif rest[0].code in {"in", "on", "by", "since", "its", "his", "whose"} or rest[lead].cls in "POS":
            clause = [subject, _made("'s", rest[0]), *rest[1:]] if rest[0].code == "whose" else rest
        else:
            continue
        yield from _views(clause, depth - 1)
        return
