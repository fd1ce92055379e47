"""Source code: Python by its syntax tree, shell by line, other languages by their size and header."""

from __future__ import annotations

from collections.abc import Iterator

from ajar.config import Limits
from ajar.formats._code import KEYS, language_facts
from ajar.formats._code_facts import count_code_lines, header_facts, language_of, setup_licence
from ajar.formats._text import EvidenceMaker, looks_like_text, read_text
from ajar.interfaces import Blob, Format, Observation


def _matches(head: bytes, path: str) -> bool:
    first = head[:200].split(b"\n", 1)[0].decode("utf-8", "replace")
    return language_of(path, first) is not None and looks_like_text(head)


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    text, gaps = read_text(path, blob, limits, "source-code")
    yield from gaps
    make = EvidenceMaker(path, "source-code")
    lines = text.text.split("\n")
    language, comment = language_of(path, lines[0]) or ("text", "#")
    yield make("code.language", language)
    yield make("code.lines", count_code_lines(lines, comment))
    facts, gap = language_facts(language, text.text, lines)
    if gap is not None:
        yield make.gap(*gap)
    for fact in (*header_facts(lines, comment), *setup_licence(path, lines), *facts):
        yield make(f"code.{fact.key}", fact.value, line=fact.line, quote=fact.quote)


FORMAT = Format(
    id="source-code",
    title="source code",
    family="code",
    suffixes=(".py", ".sh", ".c", ".cc", ".cpp", ".cu", ".rs", ".go", ".java", ".js", ".ts", ".jl", ".r"),
    matches=_matches,
    inspect=_inspect,
    keys=KEYS,
    spec="https://docs.python.org/3/library/ast.html",
)
