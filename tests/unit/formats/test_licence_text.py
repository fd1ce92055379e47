import pytest

from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.formats.licence_text import FORMAT
from ajar.model.evidence import Gap, GapReason, Text
from tests.build.text_files import look, matches


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("LICENSE", "licence"),
        ("licence.txt", "licence"),
        ("LICENSE-MODEL.md", "licence"),
        ("MODEL_LICENSE", "licence"),
        ("LICENSE.Apache-2.0", "licence"),
        ("COPYING.LESSER", "licence"),
        ("UNLICENSE", "licence"),
        ("LICENSES/MIT.txt", "licence"),
        ("a-1.0.dist-info/licenses/AUTHORS", "licence"),
        ("NOTICE", "notice"),
        ("THIRD_PARTY_NOTICES.txt", "notice"),
        ("USE_POLICY.md", "use-policy"),
        ("Acceptable_Use_Policy.txt", "use-policy"),
        ("gemma_prohibited_use_policy.md", "use-policy"),
        ("AUP.md", "use-policy"),
        ("Model_AUP_v2.txt", "use-policy"),
        ("PROHIBITED_USE.txt", "use-policy"),
        ("LICENSE.weights", "licence"),
        ("license_check.py", None),
        ("license.json", None),
        ("README.md", None),
        ("notes.txt", None),
        ("src/licenses/README.md", None),
    ],
)
def test_kind_by_name(path, kind):
    assert matches(FORMAT, "Some words", path) is (kind is not None)
    if kind:
        assert look(FORMAT, "Some words", path).one("licence.document") == kind


def test_words_and_first_line():
    seen = look(FORMAT, "\n=====\n  MIT License\n\nPermission is hereby granted\n", "LICENSE")
    assert seen.one("licence.words") == 6
    assert seen.items("licence.document")[0].quote == "MIT License"
    assert seen.texts[0].text.endswith("granted\n")


def test_a_gigabyte_is_read_to_the_limit():
    class Huge:
        size = 2**30
        read = 0

        def read_at(self, offset, length):
            self.read += length
            return b"word " * (length // 5) + b" " * (length % 5)

    blob = Huge()
    seen = list(FORMAT.inspect("LICENSE", blob, Limits(text_bytes=1000)))
    assert blob.read == 1000
    assert [item.truncated for item in seen if isinstance(item, Text)] == [True]
    assert [item.reason for item in seen if isinstance(item, Gap)] == [GapReason.OVER_BUDGET]
    assert seen[-1].value == 200


def test_bytes_are_not_a_licence():
    assert not matches(FORMAT, b"\x7fELF\0\0", "LICENSE")
    with pytest.raises(MalformedError):
        look(FORMAT, b"a" * 5000 + b"\0", "LICENSE")


def test_empty_and_bad_bytes():
    assert look(FORMAT, "", "LICENSE").one("licence.words") == 0
    assert [gap.reason for gap in look(FORMAT, b"a \xff b", "LICENSE").gaps] == [GapReason.MALFORMED]
