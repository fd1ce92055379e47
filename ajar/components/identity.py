"""What a release calls itself, so that a link to its own weights is told from a link to another's."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from ajar.model.dossier import Dossier
from ajar.model.release import is_aside

# Words in names that say what a thing is, not which one it is.
__all__ = ["folder_of", "is_aside", "is_own", "names_of"]

_COMMON = frozenset(
    [
        "model",
        "models",
        "inference",
        "forecasting",
        "release",
        "repo",
        "repository",
        "main",
        "code",
        "base",
        "instruct",
        "chat",
        "large",
        "small",
        "weights",
        "package",
        "python",
        "library",
        "open",
        "source",
        "github",
        "official",
        "pytorch",
        "jax",
        "snapshot",
        "the",
        "and",
        "for",
        "from",
        "with",
        "pretrained",
        "time",
        "series",
        "language",
        "vision",
        "multi",
        "learning",
        "deep",
        "research",
        "project",
        "data",
        "dataset",
        "card",
        "family",
        "readme",
        "documentation",
        "introduction",
        "overview",
        "using",
        "usage",
        "version",
        "details",
        "information",
    ]
)
_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)*")


def names_of(dossier: Dossier, title: str) -> frozenset[str]:
    """The distinctive words of the release's own names: folder, package, card title."""
    names = [title, *(str(item.value) for item in dossier.all("package.name", "weights.name"))]
    cards = [item for item in dossier.all("card.title") if "/" not in item.location.path]
    names += [str(item.value) for item in cards[:2]]
    words = {word for name in names for word in _WORD.findall(name.lower())}
    return frozenset(word for word in words if len(word) >= 3 and word not in _COMMON)


def is_own(link: str, names: frozenset[str]) -> bool:
    """Whether a link or hub id speaks of this release: it shares a distinctive word with its names.

    A magnet link names nothing and is taken at the page's word.
    """
    if link.startswith("magnet:"):
        return True
    path = link.lower().partition("://")[2] or link.lower()
    return any(name in path for name in names)


def folder_of(path: str) -> str:
    """The folder a file stands in; `""` for the top."""
    parent = str(PurePosixPath(path).parent)
    return "" if parent == "." else parent
