"""Stores on loopback: moto's S3, an emulator of Google's, and Azure's listing and reading, by Azurite where it is there."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.sax.saxutils import escape

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.standin.hub import LOOPBACK, serving

ACCOUNT = "devstoreaccount1"
# The key of every emulator of Azure storage, as Microsoft publishes it.
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
AZURITE = os.environ.get("AZURITE") or shutil.which("azurite-blob") or ""


@contextmanager
def s3() -> Iterator[str]:
    """moto's server of S3."""
    import logging

    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address=LOOPBACK, port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@contextmanager
def google() -> Iterator[str]:
    """The emulator of Google Cloud Storage, in memory."""
    from gcp_storage_emulator.server import create_server

    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        port = free.getsockname()[1]
    server = create_server(LOOPBACK, port, in_memory=True)
    server.start()
    try:
        yield f"http://{LOOPBACK}:{port}"
    finally:
        server.stop()


class Azure:
    """Containers in memory, for whoever signs as Microsoft's own client does."""

    def __init__(self) -> None:
        self.blobs: dict[str, dict[str, bytes]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.is_public = False
        self.page = 2
        self.endpoint = ""

    def put(self, container: str, files: dict[str, bytes]) -> None:
        self.blobs.setdefault(container, {}).update(files)

    def _is_allowed(self, request: Request) -> bool:
        if self.is_public or request.query_params.get("sig") == "given":
            return True
        from azure.storage.blob._shared.authentication import SharedKeyCredentialPolicy

        # Microsoft's client asks for ranges by a header of its own; the one of HTTP is signed in its place.
        headers = {name: value for name, value in request.headers.items() if name != "authorization"}
        headers["byte_range"] = headers.get("range", "")
        asked = SimpleNamespace(
            method=request.method,
            url=f"http://{LOOPBACK}{request.scope['raw_path'].decode()}",
            query=dict(pair.split("=", 1) for pair in request.url.query.split("&") if pair),
            headers=headers,
        )
        told = SimpleNamespace(http_request=asked, context=SimpleNamespace(transport=None))
        SharedKeyCredentialPolicy(ACCOUNT, KEY).on_request(told)
        return bool(headers["Authorization"] == request.headers.get("authorization"))

    def answer(self, request: Request) -> Response:
        self.asked.append((str(request.url), dict(request.headers)))
        if not self._is_allowed(request):
            return Response(b"<Error><Code>AuthenticationFailed</Code></Error>", 403)
        container, _, name = request.scope["path"].removeprefix(f"/{ACCOUNT}/").partition("/")
        if container not in self.blobs:
            return Response(b"<Error><Code>ContainerNotFound</Code></Error>", 404)
        blobs = self.blobs[container]
        if request.query_params.get("comp") == "list":
            return self._list(request, blobs)
        if name not in blobs:
            return Response(b"<Error><Code>BlobNotFound</Code></Error>", 404)
        data = blobs[name]
        if request.headers.get("if-match") not in {None, _tag(data)}:
            return Response(b"<Error><Code>ConditionNotMet</Code></Error>", 412)
        first, _, last = request.headers["range"].removeprefix("bytes=").partition("-")
        start, end = int(first), min(int(last) + 1, len(data))
        headers = {"Content-Range": f"bytes {start}-{end - 1}/{len(data)}", "ETag": _tag(data)}
        return Response(data[start:end], 206, headers)

    def _list(self, request: Request, blobs: dict[str, bytes]) -> Response:
        prefix, mark = request.query_params.get("prefix", ""), request.query_params.get("marker", "")
        most = min(self.page, int(request.query_params.get("maxresults", 5000)))
        names = sorted(name for name in blobs if name.startswith(prefix) and name >= mark)
        items = "".join(
            f"<Blob><Name>{escape(name)}</Name><Properties><Etag>{_tag(blobs[name])}</Etag>"
            f"<Content-Length>{len(blobs[name])}</Content-Length><Content-MD5>"
            f"{base64.b64encode(hashlib.md5(blobs[name]).digest()).decode()}</Content-MD5></Properties></Blob>"
            for name in names[:most]
        )
        after = escape(names[most]) if len(names) > most else ""
        body = f"\ufeff<?xml version='1.0' encoding='utf-8'?><EnumerationResults><Blobs>{items}</Blobs><NextMarker>{after}</NextMarker></EnumerationResults>"
        return Response(body.encode(), 200, media_type="application/xml")


def _tag(data: bytes) -> str:
    return f'"0x{hashlib.sha256(data).hexdigest()[:15].upper()}"'


@contextmanager
def azure() -> Iterator[Azure]:
    made = Azure()
    with serving(Starlette(routes=[Route("/{path:path}", made.answer)])) as endpoint:
        made.endpoint = f"{endpoint}/{ACCOUNT}"
        yield made


class Azurite:
    """Microsoft's emulator, written to with its own client."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def put(self, container: str, files: dict[str, bytes]) -> None:
        from azure.core.exceptions import ResourceExistsError
        from azure.storage.blob import BlobServiceClient

        with BlobServiceClient(
            self.endpoint, credential={"account_name": ACCOUNT, "account_key": KEY}
        ) as client:
            with suppress(ResourceExistsError):
                client.create_container(container)
            for name, data in files.items():
                client.get_blob_client(container, name).upload_blob(data, overwrite=True)


@contextmanager
def azurite(folder: Path) -> Iterator[Azurite]:
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        port = free.getsockname()[1]
    command = [
        AZURITE,
        "--silent",
        "--blobHost",
        LOOPBACK,
        "--blobPort",
        str(port),
        "--location",
        str(folder),
    ]
    command += ["--skipApiVersionCheck", "--disableTelemetry"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield Azurite(f"http://{LOOPBACK}:{port}/{ACCOUNT}")
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection((LOOPBACK, port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the store did not start")


def post(url: str, content: Any, **headers: str) -> None:
    """Put content where an emulator takes it."""
    httpx2.post(url, content=content, headers=headers, trust_env=False).raise_for_status()
