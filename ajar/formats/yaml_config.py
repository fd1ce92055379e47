"""Settings of training runs in YAML, TOML, gin and INI."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.formats._settings import dataset_names, training_settings
from ajar.formats._text import EvidenceMaker, basename, looks_like_text, read_text
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Basis, Evidence, GapReason
from ajar.yaml_text import load_yaml

_SUFFIXES = (".yaml", ".yml", ".toml", ".gin", ".cfg", ".ini", ".conf")
_TOML_LIMIT_CHARS = 2**20
_LINE = re.compile(r"\s*[\"']?([A-Za-z_][\w./@ -]{0,100}?)[\"']?\s*[=:]\s*(.{1,300})")
_LINES = 20_000
_MERGED = 64  # models in one merge; published merges name up to 20


def _matches(head: bytes, path: str) -> bool:
    return basename(path).lower().endswith(_SUFFIXES) and looks_like_text(head)


def _assignments(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """`key = value` lines as a flat tree, and each key's line."""
    tree: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n")[:_LINES], 1):
        match = _LINE.match(line[:500])
        value = match[2].strip(" \t,'\"[]{}") if match else ""
        if match and value and not line.lstrip().startswith(("#", ";")):
            tree.setdefault(match[1], value)
            lines.setdefault("/" + match[1].replace("~", "~0").replace("/", "~1"), number)
    return tree, lines


def _load(path: str, text: str) -> tuple[Any, dict[str, int]]:
    name = basename(path).lower()
    if name.endswith((".yaml", ".yml")):
        document = load_yaml(text)
        return document.value, document.lines
    if name.endswith(".toml"):
        return load_toml(text), {}
    return _assignments(text)


def load_toml(text: str) -> dict[str, Any]:
    """A TOML document. Raises `MalformedError`."""
    import tomllib

    if len(text) > _TOML_LIMIT_CHARS:
        raise MalformedError(f"TOML of more than {_TOML_LIMIT_CHARS} characters")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"not TOML: {str(error)[:200] or type(error).__name__}") from error


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    text, gaps = read_text(path, blob, limits, "yaml-config")
    yield from gaps
    if text.truncated:
        return
    make = EvidenceMaker(path, "yaml-config")
    try:
        tree, lines = _load(path, text.text)
    except MalformedError as error:
        yield make.gap(GapReason.MALFORMED, f"{error.message}: read line by line instead")
        tree, lines = _assignments(text.text)
    yield from _merge(tree, lines, make)
    for setting in training_settings(tree):
        value = f"{setting.key}={setting.value}"
        line = lines.get(setting.pointer)
        yield make("config.training-setting", value, pointer=setting.pointer, line=line)
    for setting in dataset_names(tree):
        line = lines.get(setting.pointer)
        yield make("config.dataset", setting.value, pointer=setting.pointer, line=line, basis=Basis.DECLARED)


def _merge(tree: Any, lines: dict[str, int], make: EvidenceMaker) -> Iterator[Evidence]:
    """The models that a merge is made of (mergekit: merge_method beside models, slices or base_model)."""
    if not isinstance(tree, dict) or not isinstance(method := tree.get("merge_method"), str):
        return
    yield make("config.merge-method", method, pointer="/merge_method", line=lines.get("/merge_method"))
    if isinstance(base := tree.get("base_model"), str):
        pointer = "/base_model"
        yield make("config.merge-base", base, pointer=pointer, line=lines.get(pointer), basis=Basis.DECLARED)
    seen: set[str] = set()
    for pointer, item in _merged(tree):
        name = item.get("model") if isinstance(item, dict) else item
        if isinstance(name, dict):  # mergekit's long form: model: {path: …}
            name = name.get("path") if isinstance(name.get("path"), str) else name.get("model")
        if isinstance(name, str) and name.strip() and name not in seen and len(seen) < _MERGED:
            seen.add(name)
            line = lines.get(pointer) or lines.get(f"{pointer}/model")
            yield make("config.merge-model", name.strip(), pointer=pointer, line=line, basis=Basis.DECLARED)


def _merged(tree: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key in ("models", "experts"):
        rows = tree.get(key)
        for number, item in enumerate(rows[:_MERGED] if isinstance(rows, list) else ()):
            if isinstance(item, dict) and "source_model" in item:
                yield f"/{key}/{number}/source_model", item["source_model"]
            else:
                yield f"/{key}/{number}", item
    slices = tree.get("slices")
    for number, part in enumerate(slices[:_MERGED] if isinstance(slices, list) else ()):
        sources = part.get("sources") if isinstance(part, dict) else None
        for at, item in enumerate(sources[:_MERGED] if isinstance(sources, list) else ()):
            yield f"/slices/{number}/sources/{at}", item


FORMAT = Format(
    id="yaml-config",
    title="configuration in YAML, TOML, gin or INI",
    family="config",
    suffixes=_SUFFIXES,
    matches=_matches,
    inspect=_inspect,
    keys={
        "config.training-setting": "key=value of a training run, at most 16",
        "config.merge-method": "how a merge joins its models",
        "config.merge-base": "base model of a merge",
        "config.merge-model": "a model that is merged, at most 64",
        "config.dataset": "data set or data path the configuration reads, at most 64",
    },
    spec="https://yaml.org/spec/1.2.2/",
)
