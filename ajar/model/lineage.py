"""The line of base models: what a release was made from, how, and under which licence that stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ajar.model.component import Licence
from ajar.model.evidence import Basis, Location
from ajar.model.terms import Terms


class Relation(StrEnum):
    """How a model comes from its parent; the first four are the hub's own words (model cards, base_model_relation)."""

    FINETUNE = "finetune"
    ADAPTER = "adapter"
    QUANTIZED = "quantized"
    MERGE = "merge"
    DISTILLED = "distilled"
    TRAINED_ON_OUTPUTS = "trained-on-outputs"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseText:
    """A licence's words as a base model's own release has them."""

    licence: str  # id
    path: str  # with the release it stands in
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What somebody found out about a base model: from its folder, its repository or its maker."""

    name: str
    licences: tuple[Licence, ...]
    source: str  # where that was read
    date: str = ""
    terms: Terms | None = None
    texts: tuple[BaseText, ...] = ()
    parents: tuple[Parent, ...] = ()  # as its own release names them
    problem: str = ""  # why nothing is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """One model that a release comes from.

    `licences` is empty when nobody knows them. A hint (a configuration's `_name_or_path`, a sentence that
    names a family) tells where to look and never carries a finding by itself.
    """

    id: str  # a hub id, or the words that name it
    relation: Relation
    location: Location  # where the release says so
    quote: str = ""
    basis: Basis = Basis.DECLARED
    is_hint: bool = False
    licences: tuple[Licence, ...] = ()
    choice: bool = False  # any one of the licences may be picked; otherwise all hold
    licence_source: str = ""  # an address, or the folder its licence text was read in
    licence_date: str = ""  # the day that was read
    terms: Terms | None = None
    maker: str = ""  # who publishes it, as far as its id tells
    of: str = ""  # the model of the line that names it; "" is the release itself
    depth: int = 1
    binds: bool = True  # whether what its licence asks can reach the release
    problem: str = ""  # why it could not be asked, or followed
    texts: tuple[BaseText, ...] = ()
    subject: str = ""  # the one model of a repository that comes from it; "" is all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One base model of another. `problem` says why nothing more is known of it."""

    name: str
    of: str  # the name of the model derived from it
    depth: int  # 1 for a base of the release itself
    relation: str  # finetune | adapter | quantized | merge | unknown
    stated_at: str  # the place that names it
    licences: tuple[str, ...] = ()  # on its weights
    revision: str | None = None
    problem: str = ""
