"""Models compiled for one device, and what a serving folder tells its server to start.

An engine is machine code whose format its maker does not publish: it is named, with the reason, and never
clean. Sources: TensorRT's developer guide (version compatibility, plugin libraries inside an engine); Triton's
model configuration and model_config.proto; the magic numbers as each maker's runtime checks them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ajar.interfaces import Blob
from ajar.model.evidence import GapReason
from ajar.model.judgement import Confidence, Severity
from ajar.safety.check import Check, Sign, Specimen
from ajar.safety.graphs import FILES, leads_out
from ajar.safety.own_code import OWN_CODE

NATIVE, LIBRARY = "model-holds-no-native-code", "model-needs-no-native-library"
_TEXT_BYTES = 4 << 20
_SEARCH_BYTES = 256 << 20  # of an engine, for libraries inside
_WINDOW_BYTES = 8 << 20
_TENSORRT = frozenset({b"ptrt", b"ftrt"})
# Letters at an offset -> what they begin.
_LETTERS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"RKNN", "an RKNN model, compiled for an NPU of Rockchip"),
    (4, b"RKNN", "an RKNN model, compiled for an NPU of Rockchip"),
    (0, b"CYPTRKNN", "an encrypted RKNN model, compiled for an NPU of Rockchip"),
    (0, b"VPMN", "an OpenVX graph, compiled for an NPU of VeriSilicon"),
    (0, b"IMOD", "an offline model, compiled for Ascend processors"),
    (0, b"PICO", "an offline model, compiled for Ascend processors"),
    (0, b"\x01HEF", "a Hailo executable, compiled for its accelerators"),
    (0, b"LDMK", "a kmodel, compiled for Kendryte processors"),
    (4, b"NETD", "a network for Qualcomm's neural processing SDK"),
    (0, b"\x50\xed\x55\xba", "a fat binary of CUDA"),
    *(
        (0, b"\0\0\0\x02\0\0\0" + rest, "a context compiled for Qualcomm's processors (QNN)")
        for rest in (
            b"\x01\0\0\0\0\x04\0\0\0",
            b"\x01\0\0\0\0\x0c\0\0\0",
            b"\x02\0\0\0\0\0\0\0\0",
            b"\x03\0\0\0\0\0\0\0\x01",
        )
    ),
)
_GRAPHS = ((4, b"MSL1", "MindSpore Lite"), (4, b"MSL2", "MindSpore Lite"))
# Names that promise an engine, where nothing in the bytes says what it is.
_PROMISES = {
    (".engine", ".plan", ".trt"): "a TensorRT engine",
    (".dlc",): "a network for Qualcomm's neural processing SDK",
    (".blob",): "a model compiled by OpenVINO",
    (".rknn", ".om", ".hef", ".kmodel", ".nb", ".hwx", ".bmodel", ".xmodel", ".tmfile"): "a compiled model",
}
_UNREAD = {".mnn": "an MNN graph", ".nn": "a graph", ".ms": "a MindSpore Lite graph", ".uff": "a UFF graph"}
_HOSTS = {3: "x86", 62: "x86-64", 183: "AArch64", 40: "Arm", 243: "RISC-V"}  # e_machine of ELF
_SHARED_OBJECT = 3

_BACKEND = re.compile(r'^[ \t]{0,40}(backend|platform|runtime)\s{0,8}:\s{0,8}"([^"\n]{0,200})"', re.MULTILINE)
_TRITON_PATH = re.compile(
    r'\bdefault_model_filename\s*:\s*"([^"\n]{0,400})"|\bkey\s*:\s*"(?:EXECUTION_ENV_PATH|gpt_model_path|engine_dir|tokenizer_dir|model_path)"[^"]{0,80}?string_value\s*:\s*"([^"\n]{0,400})"'
)
_OWN_BACKENDS = frozenset(
    {"tensorrt", "onnxruntime", "tensorflow", "pytorch", "openvino", "dali", "fil", "vllm", "tensorrtllm", "identity", "ensemble", "tensorrt_plan", "onnxruntime_onnx", "tensorflow_graphdef", "tensorflow_savedmodel", "pytorch_libtorch", "square", "repeat", ""}
)  # fmt: skip


def _look(specimen: Specimen) -> Iterator[Sign]:
    name, head = specimen.path.lower(), specimen.head
    at = _tensorrt_at(specimen)
    if at is not None:
        yield from _tensorrt(specimen)
        return
    if name.endswith("config.pbtxt"):
        yield from _triton(specimen)
        return
    for start, letters, what in _LETTERS:
        if head[start : start + len(letters)] == letters and not _is_text(head):
            yield _native(specimen, f"is {what}: code of a processor, not looked into")
            return
    if name.endswith(".dlc") or (specimen.format == "unknown" and not _is_text(head)):
        yield from _by_name(specimen, name)


def _is_text(head: bytes) -> bool:
    """Whether the first bytes are all printable: four letters alone begin words, too."""
    return bool(re.fullmatch(rb"[\t\n\r -~]{1,64}", head[:64]))


def _native(specimen: Specimen, message: str, severity: Severity = Severity.MEDIUM) -> Sign:
    return specimen.finding(NATIVE, severity, message, confidence=Confidence.HIGH)


def _by_name(specimen: Specimen, name: str) -> Iterator[Sign]:
    for start, letters, maker in _GRAPHS:
        if specimen.head[start : start + 4] == letters:
            yield specimen.gap(GapReason.UNSUPPORTED, f"a graph of {maker}, which is not looked into")
            return
    for suffixes, what in _PROMISES.items():
        if name.endswith(suffixes):
            message = f"is {what} by its name: code of a processor, not looked into"
            yield specimen.finding(NATIVE, Severity.LOW, message, confidence=Confidence.MEDIUM)
            return
    for suffix, what in _UNREAD.items():
        if name.endswith(suffix):
            yield specimen.gap(GapReason.UNSUPPORTED, f"{what} by its name, which is not looked into")


def _tensorrt_at(specimen: Specimen) -> int | None:
    """Where an engine's letters stand: first, or behind a note that exporters put before them."""
    head = specimen.head
    if head[:4] in _TENSORRT:
        return 0
    length = int.from_bytes(head[:4], "little")
    is_noted = head[4:5] == b"{" and 0 < length < min(_TEXT_BYTES, specimen.blob.size)
    return 4 + length if is_noted and specimen.blob.read_at(4 + length, 4) in _TENSORRT else None


def _tensorrt(specimen: Specimen) -> Iterator[Sign]:
    yield _native(specimen, "is a TensorRT engine: native code for a GPU, which the runtime loads unchecked")
    for at, machine in _libraries(specimen.blob, specimen):
        message = f"byte {at}: a shared library for {machine} inside; deserialising the engine loads it"
        yield specimen.finding(NATIVE, Severity.MEDIUM, message, start=at)
        return


def _libraries(blob: Blob, specimen: Specimen) -> Iterator[tuple[int, str]]:
    """Shared objects for the host. A GPU's kernels are ELF files, too, and of another machine."""
    overlap = 64
    for start in range(0, min(blob.size, _SEARCH_BYTES), _WINDOW_BYTES):
        specimen.check_time()
        data = blob.read_at(start, _WINDOW_BYTES + overlap)
        for found in re.finditer(rb"\x7fELF[\x01\x02][\x01\x02]\x01", data):
            head = data[found.start() : found.start() + 20]
            kind, machine = (int.from_bytes(head[at : at + 2], "little") for at in (16, 18))
            if kind == _SHARED_OBJECT and machine in _HOSTS:
                yield start + found.start(), _HOSTS[machine]


def _triton(specimen: Specimen) -> Iterator[Sign]:
    """A model's configuration for Triton: the backend that the server loads, and paths that lead out."""
    text = specimen.blob.read_at(0, min(specimen.blob.size, _TEXT_BYTES)).decode("utf-8", "replace")
    for found in _BACKEND.finditer(text):
        key, backend = found[1], found[2]
        line = text.count("\n", 0, found.start(1)) + 1
        if backend == "python":
            message = f"line {line}: the server runs model.py of this folder when it loads the model"
            yield specimen.finding(OWN_CODE, Severity.LOW, message, line=line, quote=found[0].strip())
        elif key == "runtime" and leads_out(backend):
            message = f"line {line}: the server loads the library {backend[:120]!r}"
            yield specimen.finding(LIBRARY, Severity.HIGH, message, line=line, quote=found[0].strip())
        elif key != "runtime" and backend not in _OWN_BACKENDS:
            message = f"line {line}: the server loads the library of the backend {backend[:80]!r}"
            yield specimen.finding(LIBRARY, Severity.LOW, message, line=line, quote=found[0].strip())
    for found in _TRITON_PATH.finditer(text):
        path = found[1] or found[2] or ""
        if path.startswith("$$TRITON_MODEL_DIRECTORY/"):
            path = path.removeprefix("$$TRITON_MODEL_DIRECTORY/")
        if leads_out(path) and "${" not in path:
            line = text.count("\n", 0, found.start()) + 1
            outside = path.startswith("..") or found[1] is not None
            severity = Severity.HIGH if outside else Severity.LOW
            message = f"line {line}: takes {path[:120]!r}, outside the model's folder"
            yield specimen.finding(FILES, severity, message, line=line, quote=found[0].strip()[:160])


CHECK = Check(
    id="engines",
    title="Compiled models, and the backends that a serving folder starts",
    look=_look,
)
