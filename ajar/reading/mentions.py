"""Who and what a sentence names: entities of the catalogue, their names misspelt, and names that it does not know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ajar.catalogue.names import distance, fold
from ajar.model.article import EntityKind
from ajar.model.catalogue import Entity, Organisation, Person
from ajar.reading.lexicon import NAME_TOKENS, Entry, Lexicon, word_set
from ajar.reading.mention import Mention, written
from ajar.reading.suffixes import with_suffix
from ajar.reading.tokens import Sentence, Token

_OTHER = word_set("mentions-other")
_AFTER_NAME = word_set("mentions-after-name")
_BEFORE_SURNAME = word_set("mentions-before-surname")
_NOT_NAMES = word_set("mentions-not-names")
_AI_WORDS = word_set("mentions-ai-words")


class Finder:
    """Finds mentions sentence by sentence. It remembers which common words the article uses as names."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._prefixes = {key[:size] for key in lexicon.entries for size in range(1, len(key) + 1)}
        self._seen: set[str] = set()
        self._lower: set[str] = set()
        self._not_slips = frozenset(lexicon.words["slips"]["not_slips"])
        self._verbs = frozenset(lexicon.words["finite_verbs"]["verbs"])
        self._countries: dict[str, list[str]] = lexicon.words["countries"]
        self._kin = {frozenset(pair) for pair in lexicon.words["kin"]["pairs"]}

    def prepare(self, sentences: Sequence[Sentence]) -> None:
        """Look through the article once: names inside sentences, and words that also occur without a capital."""
        for sentence in sentences:
            for number, token in enumerate(sentence.tokens):
                if token.text[:1].islower():
                    self._lower.add(token.lower)
                elif number and token.text[:1].isupper():
                    self._seen.add(fold(token.text))

    def find(self, sentence: Sentence) -> list[Mention]:
        tokens = sentence.tokens
        titled = _is_titled(tokens)
        folded = [fold(token.text) for token in tokens]
        found: list[Mention] = []
        at = 0
        while at < len(tokens):
            mention = None
            if tokens[at].text[0].isalnum():
                mention = self._exact(tokens, folded, at, titled=titled) or self._person(tokens, folded, at)
                mention = mention or self._unknown(tokens, folded, at, titled=titled)
            if mention is None:
                at += 1
                continue
            found.append(mention)
            at = mention.last
        return found

    # names as they stand

    def _exact(
        self, tokens: Sequence[Token], folded: Sequence[str], at: int, *, titled: bool
    ) -> Mention | None:
        best: tuple[int, list[Entry]] | None = None
        key = ""
        for last in range(at, min(at + NAME_TOKENS, len(tokens))):
            key += folded[last]
            if key not in self._prefixes:
                break
            if folded[last] and key in self._lexicon.entries:
                shown = written(tokens, at, last + 1)
                entries = [e for e in self._lexicon.entries[key] if _is_written_so(e, shown)]
                if entries:
                    best = last + 1, entries
        if best is None:
            return None
        last, entries = best
        entry = _preferred(entries, written(tokens, at, last))
        if not self._is_believable(entry, tokens, folded, at, last, titled=titled):
            return None
        mention = _mention(tokens, at, last, entry, tuple(e.entity for e in entries if e is not entry))
        return with_suffix(mention, tokens)

    def _is_believable(
        self,
        entry: Entry,
        tokens: Sequence[Token],
        folded: Sequence[str],
        at: int,
        last: int,
        *,
        titled: bool,
    ) -> bool:
        """Not a part of a longer unknown name, and not a common word that only begins a sentence."""
        if last - at > 1 or titled:
            return True
        after = tokens[last] if last < len(tokens) else None
        if (
            after is not None
            and after.text[0].isupper()
            and after.start - tokens[at].end == 1
            and after.lower not in _AFTER_NAME
            and after.lower not in _OTHER
            and not (
                entry.kind is EntityKind.PERSON and " " not in entry.name and fold(after.text) != entry.name
            )
            and not self._begins_name(folded, last)
        ):
            return entry.kind is EntityKind.SYSTEM and any(char.isdigit() for char in entry.name)
        if not entry.is_common:
            return True
        before = tokens[at - 1] if at else None
        if (
            before is not None
            and entry.name == "X"
            and before.text[0].isupper()
            and before.lower not in _NOT_NAMES
        ):
            return False
        if before is None or before.text in {":", "“", '"', "(", "•", "¶"}:
            fits = (
                after is None
                or after.lower in {"'s", ",", "("}
                or after.lower in self._verbs
                or after.lower in _AFTER_NAME
            )
            return fits or folded[at] in self._seen or after is None or after.lower not in self._lower
        return True

    def _begins_name(self, folded: Sequence[str], at: int) -> bool:
        key = ""
        for last in range(at, min(at + NAME_TOKENS, len(folded))):
            key += folded[last]
            if key not in self._prefixes:
                return False
            if key in self._lexicon.entries:
                return True
        return False

    # people by first and family name

    def _person(self, tokens: Sequence[Token], folded: Sequence[str], at: int) -> Mention | None:
        """A first name with a known family name, or a known first name with one that is nearly known."""
        token = tokens[at]
        if (
            at + 1 >= len(tokens)
            or not token.text[0].isupper()
            or not token.text.isalpha()
            or len(token.text) < 2
        ):
            return None
        after = tokens[at + 1]
        if not after.text[0].isupper() or after.start - token.end != 1 or token.lower in _BEFORE_SURNAME:
            return None
        last = at + 2
        for person in self._lexicon.surnames.get(folded[at + 1], ()):
            first = fold(person.name.split()[0])
            near = distance(folded[at], first, 2)
            if near == 0 or frozenset({folded[at], first}) in self._kin:
                return self._named(tokens, at, last, person, is_slip=False)
            if near is not None and folded[at][0] == first[0] and near <= (1 if len(first) < 6 else 2):
                return self._named(tokens, at, last, person, is_slip=True)
        if folded[at + 1] in self._lexicon.surnames:
            nouns = self._lexicon.words["person_nouns"]["words"]
            if token.lower in _NOT_NAMES or token.lower in nouns or token.lower in self._lower:
                return None
            return _unknown(tokens, at, last)
        return self._near_surname(tokens, folded, at)

    def _near_surname(self, tokens: Sequence[Token], folded: Sequence[str], at: int) -> Mention | None:
        for people in self._lexicon.surnames.values():
            for person in people:
                names = person.name.split()
                if fold(names[0]) != folded[at] or len(names) != 2:
                    continue
                surname = fold(names[1])
                near = distance(folded[at + 1], surname, 2) if len(surname) >= 4 else None
                if near and folded[at + 1][:1] == surname[0] and (near == 1 or len(surname) >= 8):
                    return self._named(tokens, at, at + 2, person, is_slip=True)
        return None

    def _named(
        self, tokens: Sequence[Token], at: int, last: int, person: Person, *, is_slip: bool
    ) -> Mention:
        entry = Entry(person, person.name, EntityKind.PERSON)
        return replace(_mention(tokens, at, last, entry, ()), is_slip=is_slip)

    # names that are nearly known, and those that are not

    def _unknown(
        self, tokens: Sequence[Token], folded: Sequence[str], at: int, *, titled: bool
    ) -> Mention | None:
        token = tokens[at]
        if not token.text[0].isupper() or token.lower.partition("-")[0] in _NOT_NAMES or len(token.text) < 2:
            return None
        slip = self._slip(tokens, folded, at)
        if slip is not None:
            return slip
        if titled:
            return None
        last = at + 1
        while (
            last < len(tokens)
            and tokens[last].text[0].isupper()
            and tokens[last].start - tokens[last - 1].end == 1
            and tokens[last].lower not in _AFTER_NAME
            and tokens[last].lower not in _NOT_NAMES
            and not self._begins_name(folded, last)
        ):
            last += 1
        if at == 0 and last == at + 1:
            return None  # a sentence's first word
        if folded[at] in self._lexicon.words["person_nouns"]["words"]:
            return None
        return _unknown(tokens, at, last)

    def _slip(self, tokens: Sequence[Token], folded: Sequence[str], at: int) -> Mention | None:
        """A word one or two letters away from a known name, where what stands around it speaks for that name."""
        word = folded[at]
        if (
            len(word) < 5
            or word in self._not_slips
            or word in self._lexicon.entries
            or tokens[at].lower in self._lower
            or not word.isalpha()
        ):
            return None
        if word.endswith("s") and word[:-1] in self._lexicon.entries:
            return self._plural(tokens, at, word[:-1])
        for entry in self._lexicon.slips.get(word[0], ()):
            known = fold(entry.name)
            if (entry.is_common and len(known) < 7) or abs(len(known) - len(word)) > 2:
                continue
            near = distance(word, known, 2)
            if (
                near is None
                or near == 0
                or word == known + "s"
                or word.startswith(known)
                or known.startswith(word)
            ):
                continue
            if len(known) == 6 and word[-1] != known[-1]:
                continue  # an ending of another word
            if self._speaks_for(entry, tokens, at) if near == 1 else self._comes_from(entry, tokens, at):
                return replace(_mention(tokens, at, at + 1, entry, ()), is_slip=True)
        return None

    def _plural(self, tokens: Sequence[Token], at: int, key: str) -> Mention | None:
        entry = self._lexicon.entries[key][0]
        if entry.kind in {EntityKind.PRODUCT, EntityKind.SYSTEM} and (at or len(tokens[at].text) > 6):
            return _mention(tokens, at, at + 1, entry, ())
        return None

    def _speaks_for(self, entry: Entry, tokens: Sequence[Token], at: int) -> bool:
        around = {token.lower for token in tokens[max(at - 6, 0) : at + 7]}
        return bool(around & _AI_WORDS) or self._comes_from(entry, tokens, at)

    def _comes_from(self, entry: Entry, tokens: Sequence[Token], at: int) -> bool:
        """Whether the entity's own country stands right before the word."""
        if (
            not isinstance(entry.entity, Organisation)
            or len(fold(entry.name)) < 7
            or not entry.entity.country
        ):
            return False
        here = self._countries.get(entry.entity.country, [])
        return any(token.lower in here for token in tokens[max(at - 4, 0) : at])


def _is_titled(tokens: Sequence[Token]) -> bool:
    """A heading in capitals, where a capital tells nothing."""
    words = [token.text for token in tokens if token.text[0].isalpha() and len(token.text) > 3]
    return (
        len(words) >= 3
        and sum(word[0].isupper() for word in words) > 0.75 * len(words)
        and tokens[-1].text not in ".!"
    )


def _is_written_so(entry: Entry, written: str) -> bool:
    if entry.exact:
        return written == entry.name
    if entry.name.islower() and not any(char.isdigit() for char in entry.name):
        return written == entry.name
    return any(char.isupper() or char.isdigit() for char in written)


def _preferred(entries: Sequence[Entry], written: str) -> Entry:
    """The bearer whose name is written so; else the line of models before one release, the organisation before both."""
    exact = [entry for entry in entries if entry.name == written]
    order = [EntityKind.PERSON, EntityKind.ORGANISATION, EntityKind.PRODUCT, EntityKind.SYSTEM]
    return min(exact or entries, key=lambda entry: order.index(entry.kind))


def _mention(
    tokens: Sequence[Token], first: int, last: int, entry: Entry, others: tuple[Entity, ...]
) -> Mention:
    return Mention(
        first=first,
        last=last,
        start=tokens[first].start,
        end=tokens[last - 1].end,
        text=written(tokens, first, last),
        kind=entry.kind,
        entity=entry.entity,
        name=entry.name,
        others=others,
    )


def _unknown(tokens: Sequence[Token], first: int, last: int) -> Mention:
    return Mention(
        first=first,
        last=last,
        start=tokens[first].start,
        end=tokens[last - 1].end,
        text=written(tokens, first, last),
        kind=None,
        entity=None,
    )
