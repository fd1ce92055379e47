"""The reference page of policies: every key from the schema, every preset as it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ajar.policy import PRESETS, preset_text, schema
from ajar.schema_check import resolved

NOTE = "<!-- Written by tools/docs.py from code and data; change those, then run `make docs`. -->"
_ABOUT = (
    "A policy is YAML, read strictly: a key that is not listed here is an error that names the nearest right one and the "
    "line. `ajar policy schema` prints the same as JSON Schema, for editors. How a gate uses it stands in "
    "[the gate](../gate.md)."
)
_LISTED = 12  # words of a choice shown one by one


def page() -> str:
    """The page."""
    root = schema()
    parts = [
        "# The format of a policy",
        NOTE,
        f"{root['description']} {_ABOUT}",
    ]
    parts.append(_table(root, root))
    for name, value in root["properties"].items():
        parts += _section(name, value, root)
    parts.append("## Presets")
    parts.append(
        "`--policy NAME` takes one as it is, `extends: NAME` builds on it; `ajar policy show NAME` prints it."
    )
    for name in PRESETS:
        parts += [f"### {name}", f"```yaml\n{preset_text(name).rstrip()}\n```"]
    return "\n\n".join(parts) + "\n"


def _section(name: str, value: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[str]:
    """A key that has keys of its own, and those below it."""
    found = resolved(value, root)
    inner = resolved(found.get("items", {}), root) if found.get("type") == "array" else found
    if "properties" not in inner:
        return
    yield f"## {name}"
    yield found.get("description", "")
    yield _table(inner, root)
    for key, below in inner["properties"].items():
        deeper = resolved(below, root)
        deeper = resolved(deeper.get("items", {}), root) if deeper.get("type") == "array" else deeper
        if "properties" in deeper:
            yield f"### {name}.{key}"
            yield _table(deeper, root)


def _table(value: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    rows = ["| key | value | meaning |", "|---|---|---|"]
    for key, item in value["properties"].items():
        found = resolved(item, root)
        needed = " (needed)" if key in value.get("required", ()) else ""
        default = f" Default: `{str(found['default']).lower()}`." if "default" in found else ""
        rows.append(
            f"| `{key}`{needed} | {_kind(found, root)} | {_cell(found.get('description', ''))}{default} |"
        )
    return "\n".join(rows)


def _kind(found: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    if "const" in found:
        return f"`{found['const']}`"
    if "enum" in found:
        words = [f"`{word}`" for word in found["enum"][:_LISTED]]
        more = f" and {len(found['enum']) - _LISTED} more" if len(found["enum"]) > _LISTED else ""
        return " ".join(words) + more
    if found.get("type") == "array":
        return f"list of: {_kind(resolved(found['items'], root), root)}"
    if found.get("type") == "object":
        return "keys below"
    if "minimum" in found:
        return f"{found['type']} from {found['minimum']} to {found['maximum']}"
    return {"string": "text", "boolean": "`true` `false`"}.get(found.get("type", ""), "")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
