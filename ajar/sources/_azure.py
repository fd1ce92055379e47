"""Containers of Azure Blob Storage: https://learn.microsoft.com/rest/api/storageservices/.

Keys, signatures of shared access and tokens are read from the variables that Azure's own tools and the file system
libraries use. The Content-MD5 that a listing states is of the content, as whoever uploaded it says.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl, unquote, urlsplit

from ajar.errors import MalformedError, UsageError
from ajar.sources._buckets import PAGE_BYTES, PAGES, Node, Stored, address, count, rows, text, tree
from ajar.sources._remote import Line
from ajar.sources._transport import Refused, authority

VERSION = "2021-12-02"  # of the API
_ACCOUNT = re.compile(r"[a-z0-9]{3,24}")
_CONTAINER = re.compile(r"\$root|\$web|[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_HOST = re.compile(r"(?P<account>[a-z0-9]{3,24})(?:\.(?:blob|dfs)\.(?P<domain>[\w.-]{3,100}))?")
_SIGNED = (
    "content-encoding", "content-language", "content-length", "content-md5", "content-type", "date",
    "if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range",
)  # fmt: skip


class AzureContainer:
    """`container` in the account of the environment, or `container@account.blob.core.windows.net`."""

    credentials = "set AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN or AZURE_STORAGE_CONNECTION_STRING"

    def __init__(self, name: str) -> None:
        container, _, host = name.partition("@")
        stated = _connection()
        found = _HOST.fullmatch(host) if host else None
        account = (
            found["account"] if found else stated.get("AccountName") or _first("ACCOUNT_NAME", "ACCOUNT")
        )
        if (host and not found) or not _ACCOUNT.fullmatch(account) or not _CONTAINER.fullmatch(container):
            hint = "give it as az://container/prefix with AZURE_STORAGE_ACCOUNT set, or as az://container@account/prefix"
            raise UsageError(f"az://{name}: not a container of an account that is known", hint=hint)
        domain = (found and found["domain"]) or stated.get("EndpointSuffix") or "core.windows.net"
        endpoint = "" if host else stated.get("BlobEndpoint") or os.environ.get("AZURE_STORAGE_ENDPOINT", "")
        self._endpoint = endpoint.rstrip("/") or f"https://{account}.blob.{domain}"
        # A key is the account's own: one of another account is not sent with this one's name.
        is_own = account in {stated.get("AccountName"), _first("ACCOUNT_NAME", "ACCOUNT")}
        self._account, self._container = account, container
        self._key = (stated.get("AccountKey") or _first("KEY", "ACCOUNT_KEY", "ACCESS_KEY")) if is_own else ""
        self._sas = (stated.get("SharedAccessSignature") or _first("SAS_TOKEN", "SAS_KEY")) if is_own else ""
        self._bearer = _first("TOKEN") if is_own else ""
        self._pinned: dict[str, str] = {}
        self.shown = f"az://{container}@{account}"
        self.place = f"{self._endpoint}/{container}"

    @property
    def host(self) -> str:
        return urlsplit(self._endpoint).hostname or ""

    def prepare(self, line: Line) -> None:
        line.signers[authority(self._endpoint)] = self._headers

    def objects(self, line: Line, prefix: str, most: int) -> Iterator[Stored]:
        query: dict[str, str | int] = {
            "restype": "container", "comp": "list", "prefix": prefix, "maxresults": most
        }  # fmt: skip
        for _ in range(PAGES):
            url = self._with_sas(address(f"{self._endpoint}/{self._container}", "", query))
            reply = line.transport.get(url, limit_bytes=PAGE_BYTES, accept="application/xml")
            if reply.status != 200:
                raise Refused(reply.status, f"the store answers {reply.status}", reply.headers)
            root = tree(reply.body)
            yield from (
                _stored(item) for item in rows(root, "Blob") if text(item, "ResourceType") != "directory"
            )
            after = text(root, "NextMarker")
            if not after:
                return
            if after == query.get("marker"):
                raise MalformedError("the listing goes on, and does not say where")
            query["marker"] = after
        raise MalformedError(f"a listing of more than {PAGES} pages")

    def address(self, item: Stored) -> str:
        query = {"versionid": item.version} if item.version else None
        return self._with_sas(address(f"{self._endpoint}/{self._container}/", item.key, query))

    def _with_sas(self, url: str) -> str:
        sas = self._sas.removeprefix("?")
        return f"{url}{'&' if '?' in url else '?'}{sas}" if sas else url

    def _headers(self, method: str, url: str, headers: Mapping[str, str]) -> Mapping[str, str]:
        moment = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
        added = {"x-ms-date": moment, "x-ms-version": VERSION}
        if self._bearer:
            return {**added, "authorization": f"Bearer {self._bearer}"}
        if not self._key or self._sas:
            return added
        return {
            **added,
            "authorization": shared_key(method, url, {**headers, **added}, self._account, self._key),
        }


def shared_key(method: str, url: str, headers: Mapping[str, str], account: str, key: str) -> str:
    """The value of `Authorization` for a request without a body. Raises `UsageError` for a key that is none.

    https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key
    """
    parts = urlsplit(url)
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        query.setdefault(name.lower(), []).append(value)
    text = "\n".join(
        (
            method,
            *(headers.get(name, "") for name in _SIGNED),
            *(f"{name}:{headers[name]}" for name in sorted(headers) if name.startswith("x-ms-")),
            f"/{account}{parts.path}",
            *(f"{name}:{','.join(sorted(values))}" for name, values in sorted(query.items())),
        )
    )
    try:
        secret = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        raise UsageError(
            "the key of the storage account is not base64", hint="copy it from the account"
        ) from None
    return f"SharedKey {account}:{base64.b64encode(hmac.digest(secret, text.encode(), 'sha256')).decode()}"


def _stored(item: Node) -> Stored:
    try:
        md5 = base64.b64decode(text(item, "Content-MD5"), validate=True).hex()
    except (binascii.Error, ValueError):
        md5 = ""
    name = next(rows(item, "Name"), None)
    key = (name.text or "") if name is not None else ""
    is_escaped = name is not None and name.get("Encoded") == "true"  # what XML cannot hold
    return Stored(
        key=unquote(key) if is_escaped else key,
        size=count(text(item, "Content-Length")),
        tag=text(item, "Etag").strip('"')[:128],
        version=text(item, "VersionId")[:64],
        digest=f"md5:{md5}" if len(md5) == 32 else "",
    )


def _connection() -> Mapping[str, str]:
    pairs = os.environ.get("AZURE_STORAGE_CONNECTION_STRING", "").split(";")
    return {name.strip(): value.strip() for name, _, value in (pair.partition("=") for pair in pairs)}


def _first(*names: str) -> str:
    """The first variable that is set, of those called `AZURE_STORAGE_…`."""
    return next(
        (value for name in names if (value := os.environ.get(f"AZURE_STORAGE_{name}", "").strip())), ""
    )
