"""Can a file be loaded without running code that came with it? A first answer, from its format and imports.

Not yet analysed: what a pickle's calls do with their arguments. A pickle is therefore never `clean`
here, and an import that nobody listed leaves it `unknown`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from ajar.model.dossier import Dossier
from ajar.model.evidence import Evidence, Gap, GapReason, Ground, Location
from ajar.model.judgement import Confidence, Finding, Outcome, Severity
from ajar.model.release import is_aside
from ajar.model.report import FileFacts, FileSafety, Safety

LEVELS = ("clean", "caution", "unknown", "dangerous")  # best first

_DATA_ONLY = frozenset(
    {"safetensors", "gguf", "parquet", "arrow", "npy", "safetensors-index", "flax-msgpack"}
)
_PICKLED = frozenset({"pickle", "torch-zip", "torch-legacy", "joblib"})
_GRAPHS = {
    "onnx": "an ONNX graph may name operators of a library that must be trusted",
    "tf-saved-model": "a SavedModel's graph may read and write files when it runs",
    "tf-checkpoint": "a checkpoint holds tensors; the graph that uses it is elsewhere",
    "tflite": "a TFLite graph may name custom operators",
    "hdf5": "a Keras file may hold layers with code in them",
    "keras": "a Keras file may hold layers with code in them",
    "coreml": "a Core ML model may name custom layers",
    "openvino": "an OpenVINO graph may name extensions",
}
_WEIGHT_SUFFIXES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".h5", ".keras", ".joblib", ".dat")

RULES = (
    (
        "weights-load-without-code-execution",
        "The weights load without running code that came with them.",
        "A pickle is a program: loading it runs whatever it says. Formats such as safetensors and GGUF only hold data.",
        "Publish or choose safetensors; load pickles with weights_only=True.",
    ),
    (
        "pickle-imports-are-known-safe",
        "Every name that the pickle imports only builds tensors and containers.",
        "A pickle can call any name it imports; a few names from the system's modules are all an attack needs.",
        "Do not load the file; ask its publisher what the import is for.",
    ),
    (
        "model-loads-without-remote-code",
        "The model loads without code from its own repository.",
        "An auto_map entry makes a loader import Python files of the repository when trust_remote_code is set.",
        "Read the named files and pin the revision before setting trust_remote_code.",
    ),
)


@cache
def _symbols() -> tuple[Mapping[str, str], frozenset[str]]:
    import tomllib
    from importlib.resources import files

    data = tomllib.loads((files("ajar.safety") / "data" / "symbols.toml").read_text("utf-8"))
    return data["dangerous"], frozenset(data["plain"]["names"])


def assess(dossier: Dossier) -> Safety:
    """The level of each file that is loaded, and of the worst of them; `unknown` when there is none."""
    gaps: dict[str, list[Gap]] = {}
    for gap in dossier.gaps:
        gaps.setdefault(gap.location.path, []).append(gap)
    facts: dict[str, list[Evidence]] = {}
    for item in dossier.all(
        "weights.pickled", "weights.pickle-global", "weights.code-member", "weights.lambda-layer"
    ):
        facts.setdefault(item.location.path, []).append(item)
    files = [
        _file(item, facts.get(item.path, []), gaps.get(item.path, []))
        for item in dossier.files
        if not is_aside(item.path)
        and (item.family == "weights" or item.path.lower().endswith(_WEIGHT_SUFFIXES))
    ]
    files += _remote_code(dossier)
    if not files:
        return Safety(level="unknown", files=())
    level = max((file.level for file in files), key=LEVELS.index)
    return Safety(level=level, files=tuple(files))


def _file(item: FileFacts, facts: Sequence[Evidence], gaps: Sequence[Gap]) -> FileSafety:
    level, finding = _judge(item, facts, gaps)
    return FileSafety(path=item.path, format=item.format, level=level, findings=(finding,) if finding else ())


def _judge(item: FileFacts, facts: Sequence[Evidence], gaps: Sequence[Gap]) -> tuple[str, Finding | None]:
    rule = RULES[0][0]
    unread = [gap for gap in gaps if gap.reason is not GapReason.UNSUPPORTED]
    names = [fact for fact in facts if fact.key == "weights.pickle-global"]
    if item.format in _PICKLED or any(fact.key == "weights.pickled" for fact in facts):
        return _pickle(item, names, unread, facts)
    if unread:
        message = f"{item.path} could not be read to its end: {unread[0].detail}"
        return "unknown", _finding(rule, Severity.MEDIUM, message, unread[:3], Outcome.UNKNOWN)
    if item.format in _DATA_ONLY:
        return "clean", None
    if item.format == "lfs-pointer":
        where = _named(item)
        return "unknown", _finding(
            rule, Severity.LOW, f"{item.path} is a pointer, not the file", [where], Outcome.UNKNOWN
        )
    if item.format in _GRAPHS:
        lambdas = [fact for fact in facts if fact.key == "weights.lambda-layer"]
        severity = Severity.HIGH if lambdas else Severity.LOW
        message = f"{item.path}: {'a Lambda layer carries code' if lambdas else _GRAPHS[item.format]}"
        return "caution", _finding(rule, severity, message, lambdas or [_named(item)], Outcome.PARTIAL)
    message = f"{item.path} has a name that weights have, and bytes of no known format"
    return "unknown", _finding(rule, Severity.MEDIUM, message, [_named(item)], Outcome.UNKNOWN)


def _pickle(
    item: FileFacts, names: Sequence[Evidence], unread: Sequence[Gap], facts: Sequence[Evidence]
) -> tuple[str, Finding]:
    dangerous, plain = _symbols()
    bad = [
        fact for fact in names if str(fact.value) not in plain and _is_dangerous(str(fact.value), dangerous)
    ]
    if bad:
        name = str(bad[0].value)
        why = dangerous.get(name.split(" ", maxsplit=1)[0]) or dangerous.get(
            name.split(" ", maxsplit=1)[0].split(".", maxsplit=1)[0], ""
        )
        message = f"{item.path} imports {name}: {why}; loading it would run that"
        return "dangerous", _finding(RULES[1][0], Severity.CRITICAL, message, bad[:6], Outcome.UNMET)
    strange = [fact for fact in names if str(fact.value) not in plain and not _is_storage(str(fact.value))]
    if strange or unread:
        ground: list[Ground] = [*strange[:5], *unread[:3]]
        what = f"imports {strange[0].value}, which nobody has judged yet" if strange else unread[0].detail
        message = f"{item.path} is a pickle and {what}"
        return "unknown", _finding(RULES[1][0], Severity.MEDIUM, message, ground, Outcome.UNKNOWN)
    ground = list(facts[:3]) or [_named(item)]
    message = (
        f"{item.path} is a pickle that imports only what rebuilds tensors; load it with weights_only=True"
    )
    return "caution", _finding(RULES[0][0], Severity.LOW, message, ground, Outcome.PARTIAL)


def _is_dangerous(name: str, dangerous: Mapping[str, str]) -> bool:
    module = name.split(" ", maxsplit=1)[0]
    return any(module == known or module.startswith(f"{known}.") for known in dangerous)


def _is_storage(name: str) -> bool:
    module, _, attribute = name.partition(" ")
    return module in {"torch", "torch.storage"} and (attribute.endswith("Storage") or attribute in _DTYPES)


_DTYPES = frozenset(
    [
        "float16",
        "float32",
        "float64",
        "bfloat16",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "bool",
        "complex64",
        "complex128",
        "half",
        "float",
        "double",
    ]
)


def _remote_code(dossier: Dossier) -> list[FileSafety]:
    own = [item for item in dossier.all("config.auto-map") if "test" not in item.location.path.lower()]
    if not own:
        return []
    message = (
        f"{own[0].location.path} asks for code of its own ({own[0].value}); trust_remote_code would run it"
    )
    finding = _finding(RULES[2][0], Severity.MEDIUM, message, own[:4], Outcome.PARTIAL)
    return [FileSafety(path=own[0].location.path, format="config", level="caution", findings=(finding,))]


def _named(item: FileFacts) -> Evidence:
    return Evidence(
        key="file.format", value=item.format, location=Location(path=item.path), inspector="pipeline"
    )


def _finding(
    rule: str, severity: Severity, message: str, because: Sequence[Ground], outcome: Outcome
) -> Finding:
    remedy = next(row[3] for row in RULES if row[0] == rule)
    return Finding(
        rule=rule,
        severity=severity,
        message=message,
        because=tuple(because),
        outcome=outcome,
        confidence=Confidence.HIGH,
        remedy=remedy,
    )
