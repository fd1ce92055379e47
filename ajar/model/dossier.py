"""What the judges see: facts, texts and gaps of one release, indexed. No bytes, no handles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ajar.model.component import Component, ComponentKind
from ajar.model.evidence import Evidence, Gap, Text
from ajar.model.release import Release
from ajar.model.report import FileFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """The facts of one release."""

    release: Release
    files: tuple[FileFacts, ...]
    evidence: tuple[Evidence, ...]
    gaps: tuple[Gap, ...]
    texts: tuple[Text, ...]
    _by_key: dict[str, list[Evidence]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index: dict[str, list[Evidence]] = {}
        for item in self.evidence:
            index.setdefault(item.key, []).append(item)
        object.__setattr__(self, "_by_key", index)

    def all(self, *keys: str) -> tuple[Evidence, ...]:
        """Every fact under any of the keys, in the order observed."""
        return tuple(item for key in keys for item in self._by_key.get(key, ()))

    def first(self, key: str) -> Evidence | None:
        found = self._by_key.get(key)
        return found[0] if found else None

    def paths(self, *formats: str) -> tuple[str, ...]:
        """Files whose bytes are of any of the formats."""
        return tuple(item.path for item in self.files if item.format in formats)

    def family(self, *families: str) -> tuple[FileFacts, ...]:
        return tuple(item for item in self.files if item.family in families)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What an instrument judges: 17 components with their licences, and the facts beside them.

    `trust_declared` is for a record that somebody filled in: there every statement is a declaration
    and the question is what follows from it, so declarations count as met.
    """

    components: Mapping[ComponentKind, Component]
    evidence: tuple[Evidence, ...] = ()
    gaps: tuple[Gap, ...] = ()
    hosted_only: bool | None = None
    gated: bool | None = None
    trust_declared: bool = False
    record: bool = False

    def facts(self, *keys: str) -> tuple[Evidence, ...]:
        return tuple(item for item in self.evidence if item.key in keys)


def by_kind(components: Iterable[Component]) -> dict[ComponentKind, Component]:
    return {component.kind: component for component in components}
