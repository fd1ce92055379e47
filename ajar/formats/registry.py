"""Every format, in the order they are tried: bytes that name themselves first, plain text last.

Modules are imported as far down the table as it takes to recognise a file, so that a scan of binary files
starts without the readers of text.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module  # noqa: TID251  ajar's own modules, by the table below
from pathlib import PurePosixPath

from ajar.interfaces import Format

MODULES = (
    # bytes that name themselves
    "lfs_pointer",
    "safetensors",
    "gguf",
    "npy",
    "hdf5",
    "parquet",
    "arrow_ipc",
    "tflite",
    "paper_file",
    "image",
    "keras_zip",
    "torch_zip",
    "zip_archive",
    "torch_legacy",
    "joblib_file",
    "pickle_stream",
    "gzip_stream",
    "tar_archive",
    "tf_checkpoint",
    # structure without a magic number
    "mlflow_model",
    "shard_index",
    "notebook",
    "tokenizer",
    "chat_template",
    "openvino",
    "config_json",
    "onnx",
    "tf_saved_model",
    "coreml",
    "flax_msgpack",
    # text, by name and nature
    "package_metadata",
    "requirements_file",
    "reuse",
    "licence_text",
    "data_card",
    "model_card",
    "source_code",
    "jsonl",
    "csv_table",
    "yaml_config",
    "plain_text",
)


@cache
def _load(module: str) -> Format:
    form: Format = import_module(f"ajar.formats.{module}").FORMAT
    return form


@cache
def formats() -> tuple[Format, ...]:
    """All of them, in order."""
    return tuple(_load(module) for module in MODULES)


@cache
def by_id(name: str) -> Format:
    """The format of an id. Raises `KeyError`."""
    for module in MODULES:
        if (form := _load(module)).id == name:
            return form
    raise KeyError(name)


def sniff(head: bytes, path: str) -> Format | None:
    """The format of a file from its first bytes; its name is only a hint. `None` when nothing fits."""
    if not head:
        return None
    for module in MODULES:
        if (form := _load(module)).matches(head, path):
            return form
    return None


@cache
def _by_suffix() -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for form in formats():
        for suffix in form.suffixes:
            table[suffix] = table.get(suffix, frozenset()) | {form.id}
    return table


def expected_formats(path: str) -> frozenset[str]:
    """Ids of the formats that a file's suffix promises."""
    suffixes = PurePosixPath(path.lower()).suffixes
    both = "".join(suffixes[-2:])
    return _by_suffix().get(both) or _by_suffix().get(suffixes[-1] if suffixes else "", frozenset())
