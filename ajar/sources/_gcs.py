"""Buckets of Google Cloud Storage, by its JSON API: https://docs.cloud.google.com/storage/docs/json_api/v1.

Every object has a generation, which an address can name; the MD5 and the CRC32C that the API states are of the content.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from ajar.errors import MalformedError, UsageError
from ajar.sources._aws import INSTALL
from ajar.sources._buckets import PAGE_BYTES, PAGES, Stored, address, count
from ajar.sources._remote import Line, parsed
from ajar.sources._transport import Refused, Transport

ENDPOINT = "https://storage.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/devstorage.read_only"
_NAME = re.compile(r"[a-z0-9][\w.-]{1,220}[a-z0-9]")
_FIELDS = "items(name,size,generation,md5Hash,crc32c,contentEncoding),nextPageToken"


class GoogleBucket:
    """One bucket. `STORAGE_EMULATOR_HOST` names another endpoint, as for Google's own clients."""

    credentials = "set GOOGLE_OAUTH_ACCESS_TOKEN or GOOGLE_APPLICATION_CREDENTIALS"

    def __init__(self, name: str) -> None:
        if not _NAME.fullmatch(name):
            raise UsageError(f"gs://{name}: not the name of a bucket", hint="give it as gs://bucket/prefix")
        emulator = os.environ.get("STORAGE_EMULATOR_HOST", "").rstrip("/")
        if emulator and "://" not in emulator:
            emulator = f"http://{emulator}"
        self._is_emulated = bool(emulator)
        self._endpoint = emulator or ENDPOINT
        self._name = name
        self.shown = f"gs://{name}"
        self.place = f"{self._endpoint}/{name}"

    @property
    def host(self) -> str:
        return urlsplit(self._endpoint).hostname or ""

    def prepare(self, line: Line) -> None:
        token = _token(line)
        if token:
            line.use_token(self._endpoint, token)

    def objects(self, line: Line, prefix: str, most: int) -> Iterator[Stored]:
        query: dict[str, str | int] = {"prefix": prefix, "maxResults": most, "fields": _FIELDS}
        for _ in range(PAGES):
            url = address(f"{self._endpoint}/storage/v1/b/{self._name}/o", "", query)
            reply = line.transport.get(url, limit_bytes=PAGE_BYTES, accept="application/json")
            if reply.status != 200:
                raise Refused(reply.status, f"the store answers {reply.status}", reply.headers)
            answer = parsed(reply)
            items = answer.get("items", []) if isinstance(answer, dict) else None
            if not isinstance(items, list):
                raise MalformedError("the store's listing is no list")
            yield from (_stored(item) for item in items)
            after = answer.get("nextPageToken")
            if not after:
                return
            if not isinstance(after, str) or after == query.get("pageToken"):
                raise MalformedError("the listing goes on, and does not say where")
            query["pageToken"] = after
        raise MalformedError(f"a listing of more than {PAGES} pages")

    def address(self, item: Stored) -> str:
        base = f"{self._endpoint}/download/storage/v1/b/{self._name}/o/{quote(item.key, safe='-_.~')}"
        return address(base, "", {"alt": "media", "generation": item.version})


def _stored(item: Any) -> Stored:
    if not isinstance(item, dict) or not isinstance(item.get("name"), str):
        raise MalformedError("the store lists an object without a name")
    generation = str(item.get("generation", ""))[:32]
    digest = ""
    for kind, field in (("md5", "md5Hash"), ("crc32c", "crc32c")):
        try:
            raw = base64.b64decode(str(item.get(field) or ""), validate=True)
        except (binascii.Error, ValueError):
            continue
        if raw and not digest:
            digest = f"{kind}:{raw.hex()}"
    is_packed = item.get("contentEncoding") == "gzip"
    return Stored(
        key=item["name"],
        size=count(str(item.get("size", ""))),
        tag=generation,
        version=generation,
        digest=digest,
        is_packed=is_packed,
    )


# credentials


def _token(line: Line) -> str:
    """A token as Google's tools find one: from the environment, from a file of credentials, from the instance."""
    for name in ("GOOGLE_OAUTH_ACCESS_TOKEN", "CLOUDSDK_AUTH_ACCESS_TOKEN"):
        if os.environ.get(name, "").strip():
            return os.environ[name].strip()
    named = os.environ.get("GOOGLE_APPLICATION_CREDENTIALS", "")
    folder = Path(os.environ.get("CLOUDSDK_CONFIG") or Path.home() / ".config" / "gcloud")
    path = Path(named) if named else folder / "application_default_credentials.json"
    if not path.is_file():
        if named:
            raise UsageError(
                f"GOOGLE_APPLICATION_CREDENTIALS={named}: no such file",
                hint="unset it for a public bucket, or name a file of credentials",
            )
        return ""
    try:
        from google.auth.exceptions import GoogleAuthError
        from google.oauth2 import credentials, service_account
    except ImportError:
        raise UsageError(f"{path}: reading Google's credentials needs google-auth", hint=INSTALL) from None
    info = _read(path)
    makers: dict[Any, Any] = {
        "service_account": service_account.Credentials.from_service_account_info,
        "authorized_user": credentials.Credentials.from_authorized_user_info,
    }
    make = makers.get(info.get("type"))
    if make is None:
        hint = "set GOOGLE_OAUTH_ACCESS_TOKEN to what `gcloud auth print-access-token` says"
        raise UsageError(
            f"{path}: credentials of type {str(info.get('type'))[:60]!r} are not served", hint=hint
        )
    # The file itself names the host that gives tokens: the user's own word, so it may be inside.
    trusted = frozenset({urlsplit(str(info.get("token_uri", ""))).hostname or ""})
    transport = Transport(meter=line.meter, trusted=trusted, seconds=line.options.limits.seconds)
    try:
        found = make(info, scopes=[SCOPE])
        found.refresh(_Exchange(transport))
    except (GoogleAuthError, OSError, ValueError) as error:
        hint = "log in again, or unset it for a public bucket"
        raise UsageError(f"{path}: {str(error)[:200]}", hint=hint) from error
    finally:
        transport.close()
    return str(found.token or "")


def _read(path: Path) -> Mapping[str, Any]:
    try:
        info = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: {str(error)[:200]}", hint="name a file of credentials") from error
    return info if isinstance(info, dict) else {}


class _Answer:
    """What google-auth wants to see of an answer."""

    def __init__(self, status: int, headers: Any, data: bytes) -> None:
        self.status, self.headers, self.data = status, headers, data


class _Exchange:
    """google-auth's way to the network: through the guarded transport."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def __call__(
        self, url: str, method: str = "GET", body: bytes | str | None = None, headers: Any = None, **_: Any
    ) -> _Answer:
        data = body.encode() if isinstance(body, str) else body
        if method != "GET" and data is None:
            data = b""
        reply = self._transport.get(url, limit_bytes=1 << 20, headers=dict(headers or {}), content=data)
        return _Answer(reply.status, reply.headers, reply.body)
