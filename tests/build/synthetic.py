"""Releases made from a seed, with the shapes of real ones and known truth; a tenth are hostile or broken.

A release is a function of seed and number alone, so that a hub of a hundred thousand takes no memory.
"""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.build.pickles import command, stream, text
from tests.build.zips import zipped
from tests.standin.hub import Repository, Sparse

ROOT = Path(__file__).parents[2]
MAKERS = (
    "mistralai",
    "meta-llama",
    "google",
    "Qwen",
    "openai",
    "someone",
    "another-lab",
    "quantiser",
    "student42",
)
TASKS = (
    "text-generation",
    "text-classification",
    "feature-extraction",
    "text-to-image",
    "automatic-speech-recognition",
)
WORDS = [
    "This",
    "model",
    "was",
    "trained",
    "on",
    "public",
    "data",
    "and",
    "evaluated",
    "on",
    "common",
    "benchmarks",
    ".",
    "It",
    "is",
    "intended",
    "for",
    "research",
    "and",
    "for",
    "use",
    "in",
    "products",
    "under",
    "the",
    "licence",
    "below",
    ";",
    "limitations",
    "are",
    "listed",
    "at",
    "the",
    "end",
    "of",
    "the",
    "card",
    ",",
    "with",
    "the",
    "hyperparameters",
    "of",
    "training",
    ".",
]
HOSTILE = ("pickle-calls", "header-lies", "card-drives-terminal", "config-nests", "listing-lies", "paths-climb", "gone", "broken", "cut")  # fmt: skip
HONEST = ("open", "terms", "gguf", "adapter", "bare", "torch")


@dataclass(frozen=True, kw_only=True)
class Made:
    """One release with what is true of it. `state` and `reason` are what a survey at `safety` must find."""

    name: str
    kind: str
    files: dict[str, Any]
    tags: tuple[str, ...] = ()
    gated: Any = False
    info: dict[str, Any] = field(default_factory=dict)
    fault: str = ""
    licence: str | None = None
    state: str = "done"
    reason: str | None = None
    safety: str | None = None  # where it is known for sure

    def repository(self, commit: str) -> Repository:
        return Repository(
            files=self.files, gated=self.gated, tags=self.tags, info=self.info, commit=commit,
            revisions=("main", commit), fault=self.fault,
        )  # fmt: skip


class Releases(Mapping[str, Repository]):
    """A hub's repositories by name, each made when it is asked for."""

    def __init__(self, seed: int, count: int, *, only_honest: bool = False) -> None:
        self._seed, self._count, self._only_honest = seed, count, only_honest

    def made(self, number: int) -> Made:
        return make(self._seed, number, only_honest=self._only_honest)

    def all(self) -> Iterator[Made]:
        return (self.made(number) for number in range(self._count))

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        return (name_of(self._seed, number) for number in range(self._count))

    def __getitem__(self, name: str) -> Repository:
        digits = name.rpartition("-")[2]
        number = int(digits) if digits.isdigit() else self._count
        if number >= self._count or name != name_of(self._seed, number):
            raise KeyError(name)
        return self.made(number).repository(f"{number:040x}")


def name_of(seed: int, number: int) -> str:
    chance = random.Random(f"{seed}:{number}:name")
    return f"{chance.choice(MAKERS)}/model-{number}"


def make(seed: int, number: int, *, only_honest: bool = False) -> Made:
    """Release `number`: every tenth is hostile or broken."""
    chance = random.Random(f"{seed}:{number}")
    name = name_of(seed, number)
    info = {
        "downloads": int(10 ** chance.uniform(0, 7)), "likes": chance.randrange(5000), "pipeline_tag": chance.choice(TASKS),
        "library_name": "transformers", "createdAt": f"{chance.randrange(2022, 2027)}-0{chance.randrange(1, 10)}-11T10:11:12.000Z",
    }  # fmt: skip
    if number % 10 == 7 and not only_honest:
        return _hostile(chance, name, info, HOSTILE[number // 10 % len(HOSTILE)])
    kind = chance.choice(HONEST)
    return _honest(chance, name, info, kind)


def _honest(chance: random.Random, name: str, info: dict[str, Any], kind: str) -> Made:
    if kind == "open":
        front = "license: apache-2.0\nlanguage: en"
        files = {**_front(chance, front), "LICENSE": _apache(), "model.safetensors": _safetensors(chance)}
        return Made(
            name=name,
            kind=kind,
            files=files,
            tags=("license:apache-2.0", "en"),
            info=info,
            licence="apache-2.0",
        )
    if kind == "terms":
        front = "license: llama3\nextra_gated_prompt: agree first"
        files = {**_front(chance, front), "model.safetensors": _safetensors(chance)}
        return Made(name=name, kind=kind, files=files, tags=("license:llama3",), gated="auto", info=info, licence="llama-3", state="failed", reason="gated")  # fmt: skip
    if kind == "gguf":
        front = "license: mit\nbase_model: mistralai/Mistral-7B-v0.1"
        files = {**_front(chance, front), "model.Q4_K_M.gguf": _gguf(chance)}
        tags = ("license:mit", "base_model:quantized:mistralai/Mistral-7B-v0.1", "gguf")
        return Made(
            name=name, kind=kind, files=files, tags=tags, info={**info, "library_name": "gguf"}, licence="mit"
        )
    if kind == "adapter":
        settings = {"peft_type": "LORA", "base_model_name_or_path": "mistralai/Mistral-7B-v0.1", "r": 8}
        files = {
            "README.md": _card(chance, "license: apache-2.0\nlibrary_name: peft"),
            "adapter_config.json": json.dumps(settings).encode(),
            "adapter_model.safetensors": _safetensors(chance),
        }
        return Made(
            name=name, kind=kind, files=files, tags=("license:apache-2.0",), info=info, licence="apache-2.0"
        )
    if kind == "bare":
        return Made(name=name, kind=kind, files={"model.safetensors": _safetensors(chance)}, info=info)
    files = {**_front(chance, "license: mit"), "pytorch_model.bin": _torch(stream(text("weights")))}
    return Made(name=name, kind=kind, files=files, tags=("license:mit",), info=info, licence="mit")


def _hostile(chance: random.Random, name: str, info: dict[str, Any], kind: str) -> Made:
    files = {**_front(chance, "license: mit"), "model.safetensors": _safetensors(chance)}
    tags: tuple[str, ...] = ("license:mit",)
    more: dict[str, Any] = {"licence": "mit"}
    if kind == "pickle-calls":
        files["pytorch_model.bin"] = _torch(command())
        more["safety"] = "dangerous"
    elif kind == "header-lies":
        files["model.safetensors"] = struct.pack("<Q", 2**62) + b"{" * 64
    elif kind == "card-drives-terminal":
        files["README.md"] += "\x1b[2J\u202e<script>alert(1)</script>".encode() + b"\xff\xfe\xed\xa0\x80"
    elif kind == "config-nests":
        files["config.json"] = b'{"a":' * 20_000 + b"1" + b"}" * 20_000
    elif kind == "listing-lies":
        info = {
            **info,
            "downloads": "many",
            "likes": 2**70,
            "pipeline_tag": ["x"],
            "createdAt": "then",
            "safetensors": 7,
        }
        tags = ("license:mit", "\x1b]0;x\x07", "x" * 5000)
    elif kind == "paths-climb":
        files["../../etc/passwd"] = b"root"
    elif kind in {"gone", "broken", "cut"}:
        more["fault"] = kind
        if kind == "cut":
            more["licence"] = None  # its card never comes whole
        else:
            more |= {"state": "failed", "reason": "not-found" if kind == "gone" else "unreachable"}
    return Made(name=name, kind=kind, files=files, tags=tags, info=info, **more)


def _front(chance: random.Random, front: str) -> dict[str, Any]:
    settings = {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": chance.choice((2048, 4096)),
        "num_hidden_layers": chance.randrange(12, 80), "torch_dtype": "bfloat16", "vocab_size": 32000,
    }  # fmt: skip
    return {"README.md": _card(chance, front), "config.json": json.dumps(settings, indent=2).encode()}


def _card(chance: random.Random, front: str) -> bytes:
    parts = [f"---\n{front}\n---\n\n# Model\n\nThis is an open source model.\n"]
    for title in ("Use", "Training data", "Evaluation", "Limitations"):
        parts.append(f"\n## {title}\n\n{' '.join(chance.choices(WORDS, k=chance.randrange(40, 160)))}\n")
    return "".join(parts).encode()


def _safetensors(chance: random.Random) -> Sparse:
    """The header of a model of some layers, over weights that are not there."""
    tensors, at = {}, 0
    for layer in range(chance.randrange(2, 12)):
        for part in ("q_proj", "k_proj", "v_proj", "o_proj", "up_proj", "down_proj"):
            size = 2 * 1024 * 1024
            tensors[f"model.layers.{layer}.{part}.weight"] = {
                "dtype": "BF16",
                "shape": [1024, 1024],
                "data_offsets": [at, at + size],
            }
            at += size
    head = json.dumps(tensors).encode()
    return Sparse(8 + len(head) + at, {0: struct.pack("<Q", len(head)) + head})


def _torch(data: bytes) -> bytes:
    return zipped({"m/data.pkl": data, "m/version": b"3\n", "m/data/0": bytes(64)})


def _gguf(chance: random.Random) -> Sparse:
    def words(value: str) -> bytes:
        return struct.pack("<Q", len(value)) + value.encode()

    pairs = {
        "general.architecture": "llama",
        "general.name": f"model {chance.randrange(99)}",
        "general.license": "mit",
    }
    body = b"".join(words(key) + struct.pack("<I", 8) + words(value) for key, value in pairs.items())
    tensor = words("token_embd.weight") + struct.pack("<IQQIQ", 2, 1024, 32000, 0, 0)
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, len(pairs)) + body + tensor
    start = (len(head) + 31) // 32 * 32
    return Sparse(start + 4 * 1024 * 32000, {0: head})


@cache
def _apache() -> bytes:
    return (ROOT / "LICENSE").read_bytes()
