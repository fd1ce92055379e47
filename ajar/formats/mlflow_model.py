"""MLmodel: what MLflow is told of a model, and what it runs when it loads one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.formats._text import EvidenceMaker, basename, looks_like_text, read_text
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Basis, Evidence
from ajar.yaml_text import load_yaml

NAME = "MLmodel"
_FLAVOURS = 32  # a model has two or three
_COLUMNS = 64
_FIELDS = (
    ("mlflow_version", "mlflow.version"),
    ("run_id", "mlflow.run-id"),
    ("model_id", "mlflow.model-id"),
    ("model_uuid", "mlflow.model-uuid"),
    ("utc_time_created", "mlflow.created"),
    ("model_size_bytes", "mlflow.size-bytes"),
)
# Of a flavour: what is stated, and what is imported or run on loading.
_STATED = (
    ("python_version", "mlflow.python-version"),
    ("task", "mlflow.task"),
    ("source_model_name", "config.name-or-path"),
)
_RUN = (
    ("loader_module", "mlflow.loader-module"),
    ("code", "mlflow.code"),
    ("model_code_path", "mlflow.code"),
    ("python_model", "mlflow.python-model"),
    ("pickled_model", "mlflow.pickled-model"),
)


def _matches(head: bytes, path: str) -> bool:
    return basename(path) == NAME and looks_like_text(head)


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    text, gaps = read_text(path, blob, limits, "mlflow-model")
    yield from gaps
    if text.truncated:
        return
    document = load_yaml(text.text)
    tree, lines = document.value, document.lines
    flavours = tree.get("flavors") if isinstance(tree, dict) else None
    if not isinstance(flavours, dict):
        raise MalformedError("MLmodel without flavors")
    make = EvidenceMaker(path, "mlflow-model")
    for name, row in list(flavours.items())[:_FLAVOURS]:
        pointer = f"/flavors/{str(name).replace('~', '~0').replace('/', '~1')}"
        yield make("mlflow.flavour", str(name), pointer=pointer, line=lines.get(pointer))
        if isinstance(row, dict):
            yield from _flavour(row, pointer, lines, make)
    for field, key in _FIELDS:
        value = tree.get(field)
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            pointer = f"/{field}"
            yield make(key, value, pointer=pointer, line=lines.get(pointer), basis=Basis.DECLARED)
    yield from _signature(tree.get("signature"), lines, make)


def _flavour(
    row: Mapping[str, Any], pointer: str, lines: Mapping[str, int], make: EvidenceMaker
) -> Iterator[Evidence]:
    for fields, basis in ((_STATED, Basis.DECLARED), (_RUN, Basis.VERIFIED)):
        for field, key in fields:
            value = row.get(field)
            if isinstance(value, (str, int, float)) and not isinstance(value, bool) and value != "":
                at = f"{pointer}/{field}"
                yield make(key, str(value), pointer=at, line=lines.get(at), basis=basis)


def _signature(signature: Any, lines: Mapping[str, int], make: EvidenceMaker) -> Iterator[Evidence]:
    """Columns and tensors that go in and out: JSON in a string of YAML."""
    for side in ("inputs", "outputs"):
        stated = signature.get(side) if isinstance(signature, dict) else None
        try:
            columns = json.loads(stated) if isinstance(stated, str) else stated
        except (ValueError, RecursionError):
            continue
        for column in columns[:_COLUMNS] if isinstance(columns, list) else ():
            if isinstance(column, dict):
                pointer = f"/signature/{side}"
                kind = column.get("type")
                value = f"{column.get('name') or '-'}: {kind if isinstance(kind, str) else 'nested'}"
                line = lines.get(pointer)
                yield make(f"mlflow.{side}", value, pointer=pointer, line=line, basis=Basis.DECLARED)


FORMAT = Format(
    id="mlflow-model",
    title="MLflow model description",
    family="config",
    suffixes=(),
    matches=_matches,
    inspect=_inspect,
    keys={
        "mlflow.flavour": "a way to load the model: python_function, sklearn, transformers and so on, at most 32",
        "mlflow.loader-module": "module that MLflow imports to load the model",
        "mlflow.code": "folder or file of code beside the model that loading makes importable, or runs",
        "mlflow.python-model": "file that holds a Python model: a pickle, or code",
        "mlflow.pickled-model": "file that holds the model as a pickle",
        "mlflow.python-version": "Python that the model was logged with",
        "mlflow.version": "MLflow that the model was logged with",
        "mlflow.run-id": "run that logged the model",
        "mlflow.model-id": "name of the logged model, from MLflow 3 on",
        "mlflow.model-uuid": "name of this logging of the model",
        "mlflow.created": "when the model was logged, in UTC",
        "mlflow.size-bytes": "size of the model's files in bytes, as stated",
        "mlflow.inputs": "name and type of what goes in, at most 64",
        "mlflow.outputs": "name and type of what comes out, at most 64",
        "mlflow.task": "task the model is for",
        "config.name-or-path": "the name or path the model was saved from",
    },
    spec="https://mlflow.org/docs/latest/ml/model/",
)
