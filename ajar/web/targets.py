"""Which targets a visitor may have audited: what public hubs hold, named as they name it. No path, no address."""

from __future__ import annotations

import re

from ajar.errors import UsageError
from ajar.model.locator import Locator

_HINT = "such as org/name for Hugging Face, ollama:llama3.2, or modelscope:org/name"
_NAME = r"[A-Za-z0-9][\w.-]{0,95}"
_REVISION = r"(?:@[\w.-]{1,80})?"
_HUB = re.compile(rf"(?:hf:|https://huggingface\.co/)?(?P<name>{_NAME}/{_NAME}){_REVISION}/?", re.ASCII)
_MODELSCOPE = re.compile(rf"modelscope:{_NAME}/{_NAME}{_REVISION}", re.ASCII)
# Before the slash Ollama takes a host; one without a dot or a colon is a namespace of its own registry.
_OLLAMA = re.compile(
    r"ollama:(?:(?!localhost/)[A-Za-z0-9][\w-]{0,60}/)?[A-Za-z0-9][\w.-]{0,60}(?::[\w.-]{1,60})?", re.ASCII
)
_FOLDERS = frozenset(
    {"datasets", "spaces", "models", "docs", "api"}
)  # of the hub's own pages, nobody's names


def allowed(text: str) -> Locator:
    """The locator of a target that may be audited. Raises `UsageError` for anything else.

    A bare `org/name` is the hub's, whatever lies in the server's folder.
    """
    asked = text.strip()
    found = _HUB.fullmatch(asked)
    if found and found["name"].partition("/")[0] not in _FOLDERS:
        plain = asked.rstrip("/").removeprefix("https://huggingface.co/").removeprefix("hf:")
        return Locator.parse(f"hf:{plain}")
    if _MODELSCOPE.fullmatch(asked) or _OLLAMA.fullmatch(asked):
        return Locator.parse(asked)
    raise UsageError(f"{asked[:100] or 'nothing'}: not the name of a release on a public hub", hint=_HINT)
