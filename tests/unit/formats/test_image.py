import struct

import pytest

from ajar.formats.image import FORMAT
from tests.build.text_files import look, matches, survives_cuts

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 640, 480)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PNG, "png"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"GIF89a" + struct.pack("<HH", 3, 4), "gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "webp"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg"),
        (b"<?xml version='1.0'?>\n<!-- made -->\n<!DOCTYPE svg>\n<svg width='1'>", "svg"),
    ],
)
def test_kinds(data, kind):
    assert matches(FORMAT, data, "no-suffix")
    assert look(FORMAT, data, "x").one("image.kind") == kind


def test_size_in_pixels():
    seen = look(FORMAT, PNG, "a.png")
    assert (seen.one("image.width"), seen.one("image.height")) == (640, 480)
    assert look(FORMAT, PNG[:20], "a.png").all("image.width") == []


@pytest.mark.parametrize("data", [b"", b"RIFF\0\0\0\0WAVE", b"<html><svg>", b"\x89PNG", b"svg"])
def test_not_pictures(data):
    assert not matches(FORMAT, data, "a.png")


def test_cut_anywhere():
    survives_cuts(FORMAT, PNG, "a.png")
