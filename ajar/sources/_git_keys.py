"""Who asks a git host: the user's `.netrc`, as git itself reads it, or the token of a well-known host."""

from __future__ import annotations

import base64
import netrc
import os
from collections.abc import Mapping
from pathlib import Path

from ajar.sources._remote import Line
from ajar.sources._transport import authority

# host -> the variables that its own tools read, and the name that goes with a token
_TOKENS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "github.com": (("GH_TOKEN", "GITHUB_TOKEN"), "x-access-token"),
    "gitlab.com": (("GITLAB_TOKEN",), "oauth2"),
}


def prepare(line: Line, base: str, host: str) -> None:
    """Have requests to the repository's host, and to no other, carry what the user has for it."""
    found = _of(host, is_safe=base.startswith("https:"))
    if found:
        word = base64.b64encode(":".join(found).encode()).decode()
        line.signers[authority(base)] = lambda *_: {"authorization": f"Basic {word}"}


def _of(host: str, *, is_safe: bool) -> tuple[str, str] | None:
    path = Path(os.environ.get("NETRC") or Path.home() / ".netrc")
    try:
        row = netrc.netrc(path).hosts.get(host)  # no default entry: it would go to any host
    except (OSError, UnicodeError, netrc.NetrcParseError):
        row = None
    if row and row[2]:
        return row[0] or "", row[2]
    names, user = _TOKENS.get(host, ((), "")) if is_safe else ((), "")
    token = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return (user, token) if token else None
