"""Jupyter notebooks: their code as source code, and the generated text that their outputs show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.formats._code import KEYS, language_facts
from ajar.formats._code_facts import count_code_lines
from ajar.formats._json import load_json
from ajar.formats._line_rules import shell_facts
from ajar.formats._python_code import PARSE_LIMIT_CHARS, parse_python
from ajar.formats._text import EvidenceMaker, clip, looks_like_text, read_text
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence

_CELL_LIMIT = 5_000
_CELL_LIMIT_CHARS = 100_000
_SAMPLE_LIMIT = 8
_GENERATES = re.compile(
    r"\.(?:generate|chat|sample|predict|complete|text_completion|chat_completion)\(|\bpipe(?:line)?\(|\bgenerate\(|sampler\("
)
_MAGIC = re.compile(r"\s*[%!?]")
_PROSE = re.compile(r"[^\W\d_]{2,40}(?:[\s,.'’\"-]{1,5}[^\W\d_]{1,40}){4}")
_NOISE = re.compile(
    r"warning|traceback|error:|download|it/s\]|collecting |requirement already", re.IGNORECASE
)


def _matches(head: bytes, path: str) -> bool:
    if not path.lower().endswith(".ipynb"):
        return False
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" and looks_like_text(head)


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    make = EvidenceMaker(path, "notebook")
    text, gaps = read_text(path, blob, limits, "notebook")
    yield from gaps
    if text.truncated:
        return
    tree = load_json(text.text)
    cells = _cells(tree)
    code = [(index, _join(cell.get("source", cell.get("input")))) for index, cell in cells if _is_code(cell)]
    yield make("notebook.cells", len(cells))
    yield make("code.language", _language(tree))
    yield from _code(code, make)
    yield from _samples(cells, dict(code), make)


def _cells(tree: Any) -> list[tuple[int, dict[str, Any]]]:
    """Cells with their index. Raises `MalformedError` when there is no list of them."""
    cells = tree.get("cells") if isinstance(tree, dict) else None
    sheets = tree.get("worksheets") if isinstance(tree, dict) else None
    if cells is None and isinstance(sheets, list) and sheets and isinstance(sheets[0], dict):
        cells = sheets[0].get("cells")  # nbformat 3
    if not isinstance(cells, list):
        raise MalformedError("notebook without a list of cells")
    return [(index, cell) for index, cell in enumerate(cells[:_CELL_LIMIT]) if isinstance(cell, dict)]


def _is_code(cell: dict[str, Any]) -> bool:
    return cell.get("cell_type") == "code"


def _join(source: Any) -> str:
    """Text that a notebook stores as a string or a list of lines."""
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source[:_CELL_LIMIT_CHARS] if isinstance(source, str) else ""


def _language(tree: dict[str, Any]) -> str:
    metadata = tree.get("metadata")
    for key in ("language_info", "kernelspec"):
        info = metadata.get(key) if isinstance(metadata, dict) else None
        name = info.get("name" if key == "language_info" else "language") if isinstance(info, dict) else None
        if isinstance(name, str) and name:
            return name.lower()[:40]
    return "python"


def _code(code: list[tuple[int, str]], make: EvidenceMaker) -> Iterator[Evidence]:
    """Facts of all code cells as one module; the cell is the pointer."""
    joined: list[str] = []
    shell: list[str] = []
    cell_of: list[int] = []
    small = sum(len(source) for _, source in code) <= PARSE_LIMIT_CHARS
    for index, source in code:
        lines = source.split("\n")
        shell += [line.lstrip(" !%") if _MAGIC.match(line) else "" for line in lines]
        python = ["" if _MAGIC.match(line) else line for line in lines]
        if small and parse_python("\n".join(python)) is None:  # a cell of another language or unfinished
            python = [""] * len(lines)
        joined += python
        cell_of += [index] * len(lines)
    yield make("code.lines", count_code_lines(joined, "#"))
    facts, _ = language_facts("python", "\n".join(joined), joined)
    for fact in (*facts, *shell_facts(shell)):
        cell = cell_of[fact.line - 1] if fact.line and fact.line <= len(cell_of) else None
        pointer = None if cell is None else f"/cells/{cell}"
        yield make(f"code.{fact.key}", fact.value, pointer=pointer, quote=fact.quote)


def _samples(
    cells: list[tuple[int, dict[str, Any]]], code: dict[int, str], make: EvidenceMaker
) -> Iterator[Evidence]:
    """Outputs in words under cells that generate."""
    count = 0
    for index, cell in cells:
        if index not in code or not _GENERATES.search(code[index]):
            continue
        outputs = cell.get("outputs")
        shown = next(_output_texts(outputs if isinstance(outputs, list) else []), None)
        if shown is None:
            continue
        yield make("card.sample-output", "notebook", pointer=f"/cells/{index}/outputs", quote=shown)
        count += 1
        if count >= _SAMPLE_LIMIT:
            return


def _output_texts(outputs: list[Any]) -> Iterator[str]:
    for output in outputs[:64]:
        if not isinstance(output, dict) or output.get("name") == "stderr":
            continue
        data = output.get("data")
        text = _join(output.get("text") or (data.get("text/plain") if isinstance(data, dict) else None))
        if text and _PROSE.search(text) and not _NOISE.search(text[:500]):
            yield clip(text, 200)


FORMAT = Format(
    id="notebook",
    title="Jupyter notebook",
    family="code",
    suffixes=(".ipynb",),
    matches=_matches,
    inspect=_inspect,
    keys={
        **{key: meaning for key, meaning in KEYS.items() if key not in {"code.spdx", "code.licence-header"}},
        "notebook.cells": "number of cells",
        "card.sample-output": "notebook: an output in words under a cell that generates",
    },
    spec="https://nbformat.readthedocs.io/en/latest/format_description.html",
)
