"""Markdown read in place: marks, addresses, code and front matter become blanks, so every offset is the file's own."""

from __future__ import annotations

import re

from ajar.model.article import Form
from ajar.reading.pages import SPACES, Page

_FRONT = re.compile(r"\A---[ \t]*\n(.{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(
    r"^(title|date|published|publishdate|pubdate|lang|language)[ \t]*:[ \t]*(.{1,300})$",
    re.MULTILINE | re.IGNORECASE,
)
_FENCE = re.compile(r"^[ \t]{0,3}(```+|~~~+)[^\n]*\n.*?(?:^[ \t]{0,3}\1[^\n]*$|\Z)", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"<!--.{0,20000}?-->", re.DOTALL)
_IMAGE = re.compile(r"!\[[^\]\n]{0,500}\]\([^()\s]{0,1000}[^()\n]{0,200}\)")
_LINK = re.compile(r"(?<!!)\[([^\[\]\n]{0,500})\](\([^()\s]{0,1000}[^()\n]{0,200}\)|\[[^\[\]\n]{0,100}\])")
_NOTE = re.compile(r"\[\^[^\]\n]{1,40}\]:?")
_DEFINITION = re.compile(r"^[ ]{0,3}\[[^\]\n]{1,100}\]:[ \t]*\S+[^\n]*$", re.MULTILINE)
_ADDRESS = re.compile(r"<?https?://[^\s<>)\]]{1,2000}>?")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,500}>")
_TABLE = re.compile(r"^[ \t]*\|[^\n]*$", re.MULTILINE)
_LINE = re.compile(
    r"^[ \t]{0,3}(?:#{1,6}[ \t]+|>[ \t]?|(?:[-*+]|\d{1,3}[.)])[ \t]+|[=-]{3,}[ \t]*$|\*{3,}[ \t]*$)+",
    re.MULTILINE,
)
_ITEM = re.compile(r"[ \t>]*(?:[-*+]|\d{1,3}[.)])[ \t]")
_MARKS = re.compile(
    r"\*{1,3}|(?<![\w])_{1,3}(?=\S)|(?<=\S)_{1,3}(?![\w])|`{1,2}|~~|\\(?=[\\`*_{}\[\]()#+.!|-])"
)
_HEADING = re.compile(r"^#{1,6}[ \t]+([^\n]{1,300})$", re.MULTILINE)


def read_markdown(text: str, notes: tuple[str, ...] = ()) -> Page:
    """The file's text, and the same text with everything blanked that is no prose."""
    fields: dict[str, str] = {}
    prose = text
    front = _FRONT.match(text)
    if front:
        fields = {name.lower(): value.strip().strip("\"'") for name, value in _FIELD.findall(front[1])}
        prose = _blank(front[0]) + text[front.end() :]
    for pattern in (_FENCE, _COMMENT, _IMAGE, _DEFINITION, _NOTE):
        prose = pattern.sub(lambda found: _blank(found[0]), prose)
    prose = _LINK.sub(lambda found: f" {found[1]} {_blank(found[2])}", prose)
    for pattern in (_ADDRESS, _TAG, _TABLE):
        prose = pattern.sub(lambda found: _blank(found[0]), prose)
    prose = _LINE.sub(_line_mark, prose)
    prose = _MARKS.sub(lambda found: _blank(found[0]), prose)
    heading = _HEADING.search(text)
    name = next((name for name in ("date", "published", "publishdate", "pubdate") if name in fields), "")
    return Page(
        text=text,
        prose=prose.translate(SPACES),
        form=Form.MARKDOWN,
        title=fields.get("title") or (heading[1].strip() if heading else ""),
        date=fields.get(name, "")[:40],
        date_where=f"the front matter's field {name}" if name else "",
        language=fields.get("lang") or fields.get("language") or "",
        notes=notes,
    )


def _line_mark(found: re.Match[str]) -> str:
    """Blanks, with a sign that a heading or an item begins here: neither runs on into the next line."""
    mark = "¶" if "#" in found[0] else "•" if _ITEM.match(found[0]) else " "
    return mark + " " * (len(found[0]) - 1)


def _blank(text: str) -> str:
    """As many characters, all spaces but for the newlines."""
    return re.sub(r"[^\n]", " ", text)
