"""Every safety check: which formats it looks into, and the module that holds it.

Modules are imported when the first file of their formats turns up, so a scan starts fast.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module  # noqa: TID251  ajar's own modules, by the table below

from ajar.safety.check import Check

_SETTINGS = ("config", "tokenizer", "chat-template", "yaml-config", "plain-text", "unknown")
_TEXTS = (*_SETTINGS, "source-code", "notebook", "requirements", "model-card", "jsonl", "csv")

# Parts of names, one of which a file must have for the check to be asked at all.
_NAMES: dict[str, tuple[str, ...]] = {
    "python_code": (".py", "/code/"),
    "torch_programs": ("__torch__", "bytecode.pkl", "/models/", "exported_program", "s_config.json"),
    "coreml": (".mlmodel", "manifest.json", ".mil", ".espresso.net"),
    "side_files": (".ipynb", ".txt", ".in", ".yml", ".yaml", "pipfile", ".pth", ".py"),
}
# (module, formats it looks into; none means every file). Each module has `CHECK`.
CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("pickles", ("pickle", "joblib", "torch-legacy", "npy", "unknown", "plain-text", "csv", "source-code")),
    ("archives", ()),
    ("compressed", ("gzip", "joblib", "unknown", "pickle", "plain-text")),
    ("structure", ()),
    ("settings", (*_SETTINGS, "tf-saved-model")),
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
    ("side_files", ()),
    ("secrets", _TEXTS),
)


@cache
def _modules_for(format_id: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        (module, _NAMES.get(module, ())) for module, formats in CHECKS if not formats or format_id in formats
    )


def checks_for(format_id: str, path: str) -> list[Check]:
    """The checks that look into a file, in the order of the table."""
    name = path.lower()
    return [
        load(module)
        for module, parts in _modules_for(format_id)
        if not parts or any(part in name for part in parts)
    ]


@cache
def load(module: str) -> Check:
    """The check of one row."""
    check: Check = import_module(f"ajar.safety.{module}").CHECK
    return check
