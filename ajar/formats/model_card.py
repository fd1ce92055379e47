"""Model cards and every other Markdown or reStructuredText document."""

from __future__ import annotations

from collections.abc import Iterator

from ajar.config import Limits
from ajar.formats._card import KEYS, inspect_card
from ajar.formats._text import basename, looks_like_text
from ajar.interfaces import Blob, Format, Observation

_SUFFIXES = (".md", ".markdown", ".mdx", ".rst")
_NAMES = ("readme", "model_card", "modelcard", "model-card")


def _matches(head: bytes, path: str) -> bool:
    name = basename(path).lower()
    if name.endswith(_SUFFIXES):
        return looks_like_text(head)
    named = name.startswith(_NAMES) and ("." not in name or name.endswith((".txt", ".text")))
    return named and looks_like_text(head)


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    yield from inspect_card(path, blob, limits, "model-card")


FORMAT = Format(
    id="model-card",
    title="model card or other Markdown document",
    family="document",
    suffixes=_SUFFIXES,
    matches=_matches,
    inspect=_inspect,
    keys=KEYS,
    spec="https://github.com/huggingface/hub-docs/blob/main/modelcard.md",
)
