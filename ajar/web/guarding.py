"""What stands before every answer: hosts that are ours, headers, sizes, rates. Plain ASGI, nothing kept on disk."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ajar.web.rendering import POLICY

HEADERS = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with none at all, browsers say of our own forms that they come from nowhere
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    "X-Frame-Options": "DENY",
}
_BADGES = "/badge/"  # pictures for the pages of others
_CLIENTS = 10_000  # whose rates are remembered; the one seen longest ago is forgotten first


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Ceilings on what one client may ask."""

    body_bytes: int = 8 * 2**20  # the longest article worth reading is a tenth of it
    body_seconds: float = 20.0  # for a whole body to arrive
    reads_a_minute: int = 1200  # pages; a person with a browser stays far below
    writes_a_minute: int = 20  # forms sent


class Guard:
    """Wraps an application. `hosts` are the names that it answers to; without any it answers to all.

    A page of another site can make a browser ask a server on loopback under a name of its own: hence the names.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Iterable[str] = (),
        bounds: Bounds | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._bounds = bounds or Bounds()
        self._rates = Rates(clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = self._refused(scope)
        if refused is not None:
            await refused(scope, receive, _with_headers(scope, send))
            return
        body = _Bounded(receive, self._bounds)
        await self._app(scope, body, _with_headers(scope, send))

    def _refused(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if self._hosts and _host(headers.get("host", "")) not in self._hosts:
            return PlainTextResponse("This server does not answer to that name.\n", 421)
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > self._bounds.body_bytes:
            limit = self._bounds.body_bytes // 2**20
            return PlainTextResponse(f"Too much: at most {limit} MB can be sent.\n", 413)
        reads = scope["method"] in {"GET", "HEAD"}
        rate = self._bounds.reads_a_minute if reads else self._bounds.writes_a_minute
        client = scope.get("client") or ("", 0)
        if not self._rates.allows(f"{client[0]} {reads}", rate):
            return PlainTextResponse(
                "Too many requests in a minute; try again in a moment.\n", 429, {"Retry-After": "10"}
            )
        return None


def _host(value: str) -> str:
    """The name in a Host header, without the port."""
    name = value.strip().lower()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0]


def _with_headers(scope: Scope, send: Send) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if scope["path"].startswith(_BADGES):
                headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        await send(message)

    return sender


class _Bounded:
    """A request's body, up to a size and a time. What is longer or slower ends the request."""

    def __init__(self, receive: Receive, bounds: Bounds) -> None:
        self._receive = receive
        self._bounds = bounds
        self._taken = 0
        self._until = time.monotonic() + bounds.body_seconds
        self._is_whole = False

    async def __call__(self) -> Message:
        if self._is_whole:  # what comes now is that the client goes
            return await self._receive()
        import anyio

        try:
            with anyio.fail_after(max(0.0, self._until - time.monotonic())):
                message = await self._receive()
        except TimeoutError:
            raise ClientDisconnect from None
        if message["type"] == "http.request":
            self._taken += len(message.get("body", b""))
            self._is_whole = not message.get("more_body", False)
            if self._taken > self._bounds.body_bytes:
                raise ClientDisconnect
        return message


class Rates:
    """How many requests each client may make: a bucket that fills by the minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, client: str, a_minute: int) -> bool:
        """Take one from the client's bucket, if there is one."""
        now = self._clock()
        left, since = self._held.pop(client, (float(a_minute), now))
        left = min(float(a_minute), left + (now - since) * a_minute / 60)
        allowed = left >= 1
        self._held[client] = (left - 1 if allowed else left, now)
        if len(self._held) > _CLIENTS:
            self._held.popitem(last=False)
        return allowed
