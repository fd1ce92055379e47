"""Data held against a JSON Schema, with the line of every fault and the nearest right word.

The part of draft 2020-12 that the policy's own schema uses; an unknown keyword of the schema is a fault of ajar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

_KNOWN = frozenset(
    {
        *("$ref", "$defs", "$id", "$schema", "title", "description", "default", "type", "const", "enum"),
        *("properties", "additionalProperties", "required", "items", "minItems", "maxItems", "minProperties"),
        *("minLength", "maxLength", "minimum", "maximum", "pattern"),
    }
)
_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}
_WORDS = {"object": "a mapping", "array": "a list", "string": "a text", "boolean": "true or false"}
_SHOWN_CHARS = 60
_SHOWN_WORDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something in the data that the schema does not allow. `pointer` is a JSON pointer (RFC 6901)."""

    pointer: str
    message: str


def faults(value: Any, schema: Mapping[str, Any]) -> Iterator[Fault]:
    """Every fault, in the order of the data."""
    yield from _walk(value, schema, schema, "")


def resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema that a `$ref` leads to, with what stands beside it."""
    while "$ref" in schema:
        found: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = {**found, **{key: item for key, item in schema.items() if key != "$ref"}}
    return schema


def _walk(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any], at: str) -> Iterator[Fault]:
    schema = resolved(schema, root)
    unknown = set(schema) - _KNOWN
    if unknown:
        raise AssertionError(f"the schema uses {sorted(unknown)} at {at!r}, which is not checked")
    wanted = schema.get("type")
    if wanted and not _is(value, wanted):
        yield Fault(
            pointer=at,
            message=f"must be {_WORDS.get(wanted, f'a whole {wanted}' if wanted == 'integer' else f'a {wanted}')}, not {_shown(value)}",
        )
        return
    if "const" in schema and value != schema["const"]:
        yield Fault(pointer=at, message=f"must be {schema['const']}, not {_shown(value)}")
    if "enum" in schema and (isinstance(value, bool) or value not in schema["enum"]):
        yield Fault(pointer=at, message=_not_one_of(value, schema["enum"]))
    if isinstance(value, str):
        yield from _text(value, schema, at)
    elif isinstance(value, dict):
        yield from _mapping(value, schema, root, at)
    elif isinstance(value, list):
        yield from _list(value, schema, root, at)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        low, high = schema.get("minimum"), schema.get("maximum")
        if (low is not None and value < low) or (high is not None and value > high):
            yield Fault(pointer=at, message=f"must be from {low} to {high}, not {value}")


def _is(value: Any, wanted: str) -> bool:
    return isinstance(value, _TYPES[wanted]) and (wanted == "boolean" or not isinstance(value, bool))


def _text(value: str, schema: Mapping[str, Any], at: str) -> Iterator[Fault]:
    low, high = schema.get("minLength", 0), schema.get("maxLength")
    if len(value.strip()) < low or len(value) < low:
        yield Fault(pointer=at, message=f"must be at least {low} characters long")
    elif high is not None and len(value) > high:
        yield Fault(pointer=at, message=f"must be at most {high} characters long")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield Fault(
            pointer=at, message=f"{_shown(value)} is not written as it should be: {schema['description']}"
        )


def _mapping(
    value: Mapping[str, Any], schema: Mapping[str, Any], root: Mapping[str, Any], at: str
) -> Iterator[Fault]:
    properties = schema.get("properties", {})
    for key, item in value.items():
        place = f"{at}/{key.replace('~', '~0').replace('/', '~1')}"
        if key in properties:
            yield from _walk(item, properties[key], root, place)
        elif schema.get("additionalProperties") is False:
            yield Fault(pointer=place, message=f"unknown key {_shown(key)}; {_near(key, properties)}")
        elif isinstance(schema.get("additionalProperties"), dict):
            yield from _walk(item, schema["additionalProperties"], root, place)
    for key in schema.get("required", ()):
        if key not in value:
            yield Fault(
                pointer=at,
                message=f"{key!r} is missing: {properties[key].get('description', '')}".rstrip(": "),
            )
    if len(value) < schema.get("minProperties", 0):
        yield Fault(pointer=at, message=f"is empty; {_near('', properties)}")


def _list(value: list[Any], schema: Mapping[str, Any], root: Mapping[str, Any], at: str) -> Iterator[Fault]:
    low, high = schema.get("minItems", 0), schema.get("maxItems")
    if len(value) < low:
        yield Fault(pointer=at, message="is an empty list; leave the key out, or give something")
    if high is not None and len(value) > high:
        yield Fault(pointer=at, message=f"has {len(value)} items; {high} are the most")
        return
    for number, item in enumerate(value):
        yield from _walk(item, schema.get("items", {}), root, f"{at}/{number}")


def _not_one_of(value: Any, allowed: list[Any]) -> str:
    words = [str(item) for item in allowed]
    return f"{_shown(value)} is not one of its words; {_near(str(value), words)}"


def _near(word: str, known: Mapping[str, Any] | list[str]) -> str:
    close = get_close_matches(word[:100].lower(), list(known), n=1, cutoff=0.55)
    names = list(known)
    more = f" and {len(names) - _SHOWN_WORDS} more" if len(names) > _SHOWN_WORDS else ""
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(names[:_SHOWN_WORDS])}{more}"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 1] + "…"
