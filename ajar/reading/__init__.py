"""An article read against the catalogue: whom it speaks of, how open each system is, which statements do not hold.

    reading = read(Path("article.txt").read_bytes(), "article.txt")
    [item for item in reading.statements if item.verdict == "contradicted"]

Deterministic and offline: names from the catalogue, relations from a grammar in `data/`. See docs/reading.md.
"""

from __future__ import annotations

from ajar.reading.proposals import with_proposals
from ajar.reading.whole import read

__all__ = ["read", "with_proposals"]
