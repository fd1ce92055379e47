"""What every remote source shares: a listed release whose files are read by range, ahead of the audit, and kept."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import md5, sha1, sha256
from typing import Any, TypeVar

from ajar.blobs import Meter, will_read
from ajar.config import Options
from ajar.errors import AjarError, MalformedError, TargetError, TargetNotFound, TargetUnreadable, UsageError
from ajar.interfaces import Blob
from ajar.model.evidence import Basis, Evidence, Gap, Location, Scalar
from ajar.model.release import FileEntry, Release, is_front
from ajar.sources._cache import Cache, default_folder
from ajar.sources._ranges import FIRST_BYTES, Getter, Hosts, RangeBlob
from ajar.sources._transport import Refused, Reply, Signer, Transport, authority

ANSWER_BYTES = 64 << 20  # an API's answer; the largest listing seen is 20 MB
WORKERS = 8
ABREAST = 16  # requests at once for spans of one file, where the host takes one span each
OFFLINE = "offline, and not in the cache"
AHEAD = 256  # files whose first bytes are fetched before they are asked for

_Answer = TypeVar("_Answer")


@dataclass(slots=True)
class Line:
    """The way to hosts that one resolve uses: transport, cache, and whether the network may be used at all."""

    options: Options
    meter: Meter
    trusted: frozenset[str] = frozenset()
    tokens: dict[str, str] = field(default_factory=dict)
    signers: dict[str, Signer] = field(default_factory=dict)
    cache: Cache = field(init=False)
    hosts: Hosts = field(init=False)
    _pool: ThreadPoolExecutor = field(init=False, repr=False)
    _transport: Transport | None = None

    def __post_init__(self) -> None:
        folder = self.options.cache if self.options.cache is not None else default_folder()
        self.cache = Cache(folder if self.options.keep else None)
        self._pool = ThreadPoolExecutor(ABREAST, thread_name_prefix="ajar-span")
        self.hosts = Hosts(together=self.together)

    def together(self, work: Sequence[Callable[[], _Answer]]) -> Iterator[_Answer]:
        """Answers in order; where one fails, what was not begun yet is not asked."""
        asked = [self._pool.submit(item) for item in work]
        try:
            for item in asked:
                yield item.result()
        finally:
            for item in asked:
                item.cancel()

    @property
    def transport(self) -> Transport:
        if self.options.offline:
            raise Refused(0, OFFLINE)
        if self._transport is None:
            self._transport = Transport(
                meter=self.meter,
                trusted=self.trusted,
                tokens=self.tokens,
                signers=self.signers,
                seconds=self.options.limits.seconds,
                gate=self.options.gate,
            )
        return self._transport

    def answer(
        self, url: str, *, accept: str = "application/json", headers: Mapping[str, str] | None = None
    ) -> Any:
        """A JSON answer, from the network or, offline, the last one kept. Raises `Refused`, `MalformedError`."""
        if self.options.offline:
            kept = self.cache.answer(url)
            if kept is None:
                raise Refused(0, OFFLINE)
            return kept
        reply = self.ask(url, accept=accept, headers=headers)
        if reply.status != 200:
            raise Refused(reply.status, f"the host answers {reply.status}", reply.headers)
        answer = parsed(reply)
        self.cache.keep_answer(url, answer)
        return answer

    def post(self, url: str, question: Any) -> Any:
        """The answer to a JSON question about a pinned revision: it does not change, so it is asked once."""
        body = json.dumps(question, sort_keys=True).encode()
        key = f"{url}#{sha256(body).hexdigest()}"
        kept = self.cache.answer(key)
        if kept is not None:
            return kept
        if self.options.offline:
            raise Refused(0, OFFLINE)
        headers = {"content-type": "application/json"}
        reply = self.transport.get(
            url, limit_bytes=ANSWER_BYTES, accept="application/json", headers=headers, content=body
        )
        if reply.status != 200:
            raise Refused(reply.status, f"the host answers {reply.status}", reply.headers)
        answer = parsed(reply)
        self.cache.keep_answer(key, answer)
        return answer

    def ask(
        self, url: str, *, accept: str = "application/json", headers: Mapping[str, str] | None = None
    ) -> Reply:
        return self.transport.get(url, limit_bytes=ANSWER_BYTES, accept=accept, headers=headers)

    def use_token(self, url: str, token: str) -> None:
        """Send `token` to the host of `url` from now on, and to no other."""
        self.tokens[authority(url)] = token

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        if self._transport is not None:
            self._transport.close()


def parsed(reply: Reply) -> Any:
    """JSON of an answer. Raises `MalformedError`."""
    if not reply.is_whole:
        raise MalformedError(f"an answer of more than {ANSWER_BYTES} bytes")
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        raise MalformedError("the host's answer is not JSON") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """Where one file is, and the key its blocks are kept under: a digest, or a pinned revision and a path."""

    url: str
    size: int
    key: str
    digest: str = ""  # sha256:…, git:… or md5:…, as the host states it
    blob: Blob | None = None  # what came with the listing already


class CheckedBlob:
    """A range blob whose whole content, once read, is held against the digest that the host states."""

    __slots__ = ("_digest", "_inner", "_is_checked")

    def __init__(self, inner: RangeBlob, digest: str) -> None:
        self._inner, self._digest = inner, digest
        self._is_checked = not digest or inner.size > FIRST_BYTES

    @property
    def size(self) -> int:
        return self._inner.size

    def read_at(self, offset: int, length: int) -> bytes:
        if not self._is_checked:
            self._check()
        return self._inner.read_at(offset, length)

    def will_read(self, spans: Iterable[tuple[int, int]]) -> None:
        will_read(self._inner, spans)

    def _check(self) -> None:
        data = self._inner.read_at(0, self._inner.size)
        kind, _, stated = self._digest.partition(":")
        if kind == "git":
            # The name of a blob in git's object store, which is how a hub states small files.
            found = sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
        elif kind == "md5":  # as stores state it: against mishaps, not against a liar
            found = md5(data, usedforsecurity=False).hexdigest()
        else:
            found = sha256(data).hexdigest()
        if found != stated:
            raise Refused(0, f"the host states {self._digest[:20]}… and sends other bytes")
        self._is_checked = True


@dataclass(slots=True)
class RemoteRelease:
    """A listed release; `open` gives blobs that are read by range."""

    release: Release
    observations: tuple[Evidence | Gap, ...]
    files: Mapping[str, RemoteFile]
    line: Line
    _ahead: dict[str, Future[CheckedBlob]] = field(default_factory=dict)

    @property
    def meter(self) -> Meter | None:
        return self.line.meter

    @contextmanager
    def open(self, entry: FileEntry) -> Iterator[Blob]:
        here = self.files[entry.path].blob
        if here is not None:
            yield here
            return
        ahead = self._ahead.pop(entry.path, None)
        if ahead is None:
            yield self._blob(self.files[entry.path])
            return
        yield ahead.result()

    def look_ahead(self, pool: ThreadPoolExecutor) -> None:
        """Fetch the first bytes of the files at once; whoever opens one waits for its own only.

        What is on this disk already is not worth a thread.
        """
        if self.line.options.offline:
            return
        shallow = self.line.options.shallow
        wanted = [
            (path, file)
            for path, file in self.files.items()
            if file.blob is None and (not shallow or is_front(path, file.size))
        ]
        for path, file in wanted[:AHEAD]:
            self._ahead[path] = pool.submit(self._begun, file)

    def _begun(self, file: RemoteFile) -> CheckedBlob:
        blob = self._blob(file)
        if file.size:
            try:
                blob.read_at(0, min(file.size, FIRST_BYTES))
            except (OSError, AjarError) as error:
                raise OSError(
                    errno.EIO, error.strerror if isinstance(error, OSError) else str(error)
                ) from error
        return blob

    def _blob(self, file: RemoteFile) -> CheckedBlob:
        transport: Getter = _OFFLINE if self.line.options.offline else self.line.transport
        inner = RangeBlob(
            transport=transport,
            url=file.url,
            size=file.size,
            cache=self.line.cache,
            key=file.key,
            hosts=self.line.hosts,
        )
        return CheckedBlob(inner, file.digest)


class _Offline:
    """Stands where the transport would: whatever is not kept was not seen."""

    def get(
        self,
        url: str,  # noqa: ARG002  the transport's signature
        *,
        limit_bytes: int,  # noqa: ARG002
        start: int | None = None,  # noqa: ARG002
        length: int | None = None,  # noqa: ARG002
        headers: Mapping[str, str] | None = None,  # noqa: ARG002
    ) -> Reply:
        raise Refused(0, OFFLINE)


_OFFLINE = _Offline()


@contextmanager
def opened(
    line: Line,
    make: Callable[[Line], tuple[Release, Sequence[Evidence | Gap], Mapping[str, RemoteFile]]],
    shown: str,
) -> Iterator[RemoteRelease]:
    """Resolve by `make`, read ahead while the release is open, close the line after. Raises `TargetError`."""
    pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="ajar-read")
    try:
        try:
            release, notes, files = make(line)
        except (TargetError, UsageError):
            raise
        except Refused as error:
            raise refused(error, shown) from error
        except AjarError as error:
            raise TargetUnreadable(f"{shown}: {error.message}", hint="try again later") from error
        found = RemoteRelease(release=release, observations=tuple(notes), files=files, line=line)
        found.look_ahead(pool)
        yield found
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        line.close()


def refused(error: Refused, shown: str) -> TargetError:
    """What a host's no means for the target."""
    code = error.headers.get("x-error-code", "")
    if code == "GatedRepo" or error.status == 403:
        hint = "ask for access on its page, then set HF_TOKEN to a token that has it"
        return TargetUnreadable(f"{shown}: the publisher gives access only after approval", hint=hint)
    if error.status == 401:
        return TargetUnreadable(
            f"{shown}: not there, private or gated", hint="check the name, or set a token"
        )
    if error.status == 404 or code in {"RepoNotFound", "RevisionNotFound", "EntryNotFound"}:
        return TargetNotFound(
            f"{shown}: the host has no such release", hint="check the name and the revision"
        )
    if error.strerror == OFFLINE:
        return TargetUnreadable(f"{shown}: {OFFLINE}", hint="audit it once without --offline")
    return TargetUnreadable(
        f"{shown}: {error.strerror}", hint="check the network, or use --offline with what is cached"
    )


def said(key: str, value: Scalar, where: str, inspector: str, quote: str = "") -> Evidence:
    """What the host states of the release."""
    return Evidence(
        key=key,
        value=value,
        location=Location(path=where),
        inspector=inspector,
        quote=quote,
        basis=Basis.DECLARED,
    )
