"""A git host on loopback: git's own HTTP backend behind a CGI, and a store of Git LFS beside it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.standin.hub import serving

GIT = shutil.which("git") or ""
QUIET = {
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@host.invalid",
    "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@host.invalid", "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z", "GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z",
}  # fmt: skip


def git(folder: Path, *words: str | Path) -> str:
    done = subprocess.run(
        [GIT, "-C", folder, *words], env={**os.environ, **QUIET}, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


class Host:
    """Repositories in a folder, with what was asked of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.large: dict[str, bytes] = {}
        self.endpoint = ""
        self.wanted_word = ""  # the authorisation that is asked for
        self.href = ""  # where files of LFS are said to be

    def make(self, name: str) -> Path:
        """A new repository to work in; what it commits is served."""
        folder = self.root / f"{name}.git"
        folder.mkdir(parents=True)
        git(folder, "init", "--quiet", "--initial-branch=main")
        git(folder, "config", "uploadpack.allowFilter", "true")
        git(folder, "config", "http.receivepack", "false")
        return folder

    def pointer(self, data: bytes) -> bytes:
        oid = hashlib.sha256(data).hexdigest()
        self.large[oid] = data
        return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(data)}\n".encode()

    async def answer(self, request: Request) -> Response:
        path = request.url.path
        self.asked.append((path, dict(request.headers)))
        if self.wanted_word and request.headers.get("authorization") != self.wanted_word:
            return Response(b"", 401, {"WWW-Authenticate": "Basic"})
        if path.startswith("/lfs/"):
            return self._stored(request)
        if path.endswith("/info/lfs/objects/batch"):
            return self._batch(json.loads(await request.body()))
        if path.startswith("/moved/"):
            return RedirectResponse(f"/org/{path.removeprefix('/moved/')}?{request.url.query}", 301)
        if ".git/" not in path:  # as hosts serve a repository with and without the ending
            for name in ("/info/refs", "/git-upload-pack"):
                path = path.replace(name, f".git{name}")
        body = await request.body()
        return await run_in_threadpool(self._backend, request, path, body)

    def _backend(self, request: Request, path: str, body: bytes) -> Response:
        environment = {
            **os.environ, **QUIET, "GIT_PROJECT_ROOT": str(self.root), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path.replace(".git/", ".git/.git/"),
            "REQUEST_METHOD": request.method, "QUERY_STRING": request.url.query, "CONTENT_TYPE": request.headers.get("content-type", ""),
            "CONTENT_LENGTH": str(len(body)), "GIT_PROTOCOL": request.headers.get("git-protocol", ""), "REMOTE_ADDR": "127.0.0.1",
        }  # fmt: skip
        done = subprocess.run(
            [GIT, "http-backend"], input=body, env=environment, capture_output=True, check=True
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        status = int(fields.pop("Status", "200")[:3])
        return Response(content, status, fields)

    def _batch(self, question: dict[str, Any]) -> Response:
        rows = []
        for item in question["objects"]:
            href = self.href or f"{self.endpoint}/lfs/{item['oid']}"
            action = {"href": href, "header": {"X-Given": "yes", "Range": "bytes=0-0"}, "expires_in": 600}
            known = item["oid"] in self.large
            rows.append(
                {**item, "actions": {"download": action}} if known else {**item, "error": {"code": 404}}
            )
        return JSONResponse({"transfer": "basic", "objects": rows}, media_type="application/vnd.git-lfs+json")

    def _stored(self, request: Request) -> Response:
        data = self.large[request.url.path.rpartition("/")[2]]
        first, _, last = request.headers["range"].removeprefix("bytes=").partition("-")
        start, end = int(first), min(int(last) + 1, len(data))
        return Response(data[start:end], 206, {"Content-Range": f"bytes {start}-{end - 1}/{len(data)}"})


@contextmanager
def host(root: Path) -> Iterator[Host]:
    made = Host(root)
    with serving(Starlette(routes=[Route("/{path:path}", made.answer, methods=["GET", "POST"])])) as endpoint:
        made.endpoint = endpoint
        yield made
