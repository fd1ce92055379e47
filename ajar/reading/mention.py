"""A name in a sentence, and the entity that it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ajar.model.article import EntityKind
from ajar.model.catalogue import Entity
from ajar.reading.tokens import Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A name in a sentence, by tokens `first` up to `last`; `entity` is `None` for a name that is not in the catalogue."""

    first: int
    last: int
    start: int
    end: int
    text: str
    kind: EntityKind | None
    entity: Entity | None
    name: str = ""  # the catalogue's name that it was matched with
    others: tuple[Entity, ...] = ()  # further bearers of the name
    is_slip: bool = False
    is_variant: bool = False  # a system with a word behind it that may make it another release
    is_vague: bool = False  # a member of a line of models that the catalogue does not have
    is_coreference: bool = False

    @property
    def id(self) -> str:
        return self.entity.id if self.entity else ""

    @property
    def shown(self) -> str:
        return self.entity.name if self.entity else self.text


def written(tokens: Sequence[Token], first: int, last: int) -> str:
    """Words as they stand in the text, one space where there are several."""
    return "".join(
        (" " if number > first and tokens[number].start > tokens[number - 1].end else "")
        + tokens[number].text
        for number in range(first, last)
    )
