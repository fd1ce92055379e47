"""Badges, tables, pointers, and sentences with several licences: what each speaks of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ajar.model.component import Scope
from ajar.rights.statements import badges, mentions, pointers, table_rows

CODE, WEIGHTS, DATA = (Scope.CODE,), (Scope.WEIGHTS,), (Scope.DATA,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Our code is released under the Apache 2.0 License, while our models are under the CC BY-NC 4.0 License.",
            [("Apache-2.0", CODE), ("CC-BY-NC-4.0", WEIGHTS)],
        ),
        (
            "Licensed under Apache-2.0 (code) and CC-BY-NC-4.0 (weights).",
            [("Apache-2.0", CODE), ("CC-BY-NC-4.0", WEIGHTS)],
        ),
        (
            "License: the MIT license for the code and the Llama 2 Community License for the weights.",
            [("MIT", CODE), ("llama2", WEIGHTS)],
        ),
        (
            "## License\n\n- **Code**: MIT license\n- **Model weights**: CC-BY-NC-4.0\n- **Data**: CC-BY-4.0\n",
            [("MIT", CODE), ("CC-BY-NC-4.0", WEIGHTS), ("CC-BY-4.0", DATA)],
        ),
        (
            "The code and the weights are both under the MIT license.",
            [("MIT", (Scope.CODE, Scope.WEIGHTS))],
        ),
    ],
)
def test_each_licence_is_for_its_own_part(text: str, expected: list) -> None:
    assert [(item.licence.id, item.scopes) for item in mentions(text)] == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            '<img src="https://img.shields.io/badge/License-Apache_2.0-blue.svg?style=flat">',
            [("Apache-2.0", ())],
        ),
        (
            "[![Code License](https://img.shields.io/badge/Code%20License-Apache_2.0-green.svg)](x)",
            [("Apache-2.0", CODE)],
        ),
        (
            "![m](https://img.shields.io/badge/Model_License-CC_BY--NC_4.0-red)",
            [("CC-BY-NC-4.0", WEIGHTS)],
        ),
        ("![](https://img.shields.io/badge/License-Modified_MIT-f5de53)", []),
        ("![](https://img.shields.io/badge/arXiv-2512.21185-b31b1b)", []),
        ("![](https://img.shields.io/badge/License)", []),
    ],
)
def test_badges(line: str, expected: list) -> None:
    assert [(item.licence.id, item.scopes) for item in badges(line)] == expected


def test_a_table_of_models() -> None:
    text = (
        "| Model | Score | License |\n|---|---|---|\n"
        "| [a/one](https://huggingface.co/a/one) | 81 | Gemma |\n| `a/two` | 82 | Apache 2.0 |\n| a/three | 1 | ours |\n"
    )
    found = [(item.subject, item.licence.id, item.scopes, item.line) for item in table_rows(text)]
    assert found == [("a/one", "gemma", WEIGHTS, 3), ("a/two", "Apache-2.0", WEIGHTS, 4)]


def test_a_table_of_parts() -> None:
    text = "| Part | Licence |\n|---|---|\n| Code | MIT |\n| Weights | llama3.1 |\n| Dataset | CC-BY-4.0 |\n"
    found = [(item.subject, item.licence.id, item.scopes) for item in table_rows(text)]
    assert found == [("", "MIT", CODE), ("", "llama3.1", WEIGHTS), ("", "CC-BY-4.0", DATA)]


def test_a_table_without_licences_says_nothing() -> None:
    assert table_rows("| Model | Score |\n|---|---|\n| MIT | 3 |\n") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Both the code and the model weights are released under the [Modified MIT License](LICENSE).",
            [("LICENSE", (Scope.CODE, Scope.WEIGHTS))],
        ),
        ("The weights are licensed as `MODEL_LICENSE` says.", [("MODEL_LICENSE", WEIGHTS)]),
        ("This project has a license, see ./LICENSE.txt", [("LICENSE.txt", ())]),
        (
            "License: https://github.com/meta-llama/llama/blob/main/LICENSE applies to the model.",
            [("https://github.com/meta-llama/llama/blob/main/LICENSE", WEIGHTS)],
        ),
        ("The weights have their own LICENSE and come later.", []),
        (
            "See LICENSE before using the code, and LICENSE_MODEL for the released models.",
            [("LICENSE", CODE), ("LICENSE_MODEL", WEIGHTS)],
        ),
        ("No licence here.", []),
    ],
)
def test_pointers(text: str, expected: list) -> None:
    assert [(item.target, item.scopes) for item in pointers(text)] == expected


@pytest.mark.parametrize(
    ("sentence", "subject"),
    [
        ("The license of the **Widget-2B** model is the Apache 2.0 License.", "Widget-2B"),
        ("`widget-2b.tar` is released under the Apache 2.0 license.", "widget-2b.tar"),
        ("Released under the `apache-2.0` licence, the model is free.", ""),
        ("The code is under the `Apache 2.0` license.", ""),
    ],
)
def test_one_of_several_models(sentence: str, subject: str) -> None:
    assert {item.subject for item in mentions(sentence)} == {subject}


def test_chinese_sentences_name_their_parts_too() -> None:
    text = "本仓库的代码依照 Apache-2.0 license 协议开源,模型权重的使用遵循 [Model License](MODEL_LICENSE)。"
    assert [(item.licence.id, item.scopes) for item in mentions(text)] == [("Apache-2.0", CODE)]
    assert [(item.target, item.scopes) for item in pointers(text)] == [("MODEL_LICENSE", WEIGHTS)]


@given(st.text(alphabet="|[]()`-#*\n LICENSEMIT_license apache2.0/:.shieldobagwt", max_size=400))
def test_any_text_is_answered(text: str) -> None:
    for read in (mentions, badges, table_rows, pointers):
        assert isinstance(read(text), tuple)
