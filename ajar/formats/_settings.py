"""Training settings and data sets in a configuration tree, whatever file it came from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ajar.formats._text import clip

SETTING_LIMIT = 16
DATASET_LIMIT = 64
_DEPTH = 12
_NODES = 20_000
_KEYS = 1_000  # no mapping of settings has so many keys; a tokenizer's vocabulary has

_SETTINGS = re.compile(
    r"(?:peak_|max_|base_|min_)?(?:lr|learning_rate)|(?:global_|train_|micro_|per_device_train_|train_micro_)?batch_size(?:_per_gpu|_per_device)?"
    r"|(?:num_|max_|total_)?train(?:ing)?_(?:steps|iters|iterations|epochs|tokens)|max_steps|num_train_steps|train_iters|num_epochs|epochs|max_epochs"
    r"|optim|optimi[sz]er(?:_type|_name|_cls)?|weight_decay|warmup(?:_ratio|_steps|_iters)?|lr_(?:scheduler|decay)(?:_type|_style|_iters)?"
    r"|gradient_accumulation_steps|gradient_clipping|gradient_checkpointing|adam_beta[12]|save_interval"
)
_DATASETS = re.compile(
    r"(?:train(?:ing)?_|pretrain_|valid(?:ation)?_|eval_|test_|hf_|sft_)?(?:datasets?|data_?sets?)(?:_names?|_paths?|_id|_dir)?"
    r"|(?:train(?:ing)?_|valid_|test_|eval_)?data_(?:paths?|files?|dir|sources?)|train(?:ing)?_(?:data|files?|corpus)|hf_repo"
)
_NAME_KEYS = ("name", "path", "id", "hf_repo", "dataset", "dataset_name", "repo_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A leaf of the tree: `key` as written, `pointer` to it."""

    key: str
    value: str
    pointer: str


def _leaves(tree: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Leaves and lists of a tree with the keys above them, without recursion, in order."""
    stack: list[tuple[tuple[str, ...], Any]] = [((), tree)]
    for _ in range(_NODES):
        if not stack:
            return
        keys, node = stack.pop()
        if isinstance(node, dict) and len(node) > _KEYS:
            continue
        if isinstance(node, dict) and len(keys) < _DEPTH:
            stack += [((*keys, str(key)[:200]), value) for key, value in reversed(list(node.items()))]
        elif isinstance(node, list) and len(keys) < _DEPTH and any(isinstance(i, dict | list) for i in node):
            yield keys, node
            pairs = list(enumerate(node[:500]))
            stack += [((*keys, str(index)), value) for index, value in reversed(pairs)]
        else:
            yield keys, node


def pointer_of(keys: tuple[str, ...]) -> str:
    """A JSON pointer."""
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)


def _plain_key(key: str) -> str:
    return key.rpartition(".")[2].replace("-", "_").lower()


@lru_cache(maxsize=4096)
def _is_dataset_key(key: str) -> bool:
    return _DATASETS.fullmatch(_plain_key(key)) is not None


def _own_key(keys: tuple[str, ...]) -> str:
    """The nearest key that is a name: `optimizer` for `/optimizer/type`, never a list index."""
    named = [key for key in keys if not key.isdigit()]
    if len(named) > 1 and _plain_key(named[-1]) in {"type", "name", "_target_"}:
        return _plain_key(named[-2])
    return _plain_key(named[-1]) if named else ""


def training_settings(tree: Any) -> Iterator[Setting]:
    """Settings of a training run, at most `SETTING_LIMIT`."""
    count = 0
    for keys, value in _leaves(tree):
        if isinstance(value, list | dict) or value is None or isinstance(value, bool):
            continue
        if _SETTINGS.fullmatch(_own_key(keys)):
            count += 1
            yield Setting(key=_own_key(keys), value=clip(str(value), 80), pointer=pointer_of(keys))
            if count >= SETTING_LIMIT:
                return


def dataset_names(tree: Any) -> Iterator[Setting]:
    """Names and paths of data sets that a configuration reads, each once, at most `DATASET_LIMIT`."""
    seen: set[str] = set()
    for keys, value in _leaves(tree):
        if not keys or not (_is_dataset_key(keys[-1]) or _is_name_in_dataset(keys)):
            continue
        for name in value if isinstance(value, list) else [value]:
            if isinstance(name, str) and 1 < len(name) < 400 and name not in seen:
                seen.add(name)
                yield Setting(key=keys[-1], value=name, pointer=pointer_of(keys))
                if len(seen) >= DATASET_LIMIT:
                    return


def _is_name_in_dataset(keys: tuple[str, ...]) -> bool:
    if keys[-1] not in _NAME_KEYS:
        return False
    above = [key for key in keys[:-1] if not key.isdigit()]
    return bool(above) and _is_dataset_key(above[-1])
