"""Where a release is: one line of text that a person can type, and back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from ajar.errors import UsageError

# A single letter before the colon is a Windows drive, not a scheme.
_SCHEME = re.compile(r"(?P<scheme>[a-z][a-z0-9+]+):(?P<rest>.*)", re.DOTALL)
# Addresses: what follows the scheme is theirs, with every slash and at-sign in it.
_ADDRESSES = frozenset({"http", "https", "s3", "gs", "az", "abfs", "abfss"})
# Addresses of repositories: the revision and the folder come after.
_CHECKOUTS = frozenset({"git+http", "git+https"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """A target: `scheme:name[@revision][//subpath]`. For files the scheme may be left out.

    `Locator.parse(str(x)) == x` holds for every locator. A file locator has no revision: what is
    on disk is what there is.
    """

    scheme: str = "file"
    name: str
    revision: str | None = None
    subpath: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a locator from text. Raises `UsageError` when it names nothing."""
        match = _SCHEME.fullmatch(text)
        scheme, rest = (match["scheme"], match["rest"]) if match else ("file", text)
        if scheme in _ADDRESSES | _CHECKOUTS and not rest.strip("/"):
            raise UsageError("the target is empty", hint="give the whole address")
        if scheme in _ADDRESSES:
            return cls(scheme=scheme, name=rest)
        if scheme in _CHECKOUTS and rest.startswith("//"):
            return cls._of_checkout(scheme, rest)
        lead = len(rest) - len(rest.lstrip("/"))
        body, _, subpath = rest[lead:].partition("//")
        name = "/" * min(lead, 1) + (body.rstrip("/") if scheme == "file" else body)
        revision = None
        if scheme != "file" and "@" in name:
            name, _, revision = name.rpartition("@")
        if not name:
            raise UsageError("the target is empty", hint="give a folder, a file or an archive")
        return cls(scheme=scheme, name=name, revision=revision or None, subpath=subpath or None)

    @classmethod
    def _of_checkout(cls, scheme: str, rest: str) -> Self:
        body, _, subpath = rest[2:].partition("//")
        host, slash, path = body.partition("/")  # an at-sign in the host is no revision
        path, _, revision = path.partition("@")
        name = f"//{host}{slash}{path}"
        return cls(scheme=scheme, name=name, revision=revision or None, subpath=subpath or None)

    def __str__(self) -> str:
        explicit = self.scheme != "file" or _SCHEME.fullmatch(self.name) is not None
        prefix = f"{self.scheme}:" if explicit else ""
        revision = f"@{self.revision}" if self.revision else ""
        subpath = f"//{self.subpath}" if self.subpath else ""
        return f"{prefix}{self.name}{revision}{subpath}"
