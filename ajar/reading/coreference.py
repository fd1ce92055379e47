"""Whom `he`, `it`, `the company` and their like stand for. Only plain cases; where two fit, nobody is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ajar.catalogue import Catalogue
from ajar.model.article import EntityKind
from ajar.model.catalogue import Organisation, Person
from ajar.model.partial_date import PartialDate
from ajar.reading.items import Item, Title, code
from ajar.reading.lexicon import word_set, words
from ajar.reading.mention import Mention

_REACH = 4  # sentences back
_HE = frozenset({"he", "she", "him", "himself", "herself"})
_HIS = frozenset({"his", "her"})
_WE = frozenset({"we", "us"})
_OBJECT = frozenset(
    ["in", "of", "by", "for", "to", "from", "on", "with", "into", "about", "against", "behind"]
)
_THING = word_set("coreference-thing")
_ACTING = word_set("coreference-acting")
_STATE = frozenset(
    [
        "parameters",
        "weights",
        "downloaded",
        "trained",
        "open-sourced",
        "open",
        "closed",
        "proprietary",
        "hosted",
        "licensed",
    ]
)
_COMPARED = frozenset({"unlike", "like", "than", "from", "versus", "as"})
_PARTS = frozenset({"training data", "weights", "training code", "training set", "licence", "license"})
_STOPS = frozenset(',.;:!?"”)')


@dataclass(slots=True)
class Scope:
    """Who was spoken of last, most telling first, with the sentence's number."""

    voice: Mention | None = None  # who says `we`: the maker that a press release is from
    people: list[tuple[int, Mention]] = field(default_factory=list)
    makers: list[tuple[int, Mention]] = field(default_factory=list)
    systems: list[tuple[int, Mention]] = field(default_factory=list)
    things: list[tuple[int, Mention]] = field(default_factory=list)  # makers and systems together

    def note(self, number: int, row: Sequence[Item]) -> None:
        """Remember a sentence's names: the first is what the next sentence most likely goes on about."""
        mentions = [item.ref for item in row if isinstance(item.ref, Mention)]
        for mention in reversed(mentions):
            if mention.entity is None:
                continue
            if mention.kind is EntityKind.PERSON:
                _first(self.people, number, mention)
            else:
                _first(self.things, number, mention)
                _first(
                    self.makers if mention.kind is EntityKind.ORGANISATION else self.systems, number, mention
                )

    def last(self, held: list[tuple[int, Mention]], number: int) -> Mention | None:
        return held[0][1] if held and number - held[0][0] <= _REACH else None


def _first(held: list[tuple[int, Mention]], number: int, mention: Mention) -> None:
    held[:] = [(number, mention), *(pair for pair in held[:6] if pair[1].id != mention.id)]


def resolve(
    items: Sequence[Item], number: int, scope: Scope, catalogue: Catalogue, as_of: PartialDate
) -> list[Item]:
    """The items with every pronoun that can be told replaced by whom it stands for."""
    work = _Resolver(list(items), number, scope)
    found: list[Item] = []
    at = 0
    while at < len(items):
        step, taken = work.at(at, found)
        found += step
        at += taken
    return _described(found, catalogue, as_of)


@dataclass(slots=True)
class _Resolver:
    items: list[Item]
    number: int
    scope: Scope

    def at(self, at: int, before: Sequence[Item]) -> tuple[list[Item], int]:
        item = self.items[at]
        if item.ref is not None:
            return [item], 1
        word = item.code
        after = self.items[at + 1] if at + 1 < len(self.items) else None
        if at == 0 and word == "accusing":
            person = self._as(
                Item("accuser", item.start, item.start), self.scope.last(self.scope.people, self.number)
            )
            return [person, item], 1
        if at == 0 and word == "commercial" and after is not None and after.code == "use":
            system = self._as(item, self.scope.last(self.scope.systems, self.number))
            return ([system, Item("'s", item.start, item.start), item] if system.ref else [item]), 1
        if word in _HE or (word == "her" and (after is None or after.code in _STOPS)):
            return [self._as(item, self._person(before))], 1
        if word in _HIS:
            return self._owned(item, self._person(before)), 1
        if word in _WE and self.scope.voice is not None:
            return [self._as(item, self.scope.voice)], 1
        if word == "our" and self.scope.voice is not None:
            return self._owned(item, self.scope.voice), 1
        if word in {"its", "their"}:
            return self._owned(item, self._owner(at, before)), 1
        if word in {"it", "they", "both", "them"}:
            return self._pronoun(at, before), 1
        if word in {"that", "this"} and at == 0 and after is not None and after.code in {"is", "was"}:
            return [self._as(item, self.scope.last(self.scope.systems, self.number))], 1
        if word == "the" and after is not None and after.ref is None:
            part = self._part(at, before)
            return (part, 1) if part else self._noun(at, before)
        return [item], 1

    def _part(self, at: int, before: Sequence[Item]) -> list[Item]:
        """`the training data`, `the weights`: of the system spoken of, where the words do not say of which."""
        ahead = [item.code for item in self.items[at + 1 : at + 4]]
        size = 2 if " ".join(ahead[:2]) in _PARTS else 1 if ahead[:1] and ahead[0] in _PARTS else 0
        if not size or (
            len(ahead) > size and ahead[size] in {"of", "for", "behind", "to"} and "commercial" not in ahead
        ):
            return []
        found = self._nearest(before, EntityKind.SYSTEM)
        if found is None and self.scope.systems and self.number - self.scope.systems[0][0] <= 2:
            found = self.scope.systems[0][1]
        if found is None:
            return []
        item = self.items[at]
        return [self._as(item, found), Item("'s", item.end, item.end, None, item.quoted)]

    def _noun(self, at: int, before: Sequence[Item]) -> tuple[list[Item], int]:
        """`the company`, `the model`, `the billionaire`, unless the name follows at once."""
        noun, follows = self.items[at + 1], self.items[at + 2] if at + 2 < len(self.items) else None
        item = Item(noun.code, self.items[at].start, noun.end, None, noun.quoted)
        table = words()
        found: Mention | None = None
        if noun.code in table["organisation_nouns"]["words"] and not self._named(follows, "OPN", noun.code):
            found = self._company(before)
        elif noun.code in table["system_nouns"]["words"][:3] and not self._named(follows, "S", noun.code):
            found = self._nearest(before, EntityKind.SYSTEM) or self.scope.last(
                self.scope.systems, self.number
            )
        elif noun.code in table["person_nouns"]["words"] and not self._named(follows, "P", noun.code):
            found = self._nearest(before, EntityKind.PERSON) or self.scope.last(
                self.scope.people, self.number
            )
        if found is None:
            return [self.items[at]], 1
        return [self._as(item, found)], 2

    def _company(self, before: Sequence[Item]) -> Mention | None:
        """The organisation named last, but for the one that acts on it in this very clause."""
        nearest = self._nearest(before, EntityKind.ORGANISATION)
        first = next((item.ref for item in before if item.cls in "POS"), None)
        acts = nearest is not None and first is nearest and before[-1].code in _OBJECT
        for number, mention in self.scope.makers if acts or nearest is None else ():
            if self.number - number <= _REACH and (nearest is None or mention.id != nearest.id):
                return mention
        return None if acts else nearest

    def _named(self, follows: Item | None, classes: str, noun: str) -> bool:
        if follows is None:
            return False
        defining = (
            {"of", "that", "which", "who", "behind", "underlying"}
            if noun != "model"
            else {"of", "underlying", "behind"}
        )
        return follows.cls in classes or follows.code in defining

    def _person(self, before: Sequence[Item]) -> Mention | None:
        here = [
            item.ref
            for item in before
            if isinstance(item.ref, Mention) and item.ref.kind is EntityKind.PERSON
        ]
        return here[0] if here else self.scope.last(self.scope.people, self.number)

    def _nearest(self, before: Sequence[Item], kind: EntityKind) -> Mention | None:
        kinds = {EntityKind.SYSTEM, EntityKind.PRODUCT} if kind is EntityKind.SYSTEM else {kind}
        here = [
            item.ref
            for number, item in enumerate(before)
            if isinstance(item.ref, Mention)
            and item.ref.kind in kinds
            and not (number and before[number - 1].code in _COMPARED)
        ]
        return here[-1] if here else None

    def _owner(self, at: int, before: Sequence[Item]) -> Mention | None:
        ahead = [item.code for item in self.items[at + 1 : at + 3]]
        if any(word in _THING for word in ahead):
            found = self._nearest(before, EntityKind.SYSTEM) or self.scope.last(
                self.scope.systems, self.number
            )
            return found or self._thing(before)
        return self._nearest(before, EntityKind.ORGANISATION) or self._maker()

    def _maker(self) -> Mention | None:
        return self.scope.last(self.scope.makers, self.number)

    def _thing(self, before: Sequence[Item]) -> Mention | None:
        here = [
            item.ref
            for item in before
            if isinstance(item.ref, Mention) and item.ref.entity and item.ref.kind is not EntityKind.PERSON
        ]
        return here[0] if here else self.scope.last(self.scope.things, self.number)

    def _pronoun(self, at: int, before: Sequence[Item]) -> list[Item]:
        item = self.items[at]
        earlier = before[-1].code if before else ""
        ahead = [later.code for later in self.items[at + 1 : at + 9]]
        if item.code == "both":
            pair = [entry for entry in before if entry.cls == "S"][-2:]
            return (
                [pair[0], Item("and", item.start, item.start), self._as(item, self._mention(pair[1]))]
                if len(pair) == 2
                else [item]
            )
        if item.code in {"it", "them"} and earlier == "of" and self._nearest(before, EntityKind.SYSTEM):
            return [self._as(item, self._nearest(before, EntityKind.SYSTEM))]
        if item.code in {"it", "them"} and earlier in _OBJECT:
            found = self.scope.last(self.scope.things, self.number)
            here = [entry.ref for entry in before if isinstance(entry.ref, Mention) and entry.cls == "O"]
            return [self._as(item, found if not (found and here and here[0].id == found.id) else None)]
        acts = next((word for word in ahead[:3] if word in _ACTING), None)
        if acts is not None and not (set(ahead[:2]) & {"was", "is", "were"}):
            return [self._as(item, self._nearest_subject(before) or self._maker())]
        if set(ahead) & _STATE or any(later.cls in "QL" for later in self.items[at + 1 : at + 9]):
            found = self._nearest(before, EntityKind.SYSTEM) or self.scope.last(
                self.scope.systems, self.number
            )
            return [self._as(item, found or self._thing(before))]
        return [self._as(item, self._thing(before))]

    def _nearest_subject(self, before: Sequence[Item]) -> Mention | None:
        here = [
            item.ref
            for item in before
            if isinstance(item.ref, Mention) and item.ref.kind is EntityKind.ORGANISATION
        ]
        return here[0] if here else None

    def _mention(self, item: Item) -> Mention | None:
        return item.ref if isinstance(item.ref, Mention) else None

    def _as(self, item: Item, mention: Mention | None) -> Item:
        if mention is None or mention.entity is None:
            return item
        cls = {EntityKind.PERSON: "P", EntityKind.ORGANISATION: "O"}.get(
            mention.kind or EntityKind.SYSTEM, "S"
        )
        ref = replace(mention, start=item.start, end=item.end, is_coreference=True, is_slip=False)
        return Item(code(cls, 200 + item.start % 50), item.start, item.end, ref, item.quoted)

    def _owned(self, item: Item, mention: Mention | None) -> list[Item]:
        named = self._as(item, mention)
        return [named] if named.ref is None else [named, Item("'s", item.end, item.end, None, item.quoted)]


def _described(items: list[Item], catalogue: Catalogue, as_of: PartialDate) -> list[Item]:
    """`the AI chief at Meta`, where nobody is named: whoever holds that role, if it is one person."""
    if any(item.cls in "PN" for item in items):
        return items
    for at, item in enumerate(items[:-2]):
        title, place = item.ref, items[at + 2].ref
        if (
            not isinstance(title, Title)
            or items[at + 1].code not in {"of", "at"}
            or not isinstance(place, Mention)
        ):
            continue
        holder = _holder(title, place, catalogue, as_of)
        if holder is not None:
            mention = Mention(
                first=0,
                last=0,
                start=item.start,
                end=items[at + 2].end,
                text=f"{title.text} of {place.text}",
                kind=EntityKind.PERSON,
                entity=holder,
                is_coreference=True,
            )
            return [
                *items[:at],
                Item(code("P", 250), item.start, items[at + 2].end, mention, item.quoted),
                *items[at + 3 :],
            ]
    return items


def _holder(title: Title, place: Mention, catalogue: Catalogue, as_of: PartialDate) -> Person | None:
    if not isinstance(place.entity, Organisation):
        return None
    found = [
        person
        for person in catalogue.people
        if any(role.organisation == place.id and role.kind is title.kind for role in person.roles_at(as_of))
    ]
    return found[0] if len(found) == 1 else None
