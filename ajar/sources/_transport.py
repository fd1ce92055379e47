"""HTTP as an audit needs it: polite, counted, bounded, and never led to where the target did not point.

Redirects are followed here and not by the client, so that a token goes to the host it belongs to and to no
other, and so that no redirect, link or name leads to this machine or its network.
Rate limits: the `RateLimit` fields of draft-ietf-httpapi-ratelimit-headers, and `Retry-After` (RFC 9110, 10.2.3).
"""

from __future__ import annotations

import atexit
import errno
import ipaddress
import random
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpcore2
import httpx2

from ajar.blobs import Meter
from ajar.config import VERSION, Gate
from ajar.errors import BudgetExceeded

REDIRECTS = 5
ATTEMPTS = 5
BACKOFF_S, LONGEST_WAIT_S = 0.25, 60.0
CONNECT_S, READ_S, POOL_S = 10.0, 20.0, 120.0
CONNECTIONS = 16
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_MOVED = frozenset({301, 302, 303, 307, 308})
_RESET = re.compile(r"\bt=(\d{1,6})\b")


Signer = Callable[[str, str, Mapping[str, str]], Mapping[str, str]]
"""What a request to one host gets besides its headers: a signature, or what it pins. From method, address, headers."""


class Refused(OSError):
    """The host says no, or says something that cannot be true. `status` is its HTTP status, 0 for the latter."""

    def __init__(self, status: int, reason: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(errno.EIO, reason)
        self.status = status
        self.headers = dict(headers or {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer, whole or cut at the limit that was asked for."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    url: str  # after redirects
    is_whole: bool


class _Guard(httpcore2.SyncBackend):
    """Connects only to addresses of the open network, or of hosts that the target itself names."""

    def __init__(self, trusted: frozenset[str]) -> None:
        super().__init__()
        self._trusted = trusted

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        address = host if host in self._trusted else _checked(host, port)
        return super().connect_tcp(address, port, timeout, local_address, socket_options)


def _checked(host: str, port: int) -> str:
    """The address to connect to, once checked: a name may not change its mind between the two."""
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore2.ConnectError(f"{host}: {error.strerror or error}") from error
    addresses = [str(row[4][0]) for row in rows]
    if not addresses or not all(ipaddress.ip_address(item.partition("%")[0]).is_global for item in addresses):
        raise _Inside(host)
    return addresses[0]


class _Inside(Exception):
    """An address of this machine or its network."""


@cache
def _authorities() -> ssl.SSLContext:
    """Reading the list of authorities takes 10 ms, which is more than many an audit."""
    return httpx2.create_ssl_context(trust_env=False)


def _client(trusted: frozenset[str], patience_s: float) -> httpx2.Client:
    inner = httpx2.HTTPTransport(
        verify=_authorities(), http2=True, limits=httpx2.Limits(max_connections=CONNECTIONS)
    )
    inner._pool._network_backend = _Guard(trusted)  # noqa: SLF001  no public way in
    return httpx2.Client(
        transport=inner,
        timeout=httpx2.Timeout(patience_s, connect=CONNECT_S, pool=POOL_S),
        follow_redirects=False,
        trust_env=False,
        headers={"user-agent": f"ajar/{VERSION}", "accept-encoding": "identity"},
    )


@cache
def _shared(trusted: frozenset[str], patience_s: float) -> httpx2.Client:
    """One client for all audits of a process, whose connections last: tokens are the transport's, not the client's."""
    client = _client(trusted, patience_s)
    atexit.register(client.close)
    return client


@dataclass(slots=True)
class Transport:
    """One client for all requests of an audit. Safe to use from several threads."""

    meter: Meter
    trusted: frozenset[str] = frozenset()  # host names the target gave, whatever their address
    tokens: Mapping[str, str] = field(default_factory=dict)  # host and port -> bearer token
    signers: Mapping[str, Signer] = field(default_factory=dict)  # host and port -> what signs for it
    seconds: float = 300.0
    patience_s: float = READ_S  # between two pieces of an answer
    gate: Gate | None = None
    _deadline: float = 0.0
    _client: httpx2.Client = field(init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _not_before: dict[str, float] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._deadline = time.monotonic() + self.seconds
        client = _shared if self.gate else _client
        self._client = client(self.trusted, self.patience_s)

    def close(self) -> None:
        if not self.gate:
            self._client.close()

    def get(
        self,
        url: str,
        *,
        limit_bytes: int,
        start: int | None = None,
        length: int | None = None,
        accept: str = "*/*",
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Reply:
        """Fetch `url`, or `length` bytes of it from `start`; at most `limit_bytes` are read. `content` is posted.

        Raises `Refused` where the host refuses or misbehaves, `BudgetExceeded` past the deadline or the meter.
        """
        asked = {"accept": accept, **(headers or {})}
        if start is not None:
            asked["range"] = f"bytes={start}-{'' if length is None else start + length - 1}"
        problem: Exception = Refused(0, f"{url}: no answer")
        for attempt in range(ATTEMPTS):
            try:
                reply = self._follow(url, asked, limit_bytes, content)
            except httpx2.HTTPError as error:
                problem = Refused(0, f"{_host(url)}: {_words(error)}")
            else:
                if reply.status not in _AGAIN:
                    return reply
                problem = Refused(reply.status, f"{_host(url)} answers {reply.status}", reply.headers)
            if attempt + 1 < ATTEMPTS:
                self._wait(url, attempt, problem)
        if self.gate:
            self.gate.lost(url)
        raise problem

    def _follow(self, url: str, headers: Mapping[str, str], limit_bytes: int, content: bytes | None) -> Reply:
        seen = {url}
        for _ in range(REDIRECTS + 1):
            reply = self._once(url, headers, limit_bytes, content)
            target = reply.headers.get("location")
            if reply.status not in _MOVED or not target:
                return reply
            after = str(httpx2.URL(url).join(target))
            scheme = httpx2.URL(after).scheme
            if scheme not in {"http", "https"} or (scheme == "http" and url.startswith("https:")):
                raise Refused(0, f"{_host(url)} redirects to {scheme}, which is not followed")
            if after in seen:
                raise Refused(0, f"{_host(url)} redirects in a circle")
            seen.add(after)
            url = after
        raise Refused(0, f"more than {REDIRECTS} redirects from {_host(next(iter(seen)))}")

    def _once(self, url: str, headers: Mapping[str, str], limit_bytes: int, content: bytes | None) -> Reply:
        self._hold(url)
        token = self.tokens.get(authority(url))
        sent = {**headers, **({"authorization": f"Bearer {token}"} if token else {})}
        if not token:
            sent = {name: value for name, value in sent.items() if name != "authorization"}
        signer = self.signers.get(authority(url))
        method = "GET" if content is None else "POST"
        if signer is not None:
            sent |= signer(method, url, sent)
        body = bytearray()
        is_whole = True
        try:
            with self._client.stream(method, url, headers=sent, content=content) as answer:
                with self._lock:
                    self.meter.requests += 1
                if answer.status_code == 200 and "," in headers.get("range", ""):
                    limit_bytes = 1  # all of the file, where several parts of it were asked for
                for chunk in answer.iter_raw():
                    self._check_time()
                    body += chunk
                    if len(body) >= limit_bytes:
                        is_whole = len(body) == limit_bytes == _content_length(answer.headers)
                        break
                said = _content_length(answer.headers)
                if is_whole and said is not None and len(body) != said:
                    raise httpx2.RemoteProtocolError(f"{len(body)} of {said} bytes came")
                found = {name.lower(): value for name, value in answer.headers.items()}
                status = answer.status_code
        except _Inside as error:
            raise Refused(
                0, f"{error} is an address of this machine or its network, and was not followed"
            ) from None
        with self._lock:
            self.meter.charge_bytes(len(body))
        self._heed(url, status, found)
        return Reply(status=status, headers=found, body=bytes(body[:limit_bytes]), url=url, is_whole=is_whole)

    # waiting

    def _check_time(self) -> None:
        if time.monotonic() > self._deadline:
            if self.gate:
                self.gate.lost("")
            raise BudgetExceeded(f"more than {self.seconds:.0f} s spent on the network")

    def _hold(self, url: str) -> None:
        """Wait until the host's window opens again."""
        if self.gate:
            self.gate.hold(url)
        until = self._not_before.get(authority(url), 0.0)
        self._sleep(until - time.monotonic())

    def _sleep(self, seconds: float) -> None:
        if seconds > 0:
            left = self._deadline - time.monotonic()
            if seconds > min(left, LONGEST_WAIT_S * 6):
                if self.gate:
                    self.gate.lost("")
                raise BudgetExceeded(f"the host asks to wait {seconds:.0f} s")
            time.sleep(seconds)
        self._check_time()

    def _heed(self, url: str, status: int, headers: Mapping[str, str]) -> None:
        """What the host says of its limits: none left, or a time to come back."""
        limit = headers.get("ratelimit", "")
        wait = headers.get("retry-after", "") if status in {429, 503} else ""
        reset = _RESET.search(limit)
        if wait.isdigit():
            seconds = float(wait)
        elif reset and re.search(r"\br=0\b", limit):
            seconds = float(reset[1])
        else:
            return
        seconds = min(seconds, LONGEST_WAIT_S * 6)
        with self._lock:
            self._not_before[authority(url)] = time.monotonic() + seconds
        if self.gate:
            self.gate.slow(url, seconds)

    def _wait(self, url: str, attempt: int, problem: Exception) -> None:
        if isinstance(problem, Refused) and "circle" in str(problem):
            raise problem
        if self._not_before.get(authority(url), 0.0) > time.monotonic():
            return  # the next request holds until then
        pause = min(BACKOFF_S * 2**attempt, LONGEST_WAIT_S) * (0.5 + random.random())  # noqa: S311  jitter, no secret
        self._sleep(pause)


def _content_length(headers: httpx2.Headers) -> int | None:
    said = headers.get("content-length", "")
    return int(said) if said.isdigit() else None


def _host(url: str) -> str:
    return httpx2.URL(url).host


def authority(url: str) -> str:
    """Host and port, the port of the scheme where none is written."""
    parsed = httpx2.URL(url)
    return f"{parsed.host}:{parsed.port or (443 if parsed.scheme == 'https' else 80)}"


def _words(error: Exception) -> str:
    name = re.sub(r"(?<!^)(?=[A-Z])", " ", type(error).__name__).lower()
    return f"{name}: {error}"[:200] if str(error) else name
