"""The same questions asked of one line at a time: shell scripts, and Python that does not parse."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ajar.formats._code_facts import CodeFact
from ajar.formats._text import clip

FACT_LIMIT = 16  # of one key
LINE_LIMIT_CHARS = 2_000
_JOINED_LINES = 60
_LINES = 200_000

_COMMAND_END = re.compile(r"&&|\|\||[|;&]")
_WORDS = 120  # of one command
_COMMANDS_OF_LINE = 40
_LAUNCHERS = re.compile(
    r"(?:.{0,100}/)?(?:deepspeed|torchrun|accelerate|python[\d.]{0,5}|srun|mpirun|deepy\.py|composer|colossalai|uv|jupyter)"
)
# What the launched script's or module's name says it does.
_SCRIPTS = (
    ("preprocesses-data", re.compile(r"preprocess|tokeni[sz]e|prepare|dedup", re.IGNORECASE)),
    ("evaluates", re.compile(r"(?:^|[/_.-])eval|benchmark|lm[_-]eval", re.IGNORECASE)),
    (
        "trains",
        re.compile(
            r"(?:^|[/_.-])(?:pre_?)?train|fine_?tun|(?:^|[/_.-])(?:sft|dpo)(?:[/_.-]|$)", re.IGNORECASE
        ),
    ),
    ("generates", re.compile(r"generat|infer|sampl|chat|completion", re.IGNORECASE)),
)
_COMMANDS = (
    ("trains", re.compile(r"^(?:axolotl|llamafactory-cli|deepy\.py)\s+train|^tune\s+run\b")),
    ("evaluates", re.compile(r"^(?:lm[_-]eval\b|lighteval\b|helm-run\b|mteb\s+run)")),
    ("generates", re.compile(r"^vllm\s+serve\b")),
)
_FETCH = re.compile(
    r"\b(?:wget|curl|aria2c|gsutil(?:\s+-m)?\s+cp|aws\s+s3\s+(?:cp|sync)|azcopy|gdown|git\s+(?:lfs\s+)?clone)\b(.{3,1500})",
    re.IGNORECASE,
)
_HUB_FETCH = re.compile(r"\b(?:huggingface-cli|hf)\s+download\s+[\"']?([A-Za-z0-9][\w.-]{0,95}/[\w.-]{1,96})")
_TARGET = re.compile(r"(?:(?:https?|gs|s3)://|\$\{?\w*URL)[^\s\"'<>|]{0,1000}")
_WEIGHTS = re.compile(
    r"\.(?:ckpt|safetensors|bin|pt|pth|h5|npz|gguf|onnx|msgpack)\b|checkpoint|weights|huggingface\.co/(?!datasets|spaces)[\w.-]+/",
    re.IGNORECASE,
)
_FINE_TUNING = re.compile(r"fine_?tun|\blora\b|peft|\bsft\b|\bdpo\b", re.IGNORECASE)

_PYTHON = (
    ("trains", re.compile(r"\b((?:\w{0,30}optim\w{0,30}|opt|scaler)\.step|loss\.backward|\w{0,30}[tT]rainer\.train|\w{0,30}opt\w{0,30}\.minimize|apply_gradients)\(")),
    ("loads-weights", re.compile(r"\b(torch\.load|\w{0,40}\.load_state_dict|(?:Auto)?Model\w{0,40}\.from_pretrained|\w{0,40}\.restore|load_checkpoint)\(")),
    ("generates", re.compile(r"\b(\w{0,40}\.generate|sample_sequence|\w{0,40}(?:model|pipe|sampler)\.(?:predict|sample|chat|generate))\(")),
    ("evaluates", re.compile(r"\b(simple_evaluate|accuracy_score|f1_score|compute_metrics|corpus_bleu|trainer\.evaluate)\(")),
    ("defines-model", re.compile(r"^class\s+(\w{1,100})\([^)\n]{0,200}(?:nn\.Module|PreTrainedModel|hk\.Module|keras\.Model)\b")),
    ("remote-code", re.compile(r"\b(trust_remote_code\s{0,3}=\s{0,3}True)")),
    ("dataset-id", re.compile(r"load_dataset\(\s{0,20}[\"']([\w.-]{1,96}/[\w.-]{1,96})[\"']")),
    ("downloads-weights", re.compile(r"(?:from_pretrained|snapshot_download)\(\s{0,20}[\"']([\w.-]{1,96}/[\w.-]{1,96})[\"']")),
)  # fmt: skip
_PYTHON_IMPORT = re.compile(r"^(?:from|import)\s+([A-Za-z_]\w{0,80})")


class _Once:
    """Each value of a key once, at most `FACT_LIMIT` of a key."""

    def __init__(self) -> None:
        self.seen: dict[str, set[str]] = {}

    def fresh(self, key: str, value: str) -> bool:
        values = self.seen.setdefault(key, set())
        if value in values or len(values) >= FACT_LIMIT:
            return False
        values.add(value)
        return True


def _logical_lines(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Shell lines with their continuations joined, bounded, comments left out."""
    start = 0
    parts: list[str] = []
    for number, line in enumerate(lines[:_LINES], 1):
        bare = line[:LINE_LIMIT_CHARS].strip()
        if not parts:
            start = number
            if bare.startswith("#"):
                continue
        parts.append(bare.rstrip("\\"))
        if not bare.endswith("\\") or len(parts) >= _JOINED_LINES:
            yield start, " ".join(parts)[:LINE_LIMIT_CHARS]
            parts = []
    if parts:
        yield start, " ".join(parts)[:LINE_LIMIT_CHARS]


def shell_facts(lines: list[str]) -> Iterator[CodeFact]:
    """What a shell script launches and fetches."""
    once = _Once()
    for number, line in _logical_lines(lines):
        quote = clip(line)
        for command in _COMMAND_END.split(line, _COMMANDS_OF_LINE):
            for key, value in _launched(command.strip()):
                if once.fresh(key, value):
                    yield CodeFact(key=key, value=value, line=number, quote=quote)
                    if key == "trains" and _FINE_TUNING.search(command) and once.fresh("fine-tunes", "x"):
                        yield CodeFact(key="fine-tunes", value=True, line=number, quote=quote)
        target = _shell_download(line)
        if target and once.fresh("downloads-weights", target):
            yield CodeFact(key="downloads-weights", value=target, line=number, quote=quote)


def _launched(command: str) -> Iterator[tuple[str, str]]:
    """What one command does, by its own name or by the script that it launches."""
    for key, pattern in _COMMANDS:
        match = pattern.search(command)
        if match:
            yield key, match[0]
            return
    words = command.split(maxsplit=_WORDS)[:_WORDS]
    start = next((index for index, word in enumerate(words) if _LAUNCHERS.fullmatch(word)), None)
    if start is None:
        return
    for before, word in zip(words[start:], words[start + 1 :], strict=False):
        if not (word.endswith((".py", ".sh")) or before == "-m") or word.startswith("-"):
            continue
        name = word.rpartition("/")[2]
        does = next((key for key, pattern in _SCRIPTS if pattern.search(name) or pattern.search(word)), None)
        if does is not None:
            yield does, clip(word)
            return


def _shell_download(line: str) -> str | None:
    hub = _HUB_FETCH.search(line)
    if hub:
        return None if re.search(r"repo-type[ =]+dataset", line) else hub[1]
    fetch = _FETCH.search(line)
    if fetch is None or not _WEIGHTS.search(fetch[1]):
        return None
    target = _TARGET.search(fetch[1])
    return target[0] if target else None


def python_line_facts(lines: list[str]) -> Iterator[CodeFact]:
    """What can be told of Python that does not parse: an older dialect, or too big for a tree."""
    once = _Once()
    for number, line in enumerate(lines[:_LINES], 1):
        bare = line[:LINE_LIMIT_CHARS]
        if not bare.strip() or bare.lstrip().startswith("#"):
            continue
        imported = _PYTHON_IMPORT.match(bare)
        if imported and once.fresh("import", imported[1]):
            yield CodeFact(key="import", value=imported[1], line=number, quote=clip(bare))
        if "(" not in bare and "=" not in bare:
            continue
        for key, pattern in _PYTHON:
            match = pattern.search(bare)
            if match and once.fresh(key, match[1]):
                value = True if key == "remote-code" else match[1]
                yield CodeFact(key=key, value=value, line=number, quote=clip(bare))
