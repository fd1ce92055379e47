"""Models of trees built by hand: XGBoost in JSON and UBJSON, LightGBM's text, CatBoost's flatbuffer."""

from __future__ import annotations

import copy
import struct
from typing import Any

from tests.build.flat import Words, flat

_TREE = {
    "left_children": [1, -1, -1],
    "right_children": [2, -1, -1],
    "split_indices": [0, 0, 0],
    "split_conditions": [0.5, -0.1, 0.1],
    "tree_param": {"num_nodes": "3", "num_feature": "1"},
}


def xgboost(
    *, trees: int = 1, objective: str = "binary:logistic", booster: str = "gbtree", **tree: Any
) -> dict[str, Any]:
    """The tree of a model with one tree of three nodes; `trees` is what it promises."""
    model = {"gbtree_model_param": {"num_trees": str(trees)}, "trees": [copy.deepcopy(_TREE) | tree]}
    gradient = {"name": booster, "model": model}
    if booster == "dart":
        gradient = {"name": booster, "gbtree": {"name": "gbtree", "model": model}}
    return {
        "learner": {"attributes": {}, "gradient_booster": gradient, "objective": {"name": objective}},
        "version": [3, 2, 0],
    }


def ubjson(value: Any) -> bytes:
    """As XGBoost writes it: lists of numbers typed and counted, lengths in eight bytes."""
    if isinstance(value, dict):
        return b"{" + b"".join(_length(key.encode()) + ubjson(item) for key, item in value.items()) + b"}"
    if isinstance(value, list):
        for kind, code, of in (("l", "i", int), ("d", "f", float)):
            if value and all(isinstance(item, of) for item in value):
                return f"[${kind}#".encode() + b"L" + struct.pack(f">q{len(value)}{code}", len(value), *value)
        return b"[#L" + struct.pack(">q", len(value)) + b"".join(ubjson(item) for item in value)
    if isinstance(value, str):
        return b"S" + _length(value.encode())
    return b"l" + struct.pack(">i", value) if isinstance(value, int) else b"d" + struct.pack(">f", value)


def _length(data: bytes) -> bytes:
    return b"L" + struct.pack(">q", len(data)) + data


def lightgbm(*, sizes: str = "", **rows: str) -> str:
    """A model of two trees with three leaves each."""
    fields = {
        "num_leaves": "3",
        "split_feature": "0 1",
        "threshold": "0.5 0.25",
        "left_child": "1 -1",
        "right_child": "-2 -3",
        "leaf_value": "0.1 0.2 0.3",
    } | rows
    body = "".join(f"{key}={value}\n" for key, value in fields.items())
    trees = [f"Tree={number}\n{body}\n\n" for number in range(2)]
    stated = sizes or " ".join(str(len(tree)) for tree in trees)
    return f"tree\nversion=v4\nnum_class=1\ntree_sizes={stated}\n\n{''.join(trees)}end of trees\n\nparameters:\nend of parameters\n"


def catboost(
    sizes: tuple[int, ...] = (2, 2), starts: tuple[int, ...] = (0, 2), *, core: int | None = None
) -> bytes:
    """A model with four splits."""
    trees = {
        1: Words((1, 2, 3, 4)),
        2: Words(sizes),
        3: Words(starts),
    }
    body = flat({0: "FlabuffersModel_v1", 1: trees, 2: [{0: "k", 1: "v"}]}, b"\0\0\0\0")
    return b"CBM1" + struct.pack("<I", len(body) if core is None else core) + body
