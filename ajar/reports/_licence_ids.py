"""Licences as bills of materials name them: an SPDX id, or a `LicenseRef` with the licence's own name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ajar.model.component import LicenceMatch
from ajar.rights.data_store import is_spdx

_NOT_IDSTRING = re.compile(r"[^A-Za-z0-9.-]+")


def expression(matches: Iterable[LicenceMatch]) -> str:
    """One SPDX expression over the licences (SPDX 3.0.1, annex B): all hold, but of a dual licence any one."""
    terms: dict[str, None] = {}
    for match in matches:
        if match.choice:
            terms[f"({match.choice})"] = None
        else:
            terms[licence_ref(match.licence.id)] = None
    joined = " AND ".join(terms)
    return joined.removeprefix("(").removesuffix(")") if len(terms) == 1 else joined


def licence_ref(name: str) -> str:
    """An id that SPDX's grammar takes: its own, or `LicenseRef-…`."""
    return name if is_spdx(name) else f"LicenseRef-{_NOT_IDSTRING.sub('-', name).strip('-') or 'unnamed'}"
