"""Known systems, makers, people, events and positions: data that ship with ajar and work offline.

    catalogue = load()
    catalogue.find("Mistol").near          # Mistral AI
    catalogue.organisation("x-corp").name_at(PartialDate("2022"))   # Twitter

The data are readable JSON, a file a kind and for systems a file a maker, in `data/`; `schema/` describes them.
"""

from __future__ import annotations

from ajar.catalogue.files import load
from ajar.catalogue.store import Catalogue, Found, Near

__all__ = ["Catalogue", "Found", "Near", "load"]
