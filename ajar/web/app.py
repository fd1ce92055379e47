"""The server's addresses. Pages of the catalogue never change while it runs, so each is rendered once and kept."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from ajar.errors import AjarError, UsageError
from ajar.web import feeds
from ajar.web.page import Asked, NotHere
from ajar.web.pages import ROUTES, twin
from ajar.web.pages import Route as PageRoute
from ajar.web.rendering import ASSETS, Renderer, asset, csv
from ajar.web.site import Site

if TYPE_CHECKING:
    from ajar.web.jobs import Jobs

_KEPT_BYTES = 64 * 2**20  # of answers kept; all pages of the catalogue with their twins are half of it
_FIELDS = 100  # of one query; the largest form has thirty
_SMALL = 600  # bytes; below, compressing saves nothing
_TYPES = {
    "html": "text/html; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Bytes of one address, as they are and compressed."""

    body: bytes
    small: bytes
    kind: str
    tag: str

    @classmethod
    def of(cls, body: bytes, kind: str) -> Answer:
        small = gzip.compress(body, 6, mtime=0) if len(body) > _SMALL else b""
        return cls(body=body, small=small, kind=kind, tag=f'"{hashlib.sha256(body).hexdigest()[:24]}"')

    @property
    def size(self) -> int:
        """In bytes, of both forms."""
        return len(self.body) + len(self.small)

    def respond(self, request: Request) -> Response:
        headers = {"ETag": self.tag, "Cache-Control": "public, max-age=300", "Vary": "Accept-Encoding"}
        if self.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if self.small and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(self.small, headers={**headers, "Content-Encoding": "gzip"}, media_type=self.kind)
        return Response(self.body, headers=headers, media_type=self.kind)


class Kept:
    """The last answers, by address and query, up to a number of bytes."""

    def __init__(self, size_bytes: int = _KEPT_BYTES) -> None:
        self._room = size_bytes
        self._held: OrderedDict[str, Answer] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> Answer | None:
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: str, answer: Answer) -> None:
        with self._lock:
            if key not in self._held:
                self._held[key] = answer
                self._room -= answer.size
            while self._room < 0:
                self._room += self._held.popitem(last=False)[1].size


def asked_of(request: Request) -> Asked:
    """The query of a request. Raises `UsageError` when it has more fields than any form."""
    pairs = request.query_params.multi_items()
    if len(pairs) > _FIELDS:
        raise UsageError("more fields than any form here has", hint="ask for less")
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return Asked(fields=fields)


class Pages:
    """Answers for the pages of a site."""

    def __init__(self, site: Site, renderer: Renderer) -> None:
        self._site = site
        self._renderer = renderer
        self._kept = Kept()

    def routes(self) -> list[BaseRoute]:
        """Each page with its twins, and what is no page."""
        found: list[BaseRoute] = []
        for route in ROUTES:
            suffixes = ["html", "json", *(["csv"] if route.has_table else [])]
            for suffix in suffixes:
                place = route.pattern if suffix == "html" else twin(route.pattern, suffix)
                found.append(Route(f"/{place}", self._endpoint(route, suffix), methods=["GET"]))
        for name, kind in ASSETS.items():
            found.append(Route(f"/static/{name}", self._fixed(kind, partial(asset, name))))
        found += [
            Route(
                "/changes.atom",
                self._fixed("application/atom+xml; charset=utf-8", lambda: feeds.atom(self._site).encode()),
            ),
            Route("/openapi.json", self._fixed("application/json", feeds.openapi)),
            Route("/badge/{id}.svg", self._badge),
        ]
        return found

    def _endpoint(self, route: PageRoute, suffix: str) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            return await self._answer(
                request, lambda: self._page(route, suffix, request.path_params, asked_of(request))
            )

        return endpoint

    def _page(self, route: PageRoute, suffix: str, given: Mapping[str, str], asked: Asked) -> Answer:
        page = route.make(self._site, given, asked)
        texts: dict[str, Callable[[], str]] = {
            "html": lambda: self._renderer.html(page),
            "json": lambda: page.data,
            "csv": lambda: csv(page),
        }
        return Answer.of(texts[suffix]().encode("utf-8", "backslashreplace"), _TYPES[suffix])

    def _fixed(self, kind: str, content: Callable[[], bytes]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            return await self._answer(request, lambda: Answer.of(content(), kind))

        return endpoint

    async def _badge(self, request: Request) -> Response:
        key = request.path_params["id"]
        return await self._answer(
            request, lambda: Answer.of(feeds.badge(self._site, key).encode(), "image/svg+xml")
        )

    async def _answer(self, request: Request, make: Callable[[], Answer]) -> Response:
        """One kept, or made in a thread: a page that takes long never stops the others."""
        key = f"{request.url.path}?{request.url.query}"
        found = self._kept.get(key)
        if found is None:
            found = await run_in_threadpool(make)
            self._kept.put(key, found)
        return found.respond(request)


class Errors:
    """Answers to what goes wrong: a page for people, JSON for programs, and never a trace."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer

    def handlers(self) -> Mapping[Any, Any]:
        return {
            NotHere: self._not_here,
            UsageError: self._usage,
            AjarError: self._other,
            HTTPException: self._http,
            ClientDisconnect: self._gone,
        }

    def page(
        self, request: Request, status: int, message: str, *, hint: str = "", near: Any = ()
    ) -> Response:
        if request.url.path.endswith((".json", ".csv", ".svg", ".atom")):
            import json

            body = {"error": message, "hint": hint, "near": [address for address, _ in near]}
            return Response(json.dumps(body) + "\n", status, media_type=_TYPES["json"])
        return HTMLResponse(self._renderer.error(status, message, hint=hint, near=near), status)

    async def _not_here(self, request: Request, error: NotHere) -> Response:
        return self.page(request, 404, error.message, hint=error.hint, near=error.near)

    async def _usage(self, request: Request, error: UsageError) -> Response:
        return self.page(request, 400, error.message, hint=error.hint)

    async def _other(self, request: Request, error: AjarError) -> Response:
        return self.page(request, 500, error.message, hint=error.hint)

    async def _http(self, request: Request, error: HTTPException) -> Response:
        if error.status_code == 404:
            path = request.url.path[:200]
            near = self._renderer.site.near(path.rstrip("/").rpartition("/")[2].partition(".")[0])
            return self.page(request, 404, f"There is no page at {path}", near=near)
        return self.page(request, error.status_code, str(error.detail))

    async def _gone(self, _: Request, __: ClientDisconnect) -> Response:
        return PlainTextResponse("The request was too large or came too slowly.\n", 413)


def application(site: Site, jobs: Jobs | None = None, token: str = "") -> Starlette:
    """The site as an ASGI application, without the guard around it; with `jobs`, releases can be audited."""
    renderer = Renderer(site)
    errors = Errors(renderer)
    routes = Pages(site, renderer).routes()
    if site.features.reading:
        from ajar.web.articles import Articles

        routes += Articles(renderer=renderer, errors=errors).routes()
    if jobs is not None:
        from ajar.web.audits import Audits

        routes += Audits(jobs=jobs, renderer=renderer, errors=errors, token=token).routes()
    return Starlette(routes=routes, exception_handlers=errors.handlers())
