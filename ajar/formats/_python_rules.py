"""What a Python source does to a model: defines, trains, loads, generates, evaluates, prepares data.

Each rule looks at calls and definitions, never at words in comments, so that code that is only
mentioned does not count.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from ajar.formats._code_facts import CodeFact
from ajar.formats._python_code import Call, Survey
from ajar.formats._python_data_rules import (
    NOT_WEIGHTS,
    Found,
    dataset_id,
    downloads_weights,
    evaluates,
    preprocesses_data,
)
from ajar.formats._text import clip

FACT_LIMIT = 16  # of one key
IMPORT_LIMIT = 64

_MODEL_BASES = frozenset(
    {"Module", "PreTrainedModel", "LightningModule", "TFPreTrainedModel", "FlaxPreTrainedModel"}
)
_MODEL_BASE_END = re.compile(
    r"(?:PreTrainedModel|For(?:CausalLM|ConditionalGeneration|SequenceClassification|MaskedLM)|Model(?:Mixin)?)$"
)
_NOT_MODELS = re.compile(r"^(?:Base|Root|Pydantic)?Model$|^models\.|BaseModel|DataModel|TypedModel")
_KERAS_BASE = re.compile(r"^(?:(?:tf\.)?keras\.)?(?:models\.|layers\.)?(?:Model|Layer)$")
_GRAPH_FUNCTION = re.compile(
    r"^(?:model|block|attn|attention|mlp|transformer|encoder|decoder|resnet|network|forward)\w{0,20}$"
)
_OPTIMISER = re.compile(
    r"(?:^|[._])(?:optim\w*|opt|scaler|engine|model_engine|\w*optimizer\w*)\d?(?:\(\))?$", re.IGNORECASE
)
_TOKENIZER_TRAINER = re.compile(r"sentencepiece|spm|token|bpe|vocab", re.IGNORECASE)
_LEARNER_PACKAGES = frozenset(
    {
        "keras",
        "tensorflow",
        "lightning",
        "pytorch_lightning",
        "sentence_transformers",
        "sklearn",
        "xgboost",
        "setfit",
        "fastai",
    }
)
_LEARNER = re.compile(r"model|trainer|clf|classifier|regressor|learner|estimator", re.IGNORECASE)
_LOADERS = frozenset(
    {
        "load_state_dict",
        "restore",
        "load_checkpoint",
        "load_ckpt",
        "restore_checkpoint",
        "load_params",
        "load_weights",
        "load_from_checkpoint",
        "load_pretrained",
        "load_checkpoint_in_model",
        "load_checkpoint_and_dispatch",
        "latest_checkpoint",
        "from_folder",
        "load_model",
        "InferenceSession",
        "safe_open",
        "from_checkpoint",
        "load_from_pretrained",
        "LoadCheckpoint",
        "SentenceTransformer",
        "CrossEncoder",
    }
)
_GENERATORS = frozenset(
    {
        "generate",
        "generate_text",
        "sample_sequence",
        "sample_token",
        "sample_from_model",
        "chat_completion",
        "text_completion",
        "stream_generate",
        "generate_content",
        "batch_generate",
        "run_inference",
        "predict_quantiles",
        "sample_logits",
        "beam_search",
        "generate_step",
        "predict_step",
    }
)
_PREDICTORS = frozenset(
    {
        "predict",
        "sample",
        "infer",
        "inference",
        "chat",
        "complete",
        "transcribe",
        "encode",
        "embed",
        "synthesize",
    }
)
_MODEL_NAME = re.compile(
    r"model|pipe|sampler|llm|generator|predictor|engine|net$|decoder|runner", re.IGNORECASE
)
_BEGINNINGS = frozenset(
    {"from_pretrained", "load_state_dict", "load_checkpoint", "restore", "LoadCheckpoint"}
)
_FINE_TUNING = re.compile(r"lora|peft|fine_?tun|sft_?trainer|dpo_?trainer", re.IGNORECASE)


def _defines_model(survey: Survey) -> Found:
    models: set[str] = set()
    keras = bool({"keras", "tensorflow"} & survey.imports.keys())
    for item in survey.classes:
        for base in item.bases:
            tail = base.rpartition(".")[2]
            known = tail in _MODEL_BASES or tail in models or (keras and _KERAS_BASE.match(base))
            named = _MODEL_BASE_END.search(tail) and not _NOT_MODELS.search(base) and _has_framework(survey)
            if known or named:
                models.add(item.name)
                yield item.name, item.line
                break
    graph = survey.has_tail("variable_scope", "get_variable")
    if graph and survey.has_tail("matmul", "einsum", "conv1d", "conv2d", "dense"):
        for item in survey.functions:
            if _GRAPH_FUNCTION.match(item.name):
                yield item.name, item.line


def _has_framework(survey: Survey) -> bool:
    return bool(
        {"torch", "jax", "flax", "tensorflow", "transformers", "mlx", "paddle", "haiku"}
        & survey.imports.keys()
    )


def _trains(survey: Survey) -> Found:
    steps = any(_is_step(call) for call in survey.calls)
    updates = survey.has_tail("apply_updates", "apply_gradients", "zero_grad", "minimize") or any(
        call.tail == "update" and _OPTIMISER.search(call.receiver) for call in survey.calls
    )
    for call in survey.calls:
        gradient = call.tail == "backward" and (steps or updates)
        gradient |= call.tail in {"value_and_grad", "grad"} and updates and "autograd" not in call.name
        if gradient or _is_step(call) or _is_fit(call, survey):
            yield call.name, call.line


def _is_step(call: Call) -> bool:
    if call.tail == "step":
        return _OPTIMISER.search(call.receiver) is not None
    return call.tail in {"apply_gradients", "train_on_batch", "train_batch"}


def _is_fit(call: Call, survey: Survey) -> bool:
    made = survey.made_by.get(call.receiver.removeprefix("self."), "")
    receiver = f"{call.receiver} {made}"
    if _TOKENIZER_TRAINER.search(receiver):
        return False
    if call.tail == "train":
        return re.search(r"trainer", receiver, re.IGNORECASE) is not None
    if call.tail == "fit":
        learner = _LEARNER_PACKAGES & survey.imports.keys() and _LEARNER.search(receiver)
        return bool(learner) or "trainer" in receiver.lower()
    if call.tail == "minimize":
        return "scipy" not in call.name and _OPTIMISER.search(call.receiver) is not None
    if call.tail.endswith("Trainer") and call.receiver:  # a run described: kd.train.Trainer(optimizer=…)
        return {"optimizer", "train_ds"} <= {keyword.arg for keyword in call.node.keywords}
    return call.name == "pretrain"


def _loads_weights(survey: Survey) -> Found:
    for call in survey.calls:
        if _is_load(call, survey):
            yield call.name, call.line


def _is_load(call: Call, survey: Survey) -> bool:
    if call.tail == "from_pretrained":
        return NOT_WEIGHTS.search(call.receiver) is None
    if call.name in {"torch.load", "mx.load", "jnp.load"} or (
        call.tail == "load_file" and "safetensors" in survey.imports
    ):
        return True
    if call.name == "pipeline" and "transformers" in survey.imports:
        return True
    if call.name == "LLM" and "vllm" in survey.imports:
        return True
    return call.tail in _LOADERS and not re.search(r"optim|sched|token|scaler", call.receiver, re.IGNORECASE)


def _generates(survey: Survey) -> Found:
    for call in survey.calls:
        if call.tail in _GENERATORS:
            if not re.search(r"^(?:np|numpy|random|uuid|secrets|data)\b", call.receiver):
                yield call.name, call.line
        elif (
            call.tail in _PREDICTORS
            and call.receiver
            and _MODEL_NAME.search(call.receiver.rpartition(".")[2])
        ):
            if call.tail != "encode" or "sentence_transformers" in survey.imports:
                yield call.name, call.line
        elif re.fullmatch(r"(?:self\.)?(?:model|net|network)", call.name) and any(
            start <= call.line <= end for start, end in survey.no_grad
        ):
            yield f"no_grad: {call.name}", call.line
    for item in survey.functions:
        if item.name in _GENERATORS:
            yield f"def {item.name}", item.line


def _remote_code(survey: Survey) -> Found:
    for call in survey.calls:
        for keyword in call.node.keywords:
            if (
                keyword.arg == "trust_remote_code"
                and isinstance(keyword.value, ast.Constant)
                and keyword.value.value is True
            ):
                yield True, call.line


def _fine_tunes(survey: Survey) -> Found:
    """True when training begins at given weights and nothing here begins from scratch."""
    training = next(iter(_trains(survey)), None)
    if training is None:
        return
    for name in ("peft", "loralib"):
        if name in survey.imports:
            yield True, survey.imports[name]
            return
    for item in (*survey.functions, *survey.classes):
        if _FINE_TUNING.search(item.name):
            yield True, item.line
            return
    for call in survey.calls:
        if _FINE_TUNING.search(call.tail):
            yield True, call.line
            return
    scratch = survey.has_tail("from_config", "init_weights", "_init_weights", "init_params")
    resumed = any("resume" in text for text, _ in survey.strings) or any(
        "resume" in f.name for f in survey.functions
    )
    if scratch or resumed:
        return
    for call in survey.calls:
        if _is_load(call, survey) and call.tail in _BEGINNINGS:
            yield True, call.line
            return


_RULES: tuple[tuple[str, Callable[[Survey], Found]], ...] = (
    ("defines-model", _defines_model),
    ("trains", _trains),
    ("fine-tunes", _fine_tunes),
    ("loads-weights", _loads_weights),
    ("generates", _generates),
    ("evaluates", evaluates),
    ("preprocesses-data", preprocesses_data),
    ("downloads-weights", downloads_weights),
    ("dataset-id", dataset_id),
    ("remote-code", _remote_code),
)


def python_facts(survey: Survey, lines: list[str]) -> Iterator[CodeFact]:
    """Facts of a module, each value of a key once and at most `FACT_LIMIT` of a key."""
    for package in list(survey.imports)[:IMPORT_LIMIT]:
        yield CodeFact(key="import", value=package, line=survey.imports[package])
    for key, rule in _RULES:
        seen: set[str | bool] = set()
        for value, line in rule(survey):
            if value in seen:
                continue
            seen.add(value)
            quote = clip(lines[line - 1]) if 0 < line <= len(lines) else ""
            yield CodeFact(key=key, value=value, line=line, quote=quote)
            if len(seen) >= FACT_LIMIT:
                break
