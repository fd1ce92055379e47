"""From bytes or markup to plain text, with the way back: every character knows where it stood.

HTML loses its tags, its head, scripts, styles and comments, and its entities are read; RTF loses its control
words. Nothing is rendered: what only a style sheet hides is read as if it were shown.
"""

from __future__ import annotations

import codecs
import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from ajar.errors import MalformedError

_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|div|p|br|pre|span|h[1-6]|ul|ol|li|table)\b[^<>]{0,400}>",
    re.IGNORECASE,
)
# HTML is markup from its first page on; an example deep in a README does not make one.
_HTML_HEAD_CHARS = 4000
# Elements that no reader sees.
_UNSEEN = ("head", "script", "style", "template", "noscript")
_UNSEEN_START = re.compile(rf"<({'|'.join(_UNSEEN)})\b[^<>]{{0,400}}>|<!--", re.IGNORECASE)
_MARK = re.compile(r"</?[a-zA-Z!?][^<>]{0,2000}>")
_BREAKS = re.compile(r"</?(?:p|br|div|li|ul|ol|tr|h[1-6]|pre|table|title|hr|section)\b", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")

_RTF = re.compile(
    r"\\'([0-9a-fA-F]{2})|\\u(-?\d{1,5}) ?\??|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\([^a-zA-Z'])|([{}])|([^\\{}\r\n]+)|\r?\n|\\"
)
_RTF_UNSEEN = frozenset(
    [
        "fonttbl",
        "colortbl",
        "stylesheet",
        "info",
        "pict",
        "object",
        "header",
        "footer",
        "generator",
        "listtable",
        "themedata",
    ]
)
_RTF_BREAKS = frozenset(["par", "line", "sect", "page", "row", "cell"])

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Plain:
    """Plain text. `starts` and `origins` are parallel: from `starts[i]` on, characters stood from `origins[i]` on."""

    text: str
    starts: tuple[int, ...] = (0,)
    origins: tuple[int, ...] = (0,)

    def origin(self, at: int) -> int:
        """Where the character at `at` stood in the original text."""
        piece = bisect_right(self.starts, at) - 1
        return self.origins[piece] + at - self.starts[piece]


def decode(data: bytes) -> str:
    """Text of bytes: by its byte-order mark, as UTF-16 or -32 when every second byte is nothing, UTF-8, or Latin-1.

    Raises:
        MalformedError: the bytes are a PDF, whose text is not read.

    """
    if data.startswith(b"%PDF"):
        raise MalformedError("a PDF is not read; give its text")
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    head = data[:400]
    if len(head) >= 8 and head.count(0) > len(head) // 3:
        wide = "utf-32" if head.count(0) > len(head) * 0.6 else "utf-16"
        return data.decode(f"{wide}-be" if head[0] == 0 else f"{wide}-le", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def plain_of(text: str) -> Plain:
    """The text itself, or what HTML or RTF shows of it. Linear in the text."""
    if text.startswith("{\\rtf"):
        return _joined(_rtf_pieces(text))
    if "<" in text and _HTML.search(text, 0, _HTML_HEAD_CHARS):
        return _joined(_html_pieces(text))
    return Plain(text)


def _joined(pieces: Iterator[tuple[str, int]]) -> Plain:
    texts: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    at = 0
    for piece, origin in pieces:
        texts.append(piece)
        starts.append(at)
        origins.append(origin)
        at += len(piece)
    return Plain("".join(texts), tuple(starts) or (0,), tuple(origins) or (0,))


def _html_pieces(text: str) -> Iterator[tuple[str, int]]:
    lower = (
        text.lower() if text.isascii() else "".join(char.lower() if char.isascii() else char for char in text)
    )
    at = 0
    ends: dict[str, bool] = {}
    while True:
        unseen = _UNSEEN_START.search(text, at)
        if unseen is None:
            yield from _shown(text, at, len(text))
            return
        closing = f"</{unseen[1].lower()}" if unseen[1] else "-->"
        yield from _shown(text, at, unseen.start())
        end = lower.find(closing, unseen.end()) if ends.get(closing, True) else -1
        ends[closing] = end >= 0
        # An element that never ends hides nothing: its words are read.
        at = end + (0 if unseen[1] else 3) if end >= 0 else unseen.end()
        yield "\n\n", unseen.start()


def _shown(text: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    at = start
    for mark in _MARK.finditer(text, start, end):
        yield from _entities(text, at, mark.start())
        # A tag parts words only where it parts lines: "n<b>o</b>t" is a word.
        if _BREAKS.match(mark[0]):
            yield "\n\n" if mark[0][1:2] != "/" or mark[0][1:3].lower() == "/p" else "\n", mark.start()
        at = mark.end()
    yield from _entities(text, at, end)


def _entities(text: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    at = start
    for entity in _ENTITY.finditer(text, start, end):
        yield text[at : entity.start()], at
        yield html.unescape(entity[0]), entity.start()
        at = entity.end()
    if at < end:
        yield text[at:end], at


def _rtf_pieces(text: str) -> Iterator[tuple[str, int]]:
    depth, unseen = 0, 0  # `unseen` is the depth of the group that is not shown, 0 for none
    for match in _RTF.finditer(text):
        byte, code, word, _, symbol, brace, shown = match.groups()
        if brace == "{":
            depth += 1
        elif brace == "}":
            unseen = 0 if unseen and depth <= unseen else unseen
            depth -= 1
        elif not unseen and (symbol == "*" or word in _RTF_UNSEEN):
            unseen = max(depth, 1)
        elif not unseen:
            yield _rtf_text(byte, code, word, symbol, shown), match.start()


def _rtf_text(
    byte: str | None, code: str | None, word: str | None, symbol: str | None, shown: str | None
) -> str:
    if byte:
        return bytes.fromhex(byte).decode("cp1252", "replace")
    if code:
        return chr(int(code) % 65536) if not 0xD800 <= int(code) % 65536 < 0xE000 else "\ufffd"
    if word:
        return "\n" if word in _RTF_BREAKS else " " if word == "tab" else ""
    if symbol:
        return {"~": " ", "-": "", "_": "-"}.get(symbol, symbol if symbol in "\\{}" else "")
    return shown or ""
