"""Licences as a policy names them: ids, the hub's tags, SPDX expressions (SPDX specification 3.0.1, annex B)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from itertools import product
from typing import Any

from ajar.errors import UsageError
from ajar.model.component import Licence
from ajar.rights.data_store import licences
from ajar.rights.expressions import EXPRESSION_CHARS, own_terms
from ajar.rights.names import resolve

ALTERNATIVES = 64  # of one expression; `(A OR B) AND (C OR D)` has four
_DEPTH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What one entry names: its licences, and the sets of them of which any one is enough."""

    licences: tuple[Licence, ...]
    alternatives: tuple[frozenset[str], ...]

    def covers(self, licence: str, binding: frozenset[str]) -> bool:
        """Whether a licence is one of the entry's, with all that the entry wants beside it among what binds."""
        return any(licence in one and one <= binding for one in self.alternatives)


@cache
def named(text: str) -> Named:
    """The licences of one entry. Raises `UsageError` with the nearest name for one that is not known."""
    whole = _one(text.strip())
    if whole is not None:
        return Named(licences=(whole,), alternatives=(frozenset({whole.id}),))
    found: dict[str, Licence] = {}
    alternatives = tuple(dict.fromkeys(_alternatives(_parsed(text), found, 0)))
    return Named(licences=tuple(found.values()), alternatives=alternatives)


def _parsed(text: str) -> Any:
    from license_expression import ExpressionError, ExpressionParseError, Licensing

    if len(text) > EXPRESSION_CHARS:
        raise UsageError("the expression is too long", hint="write an entry for each licence")
    try:
        tree = Licensing().parse(text)
    except (ExpressionError, ExpressionParseError, RecursionError) as error:
        raise _unknown(text) from error
    if tree is None:
        raise _unknown(text)
    return tree


def _alternatives(node: Any, found: dict[str, Licence], depth: int) -> Iterator[frozenset[str]]:
    """Sets of ids: one of them for each way to read the expression as licences that all bind."""
    members = getattr(node, "args", ())
    if hasattr(node, "exception_symbol"):
        name = str(node.license_symbol.key)
        hint = f"an exception is not told apart from {name} in a release; name {name} itself if that may pass"
        raise UsageError(f"{name} WITH {node.exception_symbol.key}: exceptions are not checked", hint=hint)
    if not members:
        name = str(getattr(node, "key", node))
        licence = _one(name)
        if licence is None:
            raise _unknown(name)
        found[licence.id] = licence
        yield frozenset({licence.id})
        return
    if depth >= _DEPTH:
        raise UsageError("the expression is nested too deep", hint="write an entry for each licence")
    inner = [list(_alternatives(member, found, depth + 1)) for member in members]
    if str(getattr(node, "operator", "")).strip().upper() == "OR":
        yield from (one for ways in inner for one in ways)
        return
    number = 1
    for ways in inner:
        number *= len(ways)
    if number > ALTERNATIVES:
        raise UsageError(f"the expression has {number} readings", hint="write an entry for each licence")
    yield from (frozenset().union(*ways) for ways in product(*inner))


def _one(name: str) -> Licence | None:
    found = resolve(name)
    if found is None and name.startswith("LicenseRef-"):
        return own_terms(name, name.removeprefix("LicenseRef-"))
    return found


def _unknown(name: str) -> UsageError:
    ids = {key.lower(): key for key in licences()}
    near = get_close_matches(name.lower()[:100], list(ids), n=1, cutoff=0.5)
    hint = f"did you mean {ids[near[0]]}?" if near else "see `ajar licence list`"
    return UsageError(f"no licence is known as {name[:80]!r}", hint=hint)
