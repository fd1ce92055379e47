"""What stands behind a system's name: a size, a variant, a version."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ajar.model.catalogue import Product, System
from ajar.reading.lexicon import word_set
from ajar.reading.mention import Mention, written
from ajar.reading.tokens import Token

_SAME = frozenset({"instruct", "chat", "preview"})
_OTHER = word_set("mentions-other")
_SIZE = re.compile(r"^\d+(?:\.\d+)?(?:[bmtk]|x\d+b)?(?:-\w+)*$", re.IGNORECASE)
_COUNTED = frozenset({"billion", "million", "trillion", "months", "years", "days", "percent", "parameters"})


def with_suffix(mention: Mention, tokens: Sequence[Token]) -> Mention:
    """With the words that name a size, a variant or a version behind it."""
    last = mention.last
    if not isinstance(mention.entity, System | Product):
        return mention
    variant = vague = False
    while last < len(tokens) and tokens[last].start - tokens[last - 1].end == 1:
        word = tokens[last].lower
        if _SIZE.match(word) and any(char.isdigit() for char in word):
            is_count = last + 1 < len(tokens) and tokens[last + 1].lower in _COUNTED
            if is_count or (word.isdigit() and len(word) == 4):
                break
            vague = vague or isinstance(mention.entity, Product)
            variant = variant or word.isdigit()
        elif word in _OTHER and tokens[last].text[0].isupper():
            vague = vague or isinstance(mention.entity, Product)
            variant = True
        elif word not in _SAME:
            break
        last += 1
    follows = tokens[last].lower if last < len(tokens) else ""
    variant = variant or follows in {"series", "family", "line"}
    if last == mention.last and not variant:
        return mention
    return replace(
        mention,
        last=last,
        end=tokens[last - 1].end,
        text=written(tokens, mention.first, last),
        is_variant=variant,
        is_vague=vague,
    )
