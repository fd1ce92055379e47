"""Data cards and datasheets: the card analysis under keys of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ajar.config import Limits
from ajar.formats._card import KEYS, inspect_card
from ajar.formats._text import basename, looks_like_text
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence

_NAME = re.compile(
    r"(?:.{0,60}[_. -])?(?:data[_ -]?card|data[_ -]?sheet|dataset[_ -]?card)(?:[_. -].{0,60})?", re.IGNORECASE
)
_SUFFIXES = (".md", ".markdown", ".rst", ".txt")
# Fields that only the card of a data set has.
_DATASET_FIELD = re.compile(
    rb"^(?:dataset_info|task_categories|annotations_creators|size_categories|source_datasets|task_ids|configs)[ \t]*:",
    re.MULTILINE,
)
_FRONT = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,20}---[ \t]*\r?\n")


def _matches(head: bytes, path: str) -> bool:
    name = basename(path).lower()
    stem, dot, suffix = name.rpartition(".")
    if dot and f".{suffix}" not in _SUFFIXES:
        return False
    if _NAME.fullmatch(stem if dot else name):
        return looks_like_text(head)
    if not name.startswith("readme"):
        return False
    start = _FRONT.match(head)
    if start is None:
        return False
    end = head.find(b"\n---", start.end() - 1)
    front = head[start.end() : end if end >= 0 else len(head)]
    return _DATASET_FIELD.search(front) is not None and looks_like_text(head)


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    for seen in inspect_card(path, blob, limits, "data-card"):
        yield replace(seen, key=_key(seen.key)) if isinstance(seen, Evidence) else seen


def _key(key: str) -> str:
    """A card's keys become a data card's; what any document may be keeps its own."""
    return f"data-{key}" if key.startswith("card.") else key


FORMAT = Format(
    id="data-card",
    title="data card or datasheet",
    family="document",
    suffixes=(".md",),
    matches=_matches,
    inspect=_inspect,
    keys={_key(key): meaning for key, meaning in KEYS.items()},
    spec="https://github.com/huggingface/hub-docs/blob/main/datasetcard.md",
)
