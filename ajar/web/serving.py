"""Starting the server: the site with its guard, on an address."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from ajar.errors import UsageError
from ajar.web.app import application
from ajar.web.guarding import Bounds, Guard
from ajar.web.jobs import Jobs
from ajar.web.site import Features, Site
from ajar.web.store import Store

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_IDLE_S = 10  # a connection that says nothing is closed
_AT_ONCE = 400  # requests under way; more are told to come back
_BACKLOG = 512
_TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "MODELSCOPE_API_TOKEN")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where to listen, and to which names to answer."""

    host: str = "127.0.0.1"
    port: int = 8627
    names: tuple[str, ...] = ()
    token: str = ""  # who knows it may have releases audited; on loopback anybody may
    store: Path | None = None  # where audits are kept; in memory when not given
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


def build(settings: Settings, jobs: Jobs | None) -> ASGIApp:
    """The guarded application, with every system judged, so that the first visitor waits for nothing."""
    site = Site(features=Features(searching=True, reading=True, auditing=jobs is not None))
    _ = site.released
    app = application(site, jobs, settings.token)
    return Guard(app, hosts=settings.hosts, bounds=settings.bounds)


def _jobs(settings: Settings) -> Jobs | None:
    """The threads that audit; none where strangers come in and no token is set."""
    if not settings.is_loopback and not settings.token:
        return None
    if not settings.is_loopback:  # what this machine may read is not for visitors to see
        for name in _TOKENS:
            os.environ.pop(name, None)
        os.environ["HF_HUB_DISABLE_IMPLICIT_TOKEN"] = "1"  # noqa: S105  a switch
    return Jobs(Store(settings.store))


def run(settings: Settings, *, started: Callable[[str], None]) -> None:
    """Serve until interrupted. Raises `UsageError` when the address cannot be had."""
    jobs = _jobs(settings)
    config = uvicorn.Config(
        build(settings, jobs),
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
    listening.listen(_BACKLOG)  # who reads the address may ask at once
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    started(f"http://{host}:{listening.getsockname()[1]}/  (stop with Ctrl-C)")
    if jobs is not None:
        jobs.start()
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        if jobs is not None:
            jobs.stop()
