"""Graphs in flatbuffers: TensorFlow Lite and its kin (Circle), ExecuTorch programs and tensor files.

Walked for operators and delegates that need code of their own, and for parts that lie about where they stand.
Sources: tensorflow/lite/schema/schema.fbs and core/kernels/register.cc of TensorFlow; schema/program.fbs,
extension/flat_tensor/serialize/flat_tensor.fbs and the extended header of ExecuTorch 1.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ajar.errors import BudgetExceeded, MalformedError
from ajar.formats._flatbuffer import Table, root
from ajar.model.evidence import GapReason
from ajar.model.judgement import Confidence, Severity
from ajar.safety.check import Check, Sign, Specimen
from ajar.safety.graphs import CODE, KNOWN, PRINTS, RUNS

NATIVE = "model-holds-no-native-code"
PARTS = 500_000  # operators, buffers and segments of one file; honest models have some thousand
_OPTION_BYTES = 1 << 20  # a NodeDef of TensorFlow takes a few hundred
_TFLITE, _EXECUTORCH, _BUNDLED, _TENSORS = ("TFL3", "CIR0"), "ET12", "BP08", "FT01"
_CUSTOM = 32  # BuiltinOperator.CUSTOM
_FLEX = "Flex"
# Custom operators that the runtime itself registers.
_OWN_CUSTOM = frozenset({"NumericVerify", "Mfcc", "AudioSpectrogram", "TFLite_Detection_PostProcess"})
# Namespaces of ExecuTorch's own kernels, as its source defines them.
_OWN_NAMESPACES = frozenset(
    {"aten", "prim", "executorch_prim", "et_copy", "dim_order_ops", "quantized_decomposed", "llama", "torchao", "executorch", "coreml", "mlx", "metal", "cortex_m", "cadence", "tosa", "quantized", "et_vk", "kvcache", "channels_last", "quant_fusion", "executorch_cuda", "qnn_custom", "preprocess", ""}
)  # fmt: skip
# Delegates of ExecuTorch's own repository; the second set holds libraries that it loads.
_OWN_DELEGATES = frozenset(
    {"XnnpackBackend", "CoreMLBackend", "CoreAIBackend", "VulkanBackend", "MPSBackend", "EthosUBackend", "ArmBackend", "VgfBackend", "VGFBackend", "TOSABackend", "NeuropilotBackend", "MLXBackend", "NeutronBackend", "OpenvinoBackend", "EnnBackend", "CadenceExecutorchBackend"}
)  # fmt: skip
_COMPILED = {
    "CudaBackend": "a shared library made by AOTInductor",
    "MetalBackend": "a shared library made by AOTInductor",
    "AotiBackend": "a shared library made by AOTInductor",
    "TensorRTBackend": "a TensorRT engine",
    "QnnBackend": "a compiled context of Qualcomm's runtime",
}


def _look(specimen: Specimen) -> Iterator[Sign]:
    kind = specimen.head[4:8].decode("latin-1")
    if kind in _TFLITE:
        yield from _tflite(specimen)
    elif kind == _EXECUTORCH:
        yield from _executorch(specimen)
    elif kind == _TENSORS:
        yield from _segments(specimen, root(specimen.blob), 1)
    elif kind == _BUNDLED:
        detail = "a bundled ExecuTorch program, whose program is not looked into"
        yield specimen.gap(GapReason.UNSUPPORTED, detail)


def _tflite(specimen: Specimen) -> Iterator[Sign]:
    model, each = root(specimen.blob), _Counter(specimen).each
    customs: dict[int, str] = {}
    codes = 0
    for number, code in enumerate(each(model.tables(1))):
        codes += 1
        builtin = max(code.number(0, 1), code.number(3, 4))
        if builtin == _CUSTOM:
            customs[number] = code.text(1)
    for name in dict.fromkeys(customs.values()):
        yield from _custom(specimen, name)
    yield from _operators(specimen, model, customs, codes)
    yield from _buffers(specimen, model)


@dataclass(slots=True)
class _Counter:
    """Keeps the number of parts, and the time for them, within limits: tables may be named again and again."""

    specimen: Specimen
    seen: int = 0

    def each(self, tables: Iterator[Table]) -> Iterator[Table]:
        for table in tables:
            self.seen += 1
            if not self.seen % 4096:
                self.specimen.check_time()
            if self.seen > PARTS:
                raise BudgetExceeded(f"a model of more than {PARTS} parts")
            yield table


def _custom(specimen: Specimen, name: str) -> Iterator[Sign]:
    inner = name.removeprefix(_FLEX)
    if name in _OWN_CUSTOM:
        return
    if not name.startswith(_FLEX):
        message = f"the custom operator {name[:80]!r} needs native code of its own"
        yield specimen.finding(KNOWN, Severity.LOW, message, quote=name, confidence=Confidence.MEDIUM)
    elif inner not in RUNS and inner not in PRINTS:
        message = f"the operator {inner[:80]!r} runs in TensorFlow, through its Flex delegate"
        yield specimen.finding(KNOWN, Severity.INFO, message, quote=name)
    else:
        yield from _runs(specimen, inner)


def _runs(specimen: Specimen, name: str, at: int | None = None) -> Iterator[Sign]:
    if name in RUNS:
        message = f"the TensorFlow operator {name} {RUNS[name]} when the graph runs"
        yield specimen.finding(CODE, Severity.HIGH, message, quote=name, start=at)
    else:
        message = f"the TensorFlow operator {name} prints, to a file where it is told so"
        yield specimen.finding(CODE, Severity.LOW, message, quote=name, start=at)


def _operators(specimen: Specimen, model: Table, customs: dict[int, str], codes: int) -> Iterator[Sign]:
    """Every operator of every subgraph. The options of a Flex operator name what really runs."""
    told = {name.removeprefix(_FLEX) for name in customs.values()}
    each = _Counter(specimen).each
    for graph in each(model.tables(2)):
        for operator in each(graph.tables(3)):
            index = operator.number(0, 4)
            if index >= codes:
                raise MalformedError(f"operator code {index} of {codes}", offset=operator.at)
            if not customs.get(index, "").startswith(_FLEX):
                continue
            options = operator.bytes(5, _OPTION_BYTES)
            for name in (*RUNS, *PRINTS):
                # Field 2 of a NodeDef is the operator.
                if name not in told and b"\x12" + bytes([len(name)]) + name.encode() in options:
                    told.add(name)
                    yield from _runs(specimen, name, operator.at)


def _buffers(specimen: Specimen, model: Table) -> Iterator[Sign]:
    size, each = specimen.blob.size, _Counter(specimen).each
    count = 0
    for number, buffer in enumerate(each(model.tables(4))):
        count += 1
        buffer.vector(0, 1)
        start, length = buffer.number(1, 8), buffer.number(2, 8)
        if start > 1 and start + length > size:  # 0 and 1 stand for none
            detail = f"buffer {number} says {length} bytes at {start}, the file has {size}"
            yield specimen.gap(GapReason.MALFORMED, detail, at=buffer.at)
            return
    for entry in each(model.tables(6)):
        if entry.number(1, 4) >= count:
            detail = f"metadata {entry.text(0)[:80]!r} in a buffer that is not there"
            yield specimen.gap(GapReason.MALFORMED, detail, at=entry.at)


def _executorch(specimen: Specimen) -> Iterator[Sign]:
    program, each = root(specimen.blob), _Counter(specimen).each
    told: set[str] = set()
    for plan in each(program.tables(1)):
        for operator in each(plan.tables(6)):
            name = operator.text(0)
            space = name.partition("::")[0] if "::" in name else ""
            if space not in _OWN_NAMESPACES and space not in told:
                told.add(space)
                message = f"the operator {name[:80]!r} needs a library with kernels of its own"
                yield specimen.finding(
                    KNOWN, Severity.LOW, message, start=operator.at, quote=name, confidence=Confidence.MEDIUM
                )
        for delegate in each(plan.tables(7)):
            name = delegate.text(0)
            if name not in told:
                told.add(name)
                yield from _delegate(specimen, name, delegate.at)
    for item in each(program.tables(3)):
        item.vector(0, 1)
    yield from _segments(specimen, program, 4)


def _delegate(specimen: Specimen, name: str, at: int) -> Iterator[Sign]:
    if name in _COMPILED:
        message = f"hands parts of itself to {name}, as {_COMPILED[name]}: native code, not looked into"
        yield specimen.finding(NATIVE, Severity.MEDIUM, message, start=at, quote=name)
    elif name in _OWN_DELEGATES:
        message = f"hands parts of itself to {name}"
        yield specimen.finding(KNOWN, Severity.INFO, message, start=at, quote=name)
    else:
        message = f"hands parts of itself to {name[:80]!r}, a delegate that nobody has reviewed"
        yield specimen.finding(
            KNOWN, Severity.LOW, message, start=at, quote=name, confidence=Confidence.MEDIUM
        )


def _segments(specimen: Specimen, program: Table, index: int) -> Iterator[Sign]:
    """Data behind the flatbuffer. The extended header says where it begins."""
    base, size = _segment_base(specimen), specimen.blob.size
    each = _Counter(specimen).each
    for number, segment in enumerate(each(program.tables(index))):
        start, length = segment.number(0, 8), segment.number(1, 8)
        if base + start + length > size:
            detail = f"segment {number} says {length} bytes at {base + start}, the file has {size}"
            yield specimen.gap(GapReason.MALFORMED, detail, at=segment.at)
            return


def _segment_base(specimen: Specimen) -> int:
    head, size = specimen.head, specimen.blob.size
    if head[8:12] not in {b"eh00", b"FH01"} or len(head) < 48:
        return 0
    # Behind the letters and the header's length: for FH01 the flatbuffer's offset, then size and base.
    first = 16 if head[8:12] == b"eh00" else 24
    program, base = (int.from_bytes(head[at : at + 8], "little") for at in (first, first + 8))
    if program > size or base > size:
        raise MalformedError(f"a program of {program} bytes with segments at {base}, the file has {size}")
    return base


CHECK = Check(
    id="flat-graphs",
    title="Operators, delegates and segments of TFLite and ExecuTorch files",
    look=_look,
)
