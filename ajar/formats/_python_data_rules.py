"""What a Python source does around a model: evaluates it, prepares its data, fetches its weights."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ajar.formats._python_code import Call, Survey, argument, string_in

Found = Iterator[tuple[str | bool, int]]  # value, 1-based line

NOT_WEIGHTS = re.compile(
    r"token|config|processor|feature_?extractor|scheduler|generation|vocab", re.IGNORECASE
)
_EVALUATORS = frozenset(
    {
        "simple_evaluate",
        "accuracy_score",
        "f1_score",
        "corpus_bleu",
        "sentence_bleu",
        "classification_report",
        "roc_auc_score",
        "precision_recall_fscore_support",
        "evaluate_forecasts",
        "compute_metrics",
        "evaluate_functional_correctness",
        "mean_squared_error",
        "perplexity",
        "spearmanr",
        "corpus_score",
        "wer",
        "cer",
        "confusion_matrix",
    }
)
_EVALUATION_PACKAGES = frozenset(
    {
        "lm_eval",
        "sacrebleu",
        "jiwer",
        "rouge_score",
        "mteb",
        "lighteval",
        "helm",
        "bigcode_eval",
        "seqeval",
        "torchmetrics",
        "evaluate",
        "opencompass",
    }
)
_EVALUATE_FUNCTION = re.compile(
    r"^(?:run_)?(?:evaluat(?:e|ion)|eval|benchmark|compute_(?:metrics|perplexity|accuracy|bleu|wer))(?:_\w{1,30})?$"
)
_BENCHMARKS = frozenset(
    {
        "mmlu",
        "hellaswag",
        "lambada",
        "lambada_openai",
        "arc_easy",
        "arc_challenge",
        "gsm8k",
        "humaneval",
        "openai_humaneval",
        "winogrande",
        "truthfulqa",
        "truthful_qa",
        "piqa",
        "boolq",
        "squad",
        "squad_v2",
        "glue",
        "super_glue",
        "mbpp",
        "wikitext",
        "triviaqa",
        "trivia_qa",
        "crows_pairs",
        "winobias",
        "cais/mmlu",
        "gpqa",
        "bbh",
        "ifeval",
        "mt_bench",
        "xnli",
    }
)
_DATASET_WRITERS = frozenset(
    {"save_to_disk", "to_parquet", "to_json", "write_to_file", "write_table", "tofile", "memmap"}
)
_BUILDERS = frozenset(
    {
        "IndexedDatasetBuilder",
        "MMapIndexedDatasetBuilder",
        "make_builder",
        "ArrowWriter",
        "MinHashLSH",
        "TFRecordWriter",
        "MDSWriter",
        "ShardWriter",
    }
)
_ENCODERS = frozenset({"encode", "encode_ordinary", "encode_batch", "tokenize", "batch_encode_plus"})
_FILE_WRITERS = frozenset(
    {"dump", "tofile", "memmap", "write", "writelines", "savez", "save", "write_to_file", "add_item"}
)
_PREPARE_FUNCTION = re.compile(
    r"^(?:_)?(?:pre_?process|prepare|dedup\w*|filter|clean|tokeni[sz]e|build|convert|generate|shard|unshard)_(?:\w{0,20}_)?"
    r"(?:data|datasets?|corpus|documents?|examples?|shards?|time_?series|memmap)\w{0,12}$|^dedup\w{0,20}$|^unshard\w{0,20}$"
)
_FETCHERS = frozenset(
    {
        "get",
        "urlretrieve",
        "urlopen",
        "download",
        "cached_download",
        "load_state_dict_from_url",
        "load_url",
        "cached_path",
        "cached_file",
        "get_file",
        "download_url_to_file",
    }
)
_WEIGHT_URL = re.compile(
    r"^(?:https?|gs|s3)://\S{3,1000}?(?:\.(?:ckpt|safetensors|bin|pt|pth|h5|npz|gguf|onnx|msgpack|tar)(?:[?#]|$)"
    r"|/(?:checkpoints?|ckpts?|weights|params)(?:/|$))|^gs://\S{3,300}/checkpoints?/",
    re.IGNORECASE,
)
_WEIGHT_WORD = re.compile(
    r"\.(?:ckpt|safetensors|bin|pt|pth|h5|npz|gguf|onnx|msgpack|tar)\b|checkpoint|weights", re.IGNORECASE
)
_NOT_WEIGHT_URL = re.compile(
    r"/datasets?/|\.(?:json|csv|txt|html?|jpe?g|png|py|md|jsonl)(?:[?#]|$)|localhost|//\d{1,3}\.\d{1,3}\.\d{1,3}\.\d|127\.0\.0\.1|/v1/|//api\.|/api/",
    re.IGNORECASE,
)
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_DATASET_BUILDERS = frozenset(
    {"json", "csv", "text", "parquet", "arrow", "imagefolder", "audiofolder", "webdataset", "pandas"}
)


def evaluates(survey: Survey) -> Found:
    for package in _EVALUATION_PACKAGES & survey.imports.keys():
        yield f"import {package}", survey.imports[package]
    for call in survey.calls:
        trainer = call.tail == "evaluate" and re.search(
            r"trainer|model|evaluator", call.receiver, re.IGNORECASE
        )
        if call.tail in _EVALUATORS or trainer:
            yield call.name, call.line
    for item in survey.functions:
        if _EVALUATE_FUNCTION.match(item.name):
            yield f"def {item.name}", item.line
    for text, line in survey.strings:
        if text.lower() in _BENCHMARKS:
            yield text, line


def preprocesses_data(survey: Survey) -> Found:
    loads = survey.has_tail("load_dataset", "load_from_disk")
    encodes = any(call.tail in _ENCODERS or _is_tokenizer(call) for call in survey.calls)
    named = [item for item in survey.functions if _PREPARE_FUNCTION.match(item.name)]
    for call in survey.calls:
        if call.tail in _BUILDERS:
            yield call.name, call.line
        elif call.tail in _DATASET_WRITERS and _writes(call, survey) and (loads or encodes or named):
            yield (
                f"{'load_dataset' if loads else 'encode' if encodes else named[0].name} + {call.tail}",
                call.line,
            )
        elif call.tail in {"memmap", "open_memmap"} and _writes(call, survey):
            yield call.name, call.line
        elif call.tail == "push_to_hub" and loads and not survey.has_tail("from_pretrained", "Trainer"):
            yield f"load_dataset + {call.tail}", call.line
        elif call.tail in _FILE_WRITERS and (encodes or loads) and named:
            yield f"{named[0].name} + {call.tail}", call.line


def _writes(call: Call, survey: Survey) -> bool:
    """Whether a memory map is opened to be written; every other writer writes."""
    if "memmap" not in call.tail:
        return True
    mode = string_in(argument(call, 2, "mode"), survey)
    return mode is not None and mode[:1] == "w"


def _is_tokenizer(call: Call) -> bool:
    return call.tail in {"tokenizer", "tokenize_function"}


def downloads_weights(survey: Survey) -> Found:
    weights_named = any(_WEIGHT_WORD.search(text) for text, _ in survey.strings)
    for call in survey.calls:
        if call.tail in {"hf_hub_download", "snapshot_download"}:
            kind = string_in(argument(call, 99, "repo_type"), survey)
            target = string_in(argument(call, 0, "repo_id"), survey)
            if target and kind in {None, "model"}:
                yield target, call.line
        elif call.tail in {"SentenceTransformer", "LLM", "CrossEncoder"} or (
            call.tail == "from_pretrained" and not NOT_WEIGHTS.search(call.receiver)
        ):
            target = string_in(
                argument(call, 0, "pretrained_model_name_or_path", "model", "model_name_or_path"), survey
            )
            if target and _HUB_ID.fullmatch(target):
                yield target, call.line
        elif call.tail in _FETCHERS:
            target = _fetched(call, survey)
            if target and weights_named and not _NOT_WEIGHT_URL.search(target):
                yield target, call.line
    for text, line in survey.strings:
        if _WEIGHT_URL.search(text) and not _NOT_WEIGHT_URL.search(text):
            yield text, line
        elif "gsutil" in text and "cp" in text and (match := re.search(r"gs://\S{3,300}", text)):
            yield match[0], line


def _fetched(call: Call, survey: Survey) -> str | None:
    for expression in [*call.node.args[:2], *(keyword.value for keyword in call.node.keywords[:8])]:
        target = string_in(expression, survey)
        if target and re.match(r"(?:https?|gs|s3)://", target):
            return target
    return None


def dataset_id(survey: Survey) -> Found:
    for call in survey.calls:
        if call.tail == "load_dataset":
            target = string_in(argument(call, 0, "path"), survey)
            if target and target not in _DATASET_BUILDERS and not target.endswith(".py"):
                yield target, call.line
