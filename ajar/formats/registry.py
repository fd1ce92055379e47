"""Every format, in the order they are tried: bytes that name themselves first, plain text last."""

from __future__ import annotations

from pathlib import PurePosixPath

from ajar.formats import (
    arrow_ipc,
    chat_template,
    config_json,
    coreml,
    csv_table,
    data_card,
    flax_msgpack,
    gguf,
    gzip_stream,
    hdf5,
    image,
    joblib_file,
    jsonl,
    keras_zip,
    lfs_pointer,
    licence_text,
    model_card,
    notebook,
    npy,
    onnx,
    openvino,
    package_metadata,
    paper_file,
    parquet,
    pickle_stream,
    plain_text,
    requirements_file,
    safetensors,
    shard_index,
    source_code,
    tar_archive,
    tf_checkpoint,
    tf_saved_model,
    tflite,
    tokenizer,
    torch_legacy,
    torch_zip,
    yaml_config,
    zip_archive,
)
from ajar.interfaces import Format

_MODULES = (
    # bytes that name themselves
    lfs_pointer,
    safetensors,
    gguf,
    npy,
    hdf5,
    parquet,
    arrow_ipc,
    tflite,
    paper_file,
    image,
    keras_zip,
    torch_zip,
    zip_archive,
    torch_legacy,
    joblib_file,
    pickle_stream,
    gzip_stream,
    tar_archive,
    tf_checkpoint,
    # structure without a magic number
    shard_index,
    notebook,
    tokenizer,
    chat_template,
    openvino,
    config_json,
    onnx,
    tf_saved_model,
    coreml,
    flax_msgpack,
    # text, by name and nature
    package_metadata,
    requirements_file,
    licence_text,
    data_card,
    model_card,
    source_code,
    jsonl,
    csv_table,
    yaml_config,
    plain_text,
)
FORMATS: tuple[Format, ...] = tuple(module.FORMAT for module in _MODULES)
BY_ID: dict[str, Format] = {form.id: form for form in FORMATS}

_BY_SUFFIX: dict[str, frozenset[str]] = {}
for _form in FORMATS:
    for _suffix in _form.suffixes:
        _BY_SUFFIX[_suffix] = _BY_SUFFIX.get(_suffix, frozenset()) | {_form.id}


def sniff(head: bytes, path: str) -> Format | None:
    """The format of a file from its first bytes; its name is only a hint. `None` when nothing fits."""
    if not head:
        return None
    return next((form for form in FORMATS if form.matches(head, path)), None)


def expected_formats(path: str) -> frozenset[str]:
    """Ids of the formats that a file's suffix promises."""
    suffixes = PurePosixPath(path.lower()).suffixes
    both = "".join(suffixes[-2:])
    return _BY_SUFFIX.get(both) or _BY_SUFFIX.get(suffixes[-1] if suffixes else "", frozenset())
