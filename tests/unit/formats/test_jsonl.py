import pytest

from ajar.errors import MalformedError
from ajar.formats.jsonl import FORMAT
from tests.build.observing import look


def test_columns_of_the_first_line():
    seen = look(FORMAT, b'\xef\xbb\xbf{"text": "a", "label": 1}\n{"text": "b"}\n', "train.jsonl")
    assert seen.all("data.column") == ["text", "label"]
    assert seen.one("data.columns") == 2


def test_only_a_megabyte_is_read():
    seen = look(FORMAT, b'{"a": 1}\n', "x.jsonl", size=2**34)
    assert seen.blob.bytes_read == 2**20
    assert seen.one("data.bytes") == 2**34


@pytest.mark.parametrize("data", [b"{", b'{"a": ', b"[" * 50_000])
def test_first_lines_that_are_none(data):
    with pytest.raises(MalformedError):
        look(FORMAT, data, "x.jsonl")


def test_other_text():
    assert not FORMAT.matches(b"hello", "x.jsonl")
    assert not FORMAT.matches(b"{}", "x.json")
