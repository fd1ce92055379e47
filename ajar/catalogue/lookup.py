"""From what somebody typed to one entity, or an error that says what to type."""

from __future__ import annotations

from collections.abc import Iterable

from ajar.catalogue.store import Catalogue
from ajar.errors import TargetNotFound, UsageError
from ajar.model.catalogue import Entity, Organisation, Person, Product, System

_KIND_WORDS = {Organisation: "organisation", Person: "person", Product: "product", System: "system"}


def kind_of(entity: Entity) -> str:
    """The word for the kind of an entity."""
    return _KIND_WORDS[type(entity)]


def look_up(catalogue: Catalogue, name: str) -> Entity:
    """The one entity of an id or a name. Raises `TargetNotFound` with what is near, `UsageError` for several."""
    known = catalogue.by_id.get(name.strip().lower())
    if known is not None:
        return known
    found = catalogue.find(name)
    if found.one is not None:
        return found.one
    if found.is_ambiguous:
        several = ", ".join(f"{entity.name} ({kind_of(entity)} {entity.id})" for entity in found.exact)
        raise UsageError(f"{name!r} is the name of several: {several}", hint="give the id instead")
    near = ", ".join(dict.fromkeys(item.entity.name for item in found.near))
    hint = f"did you mean: {near}?" if near else "`ajar catalogue` lists the systems; `--kind` the rest"
    raise TargetNotFound(f"nothing in the catalogue is called {name!r}", hint=hint)


def makers_named(catalogue: Catalogue, names: Iterable[str]) -> tuple[Organisation, ...]:
    """Organisations by name; a product or a system stands for its maker, a person for nobody."""
    found = []
    for name in names:
        entity = look_up(catalogue, name)
        if isinstance(entity, Product):
            entity = catalogue.organisation(entity.maker)
        if not isinstance(entity, Organisation):
            raise UsageError(f"{name}: a {kind_of(entity)}, not a maker", hint="give a maker such as OpenAI")
        found.append(entity)
    return tuple(found)
