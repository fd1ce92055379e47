"""Where a card's links lead: to weights, data sets, papers, code, or elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from ajar.formats._markdown import Block, BlockKind
from ajar.formats._text import clip

LINK_LIMIT = 400
URL_LIMIT_CHARS = 1000

_URL = re.compile(r"(?:https?://|magnet:\?)[^\s<>\"'`|\\\]\[{}]{3,1000}")
_ANCHOR = re.compile(r"\[([^\[\]]{1,300})\]\(\s{0,4}<?$")
_RELATIVE = re.compile(r"(?<!!)\[([^\[\]]{1,200})\]\(([^()\s:#?]{1,300})\)")
_WEIGHT_FILE = re.compile(
    r"\.(?:safetensors|gguf|ggml|bin|ckpt|pth|pt|h5|onnx|npz|nemo|tflite|mlmodel|msgpack|tar|index)$",
    re.IGNORECASE,
)
_ARCHIVE = re.compile(r"\.(?:tar\.gz|tgz|zip|7z|tar\.xz|tar\.zst)$", re.IGNORECASE)
_WEIGHT_WORD = re.compile(r"weights?|checkpoint|ckpt|(?<!language)model", re.IGNORECASE)
_IMAGE = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|ico)$|/badge[s/]|badge\.svg|shields\.io|badge\.fury\.io", re.IGNORECASE
)
_HUB_HOSTS = {"huggingface.co", "www.huggingface.co", "hf.co"}
# First path parts of a hub address that are not an organisation.
_HUB_PAGES = frozenset(
    [
        "datasets",
        "spaces",
        "papers",
        "docs",
        "blog",
        "models",
        "collections",
        "organizations",
        "learn",
        "tasks",
        "pricing",
        "join",
        "login",
        "settings",
        "api",
        "posts",
        "chat",
        "enterprise",
        "terms-of-service",
        "privacy",
        "content-guidelines",
        "new",
        "front",
        "tags",
        "search",
        "course",
    ]
)
_PAPER_HOSTS = frozenset(
    [
        "arxiv.org",
        "www.arxiv.org",
        "export.arxiv.org",
        "doi.org",
        "dx.doi.org",
        "openreview.net",
        "aclanthology.org",
        "www.aclweb.org",
        "papers.nips.cc",
        "proceedings.mlr.press",
        "proceedings.neurips.cc",
        "ar5iv.org",
        "dl.acm.org",
        "www.biorxiv.org",
    ]
)
_CODE_HOSTS = frozenset(
    ["github.com", "www.github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "gitee.com"]
)
_CODE_PAGES = frozenset(
    [
        "issues",
        "pull",
        "pulls",
        "discussions",
        "stargazers",
        "network",
        "commit",
        "commits",
        "actions",
        "wiki",
        "sponsors",
    ]
)
_HUB_ID = r"([A-Za-z0-9][\w.-]{0,95}(?:/[A-Za-z0-9][\w.-]{0,95})?)"
_MODEL_CALL = re.compile(
    r"(?:(?:from_pretrained|snapshot_download|hf_hub_download|SentenceTransformer|CrossEncoder|AutoModel|LLM)\(\s{0,40}"
    r"(?:(?:repo_id|model|pretrained_model_name_or_path)\s{0,4}=\s{0,4})?|\bmodel(?:_id|_name|_path|_name_or_path)?\s{0,4}[=:]\s{0,4})"
    r"[\"']" + _HUB_ID + r"[\"']"
)
_MODEL_COMMAND = re.compile(
    r"(?:(?:huggingface-cli|hf)\s+download\s+|\bvllm\s+serve\s+|\bollama\s+(?:run|pull)\s+|-hf(?:-repo)?\s+|--model(?:[-_]path)?[ =])"
    r"[\"']?" + _HUB_ID + r"(?=[\s\"':\\]|$)"
)
_DATASET_CALL = re.compile(r"load_dataset\(\s{0,40}(?:path\s{0,4}=\s{0,4})?[\"']" + _HUB_ID + r"[\"']")
_DATASET_BUILDERS = frozenset(
    ["json", "csv", "text", "parquet", "arrow", "imagefolder", "audiofolder", "webdataset", "pandas", "xml"]
)
_TEMPLATE_MARKS = ("[", "{")
_BARE_ID = re.compile(r"from_pretrained|load_dataset|ollama")  # where an id without an owner is common
_DATASET_TYPE = re.compile(r"[^()]{0,150}repo[-_]type[\s=\"']{1,6}dataset")
_NOT_AN_ID = re.compile(
    r"^(?:your|path|username|user|my|org|<|example|model|local|\.)(?:[-_/]|$)|\.(?:py|json|txt|md)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link of a card. `kind` is weights, dataset, paper, code or other; `target` a URL, path or hub id."""

    kind: str
    target: str
    context: str
    line: int


def link_kind(url: str, context: str = "") -> str:
    """What a URL leads to, by its host and path: weights, dataset, paper, code, image or other."""
    if url.startswith("magnet:"):
        return "weights"
    try:
        parts = urlsplit(url)
    except ValueError:  # a bad port or bracket
        return "other"
    host, path = parts.netloc.lower(), parts.path
    if _IMAGE.search(path) or _IMAGE.search(host):
        return "image"
    if host in _HUB_HOSTS:
        return _hub_kind([part for part in path.split("/") if part])
    if _WEIGHT_FILE.search(path):
        return "weights"
    if _ARCHIVE.search(path) and _WEIGHT_WORD.search(path + " " + context):
        return "weights"
    if host in _PAPER_HOSTS or path.lower().endswith(".pdf") or (host == "arxiv.org" and "/abs/" in path):
        return "paper"
    names = [part for part in path.split("/") if part]
    if host in _CODE_HOSTS:
        page = len(names) > 2 and names[2] in _CODE_PAGES
        return "code" if len(names) >= 2 and not page else "other"
    return _other_hub_kind(host, names)


def _hub_kind(names: list[str]) -> str:
    if not names:
        return "other"
    if names[0] == "datasets":
        return "dataset" if len(names) >= 2 else "other"
    if names[0] == "papers":
        return "paper"
    if names[0] in _HUB_PAGES or len(names) < 2:
        return "other"
    if len(names) > 2 and names[2] == "discussions":
        return "other"
    if len(names) > 3 and names[2] in {"blob", "resolve", "raw"}:
        return "weights" if _WEIGHT_FILE.search(names[-1]) else "other"
    return "weights"


def _other_hub_kind(host: str, names: list[str]) -> str:
    bare = host.removeprefix("www.")
    if bare == "kaggle.com" and names:
        return (
            {"models": "weights", "datasets": "dataset"}.get(names[0], "other") if len(names) > 2 else "other"
        )
    if bare in {"modelscope.cn", "civitai.com"} and names[:1] == ["models"] and len(names) > 1:
        return "weights"
    if bare == "ollama.com" and names[:1] == ["library"] and len(names) > 1:
        return "weights"
    return "other"


def _trim(url: str) -> str:
    """A URL up to the first closing parenthesis it did not open, without the sentence's punctuation."""
    depth = 0
    for index, char in enumerate(url):
        if char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth < 0:
                url = url[:index]
                break
    return url.rstrip(".,;:!?*_~&-")


def _prose_links(line: str, number: int) -> Iterator[Link]:
    for match in _URL.finditer(line):
        if line[match.end() : match.end() + 1] in _TEMPLATE_MARKS and match.end() < len(line):
            continue  # a pattern with a part to fill in, such as model-{size}
        url = _trim(match[0])
        anchor = _ANCHOR.search(line[max(0, match.start() - 310) : match.start()])
        around = line[max(0, match.start() - 60) : match.end() + 40] if len(line) > 120 else line
        context = clip(anchor[1] if anchor else around)
        yield Link(kind=link_kind(url, context), target=url, context=context, line=number)
    if "](" in line:
        for match in _RELATIVE.finditer(line):
            target = match[2]
            if not target.startswith(("www.", "mailto", "/")) and not _IMAGE.search(target):
                kind = (
                    "weights"
                    if _WEIGHT_FILE.search(target)
                    else "paper"
                    if target.endswith(".pdf")
                    else "other"
                )
                yield Link(kind=kind, target=target, context=clip(match[1]), line=number)


def _code_links(block: Block) -> Iterator[Link]:
    text = block.text[:100_000]
    for pattern, kind in ((_MODEL_CALL, "weights"), (_MODEL_COMMAND, "weights"), (_DATASET_CALL, "dataset")):
        for match in pattern.finditer(text):
            target = match[1]
            if _NOT_AN_ID.search(target) or target in _DATASET_BUILDERS:
                continue
            if "/" not in target and not _BARE_ID.search(match[0]):
                continue
            if kind == "weights" and _DATASET_TYPE.match(text, match.end(), match.end() + 200):
                kind = "dataset"  # noqa: PLW2901
            line = block.line + text.count("\n", 0, match.start(1))
            yield Link(kind=kind, target=target, context=clip(match[0]), line=line)


def find_links(blocks: list[Block]) -> Iterator[Link]:
    """Each different link of a document once, at most `LINK_LIMIT`; images and badges are left out."""
    seen: set[tuple[str, str]] = set()
    for block in blocks:
        for link in _block_links(block):
            if link.kind == "image" or (link.kind, link.target) in seen:
                continue
            seen.add((link.kind, link.target))
            yield link
            if len(seen) >= LINK_LIMIT:
                return


def _block_links(block: Block) -> Iterator[Link]:
    if block.kind == BlockKind.CODE:
        yield from _code_links(block)
    elif block.kind == BlockKind.LINK:
        yield from _prose_links(block.text[:URL_LIMIT_CHARS], block.line)
        return
    if "://" not in block.text and "](" not in block.text and "magnet:" not in block.text:
        return
    for offset, line in enumerate(block.text.split("\n")):
        yield from _prose_links(line, block.line + offset)
