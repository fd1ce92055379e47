"""Licences as a policy names them: ids, the hub's tags, SPDX expressions."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from ajar.errors import UsageError
from ajar.model.component import Licence
from ajar.rights.data_store import licences
from ajar.rights.expressions import own_terms, parse
from ajar.rights.names import resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What one entry names: any one of its licences, or all of them together."""

    licences: tuple[Licence, ...]
    together: bool = False


@cache
def named(text: str) -> Group:
    """The licences of one entry. Raises `UsageError` with the nearest name for one that is not known.

    `A OR B` is an entry for each; `A AND B` stands for a release that both bind.
    """
    whole = _one(text.strip())
    if whole is not None:
        return Group(licences=(whole,))
    parts = parse(text)
    if parts is None:
        raise _unknown(text)
    found = []
    for name in parts.names:
        licence = _one(name)
        if licence is None:
            raise _unknown(name)
        found.append(licence)
    return Group(licences=tuple(found), together=len(found) > 1 and not parts.choice)


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
