"""PDF documents: version, title and pages, where they stand uncompressed; nothing is rendered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.formats import _eu_documents
from ajar.formats._text import EvidenceMaker, basename, clip
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Basis

_WINDOW_BYTES = 128 * 1024  # looked at from each end
_VERSION = re.compile(rb"%PDF-([0-9]\.[0-9])")
_INFO = re.compile(rb"/Info\s{1,8}([0-9]{1,10})\s{1,4}([0-9]{1,5})\s{1,4}R")
_TITLE = re.compile(rb"/Title\s{0,8}(?:\(((?:[^()\\]|\\.){0,1000})\)|<([0-9A-Fa-f\s]{0,2000})>)", re.DOTALL)
_XMP_TITLE = re.compile(rb"<dc:title>.{0,300}?<rdf:li[^>]{0,100}>([^<]{1,500})</rdf:li>", re.DOTALL)
_PAGES = re.compile(
    rb"/Type\s{0,4}/Pages\b[^>]{0,400}?/Count\s{1,4}([0-9]{1,6})|/Count\s{1,4}([0-9]{1,6})[^>]{0,400}?/Type\s{0,4}/Pages\b"
)
_LINEARISED = re.compile(rb"/Linearized\b[^>]{0,300}?/N\s{1,4}([0-9]{1,6})")
_PAPER = re.compile(
    r"paper|report|preprint|arxiv|technical|white ?paper|system[_ -]?card|model[_ -]?card|(?:^|\D)\d{4}\.\d{4,5}(?:v\d)?(?:\D|$)",
    re.IGNORECASE,
)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _matches(head: bytes, path: str) -> bool:  # noqa: ARG001
    return _VERSION.match(head) is not None


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    make = EvidenceMaker(path, "paper-file")
    window = min(_WINDOW_BYTES, limits.text_bytes)
    data = blob.read_at(0, min(blob.size, window))
    version = _VERSION.match(data)
    if version is None:
        raise MalformedError("not a PDF: it does not begin with %PDF-", offset=0)
    if blob.size > window:
        start = max(window, blob.size - window)
        data += b"\n" + blob.read_at(start, blob.size - start)
    yield make("pdf.version", version[1].decode())
    title = _title(data)
    if title:
        yield make("pdf.title", title, basis=Basis.DECLARED)
    pages = _pages(data)
    if pages:
        yield make("pdf.pages", pages)
    named = _PAPER.search(basename(path)) or _PAPER.search(title)
    if named:
        yield make("paper.file", True, quote=clip(named.string))
    for found in _eu_documents.by_headings(path, [(title, 1)] if title else []):
        # Its parts cannot be read: a PDF's text is compressed.
        yield make(found.key, True, quote=found.quote, basis=Basis.DECLARED)


def _title(data: bytes) -> str:
    """The title in the document's information, or in its XMP packet; "" when neither is in the clear.

    Bookmarks have titles too, so only the object that the trailer names as /Info is looked at.
    """
    for info in list(_INFO.finditer(data))[-4:]:
        marker = re.compile(rb"(?<![0-9])" + info[1] + rb"\s{1,4}" + info[2] + rb"\s{1,4}obj\b")
        found = marker.search(data)
        if found is None:
            continue
        end = data.find(b"endobj", found.end(), found.end() + 8192)
        match = _TITLE.search(data, found.end(), end if end >= 0 else found.end() + 8192)
        if match:
            return clip(_string(match[1], match[2]), 300)
    xmp = _XMP_TITLE.search(data)
    return clip(xmp[1].decode("utf-8", "replace"), 300) if xmp else ""


def _string(literal: bytes | None, hexadecimal: bytes | None) -> str:
    """A PDF string: literal with escapes or hexadecimal, in UTF-16 or a Latin encoding."""
    if literal is not None:
        raw = _ESCAPE.sub(_unescape, literal)
    else:
        digits = re.sub(rb"\s", b"", hexadecimal or b"")
        raw = bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    if raw.startswith(b"\xfe\xff"):
        return raw[2:].decode("utf-16-be", "replace")
    if raw.startswith(b"\xef\xbb\xbf"):
        return raw[3:].decode("utf-8", "replace")
    return raw.decode("latin-1")


def _unescape(match: re.Match[bytes]) -> bytes:
    code: bytes = match[1]
    if code[:1].isdigit() and code[:1] < b"8":
        return bytes([int(code, 8) & 0xFF])
    return _LETTERS.get(code, b"" if code in b"\r\n" else code)


def _pages(data: bytes) -> int:
    linearised = _LINEARISED.search(data[:2048])
    if linearised:
        return int(linearised[1])
    return max((int(match[1] or match[2]) for match in _PAGES.finditer(data)), default=0)


FORMAT = Format(
    id="paper-file",
    title="PDF document",
    family="document",
    suffixes=(".pdf",),
    matches=_matches,
    inspect=_inspect,
    keys={
        "pdf.version": "version in the header",
        "pdf.title": "title in the document's information, where it is not compressed",
        "pdf.pages": "number of pages, where the page tree is not compressed",
        "paper.file": "true when the name or the title says paper or report",
        **_eu_documents.KEYS,
    },
    spec="https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf",
)
