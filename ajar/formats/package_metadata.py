"""Package metadata: name, licence, and what the description says of a model's licence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.formats._json import load_json
from ajar.formats._text import EvidenceMaker, basename, clip, looks_like_text, read_text
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Basis, Evidence, Text
from ajar.yaml_text import load_yaml

_HEADER = re.compile(
    r"(Name|Version|License|License-Expression|License-File|Requires-Dist|Classifier|Summary): ?(.{0,2000})"
)
_NAMES = frozenset({"pkg-info", "pyproject.toml", "setup.cfg", "package.json", "cargo.toml", "citation.cff"})
_MODEL_LICENCE = re.compile(
    r"(?=.{0,1500}\b(?:model|weights|checkpoint|parameters)\b).{0,1500}\blicen[cs](?:e|ed|es|ing)\b",
    re.IGNORECASE,
)
_SETUP_LINE = re.compile(
    r"\s{0,8}(name|license|licence|license_expression|classifiers?)\s{0,8}=\s{0,8}(.{0,300})", re.IGNORECASE
)
_CLASSIFIER = re.compile(r"License :: .{1,200}")
_REQUIREMENT = re.compile(r"\s{0,4}@?([A-Za-z0-9][\w./-]{0,99})")
_CLAIM_LIMIT = 8
_DEPENDENCY_LIMIT = 128
_HEADERS = 2_000


def _matches(head: bytes, path: str) -> bool:
    name = basename(path).lower()
    if name == "metadata":
        return ".dist-info/" in path and looks_like_text(head)
    return name in _NAMES and looks_like_text(head)


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    text, gaps = read_text(path, blob, limits, "package-metadata")
    yield text
    yield from gaps
    make = EvidenceMaker(path, "package-metadata")
    name = basename(path).lower()
    if name in {"metadata", "pkg-info"}:
        yield from _core_metadata(text, make)
    elif text.truncated:
        return
    elif name.endswith(".toml"):
        yield from _toml(text, make)
    elif name == "setup.cfg":
        yield from _setup_cfg(text, make)
    elif name == "package.json":
        yield from _package_json(text, make)
    else:
        yield from _citation(text, make)


def _licence(make: EvidenceMaker, value: str, line: int | None, quote: str) -> Evidence:
    return make("package.licence", value.strip(), line=line, quote=quote, basis=Basis.DECLARED)


def _core_metadata(text: Text, make: EvidenceMaker) -> Iterator[Evidence]:
    """Core metadata: headers, then the description after a blank line."""
    lines = text.text.split("\n")
    end = len(lines)
    for number, line in enumerate(lines[:_HEADERS], 1):
        if not line.strip():
            end = number
            break
        match = _HEADER.match(line)
        if match is None:
            continue
        field, value = match[1], match[2].strip()
        if field == "Name":
            yield make("package.name", value, line=number)
        elif field == "Version":
            yield make("package.version", value, line=number)
        elif (field == "Classifier" and value.startswith("License ::")) or (
            field in {"License", "License-Expression"} and value
        ):
            yield _licence(make, value, number, line)
        elif field == "Requires-Dist":
            yield from _needs([(value, number)], make)
        elif field == "License-File":
            yield make("package.licence-file", value, line=number)
        elif field == "Summary":
            yield from _claims([line], make, number)
    yield from _claims(lines[end:], make, end + 1)


def _claims(lines: list[str], make: EvidenceMaker, first_line: int) -> Iterator[Evidence]:
    """Lines of a description that name a licence for a model or its weights."""
    count = 0
    for number, line in enumerate(lines, first_line):
        if "icen" in line and _MODEL_LICENCE.match(line[:3000]):
            count += 1
            yield make(
                "package.description-licence", clip(line), line=number, quote=line, basis=Basis.DECLARED
            )
            if count >= _CLAIM_LIMIT:
                return


def _needs(requirements: Iterable[tuple[object, int | None]], make: EvidenceMaker) -> Iterator[Evidence]:
    """Normalised names of required packages, at most `_DEPENDENCY_LIMIT` from one list."""
    for requirement, line in islice(requirements, _DEPENDENCY_LIMIT):
        match = _REQUIREMENT.match(requirement[:300]) if isinstance(requirement, str) else None
        if isinstance(requirement, str) and match and match[1].lower() != "python":
            name = re.sub(r"[-_.]+", "-", match[1]).lower()
            yield make("package.dependency", name, line=line, quote=clip(requirement))


def _listed(value: object, lines: list[str]) -> Iterator[tuple[object, int | None]]:
    """Requirements in a list, or the names in a table, with the line that has them."""
    items = list(value) if isinstance(value, list | dict) else []
    for item in items[:_DEPENDENCY_LIMIT]:
        yield item, _line_of(lines, "", item) if isinstance(item, str) else None


def _line_of(lines: list[str], key: str, value: str) -> int | None:
    """The first line that has both."""
    return next((n for n, line in enumerate(lines, 1) if key in line and value[:40] in line), None)


def _toml(text: Text, make: EvidenceMaker) -> Iterator[Evidence]:
    import tomllib

    try:
        tree = tomllib.loads(text.text) if len(text.text) <= 2**20 else {}
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"not TOML: {str(error)[:200] or type(error).__name__}") from error
    lines = text.text.split("\n")
    for keys in (("project",), ("tool", "poetry"), ("package",)):
        table: Any = tree
        for key in keys:
            table = table.get(key) if isinstance(table, dict) else None
        if not isinstance(table, dict):
            continue
        pointer = "".join(f"/{key}" for key in keys)
        yield from _project(table, pointer, lines, make)


def _project(
    table: dict[str, Any], pointer: str, lines: list[str], make: EvidenceMaker
) -> Iterator[Evidence]:
    for key in ("name", "version"):
        if isinstance(value := table.get(key), str):
            yield make(f"package.{key}", value, pointer=f"{pointer}/{key}", line=_line_of(lines, key, value))
    licence = table.get("license")
    stated = licence.get("text") or licence.get("file") if isinstance(licence, dict) else licence
    if isinstance(stated, str) and stated.strip():
        line = _line_of(lines, "license", stated.split("\n")[0])
        quote = lines[line - 1] if line else f"license = {clip(stated)}"
        key = (
            "package.licence-file"
            if isinstance(licence, dict) and "text" not in licence
            else "package.licence"
        )
        yield make(
            key, stated.strip(), pointer=f"{pointer}/license", line=line, quote=quote, basis=Basis.DECLARED
        )
    classifiers = table.get("classifiers")
    for value in classifiers[:200] if isinstance(classifiers, list) else ():
        if isinstance(value, str) and value.startswith("License ::"):
            yield _licence(make, value, _line_of(lines, "License ::", value), value)
    yield from _needs(_listed(table.get("dependencies"), lines), make)
    if isinstance(about := table.get("description"), str):
        yield from _claims([about], make, _line_of(lines, "description", about) or 1)


def _setup_cfg(text: Text, make: EvidenceMaker) -> Iterator[Evidence]:
    section = ""
    for number, line in enumerate(text.text.split("\n")[:20_000], 1):
        if line.startswith("["):
            section = line.strip(" []").lower()
        if section != "metadata":
            continue
        match = _SETUP_LINE.match(line)
        classifier = _CLASSIFIER.search(line[:500])
        if classifier:
            yield _licence(make, classifier[0], number, line)
        elif match and match[1].lower() == "name":
            yield make("package.name", match[2].strip(), line=number)
        elif match and match[1].lower().startswith(("license", "licence")) and match[2].strip():
            yield _licence(make, match[2], number, line)


def _package_json(text: Text, make: EvidenceMaker) -> Iterator[Evidence]:
    tree = load_json(text.text)
    if not isinstance(tree, dict):
        raise MalformedError("package.json is not a JSON object")
    lines = text.text.split("\n")
    for key in ("name", "version"):
        if isinstance(value := tree.get(key), str):
            yield make(f"package.{key}", value, pointer=f"/{key}", line=_line_of(lines, f'"{key}"', value))
    licence = tree.get("license")
    stated = licence.get("type") if isinstance(licence, dict) else licence
    yield from _needs(_listed(tree.get("dependencies"), lines), make)
    if isinstance(stated, str):
        yield _licence(make, stated, _line_of(lines, '"license"', stated) or None, f"license: {stated}")


def _citation(text: Text, make: EvidenceMaker) -> Iterator[Evidence]:
    """CITATION.cff: title and licence of what is cited."""
    document = load_yaml(text.text)
    fields = document.value if isinstance(document.value, dict) else {}
    if isinstance(title := fields.get("title"), str):
        yield make("package.name", title, pointer="/title", line=document.lines.get("/title"))
    licence = fields.get("license")
    for value in licence if isinstance(licence, list) else [licence]:
        if isinstance(value, str):
            yield _licence(make, value, document.lines.get("/license"), f"license: {value}")


FORMAT = Format(
    id="package-metadata",
    title="package metadata",
    family="config",
    suffixes=(),
    matches=_matches,
    inspect=_inspect,
    keys={
        "package.name": "name of the package, or title of what is cited",
        "package.version": "version of the package",
        "package.licence": "declared licence: expression, text or classifier",
        "package.licence-file": "path of the licence file that the metadata names",
        "package.dependency": "normalised name of a required package, at most 128",
        "package.description-licence": "a line of the description that names a licence for a model or weights",
    },
    spec="https://packaging.python.org/en/latest/specifications/core-metadata/",
)
