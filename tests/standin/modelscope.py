"""ModelScope on loopback, in the shapes that its own client (modelscope-hub 0.5) reads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.standin.hub import serving

TOKEN = "ms-standin"
LARGE_BYTES = 4096


class ModelScope:
    """Models by name. Large files are redirected to a store, small ones come whole whatever range is asked for."""

    def __init__(self) -> None:
        self.models: dict[str, dict[str, bytes]] = {}
        self.info: dict[str, Any] = {"License": "apache-2.0", "Downloads": 7, "LastUpdatedTime": 1767323045}
        self.asked: list[tuple[str, str, str | None]] = []
        self.most_rows = 3000
        self.is_private = self.lies = False
        self.endpoint = self.store = ""

    def _note(self, role: str, request: Request) -> None:
        self.asked.append((role, str(request.url.query), request.headers.get("authorization")))

    def _find(self, role: str, request: Request) -> dict[str, bytes] | Response:
        self._note(role, request)
        name = f"{request.path_params['org']}/{request.path_params['name']}"
        if self.is_private and request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"Code": 10010101001, "Message": "no access", "Success": False}, 403)
        known = name in self.models and request.query_params.get("Revision") in {"master", "v1.0"}
        return self.models[name] if known else JSONResponse({"Code": 10010205001, "Success": False}, 404)

    def model(self, request: Request) -> Response:
        found = self._find("info", request)
        if isinstance(found, Response):
            return found
        return JSONResponse({"Code": 200, "Data": self.info, "Success": True})

    def files(self, request: Request) -> Response:
        found = self._find("files", request)
        if isinstance(found, Response):
            return found
        root = request.query_params.get("Root", "")
        whole = request.query_params["Recursive"] == "True"
        rows: dict[str, dict[str, Any]] = {}
        for path, data in sorted(found.items()):
            if root and not path.startswith(f"{root}/"):
                continue
            inner = path.removeprefix(f"{root}/") if root else path
            parts = inner.split("/")
            for depth in range(1, len(parts) if whole else min(len(parts), 2)):
                folder = "/".join([*([root] if root else []), *parts[:depth]])
                rows[folder] = {
                    "Name": parts[depth - 1],
                    "Path": folder,
                    "Type": "tree",
                    "Size": 0,
                    "Sha256": "",
                }
            if whole or len(parts) == 1:
                rows[path] = self._row(path, data)
        listed = list(rows.values())[: self.most_rows]
        return JSONResponse({"Code": 200, "Data": {"Files": listed, "IsVisual": 1}, "Success": True})

    def _row(self, path: str, data: bytes) -> dict[str, Any]:
        digest = hashlib.sha256(b"other" if self.lies else data).hexdigest()
        return {
            "Name": path.rpartition("/")[2], "Path": path, "Size": len(data), "Type": "blob", "Sha256": digest,
            "IsLFS": len(data) > LARGE_BYTES, "Revision": "a" * 40, "CommittedDate": 1767323045,
        }  # fmt: skip

    def read(self, request: Request) -> Response:
        found = self._find("read", request)
        if isinstance(found, Response):
            return found
        path = request.query_params["FilePath"]
        if len(found[path]) <= LARGE_BYTES:
            return Response(found[path])
        name = f"{request.path_params['org']}/{request.path_params['name']}"
        return RedirectResponse(f"{self.store}/{name}/{path}?sign=x", 302)

    def stored(self, request: Request) -> Response:
        self._note("store", request)
        org, name, path = request.path_params["path"].split("/", 2)
        data = self.models[f"{org}/{name}"][path]
        if "range" not in request.headers:
            return Response(data)
        first, _, last = request.headers["range"].removeprefix("bytes=").partition("-")
        start, end = int(first), min(int(last) + 1, len(data))
        return Response(data[start:end], 206, {"Content-Range": f"bytes {start}-{end - 1}/{len(data)}"})


@contextmanager
def modelscope() -> Iterator[ModelScope]:
    made = ModelScope()
    front = Starlette(routes=[
        Route("/api/v1/models/{org}/{name}/repo/files", made.files),
        Route("/api/v1/models/{org}/{name}/repo", made.read),
        Route("/api/v1/models/{org}/{name}", made.model),
    ])  # fmt: skip
    back = Starlette(routes=[Route("/{path:path}", made.stored)])
    with serving(front) as endpoint, serving(back) as store:
        made.endpoint, made.store = endpoint, store
        yield made
