"""A container registry on loopback: manifests and blobs, Ollama's and OCI's, with the token flow and a redirect to a store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.standin.hub import serving

TOKEN = "everybody-gets-this"


class Registry:
    """Blobs by digest, manifests by repository and reference."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.manifests: dict[tuple[str, str], bytes] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.needs_token = False
        self.lie = False
        self.host = self.store = ""

    def blob(self, data: bytes) -> str:
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        self.blobs[digest] = data
        return digest

    def layer(self, media: str, data: bytes, **annotations: str) -> dict[str, Any]:
        row: dict[str, Any] = {"mediaType": media, "size": len(data), "digest": self.blob(data)}
        return row | ({"annotations": annotations} if annotations else {})

    def push(self, repository: str, tag: str, layers: list[dict[str, Any]], **more: Any) -> str:
        config = self.layer("application/vnd.docker.container.image.v1+json", b"{}")
        body = json.dumps({"schemaVersion": 2, "config": config, "layers": layers, **more}).encode()
        digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
        self.manifests[repository, tag] = self.manifests[repository, digest] = body
        return digest

    def _allowed(self, request: Request) -> Response | None:
        if self.needs_token and request.headers.get("authorization") != f"Bearer {TOKEN}":
            challenge = f'Bearer realm="http://{self.host}/token",service="standin",scope="repository:x:pull"'
            return Response(b"", 401, {"WWW-Authenticate": challenge})
        return None

    def _note(self, role: str, request: Request) -> None:
        self.asked.append((role, request.url.path, dict(request.headers)))

    def token(self, request: Request) -> Response:
        self._note("token", request)
        return JSONResponse({"token": TOKEN})

    def manifest(self, request: Request) -> Response:
        self._note("registry", request)
        refused = self._allowed(request)
        if refused:
            return refused
        body = self.manifests.get((request.path_params["name"], request.path_params["reference"]))
        if body is None:
            return JSONResponse({"errors": [{"code": "MANIFEST_UNKNOWN"}]}, 404)
        digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
        return Response(
            body, 200, {"Docker-Content-Digest": digest}, "application/vnd.oci.image.manifest.v1+json"
        )

    def get_blob(self, request: Request) -> Response:
        self._note("registry", request)
        return self._allowed(request) or RedirectResponse(
            f"http://{self.store}/{request.path_params['digest']}", 307
        )

    def stored(self, request: Request) -> Response:
        self._note("store", request)
        data = self.blobs[request.path_params["digest"]]
        if self.lie:
            data = bytes(len(data))
        first, _, last = request.headers.get("range", "bytes=0-").removeprefix("bytes=").partition("-")
        start, end = int(first), min(int(last) + 1 if last else len(data), len(data))
        headers = {"Content-Range": f"bytes {start}-{end - 1}/{len(data)}"}
        return Response(data[start:end], 206, headers)


@contextmanager
def registry() -> Iterator[Registry]:
    made = Registry()
    front = Starlette(routes=[
        Route("/token", made.token),
        Route("/v2/{name:path}/manifests/{reference}", made.manifest),
        Route("/v2/{name:path}/blobs/{digest}", made.get_blob),
    ])  # fmt: skip
    back = Starlette(routes=[Route("/{digest}", made.stored)])
    with serving(front) as host, serving(back) as store:
        made.host, made.store = host.removeprefix("http://"), store.removeprefix("http://")
        yield made
