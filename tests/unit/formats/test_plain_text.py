from ajar.config import Limits
from ajar.formats.plain_text import FORMAT
from tests.build.text_files import look, matches


def test_lines():
    assert look(FORMAT, "a\nb\nc", "a.txt").one("text.lines") == 3
    assert look(FORMAT, "a\nb\n", "a.txt").one("text.lines") == 2
    assert look(FORMAT, "", "a.txt").one("text.lines") == 0


def test_long_files_are_estimated_from_their_beginning():
    item = look(FORMAT, "line\n" * 100_000, "a.txt").items("text.lines")[0]
    assert 99_000 < item.value < 101_000
    assert item.quote == "estimated"
    assert look(FORMAT, "x" * 1000, "a.txt", Limits(text_bytes=10)).one("text.lines") == 100


def test_matches_text_only():
    assert matches(FORMAT, "any words", "whatever")
    assert not matches(FORMAT, b"\x93NUMPY\x01\0", "a.txt")
