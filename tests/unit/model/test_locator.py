"""`Locator.parse(str(x)) == x`, and what people type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ajar.errors import UsageError
from ajar.model.locator import Locator


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("model", Locator(name="model")),
        ("./a/b/", Locator(name="./a/b")),
        ("/abs/path", Locator(name="/abs/path")),
        ("//abs", Locator(name="/abs")),
        ("file:x", Locator(name="x")),
        ("repo//models/llama3", Locator(name="repo", subpath="models/llama3")),
        ("hf:org/name", Locator(scheme="hf", name="org/name")),
        ("hf:org/name@main//sub", Locator(scheme="hf", name="org/name", revision="main", subpath="sub")),
        ("a@b", Locator(name="a@b")),
        ("C:x", Locator(name="C:x")),
    ],
)
def test_what_people_type(text: str, expected: Locator) -> None:
    assert Locator.parse(text) == expected


@pytest.mark.parametrize("text", ["", "file:", "hf:", "hf:@main"])
def test_nothing_named(text: str) -> None:
    with pytest.raises(UsageError):
        Locator.parse(text)


@given(st.text(min_size=1, max_size=40))
def test_round_trip_from_any_text(text: str) -> None:
    try:
        locator = Locator.parse(text)
    except UsageError:
        return
    assert Locator.parse(str(locator)) == locator
