"""Trees of XGBoost, LightGBM and CatBoost: numbers only, whose counts and indices must hold.

Their loaders take counts and child indices as they stand, so a file that lies reads and writes memory that
is not its own. Sources: XGBoost's doc/model.schema; LightGBM's src/boosting/gbdt_model_text.cpp; CatBoost's
flatbuffers schemas `model.fbs` and `features.fbs`, and its JSON export.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ajar.errors import MalformedError
from ajar.formats._flatbuffer import Table
from ajar.formats._pages import Pages
from ajar.formats._ubjson import Numbers, Reader
from ajar.model.evidence import GapReason
from ajar.model.judgement import Severity
from ajar.safety.check import Check, Sign, Specimen
from ajar.safety.json_text import may_name, parsed

KNOWN, WHOLE = "graph-uses-only-known-operators", "weights-file-is-well-formed"
_MODEL_BYTES = 64 << 20  # parsed in memory; larger ones are said to be unread
_UBJSON = re.compile(rb"\{(?:[iU]|I\0|l\0\0\0|L\0{7})\x07learner")
_SEARCH_BYTES = 1 << 20  # of JSON, for the keys that say whose it is
_OBJECTIVES = re.compile(r"(reg|binary|multi|rank|survival|count):[\w-]+$")
_BOOSTERS = frozenset({"gbtree", "gblinear", "dart"})
_OLD = (b"binf", b"bs64\t")
_LISTS = ("left_children", "right_children", "split_indices", "split_conditions")
_LIGHTGBM_LISTS = (
    ("split_feature", 1),
    ("threshold", 1),
    ("left_child", 1),
    ("right_child", 1),
    ("leaf_value", 0),
)


def _look(specimen: Specimen) -> Iterator[Sign]:
    head, name = specimen.head, specimen.path.lower()
    look: Callable[[Specimen, bytes], Iterator[Sign]] | None = None
    if _UBJSON.match(head) or (name.endswith(".ubj") and specimen.format == "unknown"):
        look = _xgboost_binary
    elif head.startswith(b"tree\nversion="):
        look = _lightgbm
    elif head.startswith(b"CBM1"):
        look = _catboost
    elif head.lstrip()[:1] == b"{":
        look = _text_reader(specimen.blob.read_at(0, min(specimen.blob.size, _SEARCH_BYTES)))
    elif head.startswith(_OLD):
        detail = "XGBoost's old binary format, which is not looked into"
        yield specimen.gap(GapReason.UNSUPPORTED, detail)
    if look is None:
        return
    if specimen.blob.size > _MODEL_BYTES:
        detail = f"a model of trees of more than {_MODEL_BYTES} bytes, which is not looked into"
        yield specimen.gap(GapReason.OVER_BUDGET, detail)
        return
    yield from look(specimen, specimen.blob.read_at(0, specimen.blob.size))


def _text_reader(start: bytes) -> Callable[[Specimen, bytes], Iterator[Sign]] | None:
    if may_name(start, b"gradient_booster"):
        return _xgboost_text
    return _catboost_text if may_name(start, b"oblivious_trees", b"features_info") else None


def _xgboost_text(specimen: Specimen, data: bytes) -> Iterator[Sign]:
    tree = parsed(data, "a model of trees")
    if isinstance(_get(tree, "learner"), dict):
        yield from _xgboost(specimen, tree)


def _xgboost_binary(specimen: Specimen, data: bytes) -> Iterator[Sign]:
    reader = Reader(data, tick=specimen.check_time)
    tree = reader.value()
    if len(data) > reader.at:
        message = f"{len(data) - reader.at} bytes stand behind the model"
        yield specimen.finding(WHOLE, Severity.LOW, message, start=reader.at, end=len(data))
    yield from _xgboost(specimen, tree)


def _get(node: Any, *path: str) -> Any:
    for step in path:
        node = node.get(step) if isinstance(node, dict) else None
    return node


def _xgboost(specimen: Specimen, tree: Any) -> Iterator[Sign]:
    booster = _get(tree, "learner", "gradient_booster")
    if not isinstance(booster, dict):
        raise MalformedError("an XGBoost model without its booster")
    objective, name = _get(tree, "learner", "objective", "name"), booster.get("name")
    for what, value, known in (
        ("objective", objective, isinstance(objective, str) and _OBJECTIVES.match(objective)),
        ("booster", name, name in _BOOSTERS),
    ):
        if value is not None and not known:
            message = f"the {what} {str(value)[:80]!r} is none of XGBoost's own"
            yield specimen.finding(KNOWN, Severity.INFO, message, quote=str(value)[:80])
    if name == "gblinear":
        return
    model = _get(booster, "gbtree", "model") if name == "dart" else booster.get("model")
    trees = _get(model, "trees")
    if not isinstance(trees, list):
        raise MalformedError("an XGBoost model without trees")
    promised = _get(model, "gbtree_model_param", "num_trees")
    if promised is not None and _whole(promised) != len(trees):
        raise MalformedError(f"{_whole(promised)} trees are promised, {len(trees)} stand there")
    for number, item in enumerate(trees):
        if not number % 256:
            specimen.check_time()
        _xgboost_tree(item, number)


def _xgboost_tree(tree: Any, number: int) -> None:
    nodes = _whole(_get(tree, "tree_param", "num_nodes"))
    for name in _LISTS:
        values = _get(tree, name)
        if not isinstance(values, (list, Numbers)) or len(values) != nodes:
            raise MalformedError(f"tree {number}: {name} has not the {nodes} entries that are promised")
    for name in _LISTS[:2]:
        values = _values(tree[name])
        if any(not isinstance(child, int) or not -1 <= child < nodes for child in values):
            raise MalformedError(f"tree {number}: a child outside its {nodes} nodes")


def _whole(value: Any) -> int:
    """A count, which XGBoost writes as text. Raises `MalformedError` where it is none."""
    text = str(value)
    if not text.isdecimal() or len(text) > 10:
        raise MalformedError(f"a count of {text[:40]!r}")
    return int(text)


def _values(item: Sequence[Any] | Numbers) -> Sequence[Any]:
    return item.values() if isinstance(item, Numbers) else item


def _lightgbm(specimen: Specimen, data: bytes) -> Iterator[Sign]:
    """Lines `key=value`; `tree_sizes` says how many bytes each tree takes, and the loader jumps by it."""
    first = data.find(b"\nTree=") + 1
    end = data.find(b"\nend of trees")
    if end < 0 or not first:
        yield specimen.gap(GapReason.MALFORMED, "a LightGBM model that ends before its trees do")
        return
    stated = re.search(rb"^tree_sizes=([\d ]*)$", data[:first], re.MULTILINE)
    at = first
    for size in stated[1].split() if stated else ():
        if data[at : at + 5] != b"Tree=" or len(size) > 12:
            raise MalformedError("tree_sizes leads to places where no tree begins", offset=at)
        at += int(size)
    if stated and (at > len(data) or at != end + 1):
        raise MalformedError("tree_sizes does not add up to the trees", offset=at)
    for number, text in enumerate(re.split(rb"^Tree=", data[first : end + 1], flags=re.MULTILINE)[1:]):
        if not number % 256:
            specimen.check_time()
        _lightgbm_tree(text, number)


def _lightgbm_tree(text: bytes, number: int) -> None:
    rows = dict(line.split(b"=", 1) for line in text.split(b"\n") if b"=" in line)
    leaves = _whole(rows.get(b"num_leaves", b"").decode("latin-1"))
    if leaves <= 1:
        return
    for name, fewer in _LIGHTGBM_LISTS:
        values = rows.get(name.encode(), b"").split()
        if len(values) != leaves - fewer:
            raise MalformedError(f"tree {number}: {name} has not the {leaves - fewer} entries of its leaves")
        if name.endswith("_child") and not all(
            re.fullmatch(rb"-?\d{1,9}", value) and -leaves <= int(value) < leaves - 1 for value in values
        ):
            raise MalformedError(f"tree {number}: a child outside its {leaves} leaves")


def _catboost(specimen: Specimen, data: bytes) -> Iterator[Sign]:
    """Four letters, the size of a flatbuffer, the flatbuffer, and tables of categories behind it."""
    size = int.from_bytes(data[4:8], "little")
    if len(data) < 12 or size + 8 > len(data):
        raise MalformedError(f"a core of {size} bytes in a file of {len(data)}", offset=4)
    pages = Pages(specimen.blob, base=8)
    core = Table(pages, pages.number(0, 4, "the core"))
    for number, row in enumerate(core.tables(2)):
        if not number % 4096:
            specimen.check_time()
        row.vector(0, 1)
        row.vector(1, 1)
    trees = core.table(1)
    if trees is None:
        raise MalformedError("a CatBoost model without trees")
    splits, widths, starts = (trees.vector(index) for index in (1, 2, 3))
    for index in (8, 9):
        trees.vector(index, 8)
    sizes = _numbers(pages, widths)
    offsets = _numbers(pages, starts)
    if offsets and len(offsets) != len(sizes):
        raise MalformedError(f"{len(sizes)} trees, and places of {len(offsets)}")
    if sum(sizes) > splits[1] or any(at + size > splits[1] for at, size in zip(offsets, sizes, strict=False)):
        raise MalformedError(f"trees that go on past their {splits[1]} splits")
    known = b"" if core.vector(3)[1] else data[8 + size :]
    if known:
        message = f"{len(known)} bytes stand behind the model"
        yield specimen.finding(WHOLE, Severity.LOW, message, start=8 + size, end=len(data))


def _numbers(pages: Pages, vector: tuple[int, int]) -> list[int]:
    start, count = vector
    data = pages.take(start, 4 * count, "numbers") if count else b""
    return [int.from_bytes(data[at : at + 4], "little") for at in range(0, len(data), 4)]


def _catboost_text(specimen: Specimen, data: bytes) -> Iterator[Sign]:
    tree = parsed(data, "a model of trees")
    if not isinstance(_get(tree, "features_info"), dict):
        return
    trees = tree.get("oblivious_trees") if isinstance(tree, dict) else None
    for number, item in enumerate(trees if isinstance(trees, list) else []):
        leaves, splits = _get(item, "leaf_values"), _get(item, "splits")
        depth = len(splits) if isinstance(splits, list) else 0
        if not isinstance(leaves, list) or depth > 16 or len(leaves) % (1 << depth) or not leaves:
            raise MalformedError(f"tree {number} has not the leaves of its {depth} splits")
    if not isinstance(trees, list) and not isinstance(_get(tree, "trees"), list):
        yield specimen.gap(GapReason.MALFORMED, "a CatBoost model without trees")


CHECK = Check(
    id="boosters",
    title="Whether models of trees hold what they promise",
    look=_look,
)
