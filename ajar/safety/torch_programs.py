"""Programs of PyTorch: TorchScript, the bytecode of its mobile form, and exported programs (pt2).

Sources: torch/csrc/jit/serialization of PyTorch 2.13, docs/source/export/pt2_archive.md and
torch/_export/serde/serialize.py: a target is looked up attribute by attribute from `torch`, and a symbolic
expression goes through sympify, which evaluates it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ajar.errors import BudgetExceeded
from ajar.model.judgement import Confidence, Severity
from ajar.safety.check import Check, Sign, Specimen
from ajar.safety.graphs import CODE, FILES, KNOWN, leads_out
from ajar.safety.json_text import may_name, parsed

_TEXT_BYTES = 64 << 20
_NODES = 4_000_000
_TOLD = 16
_TOUCHES = frozenset({"save", "from_file", "_save", "load", "_load", "write_file", "read_file"})
_SCRIPT_CALL = re.compile(r"\b(?:ops\.(\w+)|torch)\.(\w+)\(")
_SCRIPT_CLASS = re.compile(r"\b__torch__\.torch\.classes\.(\w+)\.(\w+)")
_SCRIPT_PYTHON = re.compile(r"(?:^|[=(,])[ \t]{0,40}\^(\w{1,200})\(", re.MULTILINE)
_BYTECODE = re.compile(rb"\b(aten::(?:save|from_file|_save|_load)|prim::PythonOp)")
# Namespaces of PyTorch and of the libraries that its own project publishes.
_OWN_NAMESPACES = frozenset(
    {"aten", "prim", "prims", "rngprims", "higher_order", "quantized", "quantized_decomposed", "_quantized", "sparse", "mkldnn", "mkldnn_prepacked", "prepacked", "onednn", "mkl", "inductor", "profiler", "torchvision", "torchaudio", "torchao", "image", "_c10d_functional", "c10d_functional", "_c10d_functional_autograd", "c10d", "symm_mem", "debugprims", "export", "xnnpack", "static_runtime", "cuda", "metal", "vulkan_prepack", "tensorexpr", "streams"}
)  # fmt: skip
_OWN_CLASSES = frozenset({"quantized", "xnnpack", "sparse", "mkldnn", "onednn", "rnn", "vulkan", "metal"})
_TARGET = re.compile(
    r"torch\.ops\.(\w+)\.(\w+)(?:\.\w+)?|torch\._?sym_\w+|torch\._sym_\w+|_?operator\.\w+|math\.\w+"
    r"|torch\.utils\._sympy\.functions\.\w+|torch\.amp\.\w+(?:\.\w+)*|torch\._C\._set_grad_enabled|#[\w.:]*"
)
# Symbols, numbers, arithmetic, comparisons and calls of plain names: nothing that reaches an attribute.
_NO_EXPRESSION = re.compile(r"[^\w\s+\-*/%(),<>=!&|~^.]|\.\s*[A-Za-z_]|__")
_REACHES = re.compile(
    r"\b(exec|eval|compile|open|import|getattr|globals|lambda|system|popen|subprocess|os|sys|input)\b"
)
_GUARD = re.compile(
    r"__\w+__|\b(exec|eval|compile|open|__import__|getattr|globals|subprocess|system|popen)\s*\("
)


def _look(specimen: Specimen) -> Iterator[Sign]:
    name = specimen.path.rpartition("!/")[2]
    if name.endswith("bytecode.pkl"):
        yield from _bytecode(specimen)
    elif "__torch__" in name and "/code/" in f"/{name}" and not name.endswith(".debug_pkl"):
        yield from _script(specimen)
    elif name.endswith(".json"):
        yield from _json(specimen)


def _script(specimen: Specimen) -> Iterator[Sign]:
    """TorchScript as text: which operators it calls, and of which libraries."""
    text = specimen.blob.read_at(0, min(specimen.blob.size, _TEXT_BYTES)).decode("utf-8", "replace")
    told: set[str] = set()
    for found in _SCRIPT_CALL.finditer(text):
        space, name = found[1] or "aten", found[2]
        touches = name in _TOUCHES
        key = found[0] if touches else space
        if (not touches and space in _OWN_NAMESPACES) or key in told or len(told) > _TOLD:
            continue
        told.add(key)
        line = text.count("\n", 0, found.start()) + 1
        if touches:
            message = f"line {line}: TorchScript calls {found[0]}…), which touches files when the model runs"
            yield specimen.finding(CODE, Severity.HIGH, message, line=line, quote=found[0])
        else:
            message = f"line {line}: the operator {space}.{name} needs a library with native code"
            yield specimen.finding(KNOWN, Severity.LOW, message, line=line, quote=found[0])
    for found in _SCRIPT_CLASS.finditer(text):
        if found[1] not in _OWN_CLASSES and found[0] not in told and len(told) <= _TOLD:
            told.add(found[0])
            message = f"the class {found[1]}.{found[2]} needs a library with native code"
            yield specimen.finding(KNOWN, Severity.LOW, message, quote=found[0])
    python = _SCRIPT_PYTHON.search(text)
    if python:
        line = text.count("\n", 0, python.start(1)) + 1
        message = f"line {line}: TorchScript calls the Python function {python[1]}"
        yield specimen.finding(CODE, Severity.MEDIUM, message, line=line, quote=python[0].strip())


def _bytecode(specimen: Specimen) -> Iterator[Sign]:
    """The operators of a mobile model stand by name in a pickle."""
    data = specimen.blob.read_at(0, min(specimen.blob.size, _TEXT_BYTES))
    for name in dict.fromkeys(found[1] for found in _BYTECODE.finditer(data)):
        message = f"the bytecode calls {name.decode()}, which touches files or Python when the model runs"
        yield specimen.finding(CODE, Severity.HIGH, message, start=data.index(name))


def _json(specimen: Specimen) -> Iterator[Sign]:
    data = specimen.blob.read_at(0, min(specimen.blob.size, _TEXT_BYTES))
    if may_name(data, b"graph_module", b"path_name"):
        yield from _Exported(specimen).signs(parsed(data, "an exported program"))


def _runs(expression: str) -> bool:
    return bool(_NO_EXPRESSION.search(expression) or _REACHES.search(expression))


class _Exported:
    """One exported program, walked whole: graphs stand inside graphs."""

    def __init__(self, specimen: Specimen) -> None:
        self.specimen = specimen
        self.told: set[str] = set()

    def signs(self, tree: Any) -> Iterator[Sign]:
        waiting: list[tuple[str, Any]] = [("", tree)] if isinstance(tree, (dict, list)) else []
        seen = 0
        while waiting:
            pointer, node = waiting.pop()
            seen += 1
            if not seen % 65536:
                self.specimen.check_time()
            if seen > _NODES:
                raise BudgetExceeded(f"an exported program of more than {_NODES} parts")
            if isinstance(node, dict):
                yield from self._object(node, pointer)
            rows = node.items() if isinstance(node, dict) else enumerate(node)
            waiting.extend(
                (f"{pointer}/{str(key)[:60]}"[-400:], value)
                for key, value in rows
                if isinstance(value, (dict, list))
            )

    def _object(self, node: dict[str, Any], pointer: str) -> Iterator[Sign]:
        target, expression, path = node.get("target"), node.get("expr_str"), node.get("path_name")
        if isinstance(target, str) and isinstance(node.get("inputs"), list):
            yield from self._target(target, pointer)
        if isinstance(expression, str) and _runs(expression) and self._is_new(expression):
            message = f"the expression {expression[:120]!r} is evaluated when the program is loaded"
            yield self._finding(CODE, Severity.HIGH, message, f"{pointer}/expr_str", expression)
        if isinstance(path, str) and leads_out(path.replace("\\", "/")) and self._is_new(path):
            message = f"takes a tensor from {path[:120]!r}, outside the archive"
            yield self._finding(FILES, Severity.HIGH, message, f"{pointer}/path_name", path)
        guards = node.get("guards_code")
        for guard in guards if isinstance(guards, list) else []:
            if isinstance(guard, str) and _GUARD.search(guard) and self._is_new(guard):
                message = f"the guard {guard[:120]!r} is Python that runs with the program"
                yield self._finding(CODE, Severity.HIGH, message, f"{pointer}/guards_code", guard)

    def _target(self, target: str, pointer: str) -> Iterator[Sign]:
        found = _TARGET.fullmatch(target)
        where = f"{pointer}/target"
        if found is None:
            if self._is_new(target):
                message = f"calls {target[:120]!r}, which is no operator"
                reaches = target.startswith("torch.") and bool(_REACHES.search(target))
                severity = Severity.HIGH if reaches else Severity.MEDIUM
                yield self._finding(CODE, severity, message, where, target)
        elif found[2] in _TOUCHES and self._is_new(target):
            message = f"the operator {target} touches files when the program runs"
            yield self._finding(CODE, Severity.HIGH, message, where, target)
        elif found[1] and found[1] not in _OWN_NAMESPACES and self._is_new(found[1]):
            message = f"the operator {target[:120]} needs a library with code of its own"
            yield self._finding(KNOWN, Severity.LOW, message, where, target)

    def _is_new(self, key: str) -> bool:
        if key in self.told or len(self.told) > 4096:
            return False
        self.told.add(key)
        return True

    def _finding(self, rule: str, severity: Severity, message: str, pointer: str, quote: str) -> Sign:
        return self.specimen.finding(
            rule, severity, message, pointer=pointer, quote=quote[:160], confidence=Confidence.MEDIUM
        )


CHECK = Check(
    id="torch-programs",
    title="Operators, expressions and files of TorchScript and exported programs",
    look=_look,
)
