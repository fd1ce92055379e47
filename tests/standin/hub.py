"""A hub on loopback: serves folders in the hub's own API, and injects the faults that real networks have.

Files over `LARGE_BYTES` are served as the hub serves large files: `/resolve/` redirects to a second port, which
stands for the store behind it and must never see a token.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

LARGE_BYTES = 4096
LOOPBACK = "127.0.0.1"
TOKEN = "hf_" + "standin" * 4
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass
class Repository:
    """One repository: files of a folder, or sparse files of any size by a function of offset and length."""

    files: dict[str, Any]  # path -> bytes | Path | Sparse
    gated: str | bool = False
    tags: tuple[str, ...] = ()
    info: dict[str, Any] = field(default_factory=dict)
    commit: str = "0123456789abcdef0123456789abcdef01234567"
    revisions: tuple[str, ...] = ("main",)
    past: dict[str, dict[str, Any]] = field(default_factory=dict)  # commit -> the files it had
    history: tuple[tuple[str, ...], ...] = ()  # (commit, date, title or nothing), newest first
    fault: str = ""  # gone | broken | cut: of this repository, always


@dataclass
class Sparse:
    """A large file that is mostly zeros: given spans of bytes, and a size."""

    size: int
    spans: dict[int, bytes]

    def read(self, start: int, end: int) -> bytes:
        data = bytearray(end - start)
        for at, span in self.spans.items():
            low, high = max(at, start), min(at + len(span), end)
            if low < high:
                data[low - start : high - start] = span[low - at : high - at]
        return bytes(data)


@dataclass
class Faults:
    """What goes wrong. Each is a list of how many times, or a switch."""

    status: list[int] = field(default_factory=list)  # answered to the next file requests, then no more
    truncate: int = 0  # so many bodies are cut short
    no_ranges: bool = False
    wrong_range: bool = False
    lie_size: int = 0  # added to every listed size
    lie_digest: bool = False
    drip: float = 0.0  # seconds between small pieces
    circle: bool = False
    redirect_to: str = ""
    latency: float = 0.0
    bits_a_second: float = 0.0  # of all bodies together; 0 is no limit
    several_ranges: bool = False  # S3 and what stands before it answer one range only; some hosts several
    stop_after: int = -1  # bodies after which the host is gone; -1 is never


class Hub:
    """The stand-in, with what it was asked."""

    def __init__(self) -> None:
        self.repositories: Mapping[str, Repository] = {}
        self.bursts: list[tuple[int, int]] = []  # (so many requests, answered with this status), in turn
        self.is_noting = True
        self.faults = Faults()
        self.asked: list[tuple[str, str, dict[str, str]]] = []  # (port's role, path, headers)
        self.sent = 0
        self.page = 1000
        self.commits_a_page = 1
        self._free_at = 0.0  # when the line has sent what it was given
        self._line = threading.Lock()
        self.endpoint = self.store = ""

    # content

    def add(self, name: str, folder: Path | dict[str, Any], **more: Any) -> Repository:
        files = folder if isinstance(folder, dict) else {
            path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()
        }  # fmt: skip
        found = Repository(files=files, **more)
        self.repositories = {**self.repositories, name: found}
        return found

    def requests(self) -> int:
        return len(self.asked)

    def of(self, role: str) -> Counter[str]:
        return Counter(path for where, path, _ in self.asked if where == role)

    # answers

    def _note(self, role: str, request: Request) -> None:
        if self.is_noting:
            self.asked.append((role, str(request.url).split("/", 3)[3], dict(request.headers)))
        if self.faults.latency:
            time.sleep(self.faults.latency)

    def _find(self, request: Request) -> tuple[Repository, str] | Response:
        name = request.path_params["name"]
        repository = self.repositories.get(name)
        if repository is not None and repository.fault == "broken":
            return Response(b"broken", 500)
        if repository is None or repository.fault == "gone":
            return JSONResponse({"error": "Repository not found"}, 404, {"X-Error-Code": "RepoNotFound"})
        allowed = request.headers.get("authorization") == f"Bearer {TOKEN}"
        if repository.gated and not allowed:
            return JSONResponse({"error": "gated"}, 403, {"X-Error-Code": "GatedRepo"})
        revision = request.path_params.get("rev", "main")
        if revision in repository.past:
            repository = replace(repository, commit=revision, files=repository.past[revision])
        elif revision not in {*repository.revisions, repository.commit}:
            return JSONResponse({"error": "no revision"}, 404, {"X-Error-Code": "RevisionNotFound"})
        return repository, name

    def info(self, request: Request) -> Response:
        self._note("api", request)
        found = self._find(request)
        if isinstance(found, Response):
            return found
        repository, name = found
        rows = [self._row(path, content) for path, content in repository.files.items()]
        siblings = [
            {"rfilename": row["path"], **({} if "blobs" not in request.query_params else {
                "size": row["size"], "blobId": row["oid"], **({"lfs": {"sha256": row["lfs"]["oid"], "size": row["size"], "pointerSize": 134}} if "lfs" in row else {}),
            })}
            for row in rows
        ]  # fmt: skip
        return JSONResponse({
            "id": name, "modelId": name, "sha": repository.commit, "private": False, "disabled": False,
            "gated": repository.gated, "tags": list(repository.tags), "siblings": siblings, "downloads": 3,
            "likes": 1, "lastModified": "2026-01-02T03:04:05.000Z", "createdAt": "2025-01-02T03:04:05.000Z",
            "author": name.partition("/")[0], **repository.info,
        })  # fmt: skip

    def models(self, request: Request) -> Response:
        """The listing, by cursor: rows as `expand` gives them."""
        self._note("api", request)
        asked = request.query_params
        wanted = [("author", asked.get("author")), ("pipeline_tag", asked.get("pipeline_tag"))]
        rows = []
        start, limit = int(asked.get("cursor", "0")), min(int(asked.get("limit", "1000")), self.page)
        more = False
        for number, (name, repository) in enumerate(islice(self.repositories.items(), start, None), start):
            row = {
                "id": name, "author": name.partition("/")[0], "sha": repository.commit, "gated": repository.gated,
                "tags": list(repository.tags), "createdAt": "2025-01-02T03:04:05.000Z",
                "lastModified": "2026-01-02T03:04:05.000Z", "downloads": 3, "likes": 1, **repository.info,
            }  # fmt: skip
            fits = all(not value or row.get(key) == value for key, value in wanted)
            if fits and all(
                tag in row["tags"] or tag == row.get("library_name") for tag in asked.getlist("filter")
            ):
                if len(rows) == limit:
                    more, start = True, number
                    break
                rows.append(row)
        if asked.get("sort"):
            rows.sort(key=lambda row: str(row.get(asked["sort"])), reverse=True)
        following = f'<{request.url.include_query_params(cursor=start)}>; rel="next"'
        return JSONResponse(rows, headers={"Link": following} if more else {})

    def tree(self, request: Request) -> Response:
        self._note("api", request)
        found = self._find(request)
        if isinstance(found, Response):
            return found
        repository, _ = found
        rows = [self._row(path, content) for path, content in repository.files.items()]
        start = int(request.query_params.get("cursor", "0"))
        headers = {}
        if start + self.page < len(rows):
            headers["Link"] = f'<{request.url.include_query_params(cursor=start + self.page)}>; rel="next"'
        return JSONResponse(rows[start : start + self.page], headers=headers)

    def paths_info(self, request: Request) -> Response:
        self._note("api", request)
        found = self._find(request)
        if isinstance(found, Response):
            return found
        commit = {"id": "c" * 40, "title": "Change the licence", "date": "2026-02-03T04:05:06.000Z"}
        rows = [self._row(path, content) for path, content in found[0].files.items()]
        return JSONResponse([{**row, "lastCommit": commit} for row in rows])

    def commits(self, request: Request) -> Response:
        self._note("api", request)
        found = self._find(request)
        if isinstance(found, Response):
            return found
        rows = [
            {
                "id": row[0],
                "title": row[2] if len(row) > 2 else "x",
                "date": f"{row[1]}T00:00:00.000Z",
                "authors": [],
            }
            for row in found[0].history
        ]
        start = int(request.query_params.get("p", "0"))
        link = f'<{request.url.include_query_params(p=start + 1)}>; rel="next"'
        step = self.commits_a_page
        more = {"Link": link} if (start + 1) * step < len(rows) else {}
        return JSONResponse(rows[start * step : (start + 1) * step], headers=more)

    def _row(self, path: str, content: Any) -> dict[str, Any]:
        size = _size(content)
        row: dict[str, Any] = {
            "type": "file",
            "path": path,
            "size": size + self.faults.lie_size,
            "oid": "0" * 40,
        }
        if size > LARGE_BYTES:
            digest = "f" * 64 if isinstance(content, Sparse) else hashlib.sha256(_bytes(content)).hexdigest()
            row["lfs"] = {
                "oid": "e" * 64 if self.faults.lie_digest else digest,
                "size": size,
                "pointerSize": 134,
            }
            row["xetHash"] = "a" * 64
        else:
            data = _bytes(content)
            digest = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
            row["oid"] = "e" * 40 if self.faults.lie_digest else digest
        return row

    def resolve(self, request: Request) -> Response:
        self._note("resolve", request)
        found = self._find(request)
        if isinstance(found, Response):
            return found
        repository, name = found
        path = request.path_params["path"]
        if path not in repository.files:
            return JSONResponse({"error": "Entry not found"}, 404, {"X-Error-Code": "EntryNotFound"})
        if self.faults.status:
            return self._refusal(self.faults.status.pop(0))
        content = repository.files[path]
        row = self._row(path, content)
        headers = {
            "X-Repo-Commit": repository.commit,
            "ETag": f'"{row.get("lfs", {}).get("oid", row["oid"])}"',
        }
        if self.faults.circle:
            return RedirectResponse(str(request.url), 302)
        if self.faults.redirect_to:
            return RedirectResponse(self.faults.redirect_to, 302)
        if "lfs" in row:
            headers |= {
                "X-Linked-Size": str(row["size"]),
                "X-Linked-ETag": f'"{row["lfs"]["oid"]}"',
                "X-Xet-Hash": "a" * 64,
            }
            return RedirectResponse(f"{self.store}/{name}/{path}?signature=x", 302, headers)
        return self._body(request, content, headers, cut_always=repository.fault == "cut")

    def stored(self, request: Request) -> Response:
        self._note("store", request)
        if self.faults.status:
            return self._refusal(self.faults.status.pop(0))
        name, path = request.path_params["name"], request.path_params["path"]
        return self._body(request, self.repositories[name].files[path], {"ETag": '"x"'})

    def _refusal(self, status: int) -> Response:
        headers = {"RateLimit": '"resolvers";r=0;t=1', "Retry-After": "1"} if status == 429 else {}
        return Response(b"no", status, headers)

    def _body(
        self, request: Request, content: Any, headers: dict[str, str], *, cut_always: bool = False
    ) -> Response:
        size = _size(content)
        if self.faults.stop_after == 0:
            return Response(b"gone", 503)
        self.faults.stop_after -= self.faults.stop_after > 0
        asked = request.headers.get("range", "")
        if "," in asked and self.faults.several_ranges and not self.faults.no_ranges:
            return self._several(asked, content, headers)
        start, end, status = 0, size, 200
        wanted = _RANGE.fullmatch(request.headers.get("range", ""))
        if wanted and not self.faults.no_ranges:
            if wanted[1]:
                start = int(wanted[1])
                end = min(int(wanted[2]) + 1, size) if wanted[2] else size
            else:
                start = max(size - int(wanted[2]), 0)
            if start >= size:
                return Response(b"", 416, {"Content-Range": f"bytes */{size}"})
            shift = 1 if self.faults.wrong_range else 0
            status, headers["Content-Range"] = 206, f"bytes {start + shift}-{end - 1 + shift}/{size}"
        headers |= {"Accept-Ranges": "bytes", "Content-Length": str(end - start)}
        if request.method == "HEAD":
            return Response(b"", status, headers)
        cut = end
        if (cut_always or self.faults.truncate) and end - start > 1:
            self.faults.truncate -= not cut_always
            cut = start + (end - start) // 2

        def pieces() -> Iterator[bytes]:
            at = start
            while at < cut:
                step = 7 if self.faults.drip else 1 << 16 if self.faults.bits_a_second else 1 << 20
                piece = _read(content, at, min(at + step, cut))
                self.sent += len(piece)
                self._pace(len(piece))
                yield piece
                at += len(piece)
                if self.faults.drip:
                    time.sleep(self.faults.drip)
            if cut != end:
                raise ConnectionResetError("cut short on purpose")

        return StreamingResponse(pieces(), status, headers, media_type="application/octet-stream")

    def _several(self, asked: str, content: Any, headers: dict[str, str]) -> Response:
        """`multipart/byteranges`, as RFC 9110 (14.6) has it."""
        size, mark, body = _size(content), "standin-boundary", bytearray()
        for span in asked.removeprefix("bytes=").split(","):
            start, end = (int(number) for number in span.split("-"))
            shift = 1 if self.faults.wrong_range else 0
            body += f"\r\n--{mark}\r\nContent-Type: application/octet-stream\r\n".encode()
            body += f"Content-Range: bytes {start + shift}-{end + shift}/{size}\r\n\r\n".encode()
            body += _read(content, start, end + 1)
        body += f"\r\n--{mark}--\r\n".encode()
        self.sent += len(body)
        self._pace(len(body))
        headers["Content-Type"] = f"multipart/byteranges; boundary={mark}"
        return Response(bytes(body), 206, headers)

    def _pace(self, length: int) -> None:
        """Hold back until the line, which all answers share, has room for so many bytes."""
        if self.faults.bits_a_second:
            with self._line:
                now = time.monotonic()
                self._free_at = max(self._free_at, now) + length * 8 / self.faults.bits_a_second
                wait = self._free_at - now
            time.sleep(wait)


def _size(content: Any) -> int:
    return (
        len(content)
        if isinstance(content, bytes)
        else content.size
        if isinstance(content, Sparse)
        else content.stat().st_size
    )


def _bytes(content: Any) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()


def _read(content: Any, start: int, end: int) -> bytes:
    if isinstance(content, Sparse):
        return content.read(start, end)
    if isinstance(content, bytes):
        return content[start:end]
    with content.open("rb") as page:
        page.seek(start)
        return page.read(end - start)


@contextmanager
def serving(application: Any) -> Iterator[str]:
    """The application on a free port of loopback, until the end of the block."""
    server = uvicorn.Server(
        uvicorn.Config(application, host=LOOPBACK, port=0, log_level="critical", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        if time.monotonic() > deadline:
            raise RuntimeError("the stand-in did not start")
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://{LOOPBACK}:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def hub() -> Iterator[Hub]:
    """A running stand-in: the endpoint on one port, the store behind it on another."""
    made = Hub()
    front = Starlette(routes=[
        Route("/api/models", made.models),
        Route("/api/models/{name:path}/revision/{rev:path}", made.info),
        Route("/api/datasets/{name:path}/revision/{rev:path}", made.info),
        Route("/api/models/{name:path}/tree/{rev}", made.tree),
        Route("/api/models/{name:path}/commits/{rev}", made.commits),
        Route("/api/datasets/{name:path}/commits/{rev}", made.commits),
        Route("/api/datasets/{name:path}/paths-info/{rev}", made.paths_info, methods=["POST"]),
        Route("/api/models/{name:path}/paths-info/{rev}", made.paths_info, methods=["POST"]),
        Route("/api/models/{name:path}", made.info),
        Route("/datasets/{name:path}/resolve/{rev}/{path:path}", made.resolve, methods=["GET", "HEAD"]),
        Route("/{name:path}/resolve/{rev}/{path:path}", made.resolve, methods=["GET", "HEAD"]),
    ])  # fmt: skip
    back = Starlette(routes=[Route("/{org}/{repo}/{path:path}", _named(made), methods=["GET", "HEAD"])])
    with serving(_bursting(made, front)) as endpoint, serving(back) as store:
        made.endpoint, made.store = endpoint, store
        yield made


def _bursting(made: Hub, application: Any) -> Any:
    """Refuse requests in bursts, as a hub does that is busy."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and made.bursts:
            left, status = made.bursts[0]
            made.bursts[0] = left - 1, status
            if left <= 1:
                made.bursts.pop(0)
            if status != 200:
                await made._refusal(status)(scope, receive, send)
                return
        await application(scope, receive, send)

    return answer


def _named(made: Hub) -> Any:
    def stored(request: Request) -> Response:
        request.path_params["name"] = f"{request.path_params['org']}/{request.path_params['repo']}"
        return made.stored(request)

    return stored
