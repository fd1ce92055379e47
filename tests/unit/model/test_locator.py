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
        ("s3://bucket/a@b//c", Locator(scheme="s3", name="//bucket/a@b//c")),
        ("git+https://host/org/name", Locator(scheme="git+https", name="//host/org/name")),
        (
            "git+https://host:8443/org/name@feature/x//sub",
            Locator(scheme="git+https", name="//host:8443/org/name", revision="feature/x", subpath="sub"),
        ),
        ("models:/fraud@champion", Locator(scheme="models", name="/fraud", revision="champion")),
        ("models:/fraud/3", Locator(scheme="models", name="/fraud/3")),
        ("a@b", Locator(name="a@b")),
        ("C:x", Locator(name="C:x")),
    ],
)
def test_what_people_type(text: str, expected: Locator) -> None:
    assert Locator.parse(text) == expected


@pytest.mark.parametrize("text", ["", "file:", "hf:", "hf:@main", "s3://", "git+https://"])
def test_nothing_named(text: str) -> None:
    with pytest.raises(UsageError):
        Locator.parse(text)


@given(
    st.sampled_from(["", "git+https://", "git+https:", "models:", "s3://", "modelscope:"]),
    st.text(max_size=40),
)
def test_round_trip_from_any_text(scheme: str, text: str) -> None:
    text = f"{scheme}{text}"
    try:
        locator = Locator.parse(text)
    except UsageError:
        return
    assert Locator.parse(str(locator)) == locator
