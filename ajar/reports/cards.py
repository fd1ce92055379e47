"""Model card, data card and data information, filled in with what the evidence holds and nothing else.

What is not known stays a marked blank, `[add …]`, which an audit knows for a place that nobody filled in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from importlib.resources import files

from ajar.model.component import Component, ComponentKind, Scope
from ajar.model.evidence import Basis, Evidence
from ajar.model.report import Report
from ajar.reports.markdown_words import escaped

CARDS: Mapping[str, str] = {
    "model-card": "README.md",
    "data-card": "DATA_CARD.md",
    "data-information": "DATA_INFORMATION.md",
}
_FIELD = re.compile(r"\{\{ (\w+) \| ([^{}|]+?) \}\}")
_LIST = 12
_BLANK_CHARS = 60  # what a reader of cards takes for a blank


def render(card: str, report: Report) -> str:
    """One card. Raises `KeyError` for a card that is none."""
    name = f"{card.replace('-', '_')}.md"
    if card not in CARDS:
        raise KeyError(card)
    template = (files("ajar.reports") / "templates" / name).read_text("utf-8")
    front, body = _split(template)
    facts, plain = _facts(report), _front(report)
    filled = _FIELD.sub(lambda found: facts.get(found[1]) or _blank(found[2]), body)
    return "\n".join(_front_lines(front, plain)) + filled


def blanks(text: str) -> int:
    """How many places of a card are left to be filled in."""
    return text.count("[add ")


def _blank(words: str) -> str:
    return f"[add {words[: _BLANK_CHARS - 1]}]"


def _split(template: str) -> tuple[str, str]:
    if not template.startswith("---\n"):
        return "", template
    end = template.index("\n---\n", 4) + 5
    return template[:end], template[end:]


def _front_lines(front: str, plain: Mapping[str, str]) -> Iterable[str]:
    """The front matter; a line whose value is not known becomes a comment."""
    for line in front.splitlines():
        found = _FIELD.search(line)
        if found is None:
            yield line
        elif plain.get(found[1]):
            yield f"{line[: found.start()]}{plain[found[1]]}"
        else:
            yield f"# {line[: found.start()]}{_blank(found[2])}"
    if front:
        yield ""


def _front(report: Report) -> Mapping[str, str]:
    """Values of the front matter, as JSON, which is YAML for every string."""
    weights = _licence_ids(report, Scope.WEIGHTS)
    bases = [
        str(item.value) for item in _all(report, "card.base-model", "config.base-model", "host.base-model")
    ]
    sets = [str(item.value) for item in _all(report, "card.dataset", "host.dataset")]
    found = {
        "licence": json.dumps(weights[0].lower(), ensure_ascii=True) if len(weights) == 1 else "",
        "base_model": json.dumps(_unique(bases)[0], ensure_ascii=True) if bases else "",
        "dataset_ids": json.dumps(_unique(sets)[:_LIST], ensure_ascii=True) if sets else "",
        "library": _scalar(report, "card.library"),
        "task": _scalar(report, "card.pipeline-tag"),
    }
    return {key: value for key, value in found.items() if value}


def _scalar(report: Report, key: str) -> str:
    item = next(iter(_all(report, key)), None)
    return json.dumps(str(item.value), ensure_ascii=True) if item else ""


def _facts(report: Report) -> Mapping[str, str]:
    """Each field's words, with the place that they were read in."""
    parts = {part.kind: part for part in report.components}
    found = {
        "title": escaped(report.title),
        "author": _said(report, "host.author"),
        "architecture": _said(report, "config.architecture", "weights.architecture", "config.model-type"),
        "parameters": _parameters(report),
        "dtype": _said(report, "config.dtype", "weights.dtype"),
        "base_model_words": _bases(report),
        "weights_licence": _licence(report, Scope.WEIGHTS),
        "code_licence": _licence(report, Scope.CODE) if _is_here(parts[ComponentKind.INFERENCE_CODE]) else "",
        "data_licence": _licence(report, Scope.DATA) if _is_here(parts[ComponentKind.DATASETS]) else "",
        "datasets": _said(report, "card.dataset", "host.dataset", "card.training-data-source", many=True),
        "dataset_places": _said(report, "card.dataset-link", many=True),
        "dataset_rows": _rows(report),
        "languages": _said(report, "card.language", many=True),
        "training_code": _where(parts[ComponentKind.TRAINING_CODE]),
        "preprocessing_code": _where(parts[ComponentKind.PREPROCESSING_CODE]),
        "evaluation_code": _where(parts[ComponentKind.EVALUATION_CODE]),
        "settings": _said(report, "config.training-setting", many=True),
        "compute": _said(report, "card.compute"),
        "results": _where(parts[ComponentKind.EVALUATION_RESULTS]),
    }
    return {key: value for key, value in found.items() if value}


def _all(report: Report, *keys: str) -> list[Evidence]:
    """Facts under the first of the keys that has any."""
    for key in keys:
        found = [item for item in report.evidence if item.key == key and item.value not in {None, ""}]
        if found:
            return found
    return []


def _unique(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _said(report: Report, *keys: str, many: bool = False) -> str:
    found = _all(report, *keys)[: _LIST if many else 1]
    if not found:
        return ""
    if keys[0] == "card.compute":
        return f"“{escaped(found[0].quote)}” ({escaped(str(found[0].location))})"
    words = ", ".join(_unique(escaped(str(item.value)) for item in found))
    return f"{words} ({escaped(str(found[0].location))})"


def _parameters(report: Report) -> str:
    counts = [item for item in _all(report, "weights.parameter-count") if isinstance(item.value, int)]
    total = sum(item.value for item in counts if isinstance(item.value, int))
    return f"{total:,}, counted in {len(counts)} file{'s' if len(counts) > 1 else ''}" if total else ""


def _bases(report: Report) -> str:
    parents = [item for item in report.lineage if not item.is_hint][:_LIST]
    return "; ".join(
        f"{escaped(item.id)}, {item.relation.value} ({escaped(str(item.location))})" for item in parents
    )


def _licence_ids(report: Report, scope: Scope) -> list[str]:
    return _unique(item.licence.id for item in report.licences if scope in item.applies_to)


def _licence(report: Report, scope: Scope) -> str:
    found = {item.licence.id: item for item in reversed(report.licences) if scope in item.applies_to}
    return ", ".join(
        f"{escaped(name)} ({escaped(str(item.location))})" for name, item in reversed(found.items())
    )


def _is_here(part: Component) -> bool:
    return part.state is Basis.VERIFIED


def _where(part: Component) -> str:
    """The files of a component that is here; a link that is only said is not taken over."""
    if not _is_here(part) or not part.files:
        return ""
    more = f" and {len(part.files) - 3} more files" if len(part.files) > 3 else ""
    return ", ".join(escaped(path) for path in part.files[:3]) + more


def _rows(report: Report) -> str:
    found = _all(report, "card.dataset", "host.dataset", "card.training-data-source")[:_LIST]
    if not found:
        return ""
    lines = ["| data set | where it stands | licence | size |", "|---|---|---|---|"]
    named = {str(item.value): item for item in found}
    lines += [
        f"| {escaped(name)} ({escaped(str(item.location))}) | [add where it stands] | [add its licence] | [add its size] |"
        for name, item in named.items()
    ]
    return "\n".join(lines)
