"""Records in the Model Openness Tool's YAML: taken at their word, traps named."""

from __future__ import annotations

import pytest

from ajar.errors import UsageError
from ajar.frameworks.record import evaluate_record
from ajar.rights import resolve

RECORD = """
release:
  name: Examplar
  license:
    distribution: {name: Apache-2.0}
  components:
  - {name: Model architecture}
  - {name: Model parameters (Final)}
  - {name: Technical report}
  - {name: Evaluation results}
  - {name: Model card}
  - {name: Data card}
  - {name: Inference code}
"""


def door(text: str) -> str:
    result = evaluate_record(text, resolve)
    return next(item.at_least for item in result.verdicts if item.instrument == "g7")


def test_a_record_is_taken_at_its_word() -> None:
    result = evaluate_record(RECORD, resolve)
    assert (result.name, result.mot.class_) == ("Examplar", 3)
    assert door(RECORD) == "ajar"
    assert {item.instrument for item in result.verdicts} == {
        "g7",
        "mof",
        "osaid",
        "eu-ai-act",
        "osai",
        "solaiman",
    }


def test_spellings_that_the_tool_does_not_know() -> None:
    result = evaluate_record(RECORD.replace("Apache-2.0", "apache 2.0"), resolve)
    assert result.mot.class_ == 0
    mof = next(item for item in result.verdicts if item.instrument == "mof")
    assert mof.at_least == "class-iii"
    assert any("read as Apache-2.0" in warning for warning in result.warnings)


def test_component_not_included_is_not_there() -> None:
    text = RECORD.replace("(Final)}", "(Final), license: Component not include}")
    assert door(text) == "shut"
    assert any("not included" in warning for warning in evaluate_record(text, resolve).warnings)


def test_names_nobody_listed() -> None:
    text = RECORD.replace("{name: Data card}", "{name: Training dataset}")
    assert "Training dataset" not in " ".join(evaluate_record(text, resolve).warnings)
    text = RECORD.replace("{name: Data card}", "{name: Crystal ball}")
    assert any("Crystal ball" in warning for warning in evaluate_record(text, resolve).warnings)


def test_a_restricted_licence_shuts_the_class() -> None:
    assert door(RECORD.replace("Apache-2.0", "llama3.1")) == "chained"


@pytest.mark.parametrize(
    "text", ["", "[]", "release: 3", "{", "a: &a [1]\nb: [" + "*a, " * 200 + "*a]\nrelease: {}", "[" * 5000]
)
def test_what_is_no_record(text: str) -> None:
    with pytest.raises(UsageError):
        evaluate_record(text, resolve)
