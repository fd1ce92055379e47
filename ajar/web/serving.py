"""Starting the server: the site with its guard, on an address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address

import uvicorn
from starlette.types import ASGIApp

from ajar.errors import UsageError
from ajar.web.app import application
from ajar.web.guarding import Bounds, Guard
from ajar.web.site import Features, Site

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_IDLE_S = 10  # a connection that says nothing is closed
_AT_ONCE = 400  # requests under way; more are told to come back
_BACKLOG = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where to listen, and to which names to answer."""

    host: str = "127.0.0.1"
    port: int = 8627
    names: tuple[str, ...] = ()
    bounds: Bounds = field(default_factory=Bounds)

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names it answers to. On other addresses than loopback, without `--name`, it cannot know them: all."""
        if self.is_loopback:
            return (*_LOOPBACK, *self.names)
        return (*_LOOPBACK, self.host, *self.names) if self.names else ()


def build(settings: Settings) -> ASGIApp:
    """The guarded application, with every system judged, so that the first visitor waits for nothing."""
    site = Site(features=Features(searching=True))
    _ = site.released
    return Guard(application(site), hosts=settings.hosts, bounds=settings.bounds)


def run(settings: Settings, *, started: Callable[[str], None]) -> None:
    """Serve until interrupted. Raises `UsageError` when the address cannot be had."""
    config = uvicorn.Config(
        build(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=_IDLE_S,
        limit_concurrency=_AT_ONCE,
        backlog=_BACKLOG,
        timeout_graceful_shutdown=5,
    )
    try:
        listening = config.bind_socket()
    except SystemExit:
        raise UsageError(
            f"{settings.host}:{settings.port} cannot be had",
            hint="choose another --port, or 0 for a free one",
        ) from None
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    started(f"http://{host}:{listening.getsockname()[1]}/  (stop with Ctrl-C)")
    uvicorn.Server(config).run(sockets=[listening])
