"""The main text of an HTML page. Scripts, styles, navigation, forms and asides are no part of it.

The standard library's parser takes time with the square of the input for tags that never end (80 kB of `<a "` keep it
busy for seconds), so tags are scanned here, each within a bounded length. Nothing is fetched and nothing is run.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html import unescape

from ajar.model.article import Form
from ajar.reading.pages import Page

_TAG_CHARS = 4096  # a longer tag is read up to its first `>`
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]{0,40})((?:\"[^\"<]{0,4000}\"|'[^'<]{0,4000}'|[^\"'<>])*)>")
_ATTRIBUTE = re.compile(r"([A-Za-z_:][\w:.-]{0,60})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_RAW = frozenset({"script", "style", "noscript", "template", "textarea", "title", "iframe", "xmp"})
_ASIDE = frozenset(
    {
        "nav",
        "footer",
        "aside",
        "form",
        "button",
        "select",
        "svg",
        "dialog",
        "menu",
        "object",
        "head",
        "audio",
        "video",
    }
)
_VOID = frozenset(
    {"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "track", "wbr"}
)
_INLINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
    }
    | {"q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
)
_MAIN = frozenset({"article", "main"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ASIDE_NAMES = re.compile(
    r"\b(?:nav(?:igation|bar)?|menu|footer|sidebar|cookie|breadcrumbs?|share|social|related|comments?|newsletter|promo|advert\w*)\b",
    re.IGNORECASE,
)
_MAIN_SHARE = 0.3  # an article element with less of the page's words than this is a teaser, not the article
_DATE_NAMES = (
    "article:published_time",
    "datepublished",
    "citation_publication_date",
    "dc.date.issued",
    "dc.date",
    "dcterms.created",
    "parsely-pub-date",
    "pubdate",
    "publish-date",
    "date",
)
_SPACE = re.compile(r"[ \t\n\f\r\u00a0\u2002-\u200a\u202f]+")
_JSON_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{4,40})"')


@dataclass(slots=True)
class _Block:
    """A run of text between two block elements; `linked` counts characters inside links."""

    pieces: list[str] = field(default_factory=list)
    is_main: bool = False
    linked: int = 0
    links: int = 0


@dataclass(slots=True)
class _Reader:
    """One pass over the tags."""

    blocks: list[_Block] = field(default_factory=lambda: [_Block()])
    asides: list[str] = field(default_factory=list)  # open elements whose text is left out
    mains: int = 0
    anchors: int = 0
    title: str = ""
    language: str = ""
    dates: dict[str, str] = field(default_factory=dict)

    def text(self, raw: str) -> None:
        if self.asides or not raw:
            return
        piece = _SPACE.sub(" ", unescape(raw))
        block = self.blocks[-1]
        block.pieces.append(piece)
        if self.anchors:
            block.linked += len(piece)

    def open(self, name: str, attributes: str) -> None:
        if self.asides:
            if name == self.asides[-1].partition(" ")[0] and name not in _VOID:
                self.asides.append(name)
            self._meta(name, attributes)
            return
        self._meta(name, attributes)
        if name in _VOID:
            if name in {"br", "hr"}:
                self.blocks[-1].pieces.append("\n")
            return
        if name in _ASIDE or _is_aside(name, attributes):
            self.asides.append(name)
        elif name == "a":
            self.anchors = 1
            self.blocks[-1].links += 1
        elif name in _MAIN:
            self.mains += 1
        if name not in _INLINE:
            self._break()

    def close(self, name: str) -> None:
        if self.asides:
            if self.asides[-1] == name:
                self.asides.pop()
            elif name in {"body", "html"}:
                self.asides.clear()
            return
        if name == "a":
            self.anchors = 0
        elif name in _MAIN:
            self.mains = max(self.mains - 1, 0)
        if name not in _INLINE:
            self._break()

    def _break(self) -> None:
        if self.blocks[-1].pieces:
            self.blocks.append(_Block(is_main=self.mains > 0))
        else:
            self.blocks[-1].is_main = self.mains > 0

    def _meta(self, name: str, attributes: str) -> None:
        if name == "html":
            self.language = _attributes(attributes).get("lang", "")[:20]
        elif name == "meta":
            fields = _attributes(attributes)
            key = (fields.get("property") or fields.get("name") or fields.get("itemprop") or "").lower()
            if key in _DATE_NAMES and fields.get("content"):
                self.dates.setdefault(key, fields["content"][:40])
        elif name == "time":
            stamp = _attributes(attributes).get("datetime", "")
            if stamp:
                self.dates.setdefault("time", stamp[:40])


def read_html(source: str, notes: tuple[str, ...] = ()) -> Page:
    """The page's main text: its article where it has one, else its body."""
    reader = _Reader()
    linked_data = _scan(source, reader)
    if linked_data:
        reader.dates.setdefault("datepublished", linked_data)
    text = _main_text(reader.blocks)
    name = next((name for name in (*_DATE_NAMES, "time") if name in reader.dates), "")
    return Page(
        text=text,
        prose=text,
        form=Form.HTML,
        title=_SPACE.sub(" ", unescape(reader.title)).strip()[:300],
        date=reader.dates.get(name, ""),
        date_where=f"the page's field {name}" if name else "",
        language=reader.language,
        notes=notes,
    )


def _scan(source: str, reader: _Reader) -> str:
    """Feed text and tags to the reader; the date that linked data gives, or nothing."""
    at, size, date = 0, len(source), ""
    while at < size:
        start = source.find("<", at)
        if start < 0:
            reader.text(source[at:])
            break
        reader.text(source[at:start])
        follows = source[start + 1 : start + 2]
        if follows in {"!", "?"}:
            at = _past_declaration(source, start)
            continue
        found = _TAG.match(source, start, start + _TAG_CHARS) if follows.isalpha() or follows == "/" else None
        if found is None:
            at = _past_broken(source, start, reader)
            continue
        at = found.end()
        name = found[2].lower()
        if found[1]:
            reader.close(name)
        elif name in _RAW:
            inner, after = _raw_end(source, at, name)
            if name == "title" and not reader.title:
                reader.title = source[at : min(inner, at + 1000)]
            elif name == "script" and not date and "ld+json" in found[3]:
                date = _linked_date(source[at : min(inner, at + 200_000)])
            at = after
        else:
            reader.open(name, found[3])
            if found[3].endswith("/") and name not in _VOID and name in _ASIDE:
                reader.close(name)
    return date


def _past_declaration(source: str, start: int) -> int:
    """Behind a comment or declaration; one that never ends hides the rest, as browsers have it."""
    closing = "-->" if source.startswith("<!--", start) else ">"
    end = source.find(closing, start + 2)
    return len(source) if end < 0 else end + len(closing)


def _past_broken(source: str, start: int, reader: _Reader) -> int:
    """A `<` that opens no tag is text; a tag too long or broken is left out up to its first `>`."""
    if not (source[start + 1 : start + 2].isalpha() or source.startswith("</", start)):
        reader.text("<")
        return start + 1
    end = source.find(">", start, start + _TAG_CHARS)
    return start + 1 if end < 0 else end + 1


def _raw_end(source: str, at: int, name: str) -> tuple[int, int]:
    """Where a script, style or title ends, and its closing tag; the end of the page when it is never closed."""
    found = re.compile(rf"</{name}\b[^>]{{0,200}}>", re.IGNORECASE).search(source, at)
    return (len(source), len(source)) if found is None else found.span()


def _linked_date(body: str) -> str:
    found = _JSON_DATE.search(body)
    try:
        return str(json.loads(f'"{found[1]}"')) if found else ""
    except ValueError:
        return ""


def _attributes(text: str) -> dict[str, str]:
    return {
        name.lower(): unescape(double or single or bare)
        for name, double, single, bare in _ATTRIBUTE.findall(text[:_TAG_CHARS])
    }


def _is_aside(name: str, attributes: str) -> bool:
    if not attributes or name in {"html", "body", "article", "main"}:
        return False
    fields = _attributes(attributes)
    if fields.get("aria-hidden") == "true" or "hidden" in attributes.lower().split():
        return True
    if fields.get("role") in {"navigation", "contentinfo", "search", "menu", "dialog", "complementary"}:
        return True
    if _HIDDEN.search(fields.get("style", "")):
        return True
    named = f"{fields.get('class', '')} {fields.get('id', '')}"
    return name in {"div", "section", "ul", "ol", "header"} and bool(_ASIDE_NAMES.search(named))


def _main_text(blocks: list[_Block]) -> str:
    """Blocks of prose, one a paragraph; runs of links are navigation."""
    told: list[tuple[bool, str]] = []
    for block in blocks:
        words = re.sub(r" ?\n ?", "\n", "".join(block.pieces)).strip()
        if words and not (block.links >= 3 and block.linked > 0.7 * len(words)):
            told.append((block.is_main, re.sub(r"  +", " ", words)))
    main = [words for is_main, words in told if is_main]
    whole = [words for _, words in told]
    chosen = main if sum(map(len, main)) > _MAIN_SHARE * sum(map(len, whole)) else whole
    return "\n\n".join(chosen)
