"""Settings that a loader turns into imports and calls: Keras layers, Hydra and NeMo targets, skops schemas."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ajar.blobs import BytesBlob
from ajar.errors import BudgetExceeded
from ajar.interfaces import Member
from ajar.model.evidence import GapReason
from ajar.model.judgement import Severity
from ajar.safety.check import Check, Lines, Sign, Specimen
from ajar.safety.json_text import ESCAPED_LETTER
from ajar.safety.own_code import loader_module, mlflow_code, own_code, step, template_name
from ajar.safety.symbols import EFFECTS, Tier, lookup
from ajar.safety.templates import hints

TEXT_BYTES = 64 << 20
NODES = 2_000_000
_WINDOW_BYTES, _OVERLAP_BYTES = 16 << 20, 4096
_SEARCHED_BYTES = 1 << 30
_TARGETS_NAMED = 100_000
_DEEP = 1000  # what Python's own parser refuses
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_RUN = re.compile(rb"[\[{]{1000}")
NAMES, CODE, FILES = (
    "settings-name-only-model-parts",
    "layers-hold-no-code",
    "model-reads-no-files-of-its-own",
)
_KERAS = (
    "keras",
    "tensorflow",
    "tf_keras",
    "keras_core",
    "keras_nlp",
    "keras_hub",
    "keras_cv",
    "tensorflow_addons",
)
# What Keras itself offers and should not be reached from a configuration.
_KERAS_REACHES = re.compile(
    r"(^|\.)(get_file|load_model|load_weights|save_model|save_weights|model_from_json|model_from_config|deserialize_keras_object"
    r"|enable_unsafe_deserialization|custom_object_scope|image_dataset_from_directory|text_dataset_from_directory|load_img|run|py_function|numpy_function)$"
)
_PATH = re.compile(r"^(/|~|\.\.?/|[A-Za-z]:[\\/]|\\\\|\w+://|file:)")
_FILE_KEYS = frozenset(
    {"vocabulary", "idf_weights_path", "filepath", "file_path", "path", "origin", "vocab_file"}
)
_TARGETS = frozenset(
    {"_target_", "target", "class_path", "_class_", "py_function", "loader_module", "__target__"}
)
_DOTTED = re.compile(r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$")
_YAML_TARGET = re.compile(
    r"(?:^|[\s{,])[\"']?(?P<key>_target_|target|class_path|_class_|loader_module)[\"']?\s*:\s*[\"']?(?P<name>[A-Za-z_][\w.]*)",
    re.MULTILINE,
)
_YAML_TAG = re.compile(
    r"!!?(python/(?:object|name|module|apply|object/apply|object/new)[\w/]*:?[\w.]*)|tag:yaml\.org,2002:python/"
)
_SUSPECT = re.compile(
    r'"(class_name|_target_|target|class_path|__loader__|__class__|chat_template|auto_map|custom_pipelines?|custom_generate|_class_name|type|auto_mapping|_?(?:attn|experts)_implementation\w*)"'
)

_SUSPECT_BYTES = re.compile(_SUSPECT.pattern.encode())


def _look(specimen: Specimen) -> Iterator[Sign]:
    if specimen.format == "tf-saved-model" or (specimen.format == "unknown" and not _is_json(specimen)):
        for start, _, tree in embedded(specimen):
            yield from walk(specimen, tree, base=start)
    elif specimen.format == "yaml-config" or specimen.path.lower().endswith((".yaml", ".yml", "mlmodel")):
        yield from _yaml(specimen)
    elif _is_json(specimen):
        yield from _json(specimen)


def _is_json(specimen: Specimen) -> bool:
    return specimen.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}


def _tells(specimen: Specimen) -> bool:
    """Whether a file too large to be parsed holds, anywhere, a word that a loader goes by."""
    for start in range(0, min(specimen.blob.size, _SEARCHED_BYTES), _WINDOW_BYTES):
        specimen.check_time()
        data = specimen.blob.read_at(start, _WINDOW_BYTES + _OVERLAP_BYTES)
        if _SUSPECT_BYTES.search(data) or hints(data):
            return True
    return specimen.blob.size > _SEARCHED_BYTES


def _json(specimen: Specimen) -> Iterator[Sign]:
    if specimen.blob.size > TEXT_BYTES:
        if _tells(specimen):
            message = f"more than {TEXT_BYTES} bytes of settings that name things to build"
            yield specimen.gap(GapReason.OVER_BUDGET, message)
        return
    size = min(specimen.blob.size, TEXT_BYTES)
    data = specimen.blob.read_at(0, size)
    text = data.decode("utf-8-sig", "replace")
    if not _SUSPECT.search(text) and not hints(data) and not ESCAPED_LETTER.search(data):
        if data.count(b"[") + data.count(b"{") > 100_000 and _nests(data):
            yield specimen.gap(GapReason.MALFORMED, "nests deeper than a parser goes")
        return
    try:
        tree = json.loads(text)
    except RecursionError:
        yield specimen.gap(GapReason.MALFORMED, "nests deeper than a parser goes")
        return
    except ValueError:
        if specimen.format == "config":
            yield specimen.gap(GapReason.MALFORMED, "is not JSON, and names things that a loader builds")
        return
    yield from walk(specimen, tree)


def _nests(data: bytes) -> bool:
    """Whether brackets open deeper than any honest file: pairs without anything inside are taken out in turn."""
    left = data.translate(None, _NO_BRACKETS)
    for _ in range(_DEEP):
        if _RUN.search(left):
            return True
        shorter = left.replace(b"[]", b"").replace(b"{}", b"")
        if len(shorter) == len(left):
            return False
        left = shorter
    return True


def embedded(specimen: Specimen) -> Iterator[tuple[int, bytes, Any]]:
    """`(offset, bytes, tree)` of JSON inside a binary file, such as a model_config: found where it begins."""
    decoder = json.JSONDecoder()
    size = specimen.blob.size
    for start in (0, max(size - (_WINDOW_BYTES // 4), _WINDOW_BYTES)):
        data = specimen.blob.read_at(start, _WINDOW_BYTES) if start < size else b""
        done = 0
        for found in re.finditer(
            rb'\{\s*"(?:module|class_name|config|registered_name|keras_version|name|backend)"\s*:', data
        ):
            if found.start() < done:
                continue
            specimen.check_time()
            end = _json_end(data, found.start())
            done = end
            try:
                tree, _ = decoder.raw_decode(data[found.start() : end].decode("utf-8", "replace"))
            except (ValueError, RecursionError):
                continue
            yield start + found.start(), data[found.start() : end], tree


_MARKS = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\Z)|[{}]', re.DOTALL)


def _json_end(data: bytes, start: int) -> int:
    """The offset after the object that opens at `start`, by its brackets outside strings."""
    depth = 0
    for found in _MARKS.finditer(data, start):
        if found[0] == b"{":
            depth += 1
        elif found[0] == b"}":
            depth -= 1
            if depth == 0:
                return found.end()
    return len(data)


def walk(specimen: Specimen, tree: Any, base: int | None = None) -> Iterator[Sign]:
    """Every object of a tree of settings. Raises `BudgetExceeded` past the limit on nodes."""
    waiting: list[tuple[_Place | None, Any]] = [(None, tree)]
    seen = 0
    while waiting:
        place, node = waiting.pop()
        seen += 1
        if seen > NODES:
            raise BudgetExceeded(f"settings of more than {NODES} nodes")
        if not seen % 4096:
            specimen.check_time()
        if isinstance(node, dict):
            yield from _object(specimen, _pointer(place), node, base)
            waiting.extend(((place, key), value) for key, value in node.items() if isinstance(value, _WALKED))
        elif isinstance(node, list):
            waiting.extend(
                ((place, number), value) for number, value in enumerate(node) if isinstance(value, _WALKED)
            )
        elif (
            isinstance(node, str) and len(node) > 8 and "{" in node and hints(node.encode("utf-8", "replace"))
        ):
            body = node.encode("utf-8", "replace")
            yield Member(path=f"{specimen.path}!{_pointer(place)}.jinja", blob=BytesBlob(body))


_Place = tuple[Any, object]
"""The place of what holds a node, and its key or number there: a pointer is only put together for a finding."""
_WALKED = (dict, list, str)
_POINTER_STEPS = 64


def _pointer(place: _Place | None) -> str:
    """The JSON pointer of a place; of one that lies deeper than any honest setting, its last steps."""
    steps: list[str] = []
    while place is not None and len(steps) < _POINTER_STEPS:
        steps.append(f"/{step(place[1])}")
        place = place[0]
    return "".join(reversed(steps))


def _object(specimen: Specimen, pointer: str, node: dict[str, Any], base: int | None) -> Iterator[Sign]:
    if isinstance(node.get("class_name"), str):
        yield from _keras(specimen, pointer, node, base)
    if isinstance(node.get("__class__"), str) and isinstance(node.get("__module__"), str):
        yield from named(specimen, pointer, f"{node['__module__']}.{node['__class__']}", "builds")
        content = node.get("content")
        if isinstance(content, dict) and isinstance(content.get("module_path"), str):
            name = f"{content['module_path']}.{content.get('function', '')}"
            yield from named(specimen, pointer, name, "builds")
    for key in _TARGETS & node.keys():
        value = node[key]
        if isinstance(value, str) and (_DOTTED.match(value) or key != "target"):
            yield from named(specimen, pointer, value, f"{key} names")
    yield from own_code(specimen, pointer, node)
    template = node.get("chat_template")
    if isinstance(template, dict):
        template = [{"name": key, "template": value} for key, value in template.items()]
    if isinstance(template, str):
        yield Member(
            path=f"{specimen.path}!/chat_template.jinja", blob=BytesBlob(template.encode("utf-8", "replace"))
        )
    elif isinstance(template, list):
        for number, row in enumerate(template):
            if isinstance(row, dict) and isinstance(row.get("template"), str):
                yield from template_name(specimen, pointer, str(row.get("name", "")))
                body = row["template"].encode("utf-8", "replace")
                yield Member(path=f"{specimen.path}!/chat_template-{number}.jinja", blob=BytesBlob(body))


def _keras(specimen: Specimen, pointer: str, node: dict[str, Any], base: int | None) -> Iterator[Sign]:
    name, module = str(node["class_name"]), node.get("module")
    start = base
    if name in {"__lambda__", "Lambda", "TorchModuleWrapper"} or name.endswith(">Lambda"):
        message = f"the layer {name} carries code, which loading it brings to life"
        yield specimen.finding(CODE, Severity.HIGH, message, pointer=pointer or "/", start=start, quote=name)
    config = node.get("config")
    if isinstance(module, str) and module and module.partition(".")[0] not in _KERAS:
        target = config if name == "function" and isinstance(config, str) else name
        yield from named(specimen, pointer, f"{module}.{target}", "builds")
    reached = config if isinstance(config, str) else name
    if isinstance(module, str) and _KERAS_REACHES.search(reached):
        message = f"the settings reach {module}.{reached}, which opens files or addresses"
        yield specimen.finding(NAMES, Severity.HIGH, message, pointer=pointer or "/")
    if name.rpartition(">")[2] == "TFSMLayer":
        message = "the layer TFSMLayer loads another SavedModel, whose graph may run anything"
        yield specimen.finding(
            CODE, Severity.MEDIUM, message, pointer=pointer or "/", start=start, quote=name
        )
    if isinstance(config, dict):
        for key in _FILE_KEYS & config.keys():
            value = config[key]
            if isinstance(value, str) and (_PATH.match(value) or "../" in value):
                message = f"the layer {name} reads {value[:120]!r} when it is built"
                yield specimen.finding(FILES, Severity.HIGH, message, pointer=f"{pointer}/config/{key}")


def named(specimen: Specimen, pointer: str, dotted: str, verb: str) -> Iterator[Sign]:
    """A dotted name that a loader would import and call."""
    module, _, name = dotted.rpartition(".")
    if not module:
        return
    found = lookup(module, name)
    if found.tier is Tier.UNREVIEWED and "." in module:
        # A class inside a class, or a module one step up.
        outer, _, last = module.rpartition(".")
        if last[:1].isupper():
            found = lookup(outer, f"{last}.{name}")
    if found.tier is Tier.DANGEROUS and not (name[:1].islower() and _is_part(module)):
        why = EFFECTS.get(found.effect, found.reason)
        yield specimen.finding(
            NAMES, Severity.HIGH, f"{verb} {dotted}: {why}", pointer=pointer or "/", quote=dotted
        )
    elif found.tier is Tier.UNREVIEWED and not verb.startswith("target "):
        message = f"{verb} {dotted}, which nobody has reviewed"
        yield specimen.finding(NAMES, Severity.LOW, message, pointer=pointer or "/", quote=dotted)


def _is_part(module: str) -> bool:
    """Modules whose functions settings name as a matter of course."""
    return module.startswith(("torch.nn", "transformers.activations", "torch.optim", "nemo.collections"))


def _yaml(specimen: Specimen) -> Iterator[Sign]:
    text = specimen.blob.read_at(0, min(specimen.blob.size, TEXT_BYTES)).decode("utf-8", "replace")
    lines = Lines(text)
    for tag in _YAML_TAG.finditer(text):
        specimen.check_time()
        line = lines.at(tag.start())
        message = f"line {line}: the tag {tag[0]!r} makes an unsafe loader import and call it"
        yield specimen.finding(NAMES, Severity.HIGH, message, line=line, quote=tag[0])
    yield from specimen.cut(TEXT_BYTES)
    for number, target in enumerate(_YAML_TARGET.finditer(text)):
        if number > _TARGETS_NAMED:
            yield specimen.gap(GapReason.OVER_BUDGET, f"only the first {_TARGETS_NAMED} names were looked at")
            break
        name = target["name"]
        if target["key"] == "loader_module":
            yield from loader_module(specimen, name, lines.at(target.start("name")))
        elif _DOTTED.match(name):
            yield from named(specimen, "", name, f"{target['key']} names")
    if specimen.path.rpartition("/")[2] == "MLmodel":
        yield from mlflow_code(specimen, text, lines)


CHECK = Check(
    id="settings",
    title="What settings tell a loader to import, build and read",
    look=_look,
)
