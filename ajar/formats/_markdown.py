"""Markdown and reStructuredText as a flat list of blocks, and how many words of substance they hold.

Only block structure is parsed (CommonMark with tables); inline marks are read by narrow patterns. What
is too long for the parser is scanned line by line, with the same result for ordinary documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice, pairwise
from typing import Any

PARSER_LIMIT_CHARS = 100_000  # adversarial nesting costs the parser 1 s here; few cards are longer
PARSER_LINE_LIMIT_CHARS = 5_000  # a table row of thousands of cells takes seconds to parse
LINE_LIMIT_CHARS = 20_000  # longer lines are data, not prose
BLOCK_LIMIT = 50_000


class BlockKind(StrEnum):
    HEADING = "heading"
    PROSE = "prose"
    ITEM = "item"  # a paragraph in a list
    ROW = "row"  # of a table; `cells` holds it
    CODE = "code"
    HTML = "html"
    LINK = "link"  # a link reference definition: its target


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A run of lines of one kind. `line` is 1-based in the file; `level` is of a heading."""

    kind: BlockKind
    text: str
    line: int
    level: int = 0
    language: str = ""
    cells: tuple[str, ...] = ()
    table: int = 0
    head: bool = False  # the head row of a table


_DEEP_QUOTE = re.compile(r"^[ \t]*(?:>[ \t]?){5}", re.MULTILINE)  # each line is retried at each depth
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})\s*([\w+#.-]{0,40})")
_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(.{1,500})")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)\s*")
_RST_UNDERLINE = re.compile(r"([=\-~^\"'`#*+.:_])\1{2,}\s*")
_RST_CODE = re.compile(r"\s*\.\. (?:code|code-block|sourcecode)::\s*([\w+-]{0,40})|.*::\s*$")
_ITEM = re.compile(r"\s{0,12}(?:[-*+]|\d{1,4}[.)])\s+\S")
_DELIMITER_ROW = re.compile(r"[\s|:-]{3,2000}")
_HTML_HEADING = re.compile(r"<h([1-6])\b[^<>]{0,200}>(.{1,300}?)</h\1>", re.IGNORECASE | re.DOTALL)
_HTML_ROW = re.compile(r"<tr\b", re.IGNORECASE)
_HTML_CELL = re.compile(r"<t([hd])\b[^<>]{0,300}>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
_INLINE_LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,1000}[^()]{0,200}\)")
_BARE_URL = re.compile(r"(?:https?://|magnet:\?|www\.)[^\s<>\"]{1,2000}")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def split_cells(line: str) -> tuple[str, ...]:
    """The cells of a pipe table's row."""
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|")[:64])


def parse_blocks(text: str, *, first_line: int = 1, rst: bool = False) -> list[Block]:
    """Blocks of a document, in order. `first_line` is the line in the file that `text` begins at."""
    lines = text.split("\n")
    simple = len(text) <= PARSER_LIMIT_CHARS and max(map(len, lines)) <= PARSER_LINE_LIMIT_CHARS
    simple = simple and not rst and _DEEP_QUOTE.search(text) is None
    raw = _parse(text, first_line) if simple else _scan(lines, first_line, rst=rst)
    blocks: list[Block] = []
    for block in raw:
        blocks.extend(_html_parts(block) if "<" in block.text and block.kind != BlockKind.CODE else (block,))
        if len(blocks) >= BLOCK_LIMIT:
            break
    return blocks


def _parser() -> Any:
    """One parser, made when first needed."""
    if not _PARSERS:
        from markdown_it import MarkdownIt

        parser = MarkdownIt("commonmark", {"maxNesting": 20}).enable("table")
        parser.core.ruler.enableOnly(["normalize", "block"])
        _PARSERS.append(parser)
    return _PARSERS[0]


_PARSERS: list[Any] = []


@dataclass(slots=True)
class _Walk:
    """What the parser's tokens have opened so far."""

    level: int = 0  # of the heading
    items: int = 0  # list items we are in
    table: int = 0
    head: bool = False
    row: list[str] | None = None

    def step(self, kind: str, tag: str) -> None:
        if kind == "heading_open":
            self.level = int(tag[1])
        elif kind == "heading_close":
            self.level = 0
        elif kind == "list_item_open":
            self.items += 1
        elif kind == "list_item_close":
            self.items -= 1
        elif kind == "table_open":
            self.table += 1
        elif kind in {"thead_open", "thead_close"}:
            self.head = kind == "thead_open"
        elif kind == "tr_open":
            self.row = []

    def inline(self, content: str, line: int) -> Block | None:
        if self.row is not None:
            self.row.append(content)
            return None
        if self.level:
            return Block(kind=BlockKind.HEADING, text=content, line=line, level=self.level)
        kind = BlockKind.ITEM if self.items else BlockKind.PROSE
        return Block(kind=kind, text=content, line=line)


def _parse(text: str, first_line: int) -> Iterator[Block]:
    env: dict[str, Any] = {}
    walk, row_line = _Walk(), first_line
    for token in _parser().parse(text, env):
        kind, line = token.type, first_line + (token.map[0] if token.map else 0)
        walk.step(kind, token.tag)
        if kind == "tr_open":
            row_line = line
        elif kind == "tr_close" and walk.row is not None:
            yield _row(tuple(walk.row), row_line, walk.table, head=walk.head)
            walk.row = None
        elif kind in {"fence", "code_block"}:
            words = token.info.split()
            yield Block(
                kind=BlockKind.CODE,
                text=token.content,
                line=line + (kind == "fence" and bool(token.content)),
                language=words[0][:40].lower() if words else "",
            )
        elif kind == "html_block":
            yield Block(kind=BlockKind.HTML, text=token.content, line=line)
        elif kind == "inline":
            block = walk.inline(token.content, line)
            if block is not None:
                yield block
    for reference in list(env.get("references", {}).values())[:1000]:
        where = reference.get("map") or (0, 0)
        yield Block(kind=BlockKind.LINK, text=reference["href"], line=first_line + where[0])


def _row(cells: tuple[str, ...], line: int, table: int, *, head: bool) -> Block:
    return Block(
        kind=BlockKind.ROW, text=" | ".join(cells), line=line, cells=cells[:64], table=table, head=head
    )


def _scan(lines: list[str], first_line: int, *, rst: bool) -> Iterator[Block]:
    """Blocks by looking at one line at a time: for long documents and reStructuredText."""
    scanner = _Scanner(first_line, rst=rst)
    for number, line in enumerate(lines, first_line):
        yield from scanner.feed(line[:LINE_LIMIT_CHARS], number)
    yield from scanner.flush()


class _Scanner:
    """Line-by-line reader. Lines of a paragraph or a code block wait in `pending`."""

    def __init__(self, first_line: int, *, rst: bool) -> None:
        self.rst = rst
        self.kind = BlockKind.PROSE
        self.pending: list[str] = []
        self.start = first_line
        self.fence = ""
        self.language = ""
        self.rst_code = False  # inside an indented literal block
        self.underlines: list[str] = []  # reST heading marks in the order met
        self.table = 0
        self.in_table = False

    def flush(self) -> Iterator[Block]:
        """The block that was being gathered."""
        if self.pending:
            kind = BlockKind.CODE if self.fence or self.rst_code else self.kind
            text = "\n".join(self.pending)
            if kind == BlockKind.PROSE and text.lstrip().startswith("<"):
                kind = BlockKind.HTML
            language = self.language if kind == BlockKind.CODE else ""
            yield Block(kind=kind, text=text, line=self.start, language=language)
        self.pending, self.kind = [], BlockKind.PROSE

    def _gather(self, line: str, number: int) -> None:
        if not self.pending:
            self.start = number
        self.pending.append(line)

    def feed(self, line: str, number: int) -> Iterator[Block]:
        """Blocks that end with this line."""
        if self.fence:
            if line.strip().startswith(self.fence) and not line.strip(" `~\t"):
                yield from self.flush()
                self.fence = ""
            else:
                self._gather(line, number)
            return
        if self.rst_code:
            if not line.strip() or line[0] in " \t":
                self._gather(line, number)
                return
            yield from self.flush()
            self.rst_code = False
        yield from self._outside_code(line, number)

    def _outside_code(self, line: str, number: int) -> Iterator[Block]:
        if not line.strip():
            yield from self.flush()
            self.in_table = False
        elif self.rst and _RST_CODE.match(line):
            match = _RST_CODE.match(line)
            yield from self.flush()
            self.rst_code, self.language = True, ((match and match[1]) or "").lower()
        elif not self.rst and (fence := _FENCE.match(line)):
            yield from self.flush()
            self.fence, self.language = fence[1], fence[2].lower()
        elif not self.rst and (atx := _ATX.match(line)):
            yield from self.flush()
            yield Block(kind=BlockKind.HEADING, text=atx[2].strip(" #\t"), line=number, level=len(atx[1]))
        elif len(self.pending) == 1 and (level := self._underline(line)):
            title = self.pending[0].strip()
            self.pending = []
            yield Block(kind=BlockKind.HEADING, text=title, line=number - 1, level=level)
        elif not self.rst and line.count("|") >= 2:
            yield from self._table_line(line, number)
        else:
            if _ITEM.match(line):
                yield from self.flush()
                self.kind = BlockKind.ITEM
            self._gather(line, number)

    def _underline(self, line: str) -> int:
        """Heading level when the line underlines the one before, else 0."""
        if not self.rst:
            match = _UNDERLINE.fullmatch(line)
            return 0 if match is None or self.kind == BlockKind.ITEM else 1 if "=" in line else 2
        match = _RST_UNDERLINE.fullmatch(line)
        if match is None or len(self.pending[0].strip()) > len(line.strip()) + 2:
            return 0
        if match[1] not in self.underlines:
            self.underlines.append(match[1])
        return min(self.underlines.index(match[1]) + 1, 6)

    def _table_line(self, line: str, number: int) -> Iterator[Block]:
        yield from self.flush()
        head = not self.in_table
        self.table += head
        self.in_table = True
        if not _DELIMITER_ROW.fullmatch(line):
            yield _row(split_cells(line), number, self.table, head=head)


def _html_parts(block: Block) -> Iterator[Block]:
    """HTML headings and table rows as such; the rest as it is."""
    text = strip_comments(block.text)
    if block.kind != BlockKind.HTML:
        yield Block(
            kind=block.kind,
            text=text,
            line=block.line,
            level=block.level,
            cells=block.cells,
            table=block.table,
            head=block.head,
        )
        return
    if "<h" in text or "<H" in text:
        line, counted = block.line, 0
        for match in islice(_HTML_HEADING.finditer(text), BLOCK_LIMIT):
            line += text.count("\n", counted, match.start())
            counted = match.start()
            title = strip_tags(match[2]).strip()
            if title:
                yield Block(kind=BlockKind.HEADING, text=title, line=line, level=int(match[1]))
        text = _HTML_HEADING.sub(lambda match: "\n" * match[0].count("\n"), text)
    starts = [match.start() for match in _HTML_ROW.finditer(text)][:5000]
    line = block.line + (text.count("\n", 0, starts[0]) if starts else 0)
    for start, end in pairwise([*starts, len(text)]):
        yield _html_row(text[start:end], line, -block.line)
        line += text.count("\n", start, end)
    rest = text[: starts[0]] if starts else text
    if rest.strip():
        yield Block(kind=BlockKind.HTML, text=rest, line=block.line)


def _html_row(text: str, line: int, table: int) -> Block:
    parts = _HTML_CELL.split(text)  # before, h or d, cell, h or d, cell, …
    cells = tuple(strip_tags(cell).strip() for cell in parts[2::2])
    return _row(cells, line, table, head="d" not in {tag.lower() for tag in parts[1::2]})


def strip_comments(text: str) -> str:
    """Text without `<!-- … -->`; its newlines are kept, so that lines still count."""
    if "<!--" not in text:
        return text
    kept, position = [], 0
    while (start := text.find("<!--", position)) >= 0:
        end = text.find("-->", start + 4)
        end = len(text) if end < 0 else end + 3
        kept += [text[position:start], "\n" * text.count("\n", start, end)]
        position = end
    return "".join([*kept, text[position:]])


def strip_tags(text: str) -> str:
    """Text without HTML tags."""
    return _TAG.sub(" ", text) if "<" in text else text


def plain(text: str) -> str:
    """Inline Markdown as words: anchors without their targets, no marks, tags or bare URLs."""
    if "](" in text:
        text = _INLINE_LINK.sub(r"\1", text)
    text = strip_tags(text)
    if "://" in text or "magnet:" in text or "www." in text:
        text = _BARE_URL.sub(" ", text)
    return text.replace("**", "").replace("__", "").replace("`", "")


def count_words(text: str) -> int:
    """Words that have a letter; two CJK characters count as one word."""
    if text.isascii():
        return len(_WORD.findall(text))
    ideographs = len(_CJK.findall(text))
    if ideographs:
        text = _CJK.sub(" ", text)
    return len(_WORD.findall(text)) + (ideographs + 1) // 2
