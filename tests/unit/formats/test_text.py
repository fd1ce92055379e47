import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ajar.blobs import BytesBlob
from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.formats._text import EvidenceMaker, clip, decode, looks_like_text, read_text
from ajar.model.evidence import GapReason


def test_utf8_with_a_mark_and_windows_newlines():
    assert decode(b"\xef\xbb\xbfa\r\nb\rc\n") == ("a\nb\nc\n", 0)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_encodings_need_their_mark(encoding):
    marked = "\ufeffmodèle\n".encode(encoding)
    assert decode(marked) == ("modèle\n", 0)
    assert looks_like_text(marked)
    with pytest.raises(MalformedError, match="NUL"):
        decode("abc".encode(encoding))


def test_bytes_that_do_not_decode_are_replaced_and_counted():
    assert decode(b"a\xffb\xfe") == ("a\ufffdb\ufffd", 2)


def test_a_cut_inside_a_character_is_not_an_error():
    whole = "né🤗".encode()
    for end in range(len(whole) + 1):
        text, replaced = decode(whole[:end], truncated=True)
        assert replaced == 0
        assert "né🤗".startswith(text)


def test_read_text_reads_no_more_than_the_limit():
    class Endless:
        size = 2**30
        asked = 0

        def read_at(self, offset, length):
            Endless.asked = max(Endless.asked, offset + length)
            return b"x" * length

    text, gaps = read_text("LICENSE", Endless(), Limits(text_bytes=100), "t")
    assert text.text == "x" * 100
    assert text.truncated
    assert Endless.asked == 100
    assert [gap.reason for gap in gaps] == [GapReason.OVER_BUDGET]


def test_read_text_digest_is_of_the_bytes_and_bad_bytes_leave_a_gap():
    data = b"\xef\xbb\xbfa\xff"
    text, gaps = read_text("a", BytesBlob(data), Limits(), "t")
    assert text.sha256 == hashlib.sha256(data).hexdigest()
    assert [gap.reason for gap in gaps] == [GapReason.MALFORMED]


def test_looks_like_text():
    assert looks_like_text(b"plain\ttext\n")
    assert looks_like_text(b"")
    assert not looks_like_text(b"PK\x03\x04\0\0")
    assert not looks_like_text(bytes(range(1, 32)))


def test_clip_is_one_bounded_line():
    assert clip("  a\n b\t") == "a b"
    assert len(clip("x" * 500)) == 120


@given(st.one_of(st.text(), st.integers(), st.floats(), st.just("\ud800" * 3), st.just(10**5000)))
def test_evidence_can_always_be_written_out(value):
    found = EvidenceMaker("p", "i")("k", value, quote="\udfff")
    assert isinstance(str(found.value).encode(), bytes)
    found.quote.encode()
    if isinstance(found.value, int):
        assert abs(found.value) <= 2**63
    if isinstance(found.value, float):
        assert found.value - found.value == 0  # finite


@given(st.binary(max_size=200))
def test_decode_never_fails_otherwise(data):
    try:
        text, _ = decode(data)
    except MalformedError:
        return
    assert "\r" not in text
    assert "\0" not in text
