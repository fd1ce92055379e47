"""The YAML block at the head of a card: what the publisher declares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ajar.errors import BudgetExceeded, MalformedError
from ajar.formats._text import EvidenceMaker, clip
from ajar.model.evidence import Basis, Evidence, Gap, GapReason
from ajar.yaml_text import YamlDocument, load_yaml

FIELD_LIMIT = 128
LIST_LIMIT = 64
_METRIC_LIMIT = 20_000
_END = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_START = re.compile(r"\s{0,20}---[ \t]*\n")

# Field of the card -> the evidence key it becomes, one piece of evidence for each entry of a list.
_KEYS = {
    "license": "card.license",
    "license_name": "card.license-name",
    "license_link": "card.license-link",
    "base_model": "card.base-model",
    "base_model_relation": "card.base-model-relation",
    "datasets": "card.dataset",
    "dataset": "card.dataset",
    "train_datasets": "card.dataset",
    "library_name": "card.library",
    "pipeline_tag": "card.pipeline-tag",
    "language": "card.language",
    "tags": "card.tag",
}


def split_front_matter(text: str) -> tuple[str, str, int]:
    """The YAML text (or ""), the body, and the 1-based line that the body begins at."""
    start = _START.match(text)
    if start is None:
        return "", text, 1
    end = _END.search(text, start.end())
    if end is None:
        return "", text, 1
    front = text[start.end() : end.start()]
    return front, text[end.end() :], text.count("\n", 0, end.end()) + 1


def read_front_matter(text: str, first_line: int, make: EvidenceMaker) -> Iterator[Evidence | Gap]:
    """What the fields of the front matter say; a gap when it is not YAML or too much of it."""
    try:
        document = load_yaml(text, first_line=first_line)
    except MalformedError as error:
        yield make.gap(GapReason.MALFORMED, f"front matter: {error.message}", line=first_line)
        return
    except BudgetExceeded as error:
        yield make.gap(GapReason.OVER_BUDGET, f"front matter: {error.message}", line=first_line)
        return
    fields = document.value
    if not isinstance(fields, dict):
        if fields is not None:
            yield make.gap(GapReason.MALFORMED, "front matter is not a mapping of fields", line=first_line)
        return
    yield from _scalars(document, make)
    for name, key in _KEYS.items():
        for index, value in enumerate(_entries(fields.get(name))):
            pointer = f"/{name}/{index}" if isinstance(fields[name], list) else f"/{name}"
            line = document.lines.get(pointer)
            yield make(key, value, pointer=pointer, line=line, basis=Basis.DECLARED)
    yield from _gate(document, make)
    yield from _metrics(document, make)
    yield from _widget_outputs(document, make)


def _entries(value: Any) -> Iterator[str]:
    """Names in a field: a scalar, a list of scalars, or a list of mappings with a name."""
    for item in (value if isinstance(value, list) else [value])[:LIST_LIMIT]:
        if isinstance(item, dict):
            item = item.get("name") or item.get("id") or item.get("model")  # noqa: PLW2901
        if isinstance(item, str | int | float) and not isinstance(item, bool) and str(item).strip():
            yield str(item).strip()


def _scalars(document: YamlDocument, make: EvidenceMaker) -> Iterator[Evidence]:
    for name, value in list(document.value.items())[:FIELD_LIMIT]:
        if isinstance(value, str | int | float | bool):
            pointer = "/" + name.replace("~", "~0").replace("/", "~1")
            yield make(
                "card.field",
                value,
                pointer=pointer,
                line=document.lines.get(pointer),
                quote=f"{name}: {clip(str(value))}" if isinstance(value, str) else "",
                basis=Basis.DECLARED,
            )


def _gate(document: YamlDocument, make: EvidenceMaker) -> Iterator[Evidence]:
    gates = [name for name in document.value if name.startswith("extra_gated_")]
    if gates:
        quote = next((v for n in gates if isinstance(v := document.value[n], str)), gates[0])
        pointer = f"/{gates[0]}"
        line = document.lines.get(pointer)
        yield make("card.gated", True, pointer=pointer, line=line, quote=quote, basis=Basis.DECLARED)


def _metrics(document: YamlDocument, make: EvidenceMaker) -> Iterator[Evidence]:
    """Numeric results under `model-index`."""
    count, quote = 0, ""
    for result in _walk(document.value.get("model-index"), ("results", "metrics")):
        value = result.get("value")
        if isinstance(value, int | float) and not isinstance(value, bool):
            count += 1
            name = result.get("name") or result.get("type") or "metric"
            quote = quote or f"{clip(str(name), 60)}: {clip(str(value), 30)}"
        if count >= _METRIC_LIMIT:
            break
    if count:
        line = document.lines.get("/model-index")
        yield make("card.metric", count, pointer="/model-index", line=line, quote=quote, basis=Basis.DECLARED)


def _walk(value: Any, names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Mappings at the end of a path of named lists."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            if names:
                yield from _walk(item.get(names[0]), names[1:])
            else:
                yield item


def _widget_outputs(document: YamlDocument, make: EvidenceMaker) -> Iterator[Evidence]:
    """Examples with an output that a hub page shows."""
    widgets = document.value.get("widget")
    for index, widget in enumerate(widgets[:LIST_LIMIT] if isinstance(widgets, list) else ()):
        output = widget.get("output") if isinstance(widget, dict) else None
        shown = output.get("text") if isinstance(output, dict) else None
        if isinstance(shown, str) and shown.strip():
            pointer = f"/widget/{index}/output/text"
            line = document.lines.get("/widget")
            yield make("card.sample-output", "widget", pointer=pointer, line=line, quote=shown)
            return
