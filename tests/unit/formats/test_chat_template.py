import pytest

from ajar.errors import MalformedError
from ajar.formats.chat_template import FORMAT
from ajar.model.evidence import GapReason
from tests.build.text_files import SMALL, look, matches, survives_cuts


def test_a_template_is_passed_on_as_text():
    seen = look(FORMAT, "{% for m in messages %}{{ m }}{% endfor %}", "chat_template.jinja")
    assert seen.texts[0].text.startswith("{% for")
    assert seen.one("template.chars") == len(seen.texts[0].text)


def test_json_templates_each_have_a_text():
    seen = look(FORMAT, '{"chat_template": "a", "x/y": "bc", "n": 1}', "chat_template.json")
    assert [(text.path, text.text) for text in seen.texts] == [
        ("chat_template.json#/chat_template", "a"),
        ("chat_template.json#/x~1y", "bc"),
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("chat_template.jinja", True),
        ("templates/a.j2", True),
        ("chat_template.json", True),
        ("config.json", False),
        ("a.txt", False),
    ],
)
def test_matches(path, expected):
    assert matches(FORMAT, "{}", path) is expected
    assert not matches(FORMAT, b"\0", path)


@pytest.mark.parametrize("data", ["[1]", "{", '{"a":' * 9000])
def test_malformed(data):
    with pytest.raises(MalformedError):
        look(FORMAT, data, "chat_template.json")


def test_over_the_limit():
    seen = look(FORMAT, '{"chat_template": "' + "x" * 500 + '"}', "chat_template.json", SMALL)
    assert [gap.reason for gap in seen.gaps] == [GapReason.OVER_BUDGET]
    assert not seen.texts


def test_cut_anywhere():
    survives_cuts(FORMAT, '{"chat_template": "é\\n"}', "chat_template.json")
