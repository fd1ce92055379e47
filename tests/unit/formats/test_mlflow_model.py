"""MLmodel as MLflow 2 and 3 write it, and as nobody should."""

from __future__ import annotations

import contextlib

import pytest

from ajar.errors import AjarError, MalformedError
from ajar.formats.mlflow_model import FORMAT
from ajar.model.evidence import Basis
from tests.build.text_files import look, matches

PYFUNC = """\
artifact_path: mlflow-artifacts:/0/models/m-5f7d/artifacts
flavors:
  python_function:
    cloudpickle_version: 3.1.3
    code: code
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.pyfunc.model
    python_model: python_model.pkl
    python_version: 3.11.7
    streamable: false
mlflow_version: 3.17.2
model_id: m-5f7d
model_size_bytes: 1360
model_uuid: m-5f7d
prompts: null
run_id: ff76d1f3
signature:
  inputs: '[{"type": "string", "name": "text", "required": true}, {"type": "long"}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 3]}}]'
  params: null
utc_time_created: '2026-11-25 02:49:29.137798'
"""


def values(text: str) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    for item in look(FORMAT, text, "MLmodel").evidence:
        found.setdefault(item.key, []).append(item.value)
    return found


def test_only_by_name() -> None:
    assert matches(FORMAT, PYFUNC, "MLmodel")
    assert matches(FORMAT, PYFUNC, "models/one/MLmodel")
    assert not matches(FORMAT, PYFUNC, "model.mlmodel")
    assert not matches(FORMAT, b"\0\1", "MLmodel")


def test_what_a_python_model_states() -> None:
    assert values(PYFUNC) == {
        "mlflow.flavour": ["python_function"],
        "mlflow.python-version": ["3.11.7"],
        "mlflow.loader-module": ["mlflow.pyfunc.model"],
        "mlflow.code": ["code"],
        "mlflow.python-model": ["python_model.pkl"],
        "mlflow.version": ["3.17.2"],
        "mlflow.run-id": ["ff76d1f3"],
        "mlflow.model-id": ["m-5f7d"],
        "mlflow.model-uuid": ["m-5f7d"],
        "mlflow.created": ["2026-11-25 02:49:29.137798"],
        "mlflow.size-bytes": [1360],
        "mlflow.inputs": ["text: string", "-: long"],
        "mlflow.outputs": ["-: tensor"],
    }


def test_where_and_on_what_ground() -> None:
    found = {item.key: item for item in look(FORMAT, PYFUNC, "MLmodel").evidence}
    assert found["mlflow.loader-module"].location.pointer == "/flavors/python_function/loader_module"
    assert found["mlflow.loader-module"].location.line == 9
    assert found["mlflow.loader-module"].basis == Basis.VERIFIED
    assert found["mlflow.run-id"].basis == Basis.DECLARED


def test_two_flavours() -> None:
    text = (
        "flavors:\n  python_function:\n    loader_module: mlflow.transformers\n"
        "  transformers:\n    source_model_name: org/base\n    task: fill-mask\n"
    )
    found = values(text)
    assert found["mlflow.flavour"] == ["python_function", "transformers"]
    assert found["config.name-or-path"] == ["org/base"]
    assert found["mlflow.task"] == ["fill-mask"]


@pytest.mark.parametrize("text", ["", "x", "a: 1", "flavors: [1]", "flavors: {", "- flavors"])
def test_malformed(text: str) -> None:
    with pytest.raises(MalformedError):
        look(FORMAT, text, "MLmodel")


@pytest.mark.parametrize("inputs", ["'{'", "3", "'[1, []]'", f"'{'[' * 5000}'", "[{type: {}}]"])
def test_a_signature_that_is_none(inputs: str) -> None:
    found = values(f"flavors:\n  x:\n    code: null\nsignature:\n  inputs: {inputs}\n")
    assert set(found) <= {"mlflow.flavour", "mlflow.inputs"}


def test_no_more_than_a_model_has() -> None:
    flavours = "".join(f"  f{number}: {{}}\n" for number in range(100))
    columns = ", ".join('{"type": "long"}' for _ in range(200))
    found = values(f"flavors:\n{flavours}signature:\n  inputs: '[{columns}]'\n")
    assert len(found["mlflow.flavour"]) == 32
    assert len(found["mlflow.inputs"]) == 64


def test_cut_anywhere() -> None:
    for end in range(0, len(PYFUNC), 7):
        with contextlib.suppress(AjarError):
            look(FORMAT, PYFUNC[:end], "MLmodel")
