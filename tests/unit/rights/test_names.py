"""Names, tags, addresses, and sentences that name the licence of something."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ajar.model.component import Openness, Scope
from ajar.rights.data_store import licences
from ajar.rights.expressions import hub_tags
from ajar.rights.names import at_address, resolve, resolve_expression, resolve_field
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


def test_every_hub_tag_points_somewhere() -> None:
    tags = hub_tags()
    assert len(tags) == 83
    for name, tag in tags.items():
        found = resolve(name)
        assert (found is None) == (tag.kind == "none"), name
        assert tag.kind in {"one", "family", "none"}
        if tag.kind == "one" and tag.licence in licences():
            assert found == licences()[tag.licence]


@pytest.mark.parametrize(
    ("tag", "licence"),
    [
        ("bsl-1.0", "BSL-1.0"),  # Boost, not the Business Source License
        ("llama3", "llama3"),
        ("lgpl-lr", "LGPLLR"),
        ("odc-by", "ODC-By-1.0"),
        ("grok2-community", "xai-community"),
    ],
)
def test_tags_that_are_often_taken_for_another(tag: str, licence: str) -> None:
    assert [item.id for item in resolve_field(tag).licences] == [licence]


@pytest.mark.parametrize("family", ["bsd", "cc", "gpl", "lgpl", "gfdl", "openrail"])
def test_a_family_is_not_one_licence(family: str) -> None:
    read = resolve_field(family)
    assert read.is_family
    assert [item.id for item in read.licences] == [family]
    assert read.licences[0].openness in {Openness.UNKNOWN, Openness.RESTRICTED}


@pytest.mark.parametrize(
    ("text", "names", "choice"),
    [
        ("Apache-2.0 OR MIT", ["Apache-2.0", "MIT"], True),
        ("mit AND cc-by-4.0", ["MIT", "CC-BY-4.0"], False),
        ("MIT/Apache-2.0", ["MIT", "Apache-2.0"], True),
        ("(MIT AND Apache-2.0) OR GPL-3.0-only", ["MIT", "Apache-2.0", "GPL-3.0-only"], False),
        ("GPL-2.0-only WITH Classpath-exception-2.0", ["GPL-2.0-only"], False),
        ("MIT AND Acme-Corp-1.0", ["MIT", "LicenseRef-acme-corp-1.0"], False),
        ("MIT AND (", [], False),
        ("Nothing-1 OR Nobody-2", [], False),
    ],
)
def test_fields_with_expressions(text: str, names: list, choice: bool) -> None:
    read = resolve_field(text)
    assert ([item.id for item in read.licences], read.choice) == (names, choice)


def test_a_field_may_point_to_a_file() -> None:
    assert resolve_field("SEE LICENSE IN LICENSE.txt").file == "LICENSE.txt"
    assert resolve_field("LICENSE").file == "LICENSE"
    assert resolve_field("see the sun").file == ""


@pytest.mark.parametrize(
    ("address", "licence"),
    [
        ("https://github.com/facebookresearch/llama/blob/main/LICENSE", "llama2"),
        ("https://www.llama.com/llama3_2/license/", "llama3.2"),
        ("https://ai.google.dev/gemma/terms#a", "gemma"),
        ("http://www.apache.org/licenses/LICENSE-2.0.txt", "Apache-2.0"),
        ("https://example.org/LICENSE", None),
        ("x" * 1000, None),
    ],
)
def test_addresses(address: str, licence: str | None) -> None:
    found = at_address(address)
    assert (found.id if found else None) == licence
