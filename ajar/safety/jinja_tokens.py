"""A chat template's blocks and the tokens in them. Source: Jinja's template designer documentation, 3.1."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ajar.errors import MalformedError

_BLOCK = re.compile(r"\{\{|\{%|\{#")
_TOKEN = re.compile(
    r"\s+|(?P<string>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(?P<number>\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?|0[xX][\da-fA-F]+)"
    r"|(?P<name>[^\W\d]\w*)|(?P<operator>\*\*|//|==|!=|>=|<=|[-+*/%~|.,:;()\[\]{}<>=])",
    re.DOTALL,
)
HUGE = 1 << 40
FOLDED_CHARS = 4096  # far more than any name; of a list, items


@dataclass(frozen=True, slots=True)
class Token:
    """One token of an expression, with the offset where it begins, in characters."""

    kind: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Use:
    """Something that an expression does: kind is name, attribute, filter, test, call, range, repeat or tag."""

    kind: str
    value: str
    at: int
    number: int = 0


Folded = str | int | list["Folded"] | None


@dataclass(slots=True)
class Template:
    """What a template uses, in the order of its text."""

    uses: list[Use] = field(default_factory=list)
    constants: dict[str, Folded] = field(default_factory=dict)
    loops: list[int] = field(default_factory=list)


def blocks(text: str) -> Iterator[tuple[bool, str, int]]:
    """`(is a tag, inside, offset)` of every block, comments and raw text left out."""
    at = 0
    while found := _BLOCK.search(text, at):
        start = found.end()
        if found[0] == "{#":
            end = text.find("#}", start)
            at = end + 2 if end >= 0 else len(text)
            continue
        close = "}}" if found[0] == "{{" else "%}"
        end = _close(text, start, close)
        inside = text[start:end].strip("-+ \t\r\n")
        at = end + 2
        if close == "%}" and inside == "raw":
            done = re.compile(r"\{%[-+]?\s*endraw\s*[-+]?%\}").search(text, at)
            at = done.end() if done else len(text)
            continue
        yield close == "%}", inside, start


def _close(text: str, start: int, close: str) -> int:
    """The end of a block: its closing sign outside strings."""
    at, depth = start, 0
    for found in re.compile(
        r"'(?:[^'\\]|\\.)*+(?:'|\Z)|\"(?:[^\"\\]|\\.)*+(?:\"|\Z)|[{}]|%\}", re.DOTALL
    ).finditer(text, start):
        if found[0] == "{":
            depth += 1
        elif found[0] == "}" and depth:
            depth -= 1
        elif (found[0] == "}" and text.startswith(close, found.start())) or found[0] == close:
            return found.start()
        at = found.end()
    raise MalformedError(f"a block without its {close}", offset=at)


def tokens(body: str, base: int) -> Iterator[Token]:
    at = 0
    while at < len(body):
        found = _TOKEN.match(body, at)
        if found is None:
            raise MalformedError(f"no token of Jinja: {body[at : at + 20]!r}", offset=base + at)
        if found.lastgroup:
            yield Token(found.lastgroup, found[0], base + at)
        at = found.end()


def number(text: str) -> Folded:
    try:
        return min(int(text.replace("_", ""), 0), HUGE)
    except ValueError:
        try:
            return min(int(float(text)), HUGE)
        except (ValueError, OverflowError):
            return HUGE


def unquoted(text: str) -> str:
    inside = text[1:-1]
    if "\\" not in inside:
        return inside
    try:
        return inside.encode("ascii", "backslashreplace").decode("unicode_escape")
    except UnicodeDecodeError:
        return inside


CHANGES: Mapping[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "reverse": lambda value: value[::-1],
    "trim": str.strip,
    "strip": str.strip,
    "string": str,
    "safe": str,
    "capitalize": str.capitalize,
    "title": str.title,
}


def joined(glue: str, items: list[str]) -> str:
    """As many of the items as fill what is kept."""
    total = 0
    for count, item in enumerate(items):
        total += len(item) + len(glue)
        if total > FOLDED_CHARS:
            items = items[: count + 1]
            break
    return glue.join(items)[:FOLDED_CHARS]


def formatted(pattern: str, texts: list[str]) -> Folded:
    """A pattern with its holes filled in turn."""
    for text in texts:
        if len(pattern) > FOLDED_CHARS:
            break
        hole = re.search(r"\{\d*\}", pattern)
        if hole:
            pattern = pattern[: hole.start()] + text + pattern[hole.end() :]
    return pattern[:FOLDED_CHARS]
