"""Configuration in JSON: of models, adapters, tokenizers, generation, training and evaluation runs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from ajar.config import Limits
from ajar.formats._json import load_json
from ajar.formats._settings import dataset_names, training_settings
from ajar.formats._text import EvidenceMaker, basename, clip, looks_like_text, read_text
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Basis, Evidence, Text

KEYS = {
    "config.kind": "model, adapter, tokenizer, generation, preprocessor, diffusers, sentence-transformers, pooling, "
    "training-state, params, package, evaluation-results or other",
    "config.model-type": "the library's name for the architecture family",
    "config.architecture": "class of the network, one for each",
    "config.auto-map": "class=module.py: code shipped with the model that a loader would run",
    "config.dtype": "number format of the weights",
    "config.quantisation": "method and bits",
    "config.field": "a number of the architecture; its name is the pointer",
    "config.name-or-path": "the name or path the configuration was saved from",
    "config.base-model": "base model of an adapter",
    "config.licence": "licence the configuration states",
    "config.library-version": "library and version that wrote it",
    "config.dataset": "data set the configuration names, at most 64",
    "config.training-setting": "key=value of a training run, at most 16",
    "config.metric": "number of numeric results in an evaluation's output",
    "config.chat-template": "true when the tokenizer's configuration carries a chat template",
}

_KIND_BY_NAME = {
    "adapter_config.json": "adapter",
    "tokenizer_config.json": "tokenizer",
    "special_tokens_map.json": "tokenizer",
    "added_tokens.json": "tokenizer",
    "generation_config.json": "generation",
    "preprocessor_config.json": "preprocessor",
    "processor_config.json": "preprocessor",
    "feature_extractor_config.json": "preprocessor",
    "model_index.json": "diffusers",
    "scheduler_config.json": "diffusers",
    "modules.json": "sentence-transformers",
    "config_sentence_transformers.json": "sentence-transformers",
    "sentence_bert_config.json": "sentence-transformers",
    "trainer_state.json": "training-state",
    "training_args.json": "training-state",
    "params.json": "params",
    "hparams.json": "params",
    "package-lock.json": "package",
    "composer.json": "package",
    "all_results.json": "evaluation-results",
    "eval_results.json": "evaluation-results",
}
_FIELDS = frozenset(
    name
    for line in (
        "hidden_size num_hidden_layers num_attention_heads num_key_value_heads intermediate_size vocab_size",
        "max_position_embeddings num_experts num_local_experts n_routed_experts num_experts_per_tok head_dim",
        "n_layer n_embd n_head n_ctx n_vocab n_positions d_model num_layers dim n_layers n_heads n_kv_heads",
        "rope_theta sliding_window max_seq_length max_seq_len d_ff r lora_alpha word_embedding_dimension",
        "image_size patch_size hidden_dim num_parameters",
    )
    for name in line.split()
)
_NESTED = ("text_config", "vision_config", "audio_config", "llm_config", "encoder", "decoder", "model")
_MODULE = re.compile(r"[\w.-]{1,200}")
_DEPTH = 6


def _matches(head: bytes, path: str) -> bool:
    name = basename(path).lower()
    if not name.endswith(".json") or name == "package.json":
        return False
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["} and looks_like_text(head)


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    make = EvidenceMaker(path, "config")
    text, gaps = read_text(path, blob, limits, "config")
    yield from gaps
    name = basename(path).lower()
    if text.truncated:
        yield make("config.kind", _KIND_BY_NAME.get(name, "other"))
        return
    tree = load_json(text.text)
    kind = _kind(name, path, tree)
    yield make("config.kind", kind)
    if isinstance(tree, dict):
        yield from _model_facts(tree, make)
        yield from _stated(tree, make)
        for nested in _NESTED:
            if isinstance(inner := tree.get(nested), dict):
                yield from _fields(inner, make, f"/{nested}")
        yield from _templates(path, tree, make)
    if kind != "evaluation-results":
        yield from _datasets(name, tree, make)
    if kind in {"other", "training-state"}:
        for setting in training_settings(tree):
            value = f"{setting.key}={setting.value}"
            yield make("config.training-setting", value, pointer=setting.pointer)
    if kind == "evaluation-results" and (count := _numbers(tree)):
        yield make("config.metric", count, quote=_first_metric(tree))


def _kind(name: str, path: str, tree: Any) -> str:
    if name in _KIND_BY_NAME:
        return _KIND_BY_NAME[name]
    if not isinstance(tree, dict):
        return "other"
    if any(key.startswith("pooling_mode") for key in tree):
        return "pooling"
    if "_diffusers_version" in tree:
        return "diffusers"
    if "peft_type" in tree or "base_model_name_or_path" in tree:
        return "adapter"
    if "model_type" in tree or "architectures" in tree or (name == "config.json" and _FIELDS & tree.keys()):
        return "model"
    if "tokenizer_class" in tree:
        return "tokenizer"
    if "log_history" in tree or "global_step" in tree:
        return "training-state"
    if "transformers_version" in tree and {"eos_token_id", "bos_token_id"} & tree.keys():
        return "generation"
    if isinstance(tree.get("results"), dict | list) and _numbers(tree["results"], enough=1):
        return "evaluation-results"
    if re.search(r"(?:^|[_/-])eval(?:s|uation)?(?:[_/-]|_?results)", path.lower()) and _numbers(
        tree, enough=1
    ):
        return "evaluation-results"
    if len(_FIELDS & tree.keys()) >= 3:
        return "params"
    return "other"


def _strings(value: Any, limit: int = 16) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items[:limit] if isinstance(item, str) and item.strip()]


def _model_facts(tree: dict[str, Any], make: EvidenceMaker) -> Iterator[Evidence]:
    for value in _strings(tree.get("model_type"), 1):
        yield make("config.model-type", value, pointer="/model_type")
    for index, value in enumerate(_strings(tree.get("architectures"))):
        yield make("config.architecture", value, pointer=f"/architectures/{index}")
    if isinstance(tree.get("_class_name"), str):
        yield make("config.architecture", tree["_class_name"], pointer="/_class_name")
    auto_map = tree.get("auto_map")
    for key, value in list(auto_map.items())[:32] if isinstance(auto_map, dict) else ():
        for target in _strings(value):
            module, _, name = target.rpartition(".")
            shown = f"{name}={module}.py" if module and _MODULE.fullmatch(target) else f"{key}={target}"
            yield make("config.auto-map", shown, pointer=f"/auto_map/{key}", quote=f"{key}: {clip(target)}")
    for key in ("torch_dtype", "dtype"):
        for value in _strings(tree.get(key), 1):
            yield make("config.dtype", value, pointer=f"/{key}")
    quantised = tree.get("quantization_config")
    if isinstance(quantised, dict):
        method = quantised.get("quant_method") or quantised.get("quant_type") or "quantised"
        bits = quantised.get("bits") or next((b for b in (4, 8) if quantised.get(f"load_in_{b}bit")), None)
        shown = f"{clip(str(method), 60)} {bits}-bit" if isinstance(bits, int) else clip(str(method), 60)
        yield make("config.quantisation", shown, pointer="/quantization_config")
    yield from _fields(tree, make, "")


def _fields(tree: dict[str, Any], make: EvidenceMaker, above: str) -> Iterator[Evidence]:
    for key, value in tree.items():
        if key in _FIELDS and isinstance(value, int | float) and not isinstance(value, bool):
            yield make("config.field", value, pointer=f"{above}/{key}")


def _stated(tree: dict[str, Any], make: EvidenceMaker) -> Iterator[Evidence]:
    """What the writer of the file says of its origin."""
    for key, evidence in (
        ("_name_or_path", "config.name-or-path"),
        ("name_or_path", "config.name-or-path"),
        ("base_model_name_or_path", "config.base-model"),
        ("license", "config.licence"),
        ("licence", "config.licence"),
    ):
        for value in _strings(tree.get(key), 4):
            yield make(evidence, value, pointer=f"/{key}", basis=Basis.DECLARED)
    for key, library in (
        ("transformers_version", "transformers"),
        ("_diffusers_version", "diffusers"),
        ("peft_version", "peft"),
    ):
        for value in _strings(tree.get(key), 1):
            yield make("config.library-version", f"{library} {value}", pointer=f"/{key}")
    licence = tree.get("license")
    if isinstance(licence, dict):  # codemeta and Zenodo name it by an identifier in an object
        for value in _strings(licence.get("@id") or licence.get("id") or licence.get("name"), 1):
            yield make("config.licence", value, pointer="/license", basis=Basis.DECLARED)
    versions = tree.get("__version__")
    for library, value in list(versions.items())[:8] if isinstance(versions, dict) else ():
        if isinstance(value, str):
            yield make("config.library-version", f"{clip(library, 60)} {value}", pointer="/__version__")


def _datasets(name: str, tree: Any, make: EvidenceMaker) -> Iterator[Evidence]:
    listed = name.startswith(("data_config", "dataset")) and isinstance(tree, list)
    for setting in dataset_names({"datasets": tree} if listed else tree):
        pointer = setting.pointer.removeprefix("/datasets") if listed else setting.pointer
        yield make("config.dataset", setting.value, pointer=pointer, basis=Basis.DECLARED)


def _templates(path: str, tree: dict[str, Any], make: EvidenceMaker) -> Iterator[Observation]:
    """Chat templates, each as a text of its own for those who read templates."""
    template = tree.get("chat_template")
    if isinstance(template, str) and template.strip():
        parts = [("/chat_template", template)]
    elif isinstance(template, list):
        parts = [
            (f"/chat_template/{index}/template", item["template"])
            for index, item in enumerate(template[:16])
            if isinstance(item, dict) and isinstance(item.get("template"), str)
        ]
    else:
        return
    for pointer, words in parts:
        yield make("config.chat-template", True, pointer=pointer, quote=words)
        digest = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()
        yield Text(path=f"{path}#{pointer}", text=words, sha256=digest)


def _numbers(tree: Any, *, enough: int = 100_000) -> int:
    """Fractions in a tree (scores, not counts), no further than `enough`."""
    count, stack = 0, [(tree, 0)]
    for _ in range(20_000):
        if not stack or count >= enough:
            break
        node, depth = stack.pop()
        if isinstance(node, float):
            count += 1
        elif isinstance(node, dict | list) and depth < _DEPTH:
            inner = list(node.values()) if isinstance(node, dict) else node
            stack += [(item, depth + 1) for item in inner[:2000]]
    return count


def _first_metric(tree: Any) -> str:
    node, names = tree, []
    for _ in range(_DEPTH):
        if not isinstance(node, dict):
            break
        pair = next(((k, v) for k, v in node.items() if isinstance(v, float | dict) and (v or v == 0)), None)
        if pair is None:
            break
        names.append(str(pair[0])[:60])
        node = pair[1]
    return f"{'/'.join(names)}: {node}" if isinstance(node, float) else "/".join(names)


FORMAT = Format(
    id="config",
    title="JSON configuration",
    family="config",
    suffixes=(".json",),
    matches=_matches,
    inspect=_inspect,
    keys=KEYS,
    spec="https://huggingface.co/docs/transformers/main_classes/configuration",
)
