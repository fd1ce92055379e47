import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ajar.blobs import BytesBlob
from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.formats.paper_file import FORMAT
from tests.build.text_files import look, matches, survives_cuts


def pdf(title=b"(A Tiny Technical Report)", filler=b""):
    return (
        b"%PDF-1.5\n1 0 obj\n<< /Type /Pages /Kids [2 0 R] /Count 12 >>\nendobj\n"
        b"9 0 obj\n<< /Title (Chapter One) >>\nendobj\n"
        + filler
        + b"5 0 obj\n<< /Title "
        + title
        + b" >>\nendobj\n"
        b"trailer\n<< /Root 3 0 R /Info 5 0 R >>\nstartxref\n0\n%%EOF\n"
    )


def test_version_title_and_pages():
    seen = look(FORMAT, pdf(), "x.pdf")
    assert seen.one("pdf.version") == "1.5"
    assert seen.one("pdf.title") == "A Tiny Technical Report"  # and not the bookmark's
    assert seen.one("pdf.pages") == 12
    assert seen.one("paper.file") is True


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        (rb"(a \(b\) \\ \101)", "a (b) \\ A"),
        (b"<FEFF004100E9>", "Aé"),
        (b"<41 4>", "A@"),
        (b"(\xfe\xff\x00A)", "A"),
        (b"(caf\xe9)", "café"),
    ],
)
def test_titles_in_every_notation(raw, title):
    assert look(FORMAT, pdf(raw), "x.pdf").one("pdf.title") == title


def test_title_in_xmp():
    data = b"%PDF-1.4\n<dc:title><rdf:Alt><rdf:li xml:lang='x'>A Study</rdf:li></rdf:Alt></dc:title>"
    assert look(FORMAT, data, "x.pdf").one("pdf.title") == "A Study"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("paper.pdf", True),
        ("2307.09288v2.pdf", True),
        ("docs/Model_Report.pdf", True),
        ("system-card.pdf", True),
        ("plot.pdf", False),
    ],
)
def test_named_as_a_paper(path, expected):
    assert bool(look(FORMAT, b"%PDF-1.4\n", path).all("paper.file")) is expected


def test_only_both_ends_of_a_big_file_are_read():
    class Counted(BytesBlob):
        read = 0

        def read_at(self, offset, length):
            Counted.read += length
            return BytesBlob.read_at(self, offset, length)

    seen = list(FORMAT.inspect("x.pdf", Counted(pdf(filler=b"x" * 10_000_000)), Limits()))
    assert Counted.read <= 256 * 1024
    assert {item.key: item.value for item in seen}["pdf.title"] == "A Tiny Technical Report"


def test_matches():
    assert matches(FORMAT, pdf(), "anything")
    assert not matches(FORMAT, b"\n%PDF-1.4", "x.pdf")
    with pytest.raises(MalformedError):
        look(FORMAT, b"%PDF", "x.pdf")


@pytest.mark.parametrize(
    "unit",
    [b"/Title (", b"/Type /Pages ", b"/Count 1 ", b"/Info 1 0 R 1 0 obj ", b"<dc:title>", b"/Linearized"],
)
def test_hostile_repetition_ends(unit):
    started = time.perf_counter()
    look(FORMAT, b"%PDF-1.4\n" + unit * (300_000 // len(unit)), "x.pdf")
    assert time.perf_counter() - started < 5


def test_cut_anywhere():
    survives_cuts(FORMAT, pdf(), "x.pdf")


@given(st.binary(max_size=60))
def test_any_title_bytes(raw):
    look(FORMAT, pdf(b"(" + raw + b")"), "x.pdf")
    look(FORMAT, pdf(b"<" + raw.hex().encode() + b">"), "x.pdf")
