"""What a release says it was made from: fields, configurations, merge recipes, names, and sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from ajar.model.dossier import Dossier
from ajar.model.evidence import Basis, Evidence, Location
from ajar.model.lineage import Base, Parent, Relation
from ajar.rights import bases
from ajar.rights.texts import is_aside
from ajar.rights.told import FENCE, ID, TEXT_CHARS, fold, from_sentences, pages

Lookup = Callable[[str], Base | None]
_PARENTS = 32  # of one release; merges name up to 20
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_MERGED = re.compile(
    r"^[ \t]*(?:-[ \t]*)?(?P<key>model|source_model|base_model):[ \t]*[\"']?(?P<id>" + ID + r")",
    re.MULTILINE,
)
_STEMS = {relation.value: relation for relation in Relation} | {
    "lora": Relation.ADAPTER,
    "quantised": Relation.QUANTIZED,
}


def parents(dossier: Dossier, title: str, *, lookup: Lookup | None = None) -> tuple[Parent, ...]:
    """The models that a release says, or shows, it comes from; each once, the surest statement first.

    `lookup` gives what somebody found out about a base model by its name; its answer goes before the
    table of well-known ones.
    """
    found: list[Parent] = []
    for parent in (
        *_of_cards(dossier, title),
        *_of_adapters(dossier),
        *_of_merges(dossier),
        *_of_weights(dossier, title),
        *from_sentences(dossier, title),
        *_of_datasets(dossier),
        *_of_name(dossier, title),
        *_of_configs(dossier),
        *_of_host(dossier),
    ):
        known = next((old for old in found if _same(old, parent)), None)
        if known is None and len(found) < _PARENTS and not _is_self(parent, title):
            found.append(parent)
        elif known is not None and known.relation is Relation.UNKNOWN and not parent.is_hint:
            found[found.index(known)] = replace(known, relation=parent.relation, is_hint=False)
    found = [parent for parent in found if parent.subject or not _told_of_parts(parent, found)]
    sure = [parent for parent in found if not parent.is_hint]
    return tuple(licensed(parent, lookup) for parent in (*sure, *(item for item in found if item.is_hint)))


def _same(one: Parent, other: Parent) -> bool:
    """Whether two statements name the same model in the same role: outputs are another role than weights."""
    outputs = {Relation.TRAINED_ON_OUTPUTS, Relation.DISTILLED}
    if one.subject != other.subject or (one.relation in outputs) != (other.relation in outputs):
        return False
    first, second = (item.id.lower().rpartition("/")[2].replace(" ", "-") for item in (one, other))
    return first == second or first.startswith(f"{second}-") or second.startswith(f"{first}-")


def _told_of_parts(parent: Parent, found: list[Parent]) -> bool:
    """Whether a general statement is told more exactly of single models."""
    return any(other.subject and _same(replace(other, subject=""), parent) for other in found)


def _is_self(parent: Parent, title: str) -> bool:
    """Whether a statement names this release, or a variant that bears its name."""
    own = fold(title.rstrip("/").rpartition("/")[2])
    named = fold(parent.id.rpartition("/")[2])
    return named == own or f" {own}".endswith(f" {named}") or (len(own) >= 4 and named.startswith(f"{own} "))


def licensed(parent: Parent, lookup: Lookup | None) -> Parent:
    """The parent with the licence that stands at its source, where somebody looked or a row knows it."""
    base = lookup(parent.id) if lookup is not None else None
    if base is not None and base.licences:
        return replace(
            parent,
            licences=base.licences,
            licence_source=base.source,
            licence_date=base.date or "here",
            terms=base.terms,
            texts=base.texts,
            maker=parent.maker or (parent.id.partition("/")[0] if "/" in parent.id else ""),
        )
    if "/" in parent.id and not parent.maker:
        parent = replace(parent, maker=parent.id.partition("/")[0])
    if parent.licences:
        return parent
    known = (
        bases.by_id(parent.id)
        or bases.by_bare_name(parent.id.rpartition("/")[2])
        or bases.by_words(parent.id)
    )
    if known is None or not known.licences:
        return parent
    return replace(
        parent,
        licences=known.licences,
        choice=known.choice,
        licence_source=known.source,
        licence_date=known.date if known.is_read else "",
        maker=parent.maker or known.maker,
    )


def _parent(item: Evidence, relation: Relation, *, hint: bool = False) -> Parent:
    return Parent(
        id=str(item.value).strip()[: bases.ID_CHARS],
        relation=relation,
        location=item.location,
        quote=item.quote or str(item.value),
        basis=item.basis,
        is_hint=hint,
    )


def _of_cards(dossier: Dossier, title: str) -> Iterator[Parent]:
    items = [item for item in dossier.all("card.base-model") if not is_aside(item.location.path)]
    stated = {item.location.path: str(item.value).lower() for item in dossier.all("card.base-model-relation")}
    for item in items:
        relation = _STEMS.get(stated.get(item.location.path, ""))
        if relation is None:
            same = [other for other in items if other.location.path == item.location.path]
            relation = Relation.MERGE if len(same) > 1 else _shape(dossier, title)
        yield _parent(item, relation)
    for item in dossier.all("card.tag"):
        parts = str(item.value).split(":")
        if parts[0] == "base_model" and len(parts) >= 2 and _HUB_ID.fullmatch(parts[-1]):
            relation = _STEMS.get(parts[1], Relation.UNKNOWN) if len(parts) > 2 else Relation.UNKNOWN
            yield replace(_parent(item, relation), id=parts[-1])


def _shape(dossier: Dossier, title: str) -> Relation:
    """How a model most likely comes from its one base: the hub guesses alike."""
    if any(str(item.value) == "adapter" for item in dossier.all("config.kind")):
        return Relation.ADAPTER
    if bases.is_quantised_name(title) or any(item.format == "gguf" for item in dossier.files):
        return Relation.QUANTIZED
    return Relation.FINETUNE


def _of_adapters(dossier: Dossier) -> Iterator[Parent]:
    for item in dossier.all("config.base-model"):
        if not is_aside(item.location.path):
            yield _parent(item, Relation.ADAPTER, hint=not _HUB_ID.fullmatch(str(item.value).strip()))


def _of_merges(dossier: Dossier) -> Iterator[Parent]:
    for item in dossier.all("config.merge-model", "config.merge-base"):
        if not is_aside(item.location.path):
            yield _parent(item, Relation.MERGE, hint=not _HUB_ID.match(str(item.value).strip()))
    for text in pages(dossier):
        for block in FENCE.finditer(text.text[:TEXT_CHARS]):
            if "merge_method" not in block[1]:
                continue
            for match in _MERGED.finditer(block[1]):
                line = text.text.count("\n", 0, block.start(1) + match.start("id")) + 1
                yield Parent(
                    id=match["id"],
                    relation=Relation.MERGE,
                    location=Location(path=text.path, line=line),
                    quote=match[0].strip(),
                )


def _of_weights(dossier: Dossier, title: str) -> Iterator[Parent]:
    """GGUF's `general.base_model.*`: the address where there is one, the name where not."""
    chosen: dict[tuple[str, str], Evidence] = {}
    for item in dossier.all("weights.base-model"):
        index = (item.location.pointer or "").rpartition(".")[0]
        value = str(item.value)
        if (item.location.path, index) not in chosen or "/" in value:
            chosen[item.location.path, index] = item
    for item in chosen.values():
        copied = (
            bases.without_quantisation(title.rpartition("/")[2]).lower()
            == str(item.value).lower().rpartition("/")[2]
        )
        yield _parent(item, Relation.QUANTIZED if copied else Relation.FINETUNE)


def _of_name(dossier: Dossier, title: str) -> Iterator[Parent]:
    """A quantised copy keeps the name of what it copies."""
    bare = title.rstrip("/").rpartition("/")[2]
    if not bases.is_quantised_name(bare):
        return
    known = bases.by_bare_name(bare)
    yield Parent(
        id=known.id if known else bases.without_quantisation(bare),
        relation=Relation.QUANTIZED,
        location=Location(path=dossier.files[0].path if dossier.files else "."),
        quote=bare,
        basis=Basis.INFERRED,
        is_hint=known is None,
    )


def _of_host(dossier: Dossier) -> Iterator[Parent]:
    """What the host states, which it mostly has from the card; it guesses the relation where nobody says."""
    for item in dossier.all("host.base-model"):
        if _HUB_ID.fullmatch(str(item.value)):
            relation = _STEMS.get(item.quote.removeprefix("relation: "), Relation.UNKNOWN)
            yield _parent(item, relation)


def _of_configs(dossier: Dossier) -> Iterator[Parent]:
    """`_name_or_path` is where the saver loaded from, often the base model: a hint."""
    for item in dossier.all("config.name-or-path"):
        value = str(item.value).strip()
        if _HUB_ID.fullmatch(value) and not is_aside(item.location.path) and bases.by_id(value):
            yield _parent(item, Relation.UNKNOWN, hint=True)


def _of_datasets(dossier: Dossier) -> Iterator[Parent]:
    """Training data that are known to hold another model's outputs."""
    for item in dossier.all("card.dataset"):
        known = bases.dataset(str(item.value))
        if known is not None and not is_aside(item.location.path):
            yield replace(
                _parent(item, Relation.TRAINED_ON_OUTPUTS),
                licences=known.licences,
                licence_source=known.source,
                licence_date=known.date if known.is_read else "",
            )
