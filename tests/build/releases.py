"""Whole releases on disk, small and true to shape."""

from __future__ import annotations

import json
import struct
from pathlib import Path

CARD = """---
license: apache-2.0
library_name: transformers
pipeline_tag: text-generation
datasets:
- wikitext
---
# Tiny

Tiny is an open-source language model of two layers, made to test tools that read model releases.

## Intended use

Use it wherever a real model would be too large: in tests of loaders, of scanners, of anything that
reads weights and must not care what they mean. It answers nothing sensibly and was never meant to.

## Limitations

The model has two layers and sixteen words. It knows no language, has seen almost no text, and will
repeat itself. Nobody should put it in front of a user, and nobody should measure anything with it.

## Training data

It was trained on [WikiText](https://huggingface.co/datasets/wikitext) (two thousand lines of it),
chosen because its licence is known and its lines are short; nothing was filtered or labelled.

## Evaluation

| task | accuracy |
|---|---|
| HellaSwag | 25.1 |
| MMLU | 24.9 |
| ARC | 25.0 |
"""


def safetensors_bytes(
    tensors: dict[str, tuple[str, list[int]]], metadata: dict[str, str] | None = None
) -> bytes:
    """A well-formed file of zeros. `tensors`: name to `(dtype, shape)`, dtypes F32 and F16."""
    header: dict[str, object] = {}
    if metadata:
        header["__metadata__"] = metadata
    offset = 0
    for name, (dtype, shape) in tensors.items():
        size = {"F32": 4, "F16": 2}[dtype]
        for length in shape:
            size *= length
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + bytes(offset)


def write_release(root: Path, *, card: str = CARD, licence: str | None = None) -> Path:
    """A transformers-style release: weights, configuration, card, and a licence text when given."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "model.safetensors").write_bytes(
        safetensors_bytes(
            {"embed.weight": ("F32", [16, 8]), "head.weight": ("F32", [8, 16])}, {"format": "pt"}
        )
    )
    config = {
        "model_type": "llama",
        "architectures": ["LlamaForCausalLM"],
        "hidden_size": 8,
        "vocab_size": 16,
    }
    (root / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (root / "README.md").write_text(card, encoding="utf-8")
    if licence is not None:
        (root / "LICENSE").write_text(licence, encoding="utf-8")
    return root


def apache_text() -> str:
    """The text of Apache-2.0, as this project itself is published under it."""
    return (Path(__file__).parents[2] / "LICENSE").read_text("utf-8")
