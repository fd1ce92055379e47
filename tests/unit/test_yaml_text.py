import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ajar.errors import BudgetExceeded, MalformedError
from ajar.yaml_text import load_yaml


def test_values_lines_and_pointers():
    document = load_yaml("a: 1\nb:\n- x\n- {c/d: 2.5}\n", first_line=2)
    assert document.value == {"a": 1, "b": ["x", {"c/d": 2.5}]}
    assert document.lines["/a"] == 2
    assert document.lines["/b/0"] == 4
    assert document.lines["/b/1/c~1d"] == 5


def test_a_key_that_stands_twice_is_told_with_its_line():
    document = load_yaml("a:\n  b: 1\n  c: 2\n  b: 3\nd: 4\n")
    assert document.value == {"a": {"b": 3, "c": 2}, "d": 4}
    assert document.repeated == {"/a/b": 4}


def test_words_of_yaml_1_1_stay_words():
    assert load_yaml("language: no\nyes: on\n").value == {"language": "no", "yes": "on"}
    assert load_yaml("a: true\nb: null\nc: '1'\nd: 1e3\n").value == {
        "a": True,
        "b": None,
        "c": "1",
        "d": 1000.0,
    }


def test_tags_make_no_objects():
    assert load_yaml("a: !!python/object/apply:os.system [id]").value == {"a": ["id"]}


def test_aliases_are_shared():
    assert load_yaml("a: &x {k: v}\nb: *x").value["b"] == {"k": "v"}


def bomb(levels, width):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for level in range(1, levels):
        lines.append(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * width)}]")
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [bomb(9, 9), bomb(20, 3), "[" * 1000, "- " * 1000, "a: " + "{a: " * 500, "x: " + "y" * 2**20],
    ids=["wide-bomb", "narrow-bomb", "flow", "block", "maps", "long"],
)
def test_what_grows_or_nests_is_refused(text):
    with pytest.raises(BudgetExceeded):
        load_yaml(text)


@pytest.mark.parametrize(
    "text", ["a: [", "a: *nowhere", "a: &x [*x]", "? [a]\n: b", "\t- a: b", "a: 'b", "a: \x01"]
)
def test_malformed(text):
    with pytest.raises(MalformedError):
        load_yaml(text)


def test_only_the_first_document_is_read():
    assert load_yaml("a: 1\n---\nb: [").value == {"a": 1}


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%,? \n~0", max_size=80))
def test_any_text_gives_a_value_or_one_of_two_errors(text):
    with contextlib.suppress(MalformedError, BudgetExceeded):
        load_yaml(text)
