"""Which models a project uses: names found in its sources, its build files and its settings, each with its place.

Sources are parsed and never run. A name that is put together while the code runs is not found; that is said.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ajar.errors import TargetNotFound

FILE_BYTES = 4 << 20
FILES = 20_000
_SKIPPED = frozenset({".git", ".hg", ".venv", "venv", "node_modules", "__pycache__", ".tox", "site-packages"})
_HUB = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}(?:@[\w./-]{1,100})?")
_IMAGE = re.compile(r"[a-z0-9][\w.-]{0,95}(?:/[\w.-]{1,95})?(?::[\w.-]{1,100})?")
# Calls that load a model by the name they are given: the argument's name, or the first.
_LOADS = {
    "from_pretrained": ("pretrained_model_name_or_path",),
    "pipeline": ("model",),
    "SentenceTransformer": ("model_name_or_path",),
    "CrossEncoder": ("model_name",),
    "hf_hub_download": ("repo_id",),
    "snapshot_download": ("repo_id",),
    "load_dataset": ("path",),
    "LLM": ("model",),
    "HuggingFaceEmbeddings": ("model_name",),
    "HuggingFaceEmbedding": ("model_name",),
    "HuggingFaceEndpoint": ("repo_id",),
    "HuggingFacePipeline": ("model_id",),
    "HuggingFaceLLM": ("model_name", "tokenizer_name"),
    "InferenceClient": ("model",),
    "WhisperModel": ("model_size_or_path",),
    "FlagModel": ("model_name_or_path",),
}
_BY_NAME_ONLY = frozenset(
    {"pipeline", "LLM", "InferenceClient", "HuggingFaceEmbeddings", "HuggingFaceEmbedding", "HuggingFaceLLM"}
)
_OLLAMA_CALLS = frozenset({"ChatOllama", "OllamaLLM", "OllamaEmbeddings", "Ollama", "OllamaEmbedding"})
_OLLAMA_FUNCTIONS = frozenset({"ollama.chat", "ollama.generate", "ollama.embed", "ollama.pull"})
_SETTING = re.compile(
    r"^\s*(?:-\s*)?[\"']?(?P<key>model|model_id|model_name|model_name_or_path|base_model|base_model_name_or_path|repo_id|embed_model|embedding_model|llm_model"
    r"|tokenizer|pretrained_model_name_or_path|MODEL_ID|MODEL_NAME|MODEL|HF_MODEL_ID|EMBEDDING_MODEL)[\"']?\s*[:=]\s*[\"']?(?P<name>[\w./:@-]{3,200})[\"']?\s*,?\s*$",
    re.MULTILINE,
)
_COMMAND = re.compile(
    r"(?:\bhuggingface-cli\s+download|\bhf\s+download|\bvllm\s+serve|--model(?:-id|_id)?[=\s]|--repo-id[=\s])\s*[\"']?(?P<hub>[A-Za-z0-9][\w.-]*/[\w.-]+)"
    r"|\bollama\s+(?:pull|run)\s+(?P<ollama>[\w./:-]+)|huggingface\.co/(?P<url>[A-Za-z0-9][\w.-]*/[\w.-]+)",
)
_MODELFILE = re.compile(r"^\s*FROM\s+(?P<name>[\w./:@-]+)\s*$", re.MULTILINE | re.IGNORECASE)
_PAGES = frozenset(
    {
        "docs/",
        "datasets/",
        "spaces/",
        "papers/",
        "blog/",
        "models/",
        "api/",
        "settings/",
        "join/",
        "organizations/",
    }
)
_TEXTS = (
    ".txt",
    ".in",
    ".sh",
    ".yml",
    ".yaml",
    ".toml",
    ".json",
    ".cfg",
    ".ini",
    ".env",
    ".md",
    ".dockerfile",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One model that a project names."""

    target: str  # a locator: hf:…, ollama:…
    path: str
    line: int
    how: str


def uses(path: Path) -> tuple[Use, ...]:
    """Models that a file, or the files of a folder, name; each target once, at its first place.

    Raises `TargetNotFound` when there is no such path.
    """
    if not path.exists():
        raise TargetNotFound(
            f"{path}: no such file or folder", hint="give a source file, a build file or a folder"
        )
    found: dict[str, Use] = {}
    for file in _files(path):
        for use in _in_file(file, file.relative_to(path).as_posix() if path.is_dir() else str(path)):
            found.setdefault(use.target, use)
    return tuple(found.values())


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    seen = 0
    queue = [path]
    while queue:
        for child in sorted(queue.pop().iterdir()):
            if child.is_symlink():
                continue
            if child.is_dir():
                if child.name not in _SKIPPED:
                    queue.append(child)
            elif child.is_file() and _is_read(child):
                seen += 1
                if seen > FILES:
                    return
                yield child


def _is_read(path: Path) -> bool:
    name = path.name.lower()
    return name.endswith((".py", *_TEXTS)) or name.startswith(("dockerfile", "modelfile", "makefile", ".env"))


def _in_file(path: Path, shown: str) -> Iterator[Use]:
    try:
        with path.open("rb") as page:
            text = page.read(FILE_BYTES).decode("utf-8", "replace")
    except OSError:
        return
    name = path.name.lower()
    if name.endswith(".py"):
        yield from _in_python(text, shown)
    elif name.startswith("modelfile"):
        for match in _MODELFILE.finditer(text):
            if not match["name"].startswith((".", "/")):
                yield _use(f"ollama:{match['name']}", shown, text, match.start(), "FROM")
    else:
        yield from _in_text(text, shown)


def _in_text(text: str, shown: str) -> Iterator[Use]:
    for match in _COMMAND.finditer(text):
        name = match["hub"] or match["url"] or ""
        if match["ollama"]:
            yield _use(f"ollama:{match['ollama']}", shown, text, match.start(), "ollama")
        elif name and not name.startswith(tuple(_PAGES)):
            yield _use(
                f"hf:{name.removesuffix('.git')}", shown, text, match.start(), "a command or an address"
            )
    for match in _SETTING.finditer(text):
        if _HUB.fullmatch(match["name"]) and not match["name"].startswith((".", "/")):
            yield _use(f"hf:{match['name']}", shown, text, match.start(), match["key"])


def _in_python(text: str, shown: str) -> Iterator[Use]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        yield from _in_text(text, shown)
        return
    constants = {
        target.id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _in_call(node, constants, shown)


def _in_call(node: ast.Call, constants: dict[str, str], shown: str) -> Iterator[Use]:
    dotted = ast.unparse(node.func) if isinstance(node.func, (ast.Name, ast.Attribute)) else ""
    called = dotted.rpartition(".")[2]
    ollama = called in _OLLAMA_CALLS or dotted in _OLLAMA_FUNCTIONS
    keys = ("model",) if ollama else _LOADS.get(called)
    if keys is None:
        return
    given = [keyword.value for keyword in node.keywords if keyword.arg in keys]
    if not given and node.args and called not in _BY_NAME_ONLY:
        given = node.args[:1]
    revision = next(
        (_text(keyword.value, constants) for keyword in node.keywords if keyword.arg == "revision"), None
    )
    for value in given:
        name = _text(value, constants)
        if name is None:
            continue
        if ollama and _IMAGE.fullmatch(name):
            yield Use(target=f"ollama:{name}", path=shown, line=node.lineno, how=called)
        elif not ollama and _HUB.fullmatch(name):
            kind = "dataset/" if called == "load_dataset" else ""
            at = f"@{revision}" if revision and "@" not in name else ""
            yield Use(target=f"hf:{kind}{name}{at}", path=shown, line=node.lineno, how=called)


def _text(node: ast.expr, constants: dict[str, str]) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return constants.get(node.id) if isinstance(node, ast.Name) else None


def _use(target: str, path: str, text: str, at: int, how: str) -> Use:
    return Use(target=target, path=path, line=text.count("\n", 0, at) + 1, how=how)
