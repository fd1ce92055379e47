"""The form that audits a release, the page that watches it, and the report that stays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import compare_digest, token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from ajar.errors import UsageError
from ajar.web import pictures
from ajar.web.app import Errors, asked_of
from ajar.web.jobs import Jobs
from ajar.web.page import NotHere, Page
from ajar.web.rendering import Renderer
from ajar.web.report_view import ReportView, view
from ajar.web.store import Audit, Full, State

_COOKIE = "ajar-form"
_FRESH = {"Cache-Control": "no-store"}
_OURS = frozenset({"same-origin", "none", ""})  # Sec-Fetch-Site of a form of ours, or of a client without it


@dataclass(frozen=True, slots=True, kw_only=True)
class Audits:
    """The addresses under `audits/`. With a token, only who knows it may ask for an audit."""

    jobs: Jobs
    renderer: Renderer
    errors: Errors
    token: str = ""

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/audits/", self.form, methods=["GET"]),
            Route("/audits/", self.ask, methods=["POST"]),
            Route("/audits/{id}/", self.one),
            Route("/audits/{id}.json", self.data),
        ]

    async def form(self, request: Request) -> Response:
        """The form, and what was audited; `q` searches the reports."""
        words = asked_of(request).one("q")
        found = await run_in_threadpool(self.jobs.store.finished, words)
        secret = request.cookies.get(_COOKIE) or token_urlsafe(24)
        page = Page(
            path="audits/",
            title="Audit a release",
            about="Name a release on a public hub and watch it being audited, without its weights being downloaded or run.",
            template="audits.html",
            context={"found": found, "words": words, "secret": secret, "needs_token": bool(self.token)},
            data="",
        )
        answer = HTMLResponse(self.renderer.html(page, twins=[]), headers=_FRESH)
        answer.set_cookie(_COOKIE, secret, path="/audits/", httponly=True, samesite="strict")
        return answer

    async def ask(self, request: Request) -> Response:
        """Queue an audit, and go to its page."""
        form = {name: str(value) for name, value in (await request.form(max_files=0, max_fields=8)).items()}
        refused = self._refused(request, form)
        if refused:
            return self.errors.page(request, 403, refused, hint="go back to the form and try again")
        client = request.client.host if request.client else ""
        try:
            key = await run_in_threadpool(self.jobs.ask, form.get("target", ""), client)
        except Full as error:
            return self.errors.page(request, 429, error.message, hint=error.hint)
        return RedirectResponse(f"/audits/{key}/", 303, headers=_FRESH)

    def _refused(self, request: Request, form: Mapping[str, str]) -> str:
        """Why a form is not taken: another site may have sent it, or the token is wrong."""
        cookie = request.cookies.get(_COOKIE, "")
        if not cookie or not compare_digest(cookie.encode(), form.get("secret", "").encode()):
            return "This form is not from this page, or the browser sent no cookie."
        origin = request.headers.get("origin", "")
        ours = not origin or urlsplit(origin).netloc == request.headers.get("host", "")
        if not ours or request.headers.get("sec-fetch-site", "") not in _OURS:
            return "This form was sent by another site."
        if self.token and not compare_digest(self.token.encode(), form.get("token", "").encode()):
            return "That is not the token."
        return ""

    async def one(self, request: Request) -> Response:
        """How far it is; or the report."""
        page = await run_in_threadpool(self._page, request.path_params["id"])
        return HTMLResponse(self.renderer.html(page), headers=_FRESH)

    def _found(self, key: str) -> Audit:
        found = self.jobs.store.get(key)
        if found is None:
            raise NotHere(
                "there is no such audit",
                hint="it may have been asked of another server",
                near=[("audits/", "All audits")],
            )
        return found

    def _page(self, key: str) -> Page:
        found = self._found(key)
        context: dict[str, Any] = {"audit": found, "report": None, "stage": self.jobs.stage(found)}
        title = f"{found.target}: {found.state.value}"
        if found.state is State.DONE:
            seen = view(self.jobs.store.report(key))
            title = f"{seen.title}: {seen.label}, audited"
            context |= {"report": seen, "line": _line(seen)}
        return Page(
            path=f"audits/{found.id}/",
            title=title,
            about=f"An audit of {found.target} by ajar.",
            template="audit.html",
            context=context,
            data="",
        )

    async def data(self, request: Request) -> Response:
        """The state of an audit, with its report when it is done."""
        body = await run_in_threadpool(self._data, request.path_params["id"])
        return Response(json.dumps(body, indent=2) + "\n", headers=_FRESH, media_type="application/json")

    def _data(self, key: str) -> Mapping[str, Any]:
        found = self._found(key)
        stage = self.jobs.stage(found)
        return {
            "id": found.id,
            "target": found.target,
            "state": found.state.value,
            "stage": stage.words,
            "done": stage.done,
            "total": stage.total,
            "message": found.message,
            "hint": found.hint,
            "report": self.jobs.store.report(key) if found.state is State.DONE else None,
        }


def _line(report: ReportView) -> str:
    """The release and what it comes from, drawn."""
    if not report.parents:
        return ""
    own = pictures.Node(key=report.title, name=report.title, door=report.door)
    nodes = [node for node, _ in report.parents]
    return pictures.descent(
        [nodes, [own]], [edge for _, edge in report.parents], f"What {report.title} comes from"
    )


def checked_token(token: str) -> str:
    """A token that is worth having. Raises `UsageError` for one that could be guessed."""
    if token and len(token) < 16:
        raise UsageError(
            "the token is shorter than 16 characters",
            hint="python -c 'import secrets; print(secrets.token_urlsafe())'",
        )
    return token
