"""Every safety check: which formats it looks into, and the module that holds it.

Modules are imported when the first file of their formats turns up, so a scan starts fast.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module  # noqa: TID251  ajar's own modules, by the table below

from ajar.safety.check import Check

_SETTINGS = ("config", "tokenizer", "chat-template", "yaml-config", "mlflow-model", "plain-text", "unknown")
_TEXTS = (*_SETTINGS, "source-code", "notebook", "requirements", "model-card", "jsonl", "csv")

# Parts of names, one of which a file must have for the check to be asked at all.
_NAMES: dict[str, tuple[str, ...]] = {
    "python_code": (".py", "/code/"),
    "side_files": (".ipynb", ".txt", ".in", ".yml", ".yaml", "pipfile", ".pth", ".py", ".toml", ".cfg"),
    "torch_programs": ("__torch__", "bytecode.pkl", "/models/", "exported_program", "s_config.json"),
    "coreml": (".mlmodel", "manifest.json", ".mil", ".espresso.net"),
}
PICKLED = ("pickle", "joblib", "torch-legacy", "npy", "unknown", "plain-text", "csv", "source-code")
# (module, formats it looks into; none means every file). Each module has `CHECK`.
CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("pickles", PICKLED),
    ("archives", ()),
    ("containers", ()),
    ("structure", ()),
    ("settings", (*_SETTINGS, "tf-saved-model", "package-metadata")),
    ("templates", ("chat-template", "plain-text", "yaml-config", "unknown")),
    ("graphs", ("onnx", "tf-saved-model", "unknown")),
    ("hdf5_tree", ("hdf5", "unknown", "plain-text")),
    ("flat_graphs", ("tflite", "unknown")),
    ("coreml", ()),
    ("program_graphs", ("config", "unknown", "plain-text")),
    ("torch_programs", ()),
    ("engines", ("unknown", "plain-text", "zip")),
    ("number_files", ("unknown", "openvino")),
    ("boosters", ("config", "unknown", "plain-text")),
    ("foreign", ()),
    ("python_code", ()),
    ("scripts", ()),
    ("side_files", ()),
    ("secrets", _TEXTS),
)


# Opcodes that a pickle can begin with (a persistent id, as in `PK`, ends most loaders), and the one way to import in a pickle that is all text.
_FIRST = frozenset(b"(NIJKLMFGSTUVXBC]})cghj\x80\x82\x83\x84\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x95\x96\x97")
_IMPORTS = re.compile(rb"[ci][A-Za-z_][\w.]{0,80}\n[A-Za-z_][\w.]{0,80}\n")


def _may_be_pickle(head: bytes) -> bool:
    """Whether a file of another format could be taken for a pickle too: `GGUF` begins one, and so does a tar."""
    if head[:1] == b"" or head[0] not in _FIRST:
        return False
    return not head.isascii() or b"\0" in head or bool(_IMPORTS.search(head))


@cache
def _rows_for(format_id: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        (module, _NAMES.get(module, ())) for module, formats in CHECKS if not formats or format_id in formats
    )


@cache
def _checks_of(format_id: str, modules: tuple[str, ...]) -> tuple[Check, ...]:
    return tuple(load(module) for module, parts in _rows_for(format_id) if not parts or module in modules)


def checks_for(format_id: str, path: str, head: bytes) -> tuple[Check, ...]:
    """The checks that look into a file, in the order of the table."""
    name = path.lower()
    named = tuple(module for module, parts in _NAMES.items() if any(part in name for part in parts))
    found = _checks_of(format_id, named)
    if format_id not in PICKLED and _may_be_pickle(head):
        found = (load("pickles"), *found)
    return found


@cache
def load(module: str) -> Check:
    """The check of one row."""
    check: Check = import_module(f"ajar.safety.{module}").CHECK
    return check
