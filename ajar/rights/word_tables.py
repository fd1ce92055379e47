"""The word tables of the identifier, and what a word's table says of the words around it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

ASCII_WORD = re.compile(r"[a-z0-9]+")


@cache
def tables() -> Mapping[str, Any]:
    """`data/words.toml`."""
    import tomllib

    return tomllib.loads((files("ajar.rights") / "data" / "words.toml").read_text("utf-8"))


@cache
def word_set(name: str) -> frozenset[str]:
    """One table of words."""
    return frozenset(tables()[name]["words"].split())


@cache
def spelling() -> Mapping[str, str]:
    """Spellings, each with the one that it is read as."""
    pairs: Mapping[str, str] = tables()["spelling"]["pairs"]
    return pairs


@cache
def joined() -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Pairs of words that are read as others."""
    return {
        (one.split()[0], one.split()[1]): tuple(other.split())
        for one, other in tables()["joined"]["pairs"].items()
    }


@cache
def confusable() -> Mapping[str, str]:
    """Letters of other scripts, each with the Latin letter that it is taken for."""
    return {pair[0]: pair[1] for pair in tables()["confusable"]["pairs"].split()}


def is_light(words: str) -> bool:
    """Whether no word of it carries a condition."""
    return word_set("weighty").isdisjoint(ASCII_WORD.findall(words.lower()))


def is_name(words: Sequence[str]) -> bool:
    """Whether words may name a party, a product or a document: no condition among them, and no verb."""
    return word_set("weighty").isdisjoint(words) and word_set("verbs").isdisjoint(words)
