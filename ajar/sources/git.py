"""Repositories of git over HTTPS, on any host: `git+https://host/org/name[@revision][//folder]`.

Protocol version 2 (https://git-scm.com/docs/protocol-v2), spoken here: the names of branches and tags, then one pack of the
commit's trees and of its small files, without history. A larger file is asked for by itself and read from its start; git
serves no part of a file. What Git LFS holds is read by range.
"""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha1
from urllib.parse import unquote, urlsplit

from ajar.blobs import BytesBlob, Meter
from ajar.config import Options
from ajar.errors import AjarError, MalformedError, TargetNotFound, TargetUnreadable, UsageError
from ajar.interfaces import Blob, OpenRelease
from ajar.model.evidence import Evidence, Gap, GapReason
from ajar.model.locator import Locator
from ajar.model.release import FileEntry, Release
from ajar.sources import _git_keys, _lfs
from ajar.sources._git_tree import INSPECTOR, Tree, root_of
from ajar.sources._packs import FIRST_BYTES as LARGE_BYTES
from ajar.sources._packs import Pack, first_object, pack_of, packets, question
from ajar.sources._ranges import FIRST_BYTES
from ajar.sources._remote import OFFLINE, WORKERS, Line, RemoteFile, opened, said
from ajar.sources._transport import Refused, Reply

SMALL_BYTES = (1 << 20, 1 << 15)  # what comes with the pack; the second where the first makes it too large
PACK_BYTES = 64 << 20
LARGE_FILES = 256  # asked for one by one
_NAME = re.compile(r"//(?P<host>[\w.-]{1,253}(?::\d{1,5})?)/(?P<path>[\w.~/-]{1,500}?)(?:\.git)?/?")
_REVISION = re.compile(r"[\w./+-]{1,200}")
_SHA = re.compile(r"[0-9a-f]{40}")
_PAGE = re.compile(
    r"/(?P<name>(?!orgs/|users/|explore/|topics/|settings/|sponsors/|marketplace/|collections/|features/)[\w.-]{1,100}/[\w.-]{1,100})"
    r"(?:/(?:-/)?(?:tree|blob|src/branch|src/tag|src/commit)/(?P<revision>[\w.-]{1,128})(?:/(?P<inner>.{1,500}?))?)?/?"
)
_HOSTS = frozenset({"github.com", "www.github.com", "gitlab.com", "codeberg.org"})


class GitSource:
    """A repository at one commit; `git+http` is for a server on one's own network."""

    schemes: tuple[str, ...] = ("git+https", "git+http")

    def resolve(self, locator: Locator, options: Options) -> AbstractContextManager[OpenRelease]:
        found = _NAME.fullmatch(locator.name)
        if not found or ".." in found["path"]:
            hint = (
                f"give it as {locator.scheme}://host/organisation/name@revision; a token belongs in ~/.netrc"
            )
            raise UsageError(f"{locator}: not the address of a repository", hint=hint)
        revision = locator.revision or "HEAD"
        if not _REVISION.fullmatch(revision) or ".." in revision:
            raise UsageError(f"{locator}: not a revision", hint="give a branch, a tag or a whole commit")
        base = f"{locator.scheme.removeprefix('git+')}://{found['host']}/{found['path']}"
        host = found["host"].partition(":")[0]
        line = Line(options, Meter(options.limits.read_bytes), trusted=frozenset({host}))
        _git_keys.prepare(line, base, host)
        return opened(line, lambda way: _Repository(way, base, revision, locator).listed(), str(locator))


def of_page(address: str) -> Locator | None:
    """The repository, folder or file that a page of a well-known host shows."""
    parts = urlsplit(address)
    found = _PAGE.fullmatch(unquote(parts.path)) if parts.hostname in _HOSTS else None
    if not found:
        return None
    host = str(parts.hostname).removeprefix("www.")
    name = f"//{host}/{found['name'].removesuffix('.git')}"
    return Locator(scheme="git+https", name=name, revision=found["revision"], subpath=found["inner"])


@dataclass(slots=True)
class _Large:
    """A file that came by itself: its size and its start. More than the start is fetched whole, once."""

    repository: _Repository
    name: str
    size: int
    start: bytes
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def read_at(self, offset: int, length: int) -> bytes:
        if offset < 0 or length < 0:
            raise ValueError("negative offset or length")
        end = min(offset + length, self.size)
        with self._lock:
            if end > len(self.start):
                self._fetch()
            return self.start[offset:end]

    def _fetch(self) -> None:
        if self.size > LARGE_BYTES:
            raise Refused(
                0, "in git itself, of which no part can be asked for; clone it, and give its folder"
            )
        whole = self.repository.large(self.name, PACK_BYTES)[1]
        named = sha1(b"blob %d\0" % self.size + whole, usedforsecurity=False).hexdigest()
        if named != self.name:
            raise Refused(0, "the host sends other bytes than the commit names")
        self.start = whole


class _Repository:
    """One repository at one commit."""

    def __init__(self, line: Line, base: str, revision: str, locator: Locator) -> None:
        self._line, self._base, self._revision, self._locator = line, base, revision, locator
        self._post_to = ""  # known after the greeting
        self._has_filter = False
        self._lock = threading.Lock()

    def listed(self) -> tuple[Release, Sequence[Evidence | Gap], Mapping[str, RemoteFile]]:
        commit = self._commit()
        pack = Pack(self._pack(commit))
        root, when = root_of(pack.objects, commit)
        tree = Tree(pack.objects, self._line.options.limits.files)
        tree.walk(root)
        paths = dict(self._inside(tree.files))
        came = {name: pack.objects.get(name, ("", b"")) for name in paths.values()}
        held = {name: data for name, (kind, data) in came.items() if kind == "blob"}
        pointers = {name: found for name, data in held.items() if (found := _lfs.pointer(data))}
        addresses = _lfs.addresses(self._line, self._base, list(pointers.values()))
        blobs: dict[str, Blob] = {name: BytesBlob(data) for name, data in held.items()}
        blobs |= self._larger(sorted({name for name in paths.values() if name not in held}))
        files: dict[str, RemoteFile] = {}
        for path, name in sorted(paths.items()):
            pointer = pointers.get(name)
            if pointer and pointer.oid in addresses:
                digest = f"sha256:{pointer.oid}"
                url = addresses[pointer.oid]
                files[path] = RemoteFile(url=url, size=pointer.size, key=digest, digest=digest)
            elif name in blobs:
                blob = blobs[name]
                digest = f"git:{name}"
                files[path] = RemoteFile(url=self._base, size=blob.size, key=digest, digest=digest, blob=blob)
            else:
                tree.gap(path, GapReason.UNREADABLE, "a large file in git that did not come; clone it")
        if not files:
            raise TargetNotFound(f"{self._locator}: no files there", hint="check the revision and the folder")
        locator = replace(self._locator, revision=commit)
        entries = tuple(
            FileEntry(path=path, size=file.size, digest=file.digest) for path, file in files.items()
        )
        return (
            Release(locator=locator, revision=commit, files=entries),
            [*tree.notes, *self._facts(when)],
            files,
        )

    def _inside(self, files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        folder = (self._locator.subpath or "").strip("/")
        for path, name in files.items():
            if not folder:
                yield path, name
            elif path == folder:
                yield path.rpartition("/")[2], name
            elif path.startswith(f"{folder}/"):
                yield path.removeprefix(f"{folder}/"), name

    def _facts(self, when: int) -> Iterator[Evidence]:
        if 0 < when < 1 << 36:
            date = datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            yield said("host.last-modified", date, f"git:{self._base}", INSPECTOR, "date of the commit")

    # what the host is asked

    def _commit(self) -> str:
        """The commit that the revision is, as the host has it now or, offline, had it last."""
        if _SHA.fullmatch(self._revision):
            return self._revision
        key = f"git:{self._base}@{self._revision}"
        if self._line.options.offline:
            kept = self._line.cache.answer(key)
            if not isinstance(kept, str) or not _SHA.fullmatch(kept):
                raise Refused(0, OFFLINE)
            return kept
        wanted = self._revision
        names = [wanted] if wanted == "HEAD" or wanted.startswith("refs/") else [
            f"refs/tags/{wanted}", f"refs/heads/{wanted}"
        ]  # fmt: skip
        reply = self._post(question("ls-refs", "peel", *(f"ref-prefix {name}" for name in names)), 4 << 20)
        found: dict[str, str] = {}
        for line in packets(reply.body):
            words = (line or b"").decode("utf-8", "replace").split()
            if len(words) >= 2 and _SHA.fullmatch(words[0]):
                peeled = next((word[7:] for word in words[2:] if word.startswith("peeled:")), words[0])
                found[words[1]] = peeled if _SHA.fullmatch(peeled) else words[0]
        commit = next((found[name] for name in names if name in found), "")
        if not commit:
            hint = "give a branch, a tag or a whole commit; git has no short names over the network"
            raise TargetNotFound(f"{self._locator}: the repository has no such revision", hint=hint)
        self._line.cache.keep_answer(key, commit)
        return commit

    def _meet(self) -> None:
        with self._lock:
            if not self._post_to:
                self._greet()

    def _greet(self) -> None:
        """Learn where the repository is, after redirects, and what its host can do."""
        reply = self._line.transport.get(
            f"{self._base}/info/refs?service=git-upload-pack", limit_bytes=1 << 20, headers=_VERSION
        )
        if reply.status in {401, 403}:
            hint = "check the name; for a private one put a token in ~/.netrc, or in GH_TOKEN or GITLAB_TOKEN"
            raise TargetUnreadable(f"{self._locator}: not there, or private", hint=hint)
        if reply.status != 200:
            raise Refused(reply.status, f"the host answers {reply.status}", reply.headers)
        said_it = packets_of(reply.body)
        if b"version 2\n" not in said_it:
            raise MalformedError(
                "no repository of git stands there, or its host speaks only an older protocol"
            )
        able = next((line for line in said_it if line.startswith(b"fetch=")), b"")
        self._has_filter = b"filter" in able.removeprefix(b"fetch=").split()
        self._post_to = f"{reply.url.removesuffix('/info/refs?service=git-upload-pack')}/git-upload-pack"

    def _post(self, body: bytes, limit: int) -> Reply:
        self._meet()
        headers = {"content-type": "application/x-git-upload-pack-request", **_VERSION}
        reply = self._line.transport.get(
            self._post_to,
            limit_bytes=limit,
            accept="application/x-git-upload-pack-result",
            headers=headers,
            content=body,
        )
        if reply.status != 200:
            raise Refused(reply.status, f"the host answers {reply.status}", reply.headers)
        return reply

    def _pack(self, commit: str) -> bytes:
        key = f"git-pack:{self._base}@{commit}"
        kept = self._kept(key)
        if kept is not None:
            return kept
        self._meet()
        for small in SMALL_BYTES if self._has_filter else (0,):
            chosen = (f"filter blob:limit={small}",) if small else ()
            wanted = (f"want {commit}", "deepen 1", *chosen, "no-progress", "ofs-delta", "done")
            reply = self._post(question("fetch", *wanted), PACK_BYTES)
            if reply.is_whole:
                pack = pack_of(reply.body)
                self._keep(key, pack)
                return pack
        raise MalformedError(f"a repository whose files are more than {PACK_BYTES} bytes: clone it")

    def _larger(self, names: Sequence[str]) -> Mapping[str, _Large]:
        """Sizes and starts of the files that did not come with the pack."""

        def begun(name: str) -> _Large | None:
            try:
                return _Large(self, name, *self.large(name, FIRST_BYTES + 1024))
            except (Refused, AjarError):
                return None  # one file's fault is that file's gap

        with ThreadPoolExecutor(WORKERS) as pool:
            found = pool.map(begun, names[:LARGE_FILES])
            return {name: large for name, large in zip(names, found, strict=False) if large is not None}

    def large(self, name: str, limit: int) -> tuple[int, bytes]:
        """Size of a file, and what `limit` bytes of its pack hold of it."""
        key = f"git-file:{name}#{limit}"
        kept = self._kept(key)
        if kept is None:
            wanted = (f"want {name}", "no-progress", "ofs-delta", "done")
            kept = pack_of(self._post(question("fetch", *wanted), limit).body, may_be_cut=True)
            self._keep(key, kept)
        return first_object(kept)

    def _kept(self, key: str) -> bytes | None:
        """A pack that came before. Raises `Refused` where there is none and the network may not be used."""
        kept = self._line.cache.answer(key)
        if isinstance(kept, str):
            with suppress(ValueError):
                return base64.b64decode(kept, validate=True)
        if self._line.options.offline:
            raise Refused(0, OFFLINE)
        return None

    def _keep(self, key: str, pack: bytes) -> None:
        self._line.cache.keep_answer(key, base64.b64encode(pack).decode())


_VERSION = {"git-protocol": "version=2"}


def packets_of(body: bytes) -> list[bytes]:
    """Packet lines of a greeting; none where it is something else."""
    try:
        return [line for line in packets(body) if line is not None]
    except MalformedError:
        return []
