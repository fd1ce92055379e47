"""Names, tags, addresses, and sentences that name the licence of something."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ajar.model.component import Scope
from ajar.rights.names import resolve, resolve_expression
from ajar.rights.statements import mentions


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("apache-2.0", "Apache-2.0"),
        ("Apache 2.0", "Apache-2.0"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("https://www.apache.org/licenses/LICENSE-2.0.txt", "Apache-2.0"),
        ("License :: OSI Approved :: MIT License", "MIT"),
        ("the MIT license", "MIT"),
        ("BSD-3", "BSD-3-Clause"),
        ("CC BY-SA 4.0", "CC-BY-SA-4.0"),
        ("gpl-3.0", "GPL-3.0-only"),
        ("llama3.1", "llama3.1"),
        ("Llama 3.1 Community License Agreement", "llama3.1"),
        ("gemma", "gemma"),
        ("grok2-community", "xai-community"),
        ("openmdw-1.1", "OpenMDW-1.1"),
        ("bigscience-bloom-rail-1.0", "bigscience-bloom-rail-1.0"),
    ],
)
def test_spellings(name: str, expected: str) -> None:
    found = resolve(name)
    assert found is not None
    assert found.id == expected


@pytest.mark.parametrize("name", ["", "other", "unknown", "proprietary", "x" * 1000])
def test_nobody_knows(name: str) -> None:
    assert resolve(name) is None


def test_expressions() -> None:
    assert [item.id for item in resolve_expression("MIT OR Apache-2.0")] == ["MIT", "Apache-2.0"]
    assert [item.id for item in resolve_expression("(MIT AND CC-BY-4.0)")] == ["MIT", "CC-BY-4.0"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The code and associated Grok-1 weights in this release are licensed under the\nApache 2.0 license.",
            [("Apache-2.0", (Scope.CODE, Scope.WEIGHTS), 1)],
        ),
        ("This library is licensed under the Apache 2.0 License.", [("Apache-2.0", (Scope.CODE,), 1)]),
        (
            "The model weights are distributed under their respective Apache 2.0 license.",
            [("Apache-2.0", (Scope.WEIGHTS,), 1)],
        ),
        (
            "- `codestral-22B-v0.1.tar` has a custom license, called [Mistral AI Non-Production (MNPL) License](x)",
            [("mistral-mnpl-0.1", (Scope.WEIGHTS,), 1)],
        ),
        ("This project is licensed under the Apache-2.0 License.", [("Apache-2.0", (), 1)]),
        ("The dataset is released under CC-BY-4.0 license.", [("CC-BY-4.0", (Scope.DATA,), 1)]),
        ("## License\n\n[Modified MIT](./LICENSE)", []),
        ("It was made at MIT by people who like Apache helicopters.", []),
        ("The code is not licensed under the MIT license.", []),
        ("Contributions are licensed under the MIT license by contributing.", []),
        ("---\nlicense: mit\n---\nNothing else.", []),
        ("```\nlicensed under the MIT license\n```", []),
    ],
)
def test_sentences(text: str, expected: list) -> None:
    assert [(item.licence.id, item.scopes, item.line) for item in mentions(text)] == expected


@given(st.text(max_size=500))
def test_any_text_is_answered(text: str) -> None:
    mentions(text)
    resolve(text)
    resolve_expression(text)
