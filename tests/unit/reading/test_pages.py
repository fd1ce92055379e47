"""What is read of an article's bytes, in every form, and what is refused."""

from __future__ import annotations

import io
import time
import zlib

import pytest

from ajar.errors import TargetUnreadable
from ajar.model.article import Form
from ajar.reading.html import read_html
from ajar.reading.pages import FILE_BYTES, TEXT_CHARS, read_page

PAGE = b"""<!doctype html><html lang="en"><head><title>A &amp; B</title>
<meta property="article:published_time" content="2024-03-12T08:00:00Z"><style>p { color: red }</style>
<script>var a = "OpenAI owns Meta"; if (1 < 2) { document.write("<p>no</p>") }</script></head><body>
<nav><a href="/">Home</a> <a href="/x">Google bought Anthropic</a></nav>
<div class="cookie-banner">We use cookies</div>
<article><h1>Head</h1><p>First&nbsp;words of the <b>article</b>, which are long enough to count as its text.</p>
<p hidden>Hidden</p><p>Second.<br>Third.</p></article>
<aside>Related: Altman buys X</aside><footer>Foot</footer></body></html>"""


def test_plain_text_keeps_its_offsets() -> None:
    page = read_page("Über Grok\u00a01 spoke.\r\nNext.".encode(), "a.txt")
    assert page.form is Form.TEXT
    assert page.text == "Über Grok\u00a01 spoke.\nNext."
    assert len(page.prose) == len(page.text)
    assert "Grok 1" in page.prose


def test_main_text_of_a_page() -> None:
    page = read_page(PAGE, "a.html")
    assert page.form is Form.HTML
    assert page.title == "A & B"
    assert page.date == "2024-03-12T08:00:00Z"
    assert page.text.split("\n\n") == [
        "Head",
        "First words of the article, which are long enough to count as its text.",
        "Second.\nThird.",
    ]


def test_a_page_is_known_without_its_suffix() -> None:
    assert read_page(PAGE, "-").form is Form.HTML
    assert read_page(b"# Head\n\nText [link](http://x.example) and **more**.\n", "-").form is Form.MARKDOWN


def test_linked_data_give_the_date() -> None:
    source = '<script type="application/ld+json">{"datePublished": "2025-01-02"}</script><p>Text.</p>'
    assert read_html(source).date == "2025-01-02"


def test_markdown_keeps_its_offsets() -> None:
    text = "---\ntitle: T\ndate: 2025-01-02\n---\n# Head\n\nSee [Grok-1](http://x.example) and **Llama 2**.\n\n```\nOpenAI\n```\n- one\n"
    page = read_page(text.encode(), "a.md")
    assert (page.title, page.date, page.form) == ("T", "2025-01-02", Form.MARKDOWN)
    assert page.text == text
    assert len(page.prose) == len(text)
    assert page.prose.index("Grok-1") == text.index("Grok-1")
    assert "OpenAI" not in page.prose
    assert "http" not in page.prose


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "empty.txt"),
        (b" \n ", "blank.txt"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "picture.txt"),
        (b"\x7fELF\x02\x01\x01" + bytes(200), "program"),
        (bytes(range(128, 256)) * 40, "noise.txt"),
    ],
)
def test_what_is_no_text(data: bytes, name: str) -> None:
    with pytest.raises(TargetUnreadable) as caught:
        read_page(data, name)
    assert caught.value.hint


def test_old_encodings_are_read() -> None:
    page = read_page(
        "Musk’s chatbot is called “Grok”, and was named so, they say, by a friend of Clément.".encode(
            "cp1252"
        ),
        "a.txt",
    )
    assert "Clément" in page.text
    assert "“Grok”" in page.text


def test_a_long_text_is_cut_and_said_so() -> None:
    page = read_page(b"Grok is large. " * (FILE_BYTES // 15 + 10), "a.txt")
    assert len(page.text) == TEXT_CHARS
    assert len(page.notes) == 2


@pytest.mark.parametrize(
    "unit",
    ['<a "', "<a", "<!--", "<a b=", "<?", "</", "<![CDATA[", "&", "<script>", "<", "<nav>", "<div><p>"],
)
def test_broken_tags_take_no_time(unit: str) -> None:
    started = time.process_time()
    read_html(unit * (200_000 // len(unit)))
    assert time.process_time() - started < 3


# PDF

pypdf = pytest.importorskip("pypdf")


def a_pdf(stream: bytes, *, packed: bool = False) -> bytes:
    """One page that draws what `stream` says."""
    body = zlib.compress(stream, 9) if packed else stream
    filters = b"/Filter /FlateDecode " if packed else b""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources 5 0 R >>",
        b"<< %s/Length %d >>\nstream\n%s\nendstream" % (filters, len(body), body),
        b"<< /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % start


def test_text_of_a_pdf() -> None:
    page = read_page(a_pdf(b"BT /F 12 Tf 50 700 Td (Grok-1 has 314 billion parameters.) Tj ET"), "a.pdf")
    assert page.form is Form.PDF
    assert "Grok-1 has 314 billion parameters." in page.text


def test_a_pdf_that_unpacks_to_much() -> None:
    bomb = a_pdf(b"BT /F 12 Tf (A) Tj ET " * 8_000_000, packed=True)
    assert len(bomb) < 2 << 20
    started = time.process_time()
    with pytest.raises(TargetUnreadable):
        read_page(bomb, "a.pdf")
    assert time.process_time() - started < 20


def test_a_locked_pdf() -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret", algorithm="RC4-128")
    held = io.BytesIO()
    writer.write(held)
    with pytest.raises(TargetUnreadable, match="password"):
        read_page(held.getvalue(), "a.pdf")


@pytest.mark.parametrize("data", [b"%PDF-1.4\n", b"%PDF-1.7\n%%EOF", a_pdf(b"")])
def test_a_pdf_without_text(data: bytes) -> None:
    with pytest.raises(TargetUnreadable):
        read_page(data, "a.pdf")
