"""The text of a PDF, through pypdf where it is installed (the extra `pdf`). Pages, characters and streams are bounded."""

from __future__ import annotations

import io
import re
import time
from typing import Any

from ajar.errors import TargetUnreadable, UsageError
from ajar.model.article import Form
from ajar.reading.pages import FILE_BYTES, TEXT_CHARS, Page

_PAGES = 300
_STREAM_BYTES = 16 << 20  # one page's drawing commands; ordinary ones are under 1 MB
_SECONDS = 20  # looked at between pages; a page of ordinary text takes 10 to 50 ms
_HYPHEN = re.compile(r"(?<=[a-z])-\n(?=[a-z])")
_DATE = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?")


def read_pdf(data: bytes) -> Page:
    """Text page by page. Raises `UsageError` without the extra, `TargetUnreadable` for a locked, broken or empty file."""
    if len(data) > FILE_BYTES:
        raise TargetUnreadable(
            f"the PDF has more than {FILE_BYTES >> 20} MiB", hint="give the article's text instead"
        )
    pypdf = _library()
    try:
        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise TargetUnreadable("the PDF asks for a password", hint="give a copy without one")
        text, notes = _pages(reader)
        fields = reader.metadata or {}
        title, made = str(fields.get("/Title") or "")[:300], str(fields.get("/CreationDate") or "")
    except TargetUnreadable:
        raise
    except Exception as error:  # the library raises many kinds on hostile input
        raise TargetUnreadable(
            f"the PDF cannot be read: {type(error).__name__}: {str(error)[:120]}",
            hint="give the article's text instead",
        ) from error
    if not text.strip():
        raise TargetUnreadable(
            "the PDF holds no text, only pictures of it", hint="give the article's text instead"
        )
    found = _DATE.match(made)
    return Page(
        text=text,
        prose=text,
        form=Form.PDF,
        title=title,
        date="-".join(part for part in found.groups() if part) if found else "",
        date_where="the PDF's date of creation" if found else "",
        notes=notes,
    )


def _library() -> Any:
    """The library with its own limits set low: a small file may unpack to gigabytes."""
    try:
        import pypdf
    except ImportError as error:
        raise UsageError(
            "reading a PDF needs pypdf",
            hint="install it: pip install 'ajar[pdf]', or give the article's text",
        ) from error
    pypdf.overwrite_configuration(
        zlib_maximum_output_length=_STREAM_BYTES,
        lzw_maximum_output_length=_STREAM_BYTES,
        run_length_maximum_output_length=_STREAM_BYTES,
        array_based_stream_maximum_output_length=_STREAM_BYTES,
    )
    return pypdf


def _pages(reader: Any) -> tuple[str, tuple[str, ...]]:
    pieces: list[str] = []
    notes: list[str] = []
    chars, until = 0, time.monotonic() + _SECONDS
    for number, page in enumerate(reader.pages):
        if number >= _PAGES or chars > TEXT_CHARS or time.monotonic() > until:
            notes.append(f"only the first {number} pages were read")
            break
        try:
            said = page.extract_text() or ""
        except Exception as error:  # one broken page ends no reading  # noqa: BLE001
            notes.append(f"page {number + 1} cannot be read: {type(error).__name__}")
            if len(notes) > 8:
                break
            continue
        pieces.append(_HYPHEN.sub("", said))
        chars += len(said)
    return "\n\n".join(pieces).encode("utf-8", "replace").decode("utf-8"), tuple(notes)
