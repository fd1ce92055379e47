"""REUSE information: which files stand under which SPDX expression (REUSE.toml, .reuse/dep5, sidecars)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.formats._text import EvidenceMaker, basename, looks_like_text, read_text
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Basis, Evidence

_PAIRS = 512  # patterns of one file; the REUSE repository itself has 20
_TOML_CHARS = 2**20
_SPDX = re.compile(r"SPDX-License-Identifier:[ \t]{0,8}([^\n]{1,200})")
_FIELD = re.compile(r"(Files|License):[ \t]*([^\n]*(?:\n[ \t]+\S[^\n]*)*)")


def _matches(head: bytes, path: str) -> bool:
    name = basename(path)
    if name == "REUSE.toml" or path == ".reuse/dep5" or path.endswith("/.reuse/dep5"):
        return looks_like_text(head)
    return name.endswith(".license") and b"SPDX-License-Identifier" in head and looks_like_text(head)


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    text, gaps = read_text(path, blob, limits, "reuse")
    yield from gaps
    make = EvidenceMaker(path, "reuse")
    name = basename(path)
    if name == "REUSE.toml":
        found = _toml(text.text)
    elif name == "dep5":
        found = _dep5(text.text)
    else:
        found = ((path.removesuffix(".license"), match[1]) for match in _SPDX.finditer(text.text))
    for number, (pattern, expression) in enumerate(found):
        if number >= _PAIRS:
            return
        yield _laid(make, pattern, expression)


def _laid(make: EvidenceMaker, pattern: str, expression: str) -> Evidence:
    return make(
        "reuse.licence",
        expression.strip(),
        pointer=pattern[:300],
        quote=f"{pattern[:100]}: {expression.strip()}",
        basis=Basis.DECLARED,
    )


def _toml(text: str) -> Iterator[tuple[str, str]]:
    import tomllib

    try:
        tree = tomllib.loads(text) if len(text) <= _TOML_CHARS else {}
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"not TOML: {str(error)[:200] or type(error).__name__}") from error
    rows = tree.get("annotations")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            for expression in _strings(row.get("SPDX-License-Identifier")):
                for pattern in _strings(row.get("path")):
                    yield pattern, expression


def _strings(value: Any) -> Iterable[str]:
    items = value if isinstance(value, list) else [value]
    return (item for item in items[:_PAIRS] if isinstance(item, str) and item.strip())


def _dep5(text: str) -> Iterator[tuple[str, str]]:
    """Paragraphs of a Debian copyright file; the first line of a licence is its short name."""
    for paragraph in re.split(r"\n[ \t]*\n", text):
        fields = {match[1]: match[2] for match in _FIELD.finditer(paragraph)}
        if "Files" in fields and "License" in fields:
            for pattern in fields["Files"].split():
                yield pattern, fields["License"].split("\n", 1)[0]


FORMAT = Format(
    id="reuse",
    title="REUSE licensing information",
    family="config",
    suffixes=(),
    matches=_matches,
    inspect=_inspect,
    keys={"reuse.licence": "SPDX expression for the files that the pointer's pattern matches"},
    spec="https://reuse.software/spec-3.3/",
)
