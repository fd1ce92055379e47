"""An article, pasted or sent as a file, read against the catalogue. Nothing of it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from anyio import CapacityLimiter, WouldBlock, to_thread
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from ajar.errors import UsageError
from ajar.model.article import ArticleReading, Judgement
from ajar.reports import article_html, article_json
from ajar.reports.article_text import MARKS, count_words, date_words, door_words
from ajar.web.app import Errors
from ajar.web.page import Asked, Page
from ajar.web.rendering import Renderer

ARTICLE_BYTES = 2 * 2**20  # of an article; the longest magazine piece is a tenth, and a book is not read here
_AT_ONCE = 2  # articles read at one time: reading takes the processor, which the pages need too
_FRESH = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Articles:
    """The addresses under `read/`."""

    renderer: Renderer
    errors: Errors
    _room: list[CapacityLimiter] = field(default_factory=list)

    def routes(self) -> list[BaseRoute]:
        return [Route("/read/", self.form, methods=["GET"]), Route("/read/", self.read, methods=["POST"])]

    async def form(self, _: Request) -> Response:
        return HTMLResponse(self.renderer.html(_page(None), twins=[]))

    async def read(self, request: Request) -> Response:
        """The article with notes beside it; as JSON for who accepts that alone."""
        if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            return self.errors.page(request, 403, "This form was sent by another site.")
        data, name, asked = await _sent(request)
        room = self._limiter()
        try:
            room.acquire_on_behalf_of_nowait(request)
        except WouldBlock:
            return self.errors.page(
                request, 503, "Other articles are being read.", hint="try again in a moment"
            )
        try:
            found = await to_thread.run_sync(_read, data, name, asked)
        finally:
            room.release_on_behalf_of(request)
        if request.headers.get("accept", "") == "application/json":
            return Response(article_json.dumps(found), headers=_FRESH, media_type="application/json")
        return HTMLResponse(self.renderer.html(_page(found), twins=[]), headers=_FRESH)

    def _limiter(self) -> CapacityLimiter:
        if not self._room:  # made where the event loop is
            self._room.append(CapacityLimiter(_AT_ONCE))
        return self._room[0]


async def _sent(request: Request) -> tuple[bytes, str, Asked]:
    """The article's bytes and name, and the other fields. Raises `UsageError` for none, or one too long."""
    form = await request.form(max_files=1, max_fields=4, max_part_size=ARTICLE_BYTES)
    sent = form.get("file")
    asked = Asked(fields={"date": [str(form.get("date") or "")]})
    if isinstance(sent, UploadFile) and sent.filename:
        data, name = await sent.read(ARTICLE_BYTES + 1), sent.filename[:200]
    else:
        data, name = str(form.get("text") or "").encode("utf-8", "replace"), "pasted text"
    await form.close()
    if not data.strip():
        raise UsageError("there is no article in the form", hint="paste its text, or choose a file")
    if len(data) > ARTICLE_BYTES:
        raise UsageError(f"longer than {ARTICLE_BYTES // 2**20} MB", hint="use the command: ajar read FILE")
    return data, name, asked


def _read(data: bytes, name: str, asked: Asked) -> ArticleReading:
    from ajar.reading import read

    return read(data, name, date=asked.date("date"))


def _page(found: ArticleReading | None) -> Page:
    context: Mapping[str, Any] = {"found": None}
    if found is not None:
        counts = {item: sum(said.verdict is item for said in found.statements) for item in Judgement}
        context = {
            "found": found,
            "article": "".join(article_html.article(found)),
            "told": f"Read {date_words(found)}. {count_words(found)}.",
            "counts": [(item.value, MARKS.get(item, ""), counts[item]) for item in Judgement if counts[item]],
            "door_words": door_words,
        }
    return Page(
        path="read/",
        title=f"{found.title or found.subject}, read" if found else "Read an article",
        about="Paste an article about AI systems: who and what it names, how open they are, which statements do not hold.",
        template="read.html",
        context=context,
        data="",
    )
