"""SPDX's licence XML as plain text with groups: which words may be left out, and what may stand in a slot."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from xml.etree import ElementTree as ET

_SPACE = re.compile(r"\s+")
_BLOCKS = {"p", "item", "list", "titleText", "copyrightText", "optional", "standardLicenseHeader", "br"}
# Whole elements that the matching guidelines let go.
_OPTIONAL = {"optional", "titleText", "copyrightText", "standardLicenseHeader", "bullet"}
# More alternatives than this and the slot takes any few words.
_ALTERNATIVES = 64
_ANY = "\x00"

Span = tuple[int, int, str, list[str]]
"""Characters from, to, kind, alternatives as text with `\x00` for anything."""


def read(path: Path, element: str = "text") -> tuple[str, list[Span]]:
    """The text that an element of the XML shows, and its groups by characters. Empty when there is none."""
    root = ET.parse(path).getroot()
    body = next((found for found in root.iter() if _name(found) == element), None)
    parts: list[str] = []
    spans: list[Span] = []
    if body is not None:
        _render(body, parts, spans)
    return "".join(parts), spans


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _render(element: ET.Element, parts: list[str], spans: list[Span]) -> None:
    name = _name(element)
    is_block = name in _BLOCKS and not (name == "optional" and _is_inline(element))
    if is_block:
        parts.append("\n\n")
    start = sum(map(len, parts))
    parts.append(_SPACE.sub(" ", element.text or ""))
    for child in element:
        _render(child, parts, spans)
        parts.append(_SPACE.sub(" ", child.tail or ""))
    end = sum(map(len, parts))
    if is_block:
        parts.append("\n\n")
    if name in _OPTIONAL:
        spans.append((start, end, "o", []))
    if name == "alt":
        shown = "".join(element.itertext())
        spans.append(
            (start, end, "s", sorted({_SPACE.sub(" ", shown).strip(), *expand(element.get("match", ""))}))
        )


def _is_inline(element: ET.Element) -> bool:
    return all(_name(child) not in {"p", "list", "item"} for child in element.iter() if child is not element)


def expand(pattern: str) -> list[str]:
    """The texts that a slot's pattern lets stand, with `\x00` where it lets anything stand."""
    from re import _parser  # type: ignore[attr-defined]

    try:
        found = _texts(_parser.parse(pattern))
    except re.error:
        return [_ANY]
    return [_SPACE.sub(" ", text).strip() for text in found] if len(found) <= _ALTERNATIVES else [_ANY]


def _texts(parsed: object) -> list[str]:
    texts = [""]
    for operation, value in parsed:  # type: ignore[attr-defined]
        pieces = _piece(str(operation), value)
        texts = ["".join(pair) for pair in product(texts, pieces)]
        if len(texts) > _ALTERNATIVES:
            return texts
    return list(dict.fromkeys(texts))


def _piece(operation: str, value: object) -> list[str]:
    if operation == "LITERAL":
        return [chr(value)]  # type: ignore[arg-type]
    if operation == "IN":
        return [_of_set(value)]  # type: ignore[arg-type]
    if operation == "BRANCH":
        return [text for branch in value[1] for text in _texts(branch)]  # type: ignore[index]
    if operation == "SUBPATTERN":
        return _texts(value[3])  # type: ignore[index]
    if operation in {"MAX_REPEAT", "MIN_REPEAT"}:
        low, high, inner = value  # type: ignore[misc]
        texts = _texts(inner)
        if (low, high) == (0, 1):
            return ["", *texts]
        return (
            [" "] if all(not text.strip() for text in texts) else [f" {_ANY} "] if texts != ["-"] else [" "]
        )
    if operation == "AT":
        return [""]
    return [f" {_ANY} "]


def _of_set(members: list[tuple[object, object]]) -> str:
    literals = [chr(value) for operation, value in members if str(operation) == "LITERAL"]  # type: ignore[arg-type]
    if any(str(operation) == "CATEGORY" and "SPACE" in str(value) for operation, value in members):
        return " "
    if literals and len(literals) == len(members):
        letters = {letter.lower() for letter in literals if letter.isalnum()}
        return letters.pop() if len(letters) == 1 else " " if not letters else _ANY
    return _ANY
