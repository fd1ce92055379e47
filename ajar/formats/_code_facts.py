"""What any source file shows: its language, its lines of code, and the licence its header names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ajar.formats._text import basename, clip

# Suffix -> language and the mark that begins a line comment.
_LANGUAGES = {
    "py pyi pyx": ("python", "#"),
    "sh bash zsh slurm sbatch": ("shell", "#"),
    "c h": ("c", "//"),
    "cc cpp cxx hpp hh": ("c++", "//"),
    "cu cuh": ("cuda", "//"),
    "rs": ("rust", "//"),
    "go": ("go", "//"),
    "java": ("java", "//"),
    "kt": ("kotlin", "//"),
    "swift": ("swift", "//"),
    "js mjs cjs jsx": ("javascript", "//"),
    "ts tsx": ("typescript", "//"),
    "jl": ("julia", "#"),
    "r": ("r", "#"),
    "lua": ("lua", "--"),
    "rb": ("ruby", "#"),
    "cs": ("c#", "//"),
    "scala": ("scala", "//"),
    "php": ("php", "//"),
    "pl": ("perl", "#"),
    "m mm": ("objective-c", "//"),
    "metal": ("metal", "//"),
    "mojo": ("mojo", "#"),
    "cmake": ("cmake", "#"),
    "bat ps1": ("batch", "#"),
    "sql": ("sql", "--"),
}
LANGUAGES = {f".{suffix}": row for suffixes, row in _LANGUAGES.items() for suffix in suffixes.split()}
_NAMES = {"makefile": ("make", "#"), "dockerfile": ("docker", "#"), "cmakelists.txt": ("cmake", "#")}
HEADER_LINES = 60

_SPDX = re.compile(r"SPDX-License-Identifier:[ \t]{0,8}([A-Za-z0-9.+()\- \t]{1,100})")
_NAMED = re.compile(
    r"\blicen[cs]ed?\s+(?:to you\s+)?under\s+(?:the\s+)?(?:terms\s+(?:and conditions\s+)?of\s+)?(?:the\s+)?(.{3,160})"
    r"|\bterms\s+of\s+(?:the\s+)?(.{3,80}?licen[cs]e(?:\s+agreement)?.{0,20})"
    r"|\b(?:governed|covered) by (?:the |an? )?(.{3,100})",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"\b((?:Apache(?: Software)?|MIT|BSD|GNU (?:Lesser |Affero )?General Public|Mozilla Public|Creative Commons|ISC|Boost Software"
    r"|[A-Z]\w{1,20}(?: [\d.]{1,5})? Community|Open ?RAIL\S{0,3})[ -](?:Public )?Licen[cs]e[^;:\n]{0,30})",
)
_SETUP_LICENCE = re.compile(
    r"[(,\s]licen[cs]e(?:_expression)?\s{0,8}=\s{0,8}[frbu]{0,2}[\"']([^\"'\n]{1,120})[\"']"
)
_COMMENT_EDGE = re.compile(r"^[\s#/*;\-%!\"']{0,40}|[\s*/#]{0,10}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFact:
    """A fact of a source file; `key` without its `code.` prefix, `line` 1-based."""

    key: str
    value: str | int | bool
    line: int | None = None
    quote: str = ""


def language_of(path: str, first_line: str) -> tuple[str, str] | None:
    """Language and line-comment mark, by the name or an interpreter line; None when it is no code."""
    name = basename(path).lower()
    dot = name.rfind(".")
    if dot > 0 and name[dot:] in LANGUAGES:
        return LANGUAGES[name[dot:]]
    if name in _NAMES:
        return _NAMES[name]
    if name.startswith("dockerfile") or name.endswith(".dockerfile"):
        return _NAMES["dockerfile"]
    if first_line.startswith("#!") and dot <= 0:
        if "python" in first_line:
            return LANGUAGES[".py"]
        if re.search(r"\b(?:ba|z|da|k)?sh\b", first_line):
            return LANGUAGES[".sh"]
    return None


def count_code_lines(lines: list[str], comment: str) -> int:
    """Lines that are neither blank nor only a comment; C-style block comments are left out."""
    count, inside = 0, False
    for line in lines:
        bare = line.strip()
        if inside or (comment == "//" and bare.startswith("/*")):
            inside = "*/" not in bare
        elif bare and not bare.startswith(comment):
            count += 1
    return count


def header_facts(lines: list[str], comment: str) -> Iterator[CodeFact]:
    """The licence that the leading comment names, and SPDX identifiers there."""
    header, first = _header(lines, comment)
    text = " ".join(header)
    for match in list(_SPDX.finditer("\n".join(lines[:HEADER_LINES])))[:4]:
        value = match[1].strip(" -")
        line = next((n for n, t in enumerate(lines[:HEADER_LINES], 1) if match[1] in t), None)
        yield CodeFact(key="spdx", value=value, line=line, quote=match[0])
    found = _NAMED.search(text) or _BARE.search(text)
    if found:
        named = next(group for group in found.groups() if group)
        value = re.split(r"[;]|\(the |\. |, (?:you|which|version of)|https?:", named)[0]
        yield CodeFact(
            key="licence-header",
            value=clip(value.strip(" .,\"'")),
            line=first,
            quote=clip(text[max(0, found.start() - 20) : found.end()], 200),
        )


def _header(lines: list[str], comment: str) -> tuple[list[str], int]:
    """Lines of the leading comment or docstring without their marks, and the line it begins at."""
    kept: list[str] = []
    first, quote, block = 1, "", False
    for number, line in enumerate(lines[:HEADER_LINES], 1):
        bare = line.strip()
        if quote:
            done = quote in bare
        elif block:
            done = "*/" in bare
        elif not bare or bare.startswith(comment):
            done = False
        elif comment == "#" and bare[:3] in {'"""', "'''"}:
            quote = bare[:3]
            done = quote in bare[3:]
        elif comment == "//" and bare.startswith("/*"):
            block = True
            done = "*/" in bare
        else:
            break
        if bare:
            first = first if kept else number
            kept.append(_COMMENT_EDGE.sub("", bare))
        if done:
            quote, block = "", False
    return kept, first


def setup_licence(path: str, lines: list[str]) -> Iterator[CodeFact]:
    """The licence that a setup script hands to `setup()` as a plain string."""
    if basename(path) != "setup.py":
        return
    for number, line in enumerate(lines[:2000], 1):
        match = _SETUP_LICENCE.search(f" {line[:300]}")
        if match:
            yield CodeFact(key="package-licence", value=match[1].strip(), line=number, quote=clip(line))
            return
