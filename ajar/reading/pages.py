"""An article's bytes as one text with its date, whatever form they come in.

Offsets of everything found later are in characters of `Page.text`. For plain text and Markdown that is the file's
own text (newlines as LF); Markdown's marks are blanked out in a copy of the same length, `Page.prose`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ajar.errors import MalformedError, TargetUnreadable
from ajar.formats._text import decode, looks_like_text
from ajar.model.article import Form

FILE_BYTES = 8 << 20  # a page of a news site is under 1 MB, a book in PDF under 8
TEXT_CHARS = 1 << 20  # 170,000 words; more would take longer than anybody waits
_HTML = re.compile(rb"\s*(?:<!doctype html|<html|<head|<body|<!--|<article|<meta|<title)", re.IGNORECASE)
_TAGS = re.compile(r"</?(?:p|div|span|a|h[1-6]|article|br|script)\b[^<>]{0,300}>", re.IGNORECASE)
_MARKDOWN = re.compile(
    r"^(?:#{1,6} \S|[-*] \S|> \S|```)|\[[^\]\n]{1,200}\]\([^)\s]{1,400}\)|\*\*\S", re.MULTILINE
)
# Spaces of other widths, and characters that are not seen, read as a space each: every offset stays.
SPACES = dict.fromkeys(
    (
        0x9,
        0xB,
        0xC,
        0xA0,
        *range(0x2000, 0x2010),
        *range(0x2028, 0x2030),
        0x205F,
        *range(0x2060, 0x206A),
        0x3000,
        0xFEFF,
    ),
    " ",
)
_SUFFIXES = {
    ".md": Form.MARKDOWN,
    ".markdown": Form.MARKDOWN,
    ".html": Form.HTML,
    ".htm": Form.HTML,
    ".xhtml": Form.HTML,
    ".txt": Form.TEXT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What was read: `text` as shown, `prose` of the same length with marks blanked, and what it says of itself."""

    text: str
    prose: str
    form: Form
    title: str = ""
    date: str = ""  # as the page's own fields give it, not yet read as a date
    date_where: str = ""
    language: str = ""
    notes: tuple[str, ...] = ()


def read_page(data: bytes, name: str) -> Page:
    """The page in `data`. Raises `TargetUnreadable` for what holds no text; `name` is used for its suffix only."""
    if data.startswith(b"%PDF-"):
        from ajar.reading.pdf import read_pdf

        return _bounded(read_pdf(data))
    text, notes = _decoded(data, name)
    suffix = name.lower()[name.rfind(".") :] if "." in name else ""
    form = _SUFFIXES.get(suffix) or _form(data, text)
    if form is Form.HTML:
        from ajar.reading.html import read_html

        page = read_html(text, notes)
    elif form is Form.MARKDOWN:
        from ajar.reading.markdown import read_markdown

        page = read_markdown(text, notes)
    else:
        page = Page(text=text, prose=text.translate(SPACES), form=Form.TEXT, notes=notes)
    return _bounded(page)


def _decoded(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    hint = "give an article as text, Markdown, HTML or PDF"
    if not data.strip():
        raise TargetUnreadable(f"{name}: nothing is in it", hint=hint)
    if not looks_like_text(data[:4096]):
        raise TargetUnreadable(f"{name}: this is no text", hint=hint)
    cut = len(data) >= FILE_BYTES
    try:
        text, replaced = decode(data[:FILE_BYTES], truncated=cut)
    except MalformedError as error:
        raise TargetUnreadable(f"{name}: {error.message}", hint=hint) from error
    if replaced:
        text, replaced = _legacy(data, text, replaced)
    if replaced > len(text) // 20:
        raise TargetUnreadable(f"{name}: this is no text in Unicode", hint=hint)
    notes = [f"{replaced} places are no valid text and were replaced"] if replaced else []
    if cut:
        notes.append(f"only the first {FILE_BYTES >> 20} MiB were read")
    return text, tuple(notes)


def _legacy(data: bytes, text: str, replaced: int) -> tuple[str, int]:
    """Old pages are in Windows-1252: taken for that when few places break and each is a letter or a quotation mark."""
    if replaced > len(text) // 10:
        return text, replaced
    try:
        old = data[:FILE_BYTES].decode("cp1252")
    except UnicodeDecodeError:
        return text, replaced
    return re.sub(r"\r\n?", "\n", old), 0


def _form(data: bytes, text: str) -> Form:
    head = text[:20_000]
    if _HTML.match(data[:2000]) or len(_TAGS.findall(head)) >= 3:
        return Form.HTML
    return Form.MARKDOWN if len(_MARKDOWN.findall(head)) >= 2 or head.startswith("---\n") else Form.TEXT


def _bounded(page: Page) -> Page:
    if len(page.text) <= TEXT_CHARS:
        return page
    note = f"only the first {TEXT_CHARS:,} of {len(page.text):,} characters were read"
    return Page(
        text=page.text[:TEXT_CHARS],
        prose=page.prose[:TEXT_CHARS],
        form=page.form,
        title=page.title,
        date=page.date,
        date_where=page.date_where,
        language=page.language,
        notes=(*page.notes, note),
    )
