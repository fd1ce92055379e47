"""A small well-formed beginning for each format, to be mutated. Built here; no file is checked in."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import pickle
import struct
import tarfile
import zipfile

from tests.build import containers
from tests.build.model_seeds import MODEL_SEEDS
from tests.build.releases import CARD, safetensors_bytes

Seed = tuple[str, bytes]
"""A path and the bytes found there."""


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def _tar(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _text(value: str) -> bytes:
    return struct.pack("<Q", len(value)) + value.encode()


def _gguf(alignment: bytes = struct.pack("<II", 4, 32)) -> bytes:
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, 3)
    head += _text("general.architecture") + struct.pack("<I", 8) + _text("llama")
    head += _text("general.alignment") + alignment
    head += _text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, 2) + _text("a") + _text("b")
    head += _text("token_embd.weight") + struct.pack("<IQQIQ", 2, 8, 4, 0, 0)
    return head + bytes(-len(head) % 32) + bytes(128)


def _npy() -> bytes:
    head = b"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }".ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + bytes(16)


def _field(number: int, payload: bytes) -> bytes:
    """A length-delimited protobuf field shorter than 128 bytes."""
    return bytes([number << 3 | 2, len(payload)]) + payload


def _onnx() -> bytes:
    tensor = b"\x08\x02\x08\x02" + b"\x10\x01" + _field(8, b"w") + b"\x4a\x10" + bytes(16)
    graph = _field(1, _field(1, b"x") + _field(2, b"y") + _field(4, b"Relu")) + _field(2, b"g")
    return b"\x08\x08" + _field(2, b"pytorch") + _field(7, graph + _field(5, tensor)) + _field(8, b"\x10\x11")


def _saved_model() -> bytes:
    node = _field(1, b"x") + _field(2, b"Placeholder")
    return b"\x08\x01" + _field(2, _field(1, _field(4, b"serve")) + _field(2, _field(1, node)))


def _coreml() -> bytes:
    about = _field(100 - 96, b"about")  # any field inside a description will do
    return b"\x08\x04" + _field(2, _field(1, _field(1, b"image")) + about) + b"\xa2\x1f\x02\x08\x01"


def _pickle(protocol: int) -> bytes:
    return pickle.dumps({"weights": [1.0, 2.0], "epoch": 3}, protocol=protocol)


def _torch_legacy() -> bytes:
    magic, system = 0x1950A86A20F9469CFC6C, {"protocol_version": 1001, "little_endian": True}
    return b"".join(pickle.dumps(item, protocol=2) for item in (magic, 1001, system, {"w": [1.0]}, ["0"]))


def _torch_zip() -> bytes:
    members = {"model/data.pkl": _pickle(2), "model/version": b"3\n", "model/data/0": bytes(16)}
    return _zip(members | {"model/byteorder": b"little"})


def _misnamed(data: bytes) -> bytes:
    """The first member's own header calls its name UTF-8, and it is not; the directory's is sound."""
    return data[:7] + b"\x08" + data[8:30] + b"\x80" + data[31:]


def _keras() -> bytes:
    config = {"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": []}}
    metadata = {"keras_version": "3.4.1", "date_saved": "2024-01-01@00:00:00"}
    return _zip({
        "metadata.json": json.dumps(metadata).encode(),
        "config.json": json.dumps(config).encode(),
        "model.weights.h5": _hdf5(),
    })  # fmt: skip


def _hdf5() -> bytes:
    """Superblock 0 and an empty root group."""
    end = 2**64 - 1
    block = b"\x89HDF\r\n\x1a\n" + bytes([0, 0, 0, 0, 0, 8, 8, 0]) + struct.pack("<HHI", 4, 16, 0)
    block += struct.pack("<QQQQ", 0, end, 800, end) + struct.pack("<QQII", 0, 96, 0, 0) + bytes(16)
    header = struct.pack("<BxHII4x", 1, 1, 1, 24) + struct.pack("<HHB3xQQ", 0x11, 16, 0, 136, 680)
    tree = b"TREE" + struct.pack("<BBHQQ", 0, 0, 0, end, end)
    heap = b"HEAP" + struct.pack("<B3xQQQ", 0, 88, 8, 712)
    return ((block + header).ljust(136, b"\0") + tree).ljust(680, b"\0") + heap + bytes(96)


def _parquet() -> bytes:
    footer = bytes.fromhex("1502192c48067363686d611502001504250218 0169001600190c".replace(" ", "")) + b"\0"
    return b"PAR1" + footer + struct.pack("<I", len(footer)) + b"PAR1"


def _arrow() -> bytes:
    footer = struct.pack("<IHHI", 8, 4, 4, 4) + bytes(16)
    return b"ARROW1\0\0" + bytes(8) + footer + struct.pack("<I", len(footer)) + b"ARROW1"


def _tflite() -> bytes:
    return (
        struct.pack("<I", 20) + b"TFL3" + struct.pack("<HHHHHH", 8, 8, 4, 0, 0, 0) + struct.pack("<iI", 12, 3)
    )


def _tf_checkpoint() -> bytes:
    block = b"\0\1\2k\x08\x01" + struct.pack("<II", 0, 1) + b"\0" + bytes(4)
    footer = (bytes([len(block), 1, 0, 8]) + bytes(40))[:40]
    return block + footer + struct.pack("<Q", 0xDB4775248B80FB57)


def _json(value: object) -> bytes:
    return json.dumps(value, indent=1).encode()


NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"kernelspec": {"name": "python3", "language": "python"}},
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Training\n", "One epoch."]},
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": "import torch\nloss.backward()"},
    ],
}
TOKENIZER = {
    "version": "1.0",
    "added_tokens": [{"id": 0, "content": "<s>", "special": True}],
    "model": {"type": "BPE", "vocab": {"a": 1, "b": 2}, "merges": ["a b"]},
}
TRAINING = """import torch
from transformers import Trainer

def main():
    model = torch.nn.Linear(2, 2)
    Trainer(model=model).train()

if __name__ == "__main__":
    main()
"""
LICENCE = """MIT License

Copyright (c) 2024 A. Person

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction.
"""
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d" * 32 + b"\nsize 12345\n"
PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 4, 4, 8, 2, 0, 0, 0) + bytes(4)
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Title (A Paper) >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
DATA_CARD = CARD.replace(
    "library_name: transformers\npipeline_tag: text-generation\n",
    "task_categories:\n- text-generation\nsize_categories:\n- n<1K\n",
)
INDEX = {"metadata": {"total_size": 8}, "weight_map": {"w": "model-00001-of-00001.safetensors"}}
CONFIG = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 16}
METADATA = b"Metadata-Version: 2.1\nName: tiny\nVersion: 0.1\nLicense: MIT\nClassifier: Programming Language :: Python\n\nWords.\n"
OPENVINO = b'<?xml version="1.0"?>\n<net name="m" version="11"><layers><layer id="0" name="x" type="Parameter"/></layers></net>\n'
MSGPACK = b"\x82\xa6params\x81\xa6kernel\xc7\x0b\x01\x93\x91\x02\xa7float32\xa4step\x01"

SEEDS: tuple[Seed, ...] = (
    ("model.safetensors", safetensors_bytes({"w": ("F32", [2, 2])}, {"format": "pt"})),
    ("model.gguf", _gguf()),
    ("not-a-number.gguf", _gguf(struct.pack("<If", 6, float("nan")))),
    ("weights.npy", _npy()),
    ("model.h5", _hdf5()),
    ("train.parquet", _parquet()),
    ("data.arrow", _arrow()),
    ("model.tflite", _tflite()),
    ("paper.pdf", PDF),
    ("figure.png", PNG),
    ("figure.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(16)),
    ("model.keras", _keras()),
    ("model.pt", _torch_zip()),
    ("misnamed.pt", _misnamed(_torch_zip())),
    ("misnamed.zip", _misnamed(_zip({"a.txt": b"words\n"}))),
    ("archive.zip", _zip({"a/README.md": CARD.encode(), "b.txt": b"words\n"})),
    ("nameless.zip", _zip({"": b"words\n"})),
    ("model.pth", _torch_legacy()),
    ("model.joblib", _pickle(3)),
    ("model.joblib", b"\x80\x03cjoblib.numpy_pickle\nNumpyArrayWrapper\nq\x00)\x81q\x01."),
    *((f"state{number}.pkl", _pickle(number)) for number in (0, 2, 4, 5)),
    ("words.txt.gz", gzip.compress(b"words\n" * 40, mtime=0)),
    ("words.txt.bz2", bz2.compress(b"words\n" * 40)),
    ("words.txt.xz", lzma.compress(b"words\n" * 40)),
    ("archive.7z", containers.seven_zip([("a/README.md", CARD.encode()), ("b", b""), ("c.txt", b"words\n")])),
    ("archive.rar", containers.rar5(containers.rar5_file("a.txt", b"words\n"), containers.rar5_file("b", b"xyz", method=3))),
    ("older.rar", containers.rar4([("a.txt", b"words\n"), ("b.txt", b"words\n")])),
    ("archive.a", containers.ar([("/0", b"words\n"), ("b/", b"xyz")], long_names=b"a-long-name.txt/\n")),
    ("archive.cpio", containers.cpio([("a.txt", b"words\n", 0o100644)])),
    ("older.cpio", containers.cpio([("a.txt", b"words\n", 0o100644)], old=True)),
    ("words.txt.Z", containers.compressed(b"words about models\n" * 40)),
    ("words.txt.lz", containers.lzip(b"words\n" * 40)),
    ("words.txt.zst", bytes.fromhex("28b52ffd2406310000776f7264730a09998a3e")),
    ("pax.tar", containers.pax({"path": "a.txt"}) + containers.tar_file("b", b"words\n") + containers.TAR_END),
    ("archive.tar", _tar({"a/README.md": CARD.encode(), "b.txt": b"words\n"})),
    ("archive.tar.gz", gzip.compress(_tar({"b.txt": b"words\n"}), mtime=0)),
    ("model.ckpt.index", _tf_checkpoint()),
    ("variables/variables.index", _tf_checkpoint()),
    ("model.safetensors.index.json", _json(INDEX)),
    ("train.ipynb", _json(NOTEBOOK)),
    ("tokenizer.json", _json(TOKENIZER)),
    ("tokenizer.model", _field(1, _field(1, b"<s>") + b"\x15\0\0\0\0\x18\x03")),
    ("chat_template.jinja", b"{% for m in messages %}{{ m['content'] }}{% endfor %}"),
    ("openvino_model.xml", OPENVINO),
    ("config.json", _json(CONFIG)),
    ("model.onnx", _onnx()),
    ("saved_model.pb", _saved_model()),
    ("model.mlmodel", _coreml()),
    ("flax_model.msgpack", MSGPACK),
    ("tiny-0.1.dist-info/METADATA", METADATA),
    ("pyproject.toml", b'[project]\nname = "tiny"\nversion = "0.1"\nlicense = "MIT"\n'),
    ("requirements.txt", b"torch>=2.0\ntransformers==4.40.0\n# words\n-r other.txt\n"),
    ("LICENSE", LICENCE.encode()),
    (
        "REUSE.toml",
        b'version = 1\n[[annotations]]\npath = ["weights/**", "a.bin"]\nSPDX-License-Identifier = "MIT"\n',
    ),
    (".reuse/dep5", b"Format: x\n\nFiles: src/* data/*\nCopyright: 2026 A\nLicense: Apache-2.0\n words\n"),
    ("datasets/README.md", DATA_CARD.encode()),
    ("DATA_CARD.md", DATA_CARD.encode()),
    ("README.md", CARD.encode()),
    ("train.py", TRAINING.encode()),
    ("run.sh", b"#!/bin/sh\nset -e\npython train.py\n"),
    ("train.jsonl", b'{"text": "a", "label": 1}\n{"text": "b", "label": 0}\n'),
    ("train.csv", b"text,label\na,1\nb,0\n"),
    ("params.yaml", b"learning_rate: 0.001\nlayers: [1, 2]\nname: tiny\n"),
    ("MLmodel", b"flavors:\n  python_function:\n    code: code\n    loader_module: mlflow.pyfunc.model\nsignature:\n  inputs: '[{\"type\": \"long\", \"name\": \"n\"}]'\n"),
    ("notes.txt", b"Some words about this model.\n"),
    (".gitattributes", b"*.safetensors filter=lfs diff=lfs merge=lfs -text\n"),
    ("model.safetensors", POINTER),
    *MODEL_SEEDS,
)  # fmt: skip
