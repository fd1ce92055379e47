"""What a licence field names: one licence, an SPDX expression, a hub tag, a family, or nothing.

`A OR B` leaves the choice to the licensee, `A AND B` binds to both, `A WITH e` is A with more rights.
SPDX specification 3.0.1, annex B.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ajar.model.component import Licence, Openness

EXPRESSION_CHARS = 500  # the longest SPDX expression met in package metadata has 160
_OPERATOR = re.compile(r"(?:^|[\s)])(?:and|or|with)(?:[\s(]|$)", re.IGNORECASE)
_SLASHED = re.compile(r"\s*/\s*")
_SAFE = re.compile(r"[\w.+:() /-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The names in an expression. `choice` when the licensee may pick one of them."""

    names: tuple[str, ...]
    choice: bool


def parse(text: str) -> Named | None:
    """The names an expression is made of; None when it is no expression, only words.

    `A AND B OR C` is no free choice of one name: all of them are then held to bind, the strict reading.
    """
    bare = text.strip()
    if not bare or len(bare) > EXPRESSION_CHARS or not _SAFE.fullmatch(bare):
        return None
    if not _OPERATOR.search(bare):
        parts = _SLASHED.split(bare)
        # "MIT/Apache-2.0" was Cargo's old way to write OR.
        whole = all(re.fullmatch(r"[\w.+-]{2,40}", part) for part in parts)
        return Named(names=tuple(parts), choice=True) if len(parts) == 2 and whole else None
    from license_expression import ExpressionError, ExpressionParseError, Licensing

    try:
        tree = Licensing().parse(bare)
    except (ExpressionError, ExpressionParseError):
        return None
    if tree is None:
        return None
    found = {_key(symbol) for symbol in tree.symbols}
    names = tuple(sorted(found, key=lambda name: (bare.lower().find(name.lower()), name)))
    members = getattr(tree, "args", ())
    flat = bool(members) and all(not getattr(member, "args", ()) for member in members)
    return Named(names=names, choice=flat and getattr(tree, "operator", "").strip() == "OR")


def _key(symbol: Any) -> str:
    licence = getattr(symbol, "license_symbol", symbol)
    return str(licence.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One of the hub's ids. `kind`: one | family | none."""

    id: str
    name: str
    kind: str
    licence: str
    openness: Openness
    limits: tuple[str, ...]

    def as_licence(self) -> Licence:
        """The id as a licence of its own, for a family or a text that is not in the data."""
        return Licence(id=self.id, name=self.name, openness=self.openness, osi=False, limits=self.limits)


@cache
def hub_tags() -> Mapping[str, Tag]:
    """The hub's ids, all 83, from `data/hub_tags.toml`."""
    import tomllib

    data = tomllib.loads((files("ajar.rights") / "data" / "hub_tags.toml").read_text("utf-8"))
    return {
        row["id"]: Tag(
            id=row["id"],
            name=row["name"],
            kind=row["kind"],
            licence=row.get("licence", ""),
            openness=Openness(row.get("openness", "unknown")),
            limits=tuple(row.get("limits", ())),
        )
        for row in data["tag"]
    }


def own_terms(name: str, said: str) -> Licence:
    """Terms that only their publisher knows: named, and nothing more."""
    slug = re.sub(r"[^a-z0-9.+-]+", "-", said.lower()).strip("-")[:60]
    return Licence(id=f"LicenseRef-{slug or name}", name=said[:120], openness=Openness.UNKNOWN, osi=False)
