"""Where values of a Python source come from: decoders, the network, files, callers."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from ajar.safety.python_effects import effect_of
from ajar.safety.python_flow import Call, Flow

# The first that applies is what a reader wants to know.
_ORDER = ("fetched", "decoded", "put together from numbers", "read from a file", "given")
_KIND = {
    "decode": "decoded",
    "get": "fetched",
    "send": "fetched",
    "fetched-code": "fetched",
    "read": "read from a file",
}
_RECEIVES = (".recv", ".recvfrom", ".makefile")
_CHARS = frozenset({"chr", "bytes", "bytearray"})


@dataclass(slots=True)
class Taint:
    """Kinds by the place of a call, and by the variable that was given it."""

    flow: Flow
    calls: dict[tuple[int, int, int], str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, flow: Flow) -> Taint:
        taint = cls(flow)
        for call in flow.calls:
            kind = taint._of_call(call)
            if kind and not call.handed:
                taint.calls[_place(call.node)] = kind
        for _ in range(2):  # twice, so that a chain of two assignments in the wrong order is followed
            for name, value in flow.names.assigned:
                kind = taint.kind(value)
                if kind and kind != "given":
                    taint.variables[name] = kind
        return taint

    def _of_call(self, call: Call) -> str:
        if call.name.startswith("socket.") and call.name.endswith(_RECEIVES):
            return "fetched"
        kind = _KIND.get(effect_of(call.name), "")
        if not kind and call.name.endswith((".decode", ".translate")) and call.node.args:
            text = self.flow.names.fold(call.node.args[0]) or ""
            return "decoded" if re.match(r"rot|hex|base64|zlib|bz2", text) else ""
        return kind

    def kind(self, *nodes: ast.AST) -> str:
        """Where an expression comes from, variables followed; empty when it is a constant or not known."""
        found: set[str] = set()
        numbers = 0
        for node in nodes:
            for inner in self.flow.names.walk(node):
                if isinstance(inner, ast.Call):
                    kind = self.calls.get(_place(inner))
                    if kind:
                        found.add(kind)
                    numbers += isinstance(inner.func, ast.Name) and inner.func.id in _CHARS
                elif isinstance(inner, ast.Name):
                    if inner.id in self.variables:
                        found.add(self.variables[inner.id])
                    elif inner.id in self.flow.parameters and inner.id not in self.flow.names.texts:
                        found.add("given")
        if numbers:
            found.add("put together from numbers")
        return next((kind for kind in _ORDER if kind in found), "")


def _place(node: ast.Call) -> tuple[int, int, int]:
    return node.lineno, node.col_offset, node.end_col_offset or 0
