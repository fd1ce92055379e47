"""Chat templates: Jinja text that a loader runs. It is passed on, never rendered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.formats._json import load_json
from ajar.formats._text import EvidenceMaker, basename, looks_like_text, read_text
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Text

_SUFFIXES = (".jinja", ".jinja2", ".j2")
_TEMPLATES = 64


def _matches(head: bytes, path: str) -> bool:
    name = basename(path).lower()
    named = name.endswith(_SUFFIXES) or name in {"chat_template.json", "chat_templates.json"}
    return named and looks_like_text(head)


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    make = EvidenceMaker(path, "chat-template")
    text, gaps = read_text(path, blob, limits, "chat-template")
    yield from gaps
    if not path.lower().endswith(".json"):
        yield text
        yield make("template.chars", len(text.text))
        return
    if text.truncated:
        return
    tree = load_json(text.text)
    if not isinstance(tree, dict):
        raise MalformedError("chat template file is not a JSON object")
    for key, value in list(tree.items())[:_TEMPLATES]:
        if isinstance(value, str):
            pointer = "/" + key.replace("~", "~0").replace("/", "~1")
            digest = hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()
            yield Text(path=f"{path}#{pointer}", text=value, sha256=digest)
            yield make("template.chars", len(value), pointer=pointer)


FORMAT = Format(
    id="chat-template",
    title="chat template",
    family="config",
    suffixes=_SUFFIXES,
    matches=_matches,
    inspect=_inspect,
    keys={"template.chars": "length of a template in characters; its name is the pointer"},
    spec="https://huggingface.co/docs/transformers/chat_templating",
)
